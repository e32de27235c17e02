"""What the store remembers in memory of tasks that are gone."""

from __future__ import annotations

from label_studio_lite.store.changes import DropTasks
from label_studio_lite.store.records import Place
from label_studio_lite.store.state import State
from tests.store import build

SOMEWHERE = Place(1, 0)


def test_tasks_that_came_and_went_leave_no_trace() -> None:
    """Else a server on which tasks come and go would grow until tasks.json is written."""
    state = State()
    for number in range(50):
        state.apply([build.add(2 * number, 2)], SOMEWHERE)
        state.apply([build.work(2 * number, 1)], SOMEWHERE)
        state.apply([build.work(2 * number)], SOMEWHERE)
        state.apply([DropTasks([2 * number, 2 * number + 1])], SOMEWHERE)
    assert len(state.index) == 0
    assert (state.dropped, state.recent, state.last_ids) == (set(), set(), {})
    assert state.free_id() == 100


def test_those_of_tasks_json_are_remembered_until_it_is_written() -> None:
    state = State()
    state.apply([build.add(0, 4)], SOMEWHERE)
    state.held_below = 3
    state.apply([DropTasks([1, 3])], SOMEWHERE)
    assert state.dropped == {1}
