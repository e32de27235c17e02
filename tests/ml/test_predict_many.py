"""Predictions for many tasks: batches, hard cases, the background job."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from label_studio_lite.errors import NotFound
from label_studio_lite.service.jobs import Job
from label_studio_lite.service.ml.models import NoBackend
from label_studio_lite.service.project import Project
from label_studio_lite.service.served import Served
from label_studio_lite.store.directory import DirectoryStore
from tests.client import Client
from tests.conftest import Clock, MakeProject, app_of, choice
from tests.ml import scripted
from tests.ml.conftest import PATIENCE, add_tasks, eventually
from tests.ml.scripted import Call, Scripted

UPLOADED = {"result": [], "score": 0.1, "model_version": "imported"}


def finished(project: Project, job: Job) -> Job:
    done = project.jobs.wait(job.id, PATIENCE)
    assert done.status != "running"
    return done


def sources(project: Project, task_id: int) -> list[str]:
    found = project.predictions.of_task(task_id)
    return [str(p.fields.get("created_by", p.model_version)) for p in found]


def batches(backend: Scripted) -> list[list[int]]:
    return [[task["id"] for task in body["tasks"]] for body in backend.bodies("/predict")]


class TestBatches:
    @pytest.fixture
    def project(self, make_project: MakeProject, backend: Scripted) -> Project:
        entry = {"name": "m", "url": backend.url, "batch_size": 4}
        project = make_project(name="many", ml_backends=[entry])
        add_tasks(project, *"abcdefghij")
        return project

    def test_sizes(self, project: Project, backend: Scripted) -> None:
        done = finished(project, project.predicting.predict_all())
        assert batches(backend) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
        assert backend.lines.count("POST /setup") == 1
        assert (done.status, done.total, done.done, done.error) == ("completed", 10, 10, None)
        assert done.counts == {"stored": 10, "failed": 0}
        assert all(sources(project, task_id) == ["m"] for task_id in range(10))

    def test_a_model_that_sees_only_the_first_task(
        self, project: Project, backend: Scripted
    ) -> None:
        backend.answers["/predict"] = 200, {"results": [{"result": [], "score": 0.5}]}
        done = finished(project, project.predicting.predict_all())
        assert done.counts == {"stored": 10, "failed": 0}
        assert [len(batch) for batch in batches(backend)] == [4, *[1] * 10]

    def test_one_task_that_it_cannot_bear(self, project: Project, backend: Scripted) -> None:
        def predict(call: Call) -> tuple[int, Any]:
            broken = any(task["data"]["text"] == "f" for task in call.body["tasks"])
            return (500, {"detail": "no f"}) if broken else scripted.one_each(call)

        backend.answers["/predict"] = predict
        done = finished(project, project.predicting.predict_all())
        assert batches(backend) == [[0, 1, 2, 3], [4, 5, 6, 7], [4], [5], [6], [7], [8, 9]]
        assert done.status == "completed"
        assert done.counts == {"stored": 9, "failed": 1}
        assert done.error == "ML backend m: POST /predict answered 500: no f"
        assert sources(project, 5) == []

    def test_only_errors(self, project: Project, backend: Scripted) -> None:
        add_tasks(project, *map(str, range(50)))
        backend.answers["/predict"] = 500, {}
        done = finished(project, project.predicting.predict_all())
        assert done.status == "failed"
        assert len(batches(backend)) < 40  # it does not ask for every single task

    def test_a_slow_model_gets_smaller_batches(
        self, make_project: MakeProject, backend: Scripted
    ) -> None:
        released = threading.Event()

        def predict(call: Call) -> tuple[int, Any]:
            if len(call.body["tasks"]) > 2:
                released.wait(PATIENCE)
            return scripted.one_each(call)

        backend.answers["/predict"] = predict
        entry = {"name": "m", "url": backend.url, "batch_size": 8, "timeout": 0.3}
        project = make_project(name="slow", ml_backends=[entry])
        add_tasks(project, *"abcdefgh")
        try:
            done = finished(project, project.predicting.predict_all())
        finally:
            released.set()
        assert done.counts == {"stored": 8, "failed": 0}
        assert [len(batch) for batch in batches(backend)] == [8, 4, 2, 2, 2, 2]


class TestStored:
    def test_all_tasks_replaces_everything_as_0_8_2(self, connected: Project) -> None:
        connected.predictions.add(0, UPLOADED)
        finished(connected, connected.predicting.predict_all(replace=True))
        assert sources(connected, 0) == ["m"]

    def test_else_other_sources_stay(self, connected: Project, backend: Scripted) -> None:
        connected.predictions.add(0, UPLOADED)
        finished(connected, connected.predicting.predict_all())
        finished(connected, connected.predicting.predict_all())
        assert sources(connected, 0) == ["imported", "m"]
        backend.answers["/predict"] = 200, {"results": [{"result": []}] * 3, "model_version": "v2"}
        finished(connected, connected.predicting.predict_all())
        versions = [p.model_version for p in connected.predictions.of_task(0)]
        assert versions == ["imported", "v1", "v2"]

    def test_a_backend_that_fails_keeps_what_it_had(
        self, connected: Project, backend: Scripted, other_backend: Scripted
    ) -> None:
        connected.models.connect(f"n={other_backend.url}")
        finished(connected, connected.predicting.predict_all(replace=True))
        before = connected.predictions.of_task(0)[0].fields
        backend.answers["/predict"] = 500, {}
        done = finished(connected, connected.predicting.predict_all(replace=True))
        assert done.counts["failed"] == 3
        assert sources(connected, 0) == ["m", "n"]
        assert connected.predictions.of_task(0)[0].fields == before

    def test_completions_and_other_keys_stay(self, connected: Project) -> None:
        connected.tasks.replace_task(0, {"data": {"text": "a"}, "meta": {"k": 1}})
        connected.completions.complete(0, {"result": [choice()]})
        finished(connected, connected.predicting.predict_all(replace=True))
        task = connected.tasks.get_task(0)
        assert task.fields["meta"] == {"k": 1}
        assert len(task.completions) == 1
        assert sources(connected, 0) == ["m"]

    def test_a_task_that_changed_meanwhile_is_left_alone(
        self, connected: Project, backend: Scripted
    ) -> None:
        def predict(call: Call) -> tuple[int, Any]:
            connected.tasks.replace_task(1, {"text": "other"})
            connected.tasks.delete_task(2)
            return scripted.one_each(call)

        backend.answers["/predict"] = predict
        assert finished(connected, connected.predicting.predict_all()).status == "completed"
        assert sources(connected, 0) == ["m"]
        assert sources(connected, 1) == []
        assert not connected.store.has_task(2)

    def test_scores_are_there_for_sampling(self, connected: Project, backend: Scripted) -> None:
        backend.answers["/predict"] = lambda call: (
            200,
            {"results": [{"result": [], "score": (5 - t["id"]) / 10} for t in call.body["tasks"]]},
        )
        finished(connected, connected.predicting.predict_all())
        connected.settings.change({"sampling": "prediction-score-min"})
        task = connected.tasks.next_task()
        assert task is not None
        assert task.id == 2

    def test_missing_only(self, connected: Project, backend: Scripted) -> None:
        connected.predicting.predict_tasks([1])
        backend.forget()
        many = connected.predicting.predict_tasks([0, 1, 2], missing_only=True)
        assert batches(backend) == [[0, 2]]
        assert (many.done, many.stored) == (3, 2)
        backend.answers["/setup"] = 200, {"model_version": "v2"}
        backend.forget()
        connected.predicting.predict_tasks([0, 1, 2], missing_only=True)
        assert batches(backend) == [[0, 1, 2]]

    def test_unknown_tasks(self, connected: Project, backend: Scripted) -> None:
        with pytest.raises(NotFound):
            connected.predicting.predict_tasks([0, 99])
        assert backend.calls == []

    def test_no_backend(self, project: Project) -> None:
        with pytest.raises(NoBackend):
            project.predicting.predict_all()


class TestJob:
    """As seen from outside: it can be watched, cancelled, and survives a restart."""

    @pytest.fixture
    def gate(self, backend: Scripted) -> threading.Semaphore:
        """The backend answers one request for predictions for each release."""
        gate = threading.Semaphore(0)

        def predict(call: Call) -> tuple[int, Any]:
            gate.acquire(timeout=PATIENCE)
            return scripted.one_each(call)

        backend.answers["/predict"] = predict
        return gate

    @pytest.fixture
    def project(self, make_project: MakeProject, backend: Scripted) -> Project:
        entry = {"name": "m", "url": backend.url, "batch_size": 1}
        project = make_project(name="job", ml_backends=[entry])
        add_tasks(project, "a", "b", "c")
        return project

    def test_progress(self, project: Project, gate: threading.Semaphore) -> None:
        job = project.predicting.predict_all()
        gate.release()
        eventually(lambda: project.jobs.get(job.id).done == 1)
        assert project.jobs.get(job.id).status == "running"
        assert project.jobs.get(job.id).total == 3
        gate.release(2)
        assert finished(project, job).done == 3

    def test_labeling_goes_on_meanwhile(
        self, project: Project, gate: threading.Semaphore, backend: Scripted
    ) -> None:
        job = project.predicting.predict_all()
        eventually(lambda: batches(backend))
        project.completions.complete(0, {"result": [choice()]})
        gate.release(3)
        finished(project, job)
        assert len(project.tasks.get_task(0).completions) == 1
        assert sources(project, 0) == ["m"]

    def test_the_same_again_joins(self, project: Project, gate: threading.Semaphore) -> None:
        first = project.predicting.predict_all()
        assert project.predicting.predict_all().id == first.id
        other = project.predicting.predict_all(replace=True)
        assert other.id != first.id
        gate.release(6)
        finished(project, first)
        finished(project, other)

    def test_cancel_and_resume(
        self, project: Project, gate: threading.Semaphore, backend: Scripted
    ) -> None:
        job = project.predicting.predict_all()
        gate.release()
        eventually(lambda: len(batches(backend)) == 2)
        project.jobs.cancel(job.id)
        gate.release()
        assert finished(project, job).status == "cancelled"
        done = project.jobs.get(job.id).done
        assert 1 <= done < 3
        backend.forget()
        gate.release(3)
        project.jobs.resume(job.id)
        resumed = finished(project, job)
        assert (resumed.status, resumed.done) == ("completed", 3)
        assert batches(backend) == [[task_id] for task_id in range(done, 3)]

    def test_it_goes_on_after_a_restart(
        self, project: Project, gate: threading.Semaphore, backend: Scripted, clock: Clock
    ) -> None:
        job = project.predicting.predict_all()
        gate.release()
        eventually(lambda: len(batches(backend)) == 2)
        project.close()  # while the backend thinks about the second task
        backend.forget()
        backend.answers["/predict"] = scripted.one_each
        store = DirectoryStore(project.folder, keeper=False)
        again = Project(store, store.folder, clock=clock)
        try:
            assert again.jobs.get(job.id).status == "running"
            assert batches(backend) == []  # only when it is served
            again.announce(Served("http://localhost:8080"))
            assert finished(again, job).done == 3
            assert batches(backend) == [[1], [2]]
            assert all(sources(again, task_id) == ["m"] for task_id in range(3))
        finally:
            gate.release()
            again.close()

    def test_a_backend_that_dies(self, make_project: MakeProject, backend: Scripted) -> None:
        project = make_project(name="dead", ml_backends=[{"name": "m", "url": scripted.nobody()}])
        add_tasks(project, "a")
        job = finished(project, project.predicting.predict_all())
        assert (job.status, job.done) == ("failed", 0)
        assert "nobody answers" in str(job.error)
        project.models.update(1, {"url": backend.url})
        project.jobs.resume(job.id)
        assert finished(project, job).status == "completed"
        assert sources(project, 0) == ["m"]

    def test_cancelling_what_is_interrupted(
        self, project: Project, gate: threading.Semaphore, backend: Scripted, clock: Clock
    ) -> None:
        job = project.predicting.predict_all()
        eventually(lambda: batches(backend))
        project.close()
        store = DirectoryStore(project.folder, keeper=False)
        again = Project(store, store.folder, clock=clock)
        try:
            assert again.jobs.cancel(job.id).status == "cancelled"
            again.jobs.resume()
            assert again.jobs.get(job.id).status == "cancelled"
        finally:
            gate.release(3)
            again.close()

    def test_the_route_tells_that_it_was_cancelled(
        self, project: Project, gate: threading.Semaphore, backend: Scripted
    ) -> None:
        statuses: list[int] = []
        client = Client(app_of(project))

        def ask() -> None:
            answer = client.post("/api/models/predictions?mode=all_tasks")
            statuses.append(answer.status_code)

        thread = threading.Thread(target=ask)
        thread.start()
        eventually(lambda: batches(backend))
        project.jobs.cancel(project.jobs.all("predict")[0].id)
        gate.release(3)
        thread.join()
        assert statuses == [409]

    def test_unknown_jobs(self, project: Project) -> None:
        for verb in (project.jobs.get, project.jobs.cancel, project.jobs.resume):
            with pytest.raises(NotFound):
                verb(99)

    def test_old_ones_are_forgotten(self, connected: Project) -> None:
        ids = [finished(connected, connected.predicting.predict_all()).id for _ in range(25)]
        kept = [job.id for job in connected.jobs.all("predict")]
        assert kept == ids[-len(kept) :]
        assert 20 <= len(kept) < 25

    def test_an_unexpected_error_ends_the_job(
        self, connected: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*args: object) -> None:
            raise RuntimeError("oh")

        monkeypatch.setattr(connected.store, "task_ids", broken)
        job = finished(connected, connected.predicting.predict_all())
        assert (job.status, job.error) == ("failed", "internal error: RuntimeError")
