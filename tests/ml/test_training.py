"""Starting trainings, by hand and after so many completions; events to backends of 1.x."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from label_studio_lite.errors import BackendFailed, Conflict, NotFound, ReadOnly
from label_studio_lite.service.ml import training
from label_studio_lite.service.ml.models import NoBackend
from label_studio_lite.service.project import Project
from label_studio_lite.service.served import Served
from tests.client import Client
from tests.conftest import MakeProject, app_of, choice
from tests.ml import scripted
from tests.ml.conftest import PATIENCE, add_tasks, eventually
from tests.ml.scripted import Call, Scripted


class TestByHand:
    def test_route(self, connected: Project, backend: Scripted) -> None:
        client = Client(app_of(connected))
        for path in ("/api/models/train", "/api/train"):
            answer = client.post(path)
            assert (answer.status_code, answer.json) == (200, {"details": "Training started"})
        assert backend.lines.count("POST /train") == 2

    def test_everything_is_sent(self, connected: Project, backend: Scripted) -> None:
        connected.completions.complete(0, {"result": [choice()], "lead_time": 1.5, "own": 1})
        connected.completions.complete(2, {"result": []}, was_cancelled=True)
        connected.training.train()
        sent = backend.bodies("/train")[0]["completions"]
        assert sent == [connected.tasks.get_task(task_id).work for task_id in (0, 2)]

    def test_one_of_several(
        self, connected: Project, backend: Scripted, other_backend: Scripted
    ) -> None:
        other = connected.models.connect(f"n={other_backend.url}")
        assert connected.training.train(other.id).names == ["n"]
        assert "POST /train" not in backend.lines
        with pytest.raises(NotFound):
            connected.training.train(99)

    def test_the_job_is_remembered(self, connected: Project, backend: Scripted) -> None:
        connected.training.train()
        backend.answers["/job_status"] = 200, {"job_status": "queued"}
        with pytest.raises(Conflict) as raised:
            connected.training.train()
        assert raised.value.detail == "Can't start new training: Train job is running."
        assert backend.bodies("/job_status") == [{"job": "job-1"}]
        backend.answers["/job_status"] = 404, {}
        connected.training.train()

    def test_a_refusal(self, connected: Project, backend: Scripted) -> None:
        backend.answers["/train"] = 500, "no memory"
        with pytest.raises(BackendFailed) as raised:
            connected.training.train()
        assert raised.value.detail == (
            "Can't update model: ML backend returns an error: no memory"
        )

    def test_it_cannot_be_told_whether_it_trains(
        self, connected: Project, backend: Scripted
    ) -> None:
        del backend.answers["/is_training"]
        with pytest.raises(BackendFailed) as raised:
            connected.training.train()
        assert raised.value.detail == (
            "Can't validate whether model is training for project connected"
        )

    def test_nobody_there(self, make_project: MakeProject) -> None:
        project = make_project(ml_backends=[{"name": "m", "url": scripted.nobody()}])
        with pytest.raises(NoBackend) as raised:
            project.training.train()
        assert raised.value.detail == (
            "Training is not started: seems that you don't have any ML backend connected"
        )
        answer = Client(app_of(project)).post("/api/models/train")
        assert (answer.status_code, answer.json) == (400, raised.value.detail)

    def test_some_start_and_some_do_not(
        self, connected: Project, backend: Scripted, other_backend: Scripted
    ) -> None:
        connected.models.connect(f"n={other_backend.url}")
        backend.answers["/train"] = 500, "no memory"
        answer = Client(app_of(connected)).post("/api/models/train")
        assert answer.status_code == 200
        assert answer.headers["X-ML-Error"].endswith("no memory")
        assert "POST /train" in other_backend.lines

    def test_one_at_a_time(self, connected: Project, backend: Scripted) -> None:
        reached, go_on = threading.Event(), threading.Event()

        def train(call: Call) -> tuple[int, Any]:
            reached.set()
            go_on.wait(PATIENCE)
            return 201, {}

        backend.answers["/train"] = train
        thread = threading.Thread(target=connected.training.train)
        thread.start()
        assert reached.wait(PATIENCE)
        with pytest.raises(Conflict):
            connected.training.train()
        go_on.set()
        thread.join()

    def test_is_training(self, connected: Project, backend: Scripted) -> None:
        assert not connected.training.is_training(1)
        backend.answers["/is_training"] = 200, {"is_training": True, "model_version": 9}
        assert connected.training.is_training(1)
        assert connected.models.get(1).model_version == "9"
        backend.answers["/is_training"] = 200, {"is_training": "yes"}
        with pytest.raises(BackendFailed):
            connected.training.is_training(1)

    def test_a_project_that_can_only_be_read(
        self, connected: Project, backend: Scripted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*args: object) -> None:
            raise ReadOnly("the disk is read-only")

        for verb in ("add", "put", "remove"):
            monkeypatch.setattr(connected.documents, verb, refuse)
        assert connected.training.train().names == ["m"]
        live = connected.predicting.live(connected.tasks.get_task(0))
        assert live is not None
        assert live.problems == []
        with pytest.raises(ReadOnly):
            connected.predicting.predict_all()

    def test_1x(self, connected: Project, backend: Scripted) -> None:
        backend.speak_1x()
        connected.training.train()
        assert backend.lines == ["GET /health", "POST /setup", "POST /webhook"]
        body = backend.calls[-1].body
        assert body["action"] == "START_TRAINING"
        assert body["project"]["id"] == 1
        assert body["project"]["label_config"] == connected.label_config.current.xml


class TestAutomatic:
    """After every so many completions, when it has been quiet for a moment."""

    @pytest.fixture(autouse=True)
    def hurry(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(training, "_QUIET", 0.1)
        monkeypatch.setattr(training, "_LATER", 0.1)

    def make(self, make: MakeProject, backend: Scripted, **settings: Any) -> Project:
        entries = [{"name": "m", "url": backend.url}]
        project = make(name="auto", ml_backends=entries, **settings)
        add_tasks(project, *"abcdef")
        return project

    def label(self, project: Project, *task_ids: int) -> None:
        for task_id in task_ids:
            project.completions.complete(task_id, {"result": [choice()]})

    def test_every_two(self, make_project: MakeProject, backend: Scripted) -> None:
        project = self.make(
            make_project,
            backend,
            start_training_on_annotation_update=True,
            min_annotations_to_start_training=2,
        )
        self.label(project, 0)
        time.sleep(0.3)
        assert backend.lines == []
        self.label(project, 1, 2)
        eventually(lambda: "POST /train" in backend.lines)
        assert len(backend.bodies("/train")[0]["completions"]) == 3
        eventually(lambda: project.training.due() == 0)
        self.label(project, 3)
        time.sleep(0.3)
        assert backend.lines.count("POST /train") == 1
        self.label(project, 4)
        eventually(lambda: backend.lines.count("POST /train") == 2)

    def test_many_at_once_are_one_training(
        self, make_project: MakeProject, backend: Scripted
    ) -> None:
        project = self.make(make_project, backend, start_training_on_annotation_update=True)
        self.label(project, *range(6))
        eventually(lambda: "POST /train" in backend.lines)
        time.sleep(0.3)
        assert backend.lines.count("POST /train") == 1

    def test_off_unless_asked_for(self, connected: Project, backend: Scripted) -> None:
        self.label(connected, 0, 1, 2)
        time.sleep(0.3)
        assert backend.lines == []

    def test_a_running_training_is_waited_for(
        self, make_project: MakeProject, backend: Scripted
    ) -> None:
        backend.answers["/is_training"] = 200, {"is_training": True}
        project = self.make(make_project, backend, start_training_on_annotation_update=True)
        self.label(project, 0)
        eventually(lambda: "GET /is_training?project=m" in backend.lines)
        backend.answers["/is_training"] = 200, {"is_training": False}
        eventually(lambda: "POST /train" in backend.lines)

    def test_saving_does_not_wait_for_it(
        self, make_project: MakeProject, backend: Scripted
    ) -> None:
        go_on = threading.Event()

        def health(call: Call) -> tuple[int, Any]:
            go_on.wait(PATIENCE)
            return 200, scripted.HEALTH_08

        backend.answers["/health"] = health
        project = self.make(make_project, backend, start_training_on_annotation_update=True)
        self.label(project, 0)
        eventually(lambda: backend.lines)
        started = time.monotonic()
        self.label(project, 1, 2, 3)
        assert time.monotonic() - started < 1
        go_on.set()

    def test_training_by_hand_meanwhile(
        self, make_project: MakeProject, backend: Scripted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(training, "_QUIET", 0.5)
        project = self.make(make_project, backend, start_training_on_annotation_update=True)
        self.label(project, 0)
        project.training.train()
        time.sleep(0.8)
        assert backend.lines.count("POST /train") == 1
        self.label(project, 1)
        eventually(lambda: backend.lines.count("POST /train") == 2)

    def test_what_was_due_before_a_restart(self, connected: Project) -> None:
        self.label(connected, 0, 1)
        assert connected.training.due() == 2
        connected.training.train()
        assert connected.training.due() == 0
        self.label(connected, 2)
        assert connected.training.due() == 1


class TestEvents:
    """What backends of 1.x are told, in the background."""

    @pytest.fixture
    def newer(self, connected: Project, backend: Scripted) -> Scripted:
        backend.speak_1x()
        connected.models.check(1)
        backend.forget()
        return backend

    def actions(self, backend: Scripted) -> list[str]:
        return [body["action"] for body in backend.bodies("/webhook")]

    def test_a_life(self, connected: Project, newer: Scripted) -> None:
        made = connected.completions.complete(0, {"result": [choice()]})
        connected.completions.update(0, made.id, {"result": []})
        connected.completions.update(0, made.id, {"result": []})  # nothing changes
        connected.completions.delete(0, made.id)
        expected = ["ANNOTATION_CREATED", "ANNOTATION_UPDATED", "ANNOTATION_DELETED"]
        eventually(lambda: self.actions(newer) == expected)
        created, updated, deleted = newer.bodies("/webhook")
        assert created["annotation"]["result"] == [choice()]
        assert created["task"]["annotations"] == [created["annotation"]]
        assert created["task"]["data"] == {"text": "a"}
        assert created["project"]["label_config"] == connected.label_config.current.xml
        assert updated["annotation"]["result"] == []
        assert deleted["annotations"] == [{"id": made.id}]
        assert deleted["task"]["annotations"] == []

    def test_accepted_predictions_and_the_label_config(
        self, connected: Project, newer: Scripted
    ) -> None:
        connected.predictions.add(0, {"result": [choice()]})
        connected.predictions.accept_all()
        connected.label_config.set(connected.label_config.current.xml)
        eventually(lambda: self.actions(newer) == ["ANNOTATION_CREATED", "PROJECT_UPDATED"])

    def test_0_8_hears_nothing(self, connected: Project, backend: Scripted) -> None:
        connected.models.check(1)
        backend.forget()
        connected.completions.complete(0, {"result": [choice()]})
        time.sleep(0.2)
        assert backend.calls == []

    def test_nobody_waits_for_a_backend_that_hangs(
        self, connected: Project, newer: Scripted
    ) -> None:
        go_on = threading.Event()

        def webhook(call: Call) -> tuple[int, Any]:
            go_on.wait(PATIENCE)
            return 200, {}

        newer.answers["/webhook"] = webhook
        started = time.monotonic()
        for task_id in (0, 1, 2):
            connected.completions.complete(task_id, {"result": [choice()]})
        assert time.monotonic() - started < 1
        go_on.set()
        eventually(lambda: len(newer.bodies("/webhook")) == 3)

    def test_too_many_waiting_are_dropped(
        self,
        connected: Project,
        newer: Scripted,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        from label_studio_lite.service.ml import events as ml_events

        monkeypatch.setattr(ml_events, "_MOST", 2)
        reached, go_on = threading.Event(), threading.Event()

        def webhook(call: Call) -> tuple[int, Any]:
            reached.set()
            go_on.wait(PATIENCE)
            return 200, {}

        newer.answers["/webhook"] = webhook
        made = connected.completions.complete(0, {"result": []})
        assert reached.wait(PATIENCE)
        for number in range(4):
            connected.completions.update(0, made.id, {"n": number})
        go_on.set()
        eventually(lambda: len(newer.bodies("/webhook")) == 3)
        assert "2 events were dropped" in caplog.text
        assert newer.bodies("/webhook")[-1]["annotation"]["n"] == 3

    def test_an_error_is_remembered(self, connected: Project, newer: Scripted) -> None:
        newer.answers["/webhook"] = 500, {"detail": "oh"}
        connected.completions.complete(0, {"result": []})
        eventually(lambda: connected.models.get(1).failure)
        assert connected.models.get(1).state == "ER"


class TestInteractive:
    def test_smart_tools(self, connected: Project, backend: Scripted) -> None:
        backend.speak_1x()
        context = {"result": [{"type": "keypointlabels"}]}
        answer = connected.predicting.interactive(0, context)
        assert answer == {"result": [scripted.mood()], "score": 0.77, "model_version": "v1"}
        assert backend.bodies("/predict")[0]["params"]["context"] == context
        assert connected.predictions.of_task(0) == []

    def test_nothing_found(self, connected: Project, backend: Scripted) -> None:
        backend.answers["/predict"] = 200, {"results": [[]]}
        answer = connected.predicting.interactive(0, {}, backend_id=1)
        assert answer == {"result": [], "model_version": "v1"}

    def test_errors(self, connected: Project, backend: Scripted) -> None:
        backend.answers["/predict"] = 500, {}
        with pytest.raises(BackendFailed):
            connected.predicting.interactive(0, {})
        with pytest.raises(NotFound):
            connected.predicting.interactive(99, {})
        with pytest.raises(NotFound):
            connected.predicting.interactive(0, {}, backend_id=2)

    def test_which_backend(self, connected: Project, other_backend: Scripted) -> None:
        connected.models.create({"name": "n", "url": other_backend.url, "is_interactive": True})
        connected.predicting.interactive(0, {})
        assert len(other_backend.bodies("/predict")) == 1
        connected.models.delete(1)
        connected.models.remove("n")
        with pytest.raises(NoBackend):
            connected.predicting.interactive(0, {})


class TestMedia:
    """Uploads and served files are named so that a backend can open them."""

    def sent(self, connected: Project, backend: Scripted, data: dict[str, Any]) -> dict[str, Any]:
        backend.forget()
        connected.predicting.of_data({"data": data})
        found: dict[str, Any] = backend.bodies("/predict")[0]["tasks"][0]["data"]
        return found

    @pytest.fixture
    def upload(self, connected: Project) -> str:
        from io import BytesIO

        return connected.uploads.save("cat 1.jpg", BytesIO(b"cat")).name

    def test_by_url(self, connected: Project, backend: Scripted, upload: str) -> None:
        connected.announce(Served("http://localhost:8080", prefix="/projects/3"))
        base = "http://localhost:8080/projects/3"
        data = {
            "up": f"/data/upload/{upload}",
            "old": f"http://localhost:1234/data/upload/{upload}",
            "served": "/data/a.jpg?d=/pictures",
            "other": "https://example.org/data/a.jpg",
            "text": "data/ is a folder",
            "list": [{"x": f"/data/upload/{upload}"}],
        }
        assert self.sent(connected, backend, data) == {
            "up": f"{base}/data/upload/{upload}",
            "old": f"{base}/data/upload/{upload}",
            "served": f"{base}/data/a.jpg?d=/pictures",
            "other": "https://example.org/data/a.jpg",
            "text": "data/ is a folder",
            "list": [{"x": f"{base}/data/upload/{upload}"}],
        }

    def test_by_path(
        self, connected: Project, backend: Scripted, upload: str, tmp_path: Any
    ) -> None:
        pictures = tmp_path / "pictures"
        pictures.mkdir()
        (pictures / "a b.jpg").write_bytes(b"x")
        connected.settings.change({"local_files_roots": [str(pictures)]})
        connected.models.update(1, {"media": "path"})
        data = {
            "up": f"/data/upload/{upload}",
            "gone": "/data/upload/0123456789abcdef0123456789abcdef-x.jpg",
            "served": f"/data/a%20b.jpg?d={pictures}",
            "secret": "/data/passwd?d=/etc",
        }
        assert self.sent(connected, backend, data) == data | {
            "up": str(connected.folder / "upload" / upload),
            "served": str(pictures / "a b.jpg"),
        }

    def test_as_it_is(self, connected: Project, backend: Scripted, upload: str) -> None:
        connected.announce(Served("http://localhost:8080"))
        connected.models.update(1, {"media": "as-is"})
        data = {"up": f"/data/upload/{upload}"}
        assert self.sent(connected, backend, data) == data

    def test_what_1x_is_told_to_fetch_with(self, connected: Project, backend: Scripted) -> None:
        connected.announce(Served("http://localhost:8080", prefix="/projects/1", token="t"))
        backend.speak_1x()
        connected.predicting.of_data({"text": "a"})
        setup = backend.bodies("/setup")[-1]
        assert (setup["hostname"], setup["access_token"]) == ("http://localhost:8080", "t")
        assert setup["project"] == "1.1700000000"
        connected.models.update(1, {"hostname": "http://10.0.0.1:8080"})
        connected.predicting.of_data({"text": "a"})
        assert backend.bodies("/setup")[-1]["hostname"] == "http://10.0.0.1:8080"
