"""Pre-labels entities with a gazetteer that it learns from what you label.

For ``label-studio-ml`` 1.0.9 and a label config with ``Labels`` on one ``Text``. Every phrase that
somebody marked is looked for in the other texts, longest first, as whole words; a phrase that was
also left unmarked somewhere, or marked differently, gets a lower score.
"""

import io
import json
import os
import re
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import requests
from label_studio_ml.model import LabelStudioMLBase
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

LEAST_SHARE = 0.5  # a phrase that is marked less often than this is left alone


class EntityGazetteer(LabelStudioMLBase):
    """``predict`` answers the spans of known phrases, with the mean of their shares as score."""

    TRAIN_EVENTS = ("START_TRAINING",)  # not after every single annotation

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        remember_server(self.hostname, self.access_token)
        self.phrases = {}
        path = (self.train_output or {}).get("phrases_file")
        if path and Path(path).exists():
            self.phrases = json.loads(Path(path).read_text("utf-8"))
        self.pattern = pattern_of(self.phrases)

    def predict(self, tasks, **kwargs):
        """Empty results until there was a training."""
        control, to_name, key = self.controls()
        return [self.marked(str(task["data"].get(key, "")), control, to_name) for task in tasks]

    def marked(self, text, control, to_name):
        """The prediction for one text."""
        regions, shares = [], []
        for match in self.pattern.finditer(text):
            label, share = self.phrases.get(match[0].casefold(), (None, 0))
            if label is None:
                continue
            shares.append(share)
            value = {"start": match.start(), "end": match.end(), "text": match[0]}
            regions.append(
                {
                    "from_name": control,
                    "to_name": to_name,
                    "type": "labels",
                    "value": {**value, "labels": [label]},
                }
            )
        return {"result": regions, "score": sum(shares) / len(shares) if shares else 0.0}

    def fit(self, tasks, workdir=None, **kwargs):
        """Learn from all labeled tasks; what is returned comes back as ``train_output``."""
        control, _, key = self.controls()
        labeled = labeled_tasks(kwargs["data"]["project"]["id"])
        phrases = learn([(str(t["data"].get(key, "")), spans_of(t, control)) for t in labeled])
        if not phrases:
            return {}
        path = Path(workdir) / "phrases.json"
        path.write_text(json.dumps(phrases), "utf-8")
        return {"phrases_file": str(path), "phrases": len(phrases)}

    def controls(self):
        """Names of the first Labels and of its Text, and the key of the text in the data."""
        for name, control in self.parsed_label_config.items():
            if control["type"] == "Labels":
                return name, control["to_name"][0], control["inputs"][0]["value"]
        raise ValueError("the label config has no Labels")


def learn(examples):
    """Of texts and their spans: phrase, in lower case → [label, how often it is marked so]."""
    labels = defaultdict(Counter)
    for text, spans in examples:
        for start, end, label in spans:
            phrase = text[start:end].strip().casefold()
            if len(phrase) > 1 and phrase not in ENGLISH_STOP_WORDS:
                labels[phrase][label] += 1
    pattern = pattern_of(labels)
    seen = Counter(m[0].casefold() for text, _ in examples for m in pattern.finditer(text))
    phrases = {}
    for phrase, counts in labels.items():
        label, count = counts.most_common(1)[0]
        share = count / max(seen[phrase], sum(counts.values()))
        if share >= LEAST_SHARE:
            phrases[phrase] = [label, share]
    return phrases


def pattern_of(phrases):
    """Finds any of the phrases as whole words, the longest where several begin."""
    longest_first = sorted(phrases, key=len, reverse=True)
    words = "|".join(map(re.escape, longest_first)) or "(?!)"
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def spans_of(task, control):
    """(start, end, label) of the newest annotation that is no skip."""
    done = [a for a in task["annotations"] if not a.get("was_cancelled")]
    spans = []
    for region in done[-1]["result"] if done else []:
        if region.get("from_name") == control and region["value"].get("labels"):
            value = region["value"]
            spans.append((value["start"], value["end"], value["labels"][0]))
    return spans


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
