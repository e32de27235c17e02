"""A text classifier that learns from what you label: tf-idf and logistic regression.

For ``label-studio-ml`` 1.0.9 and a label config with one ``Choices`` on one ``Text``. Training is
started by the server (``POST /api/models/train``, or after every so many completions); this model
then fetches the labeled tasks from the server.
"""

import io
import json
import os
import zipfile
from pathlib import Path

import joblib
import requests
from label_studio_ml.model import LabelStudioMLBase
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


class TextClassifier(LabelStudioMLBase):
    """``predict`` answers one choice for each text, with its probability as score."""

    TRAIN_EVENTS = ("START_TRAINING",)  # not after every single annotation

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        remember_server(self.hostname, self.access_token)
        path = (self.train_output or {}).get("model_file")
        self.model = joblib.load(path) if path and Path(path).exists() else None

    def predict(self, tasks, **kwargs):
        """Empty results until there was a training."""
        if self.model is None:
            return [{"result": [], "score": 0.0} for _ in tasks]
        control, to_name, key = self.controls()
        shares = self.model.predict_proba([str(task["data"].get(key, "")) for task in tasks])
        predictions = []
        for share in shares:
            best = share.argmax()
            region = {
                "from_name": control,
                "to_name": to_name,
                "type": "choices",
                "value": {"choices": [str(self.model.classes_[best])]},
            }
            predictions.append({"result": [region], "score": float(share[best])})
        return predictions

    def fit(self, tasks, workdir=None, **kwargs):
        """Learn from all labeled tasks; what is returned comes back as ``train_output``."""
        control, _, key = self.controls()
        texts, labels = [], []
        for task in labeled_tasks(kwargs["data"]["project"]["id"]):
            for choice in choices_of(task, control)[:1]:
                texts.append(str(task["data"].get(key, "")))
                labels.append(choice)
        if not texts:
            return {}
        classifier = LogisticRegression(C=10, class_weight="balanced", max_iter=1000)
        if len(set(labels)) < 2:
            classifier = DummyClassifier(strategy="most_frequent")
        model = make_pipeline(TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2)), classifier)
        model.fit(texts, labels)
        path = Path(workdir) / "model.joblib"
        joblib.dump(model, path)
        return {"model_file": str(path), "texts": len(texts)}

    def controls(self):
        """Names of the first Choices and of its Text, and the key of the text in the data."""
        for name, control in self.parsed_label_config.items():
            if control["type"] == "Choices":
                return name, control["to_name"][0], control["inputs"][0]["value"]
        raise ValueError("the label config has no Choices")


def choices_of(task, control):
    """What was chosen in the newest annotation that is no skip."""
    done = [a for a in task["annotations"] if not a.get("was_cancelled")]
    chosen = []
    for region in done[-1]["result"] if done else []:
        if region.get("from_name") == control:
            chosen += region["value"]["choices"]
    return chosen


def remember_server(hostname, access_token):
    """Training runs in a process of its own, which inherits this but not the model's fields."""
    if hostname:
        os.environ["LABEL_STUDIO_HOSTNAME"] = hostname
        os.environ["LABEL_STUDIO_API_KEY"] = access_token or ""


def labeled_tasks(project_id):
    """All labeled tasks, with ``annotations``, from a server of either generation."""
    host = os.environ["LABEL_STUDIO_HOSTNAME"].rstrip("/")
    headers = {"Authorization": "Token " + os.environ.get("LABEL_STUDIO_API_KEY", "")}
    url = f"{host}/api/projects/{project_id}/export"
    reply = requests.get(url, params={"exportType": "JSON"}, headers=headers, timeout=300)
    if reply.status_code != 404:
        reply.raise_for_status()
        return reply.json()
    url = f"{host}/api/project/export"  # of 0.8.x: a ZIP, and annotations are completions
    reply = requests.get(url, params={"format": "JSON"}, headers=headers, timeout=300)
    reply.raise_for_status()
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        tasks = json.loads(archive.read("result.json"))
    return [{**task, "annotations": task["completions"]} for task in tasks]
