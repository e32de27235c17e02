"""Stored predictions: from elsewhere, changed, removed, accepted; and how far they agree."""

from __future__ import annotations

from typing import Any

import pytest

from label_studio_lite.errors import ImportInvalid, Invalid, NotFound
from label_studio_lite.service.project import Project
from tests.conftest import choice
from tests.ml.conftest import add_tasks

GOOD = {"result": [choice("good")], "score": 0.9, "model_version": "v1", "created_by": "m"}
BAD = {"result": [choice("bad")], "score": 0.2, "model_version": "v2"}


@pytest.fixture
def project(project: Project) -> Project:
    add_tasks(project, "a", "b", "c")
    return project


def stored(project: Project, task_id: int) -> list[dict[str, Any]]:
    return [prediction.fields for prediction in project.predictions.of_task(task_id)]


class TestFromElsewhere:
    def test_add(self, project: Project) -> None:
        assert project.predictions.add(1, {**GOOD, "ours": [1]}) == 0
        assert project.predictions.add(1, BAD) == 1
        assert stored(project, 1) == [{**GOOD, "ours": [1]}, BAD]

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"result": {}},
            {"result": [{"from_name": "mood"}]},
            {"result": [], "score": "high"},
            {"result": [], "score": True},
            {"result": [], "model_version": 1},
        ],
    )
    def test_what_may_not_be_stored(self, project: Project, fields: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            project.predictions.add(0, fields)
        assert stored(project, 0) == []

    def test_unknown_task(self, project: Project) -> None:
        with pytest.raises(NotFound):
            project.predictions.add(99, GOOD)

    def test_many_in_both_dialects(self, project: Project) -> None:
        items = [{"task": 0, **GOOD}, {"id": 2, "predictions": [GOOD, BAD]}, {"task": 0, **BAD}]
        assert project.predictions.add_many(items) == 4
        assert stored(project, 0) == [GOOD, BAD]
        assert stored(project, 2) == [GOOD, BAD]

    def test_all_or_nothing(self, project: Project) -> None:
        items = [
            {"task": 0, **GOOD},
            {"task": 99, **GOOD},
            {"task": 1},
            7,
            {"task": True, **GOOD},
            {"id": 1, "predictions": [{"result": 1}]},
        ]
        with pytest.raises(ImportInvalid) as raised:
            project.predictions.add_many(items)
        assert [message[:7] for message in raised.value.messages] == [
            f"item {at}:" for at in range(1, 6)
        ]
        assert stored(project, 0) == []

    @pytest.mark.parametrize("items", [None, {}, []])
    def test_nothing_to_add(self, project: Project, items: Any) -> None:
        with pytest.raises(ImportInvalid):
            project.predictions.add_many(items)

    def test_they_are_sampled_by_score(self, project: Project) -> None:
        project.predictions.add(1, BAD)
        project.predictions.add(2, GOOD)
        project.settings.change({"sampling": "prediction-score-max"})
        task = project.tasks.next_task()
        assert task is not None
        assert task.id == 2


class TestChanging:
    def test_update(self, project: Project) -> None:
        project.predictions.add(0, GOOD)
        assert project.predictions.update(0, 0, {"score": 0.5}).score == 0.5
        assert stored(project, 0) == [{**GOOD, "score": 0.5}]
        with pytest.raises(Invalid):
            project.predictions.update(0, 0, {"result": 1})

    def test_delete(self, project: Project) -> None:
        project.predictions.add_many([{"task": 0, **GOOD}, {"task": 0, **BAD}])
        project.predictions.delete(0, 0)
        assert stored(project, 0) == [{**BAD, "id": 2}], "the others keep their ids"

    @pytest.mark.parametrize("place", [-1, 1])
    def test_unknown_places(self, project: Project, place: int) -> None:
        project.predictions.add(0, GOOD)
        with pytest.raises(NotFound):
            project.predictions.delete(0, place)
        with pytest.raises(NotFound):
            project.predictions.update(0, place, {})
        with pytest.raises(NotFound):
            project.predictions.accept(0, place)

    def test_versions_and_clear(self, project: Project) -> None:
        items = [{"task": n, **p} for n in range(3) for p in (GOOD, BAD)]
        project.predictions.add_many(items)
        assert project.predictions.versions() == {"v1": 3, "v2": 3}
        assert project.predictions.clear([0, 1], model_version="v1") == 2
        assert stored(project, 0) == [BAD]
        assert project.predictions.clear() == 4
        assert project.predictions.versions() == {}


class TestAccepting:
    def test_one(self, project: Project) -> None:
        project.predictions.add(0, GOOD)
        made = project.predictions.accept(0, 0)
        completion = project.tasks.get_task(0).completions[0]
        assert completion.fields == made.fields
        assert completion.result[0]["value"] == {"choices": ["good"]}
        assert len(completion.result[0]["id"]) == 10
        assert completion.fields["accepted_prediction"] == {
            "model_version": "v1",
            "created_by": "m",
            "score": 0.9,
        }

    def test_ids_and_relations_stay(self, project: Project) -> None:
        relation = {"type": "relation", "from_id": "x", "to_id": "y", "direction": "right"}
        result = [{"id": "x", **choice()}, relation]
        project.predictions.add(0, {"result": result})
        assert project.predictions.accept(0, 0).result == result

    def test_what_does_not_fit_the_label_config(self, project: Project) -> None:
        project.predictions.add(0, {"result": [choice("so-so")]})
        with pytest.raises(Invalid, match="no 'so-so' of 'mood'"):
            project.predictions.accept(0, 0)
        project.predictions.add(1, {"result": [{**choice(), "from_name": "other"}]})
        with pytest.raises(Invalid, match="'other'"):
            project.predictions.accept(1, 0)
        assert project.store.counts().completed == 0

    def test_all(self, project: Project) -> None:
        items = [{"task": n, **p} for n in (0, 1) for p in (BAD, GOOD)]
        project.predictions.add_many(items)
        project.completions.complete(1, {"result": []})
        accepted = project.predictions.accept_all()
        assert (accepted.count, accepted.refused) == (1, {})
        assert project.tasks.get_task(0).completions[0].result[0]["value"]["choices"] == ["good"]
        assert len(project.tasks.get_task(1).completions) == 1
        assert not project.tasks.get_task(2).completed

    def test_all_of_a_version(self, project: Project) -> None:
        project.predictions.add_many([{"task": 0, **GOOD}, {"task": 0, **BAD}])
        project.predictions.accept_all(model_version="v2")
        assert project.tasks.get_task(0).completions[0].result[0]["value"]["choices"] == ["bad"]

    def test_all_above_a_score(self, project: Project) -> None:
        unscored = {"result": [choice()]}
        items = [{"task": 0, **GOOD}, {"task": 1, **BAD}, {"task": 2, **unscored}]
        project.predictions.add_many(items)
        seen: list[int] = []
        accepted = project.predictions.accept_all(min_score=0.5, progress=seen.append)
        assert accepted.count == 1
        assert list(project.tasks.completed_ids()) == [0]
        assert seen == [3]

    def test_some(self, project: Project) -> None:
        project.predictions.add_many([{"task": n, **GOOD} for n in range(3)])
        assert project.predictions.accept_all(task_ids=[1]).count == 1
        assert list(project.tasks.completed_ids()) == [1]

    def test_refused_ones_are_told(self, project: Project) -> None:
        project.predictions.add(0, {"result": [choice("so-so")]})
        project.predictions.add(1, GOOD)
        accepted = project.predictions.accept_all()
        assert accepted.count == 1
        assert accepted.refused == {0: "the label config has no 'so-so' of 'mood'"}

    def test_labels_in_use_are_counted(self, project: Project) -> None:
        project.usage.count()
        project.predictions.add(0, GOOD)
        project.predictions.accept_all()
        assert ("mood", "good") in project.usage.count().labels


class TestAgreement:
    def test_by_version_and_label(self, project: Project) -> None:
        items = [{"task": n, **p} for n in range(3) for p in (GOOD, BAD)]
        project.predictions.add_many(items)
        for task_id, label in enumerate(["good", "bad", "good"]):
            project.completions.complete(task_id, {"result": [choice(label)]})
        found = project.agreement.by_version()
        assert {version: agreement.tasks for version, agreement in found.items()} == {
            "v1": 3,
            "v2": 3,
        }
        assert found["v1"].rows() == [
            row("bad", 0, 0, 1, None, 0.0, 0.0),
            row("good", 2, 1, 0, 2 / 3, 1.0, 0.8),
        ]

    def test_skips_and_accepted_ones_prove_nothing(self, project: Project) -> None:
        project.predictions.add_many([{"task": n, **GOOD} for n in range(3)])
        project.completions.complete(0, {"result": []}, was_cancelled=True)
        project.predictions.accept(1, 0)
        assert project.agreement.by_version() == {}
        assert project.agreement.by_version(with_accepted=True)["v1"].tasks == 1

    def test_the_newest_of_each(self, project: Project, clock: Any) -> None:
        project.predictions.add(0, {**GOOD, "result": [choice("bad")]})
        project.predictions.add(0, GOOD)
        project.completions.complete(0, {"result": [choice("bad")]})
        clock.now += 10
        project.completions.complete(0, {"result": [choice("good")]})
        assert project.agreement.by_version()["v1"].rows() == [row("good", 1, 0, 0, 1.0, 1.0, 1.0)]


def row(label: str, *numbers: float | None) -> dict[str, Any]:
    keys = ("both", "model_only", "people_only", "precision", "recall", "f1")
    return {"control": "mood", "label": label, **dict(zip(keys, numbers, strict=True))}
