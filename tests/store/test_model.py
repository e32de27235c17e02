"""Random changes, folds, stops and crashes, against plain dicts."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from label_studio_lite.core.model import Json
from label_studio_lite.store.changes import (
    Change,
    Clear,
    DropTasks,
    PutFile,
    drop_work,
    put_task,
    put_work,
)
from label_studio_lite.store.directory import DirectoryStore
from label_studio_lite.store.fs import FileSystem
from tests.store import build
from tests.store.conftest import MEMORY, NIGHTLY
from tests.store.reference import Reference, look
from tests.store.sessions import abandon

pytestmark = pytest.mark.timeout(3600 if NIGHTLY else 300)  # seconds
numbers = st.integers(0, 14)
texts = st.text(max_size=20)
scores = st.none() | st.floats(-2, 2)
data = st.dictionaries(texts, texts | st.integers() | st.none(), max_size=3)
predictions = st.lists(st.fixed_dictionaries({"score": scores}), max_size=2)
tasks = st.fixed_dictionaries({"data": data}, optional={"predictions": predictions, "meta": data})
completions = st.lists(
    st.fixed_dictionaries(
        {"id": st.integers(1, 9), "created_at": st.integers(0, 50)},
        optional={"was_cancelled": st.booleans(), "ground_truth": st.booleans(), "x": texts},
    ),
    max_size=3,
)


def put_works(task_id: int, listed: list[Json]) -> Change:
    fields = [{**item, "id": task_id * 1000 + item["id"]} for item in listed]
    return put_work(task_id, {"id": task_id, "completions": fields})


def add_tasks(first_id: int, fields: list[Json]) -> Change:
    return build.add_all([{"id": first_id + n, **item} for n, item in enumerate(fields)])


simple_changes = st.one_of(
    st.builds(put_task, numbers, tasks),
    st.builds(put_works, numbers, completions),
    st.builds(drop_work, numbers),
    st.builds(DropTasks, st.lists(numbers, max_size=4)),
    st.builds(PutFile, st.sampled_from(["config.json", "config.xml"]), st.binary(max_size=20)),
)


class Interposed(FileSystem):
    """Lets something happen in the middle of a fold, just before tasks.json is exchanged."""

    def __init__(self) -> None:
        super().__init__()
        self.between: Callable[[], None] | None = None

    def replace(self, source: Path, target: Path) -> None:
        if target.name == "tasks.json" and self.between:
            between, self.between = self.between, None
            between()
        super().replace(source, target)


class ProjectMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="lsl-model-", dir=MEMORY)).resolve()
        self.reference = Reference()
        self.keys: list[str] = []
        self.fs = Interposed()
        self.open()

    def teardown(self) -> None:
        self.store.close()
        after = DirectoryStore(self.folder, keeper=False)
        assert look(after, self.keys) == self.reference.image()
        after.close()
        shutil.rmtree(self.folder)

    def open(self) -> None:
        self.store = DirectoryStore(self.folder, fs=self.fs, keeper=False)

    def commit(self, *changes: Change) -> None:
        self.store.commit(*changes)
        self.reference.apply(*changes)

    @invariant()
    def all_is_as_in_the_reference(self) -> None:
        assert look(self.store, self.keys) == self.reference.image()
        index = self.store._state.index
        known = {0, *self.store._opened.journal._segments}
        assert set(index.segment) <= known

    @initialize(fields=st.lists(tasks, min_size=1, max_size=8))
    def begin(self, fields: list[Json]) -> None:
        self.commit(add_tasks(0, fields))

    @rule(fields=st.lists(tasks, min_size=1, max_size=4), gap=st.integers(0, 2))
    def import_tasks(self, fields: list[Json], gap: int) -> None:
        self.commit(add_tasks(self.reference.next_id + gap, fields))

    @rule(changes=st.lists(simple_changes, min_size=1, max_size=3))
    def change(self, changes: list[Change]) -> None:
        self.commit(*changes)

    @rule(change=simple_changes)
    def change_with_answer(self, change: Change) -> None:
        key = f"request {len(self.keys)}"
        self.keys.append(key)
        self.store.commit(change, answer=(key, {"n": len(self.keys)}))
        self.reference.apply(change, answer=(key, {"n": len(self.keys)}))

    @rule()
    @precondition(lambda self: len(self.reference.tasks) > 6)
    def clear(self) -> None:
        self.commit(Clear())

    @rule(
        parts=st.lists(st.lists(simple_changes, max_size=2), max_size=3),
        between=st.lists(simple_changes, max_size=2),
        fate=st.booleans(),
    )
    def batch(self, parts: list[list[Change]], between: list[Change], fate: bool) -> None:
        with self.store.batch() as batch:
            for part in parts:
                batch.add(*part)
            self.commit(*between)
            if fate:
                batch.commit()
        if fate:
            self.reference.apply(*(change for part in parts for change in part))

    @rule()
    def checkpoint(self) -> None:
        self.store.checkpoint()

    @rule(
        changes=st.lists(simple_changes | st.builds(Clear), max_size=4),
        fields=st.lists(tasks, max_size=2),
    )
    def changes_during_a_fold(self, changes: list[Change], fields: list[Json]) -> None:
        def between() -> None:
            for change in changes:
                self.commit(change)
            if fields:
                self.commit(add_tasks(self.reference.next_id, fields))

        self.fs.between = between
        self.store.checkpoint()
        self.fs.between = None

    @rule()
    def stop_and_start(self) -> None:
        self.store.close()
        self.open()
        assert not [note for note in self.store.notes if note.kind != "orphan"]

    @rule(without_cache=st.booleans())
    def crash_and_start(self, without_cache: bool) -> None:
        abandon(self.store)
        if without_cache:
            (self.folder / ".cache/index").unlink(missing_ok=True)
        self.open()

    @rule()
    def crash_before_the_files_follow(self) -> None:
        """What was written beside the journal since the last fold is lost, as in a power cut."""
        abandon(self.store)
        for path in list(self.store._state.unsettled):
            (self.folder / path).unlink(missing_ok=True)
        self.open()


TestProject = ProjectMachine.TestCase
TestProject.settings = settings(
    max_examples=3000 if NIGHTLY else 250,
    stateful_step_count=40 if NIGHTLY else 25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_completions_without_a_task_that_are_dropped_while_it_comes_back() -> None:
    """Their ids are not given again, though after the power cut no file tells of them."""
    machine = ProjectMachine()
    machine.begin([{"data": {}}])
    machine.batch(parts=[], between=[put_works(1, [{"id": 1, "created_at": 0}])], fate=False)
    machine.checkpoint()
    machine.batch(parts=[[drop_work(1)]], between=[put_task(1, {"data": {}})], fate=True)
    assert machine.store.last_completion_id(1) == 1001
    machine.crash_before_the_files_follow()
    assert machine.store.last_completion_id(1) == 1001
    machine.all_is_as_in_the_reference()
    machine.teardown()
