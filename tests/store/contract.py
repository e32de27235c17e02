"""What every store promises, whatever it is made of; see ``label_studio_lite/store/base.py``."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable

import pytest

from label_studio_lite.core.model import Json, WorkSummary
from label_studio_lite.errors import NotFound
from label_studio_lite.store.base import Store
from label_studio_lite.store.changes import (
    AddTasks,
    Change,
    Clear,
    DropFile,
    DropTasks,
    PutFile,
    PutTask,
    drop_work,
    put_task,
    put_work,
    work_path,
)
from label_studio_lite.store.index import Facts
from tests.store import build
from tests.store.reference import Reference, look

ORDERS = ["id", "-id", "completed_at", "-completed_at", "cancelled", "-cancelled"]

Reopen = Callable[[Store], Store]


class StoreContract:
    """Subclasses give the fixtures ``store``, an empty one, and ``reopen``.

    ``reopen`` stops a store and starts it again, where that means anything.
    """

    # -- tasks --------------------------------------------------------------------------------

    def test_an_empty_store(self, store: Store) -> None:
        assert look(store) == Reference().image()
        assert store.page("id", 0, 10) == []
        assert store.best_scored(True) is None
        assert store.first_open() is None
        assert list(store.notes) == []
        assert store.read_only is None

    def test_texts_and_columns_tell_of_all_tasks_at_once(self, store: Store) -> None:
        store.commit(build.add(0, 3))
        store.commit(put_task(1, build.task(1, custom="é")), DropTasks([0]))
        store.commit(build.add(3, 2), build.work(2, 1))
        texts = list(store.texts([1, 0, 2, 3, 4, 9]))
        assert [None if t is None else json.loads(t)["id"] for t in texts] == [
            1, None, 2, 3, 4, None,
        ]  # fmt: skip
        assert json.loads(texts[0] or b"")["custom"] == "é"
        columns = store.columns("ids", "done", "completions")
        assert {name: list(column) for name, column in columns.items()} == {
            "ids": [1, 2, 3, 4],
            "done": [0, 1, 0, 0],
            "completions": [0, 1, 0, 0],
        }
        assert list(store.rows([2, 0, 4], ["ids", "done"])) == [(2, 1), None, (4, 0)]

    def test_small_files_of_a_folder_are_listed(self, store: Store, reopen: Reopen) -> None:
        assert store.file_paths("drafts") == []
        store.commit(PutFile("drafts/1.json", b"{}"), PutFile("drafts/2.json", b"{}"))
        store.commit(PutFile("config.json", b"{}"), DropFile("drafts/2.json"))
        assert store.file_paths("drafts") == ["drafts/1.json"]
        assert reopen(store).file_paths("drafts") == ["drafts/1.json"]

    def test_listeners_hear_of_changes_in_order(self, store: Store) -> None:
        heard: list[Change] = []
        store.listen(heard.extend)
        store.commit(build.add(0, 1), PutFile("a", b"1"))
        with store.batch() as batch:
            batch.add(DropFile("a"))
            assert len(heard) == 2
            batch.commit(DropTasks([0]))
        assert [type(change) for change in heard] == [AddTasks, PutFile, DropFile, DropTasks]

    def test_tasks_are_read_as_they_came(self, store: Store, reopen: Reopen) -> None:
        store.commit(build.add(0, 3, meta={"a": [1, None]}, custom="kept"))
        for _ in range(2):
            task = store.read_task(1)
            assert task.fields == build.task(1, meta={"a": [1, None]}, custom="kept")
            assert task.work is None
            assert not task.completed
            assert [t.id for t in store.read_tasks([2, 7, 0])] == [2, 0]
            assert list(store.task_ids()) == [0, 1, 2]
            assert store.has_task(2) and not store.has_task(3)
            store = reopen(store)

    def test_an_unknown_task(self, store: Store) -> None:
        store.commit(build.add(0, 1))
        with pytest.raises(NotFound):
            store.read_task(1)
        assert store.work_summary(1) is None
        assert store.last_completion_id(1) == 0
        assert list(store.read_tasks([1, -1, 5])) == []

    def test_an_import_of_nothing_is_nothing(self, store: Store, reopen: Reopen) -> None:
        store.commit(AddTasks.of_lines(0, []))
        store.commit()
        store = reopen(store)
        assert look(store) == Reference().image()

    def test_ids_need_not_begin_at_zero(self, store: Store, reopen: Reopen) -> None:
        store.commit(build.add(1, 2))
        store.commit(build.add(10, 2))
        for _ in range(2):
            assert list(store.task_ids()) == [1, 2, 10, 11]
            assert [store.read_task(i).data["text"] for i in (2, 10)] == ["text 2", "text 10"]
            with store.adding() as next_id:
                assert next_id == 12
            store = reopen(store)

    def test_a_task_is_replaced(self, store: Store, reopen: Reopen) -> None:
        store.commit(build.add(0, 3))
        store.commit(put_task(1, {"data": {"new": "è"}, "id": 99, "extra": [1]}))
        for _ in range(2):
            assert store.read_task(1).fields == {"id": 1, "data": {"new": "è"}, "extra": [1]}
            assert store.counts().tasks == 3
            store = reopen(store)

    def test_a_task_that_was_not_there_may_be_put(self, store: Store, reopen: Reopen) -> None:
        store.commit(build.add(0, 1), build.add(5, 1))
        store.commit(build.put(3, "three"), build.put(9, "nine"))
        for _ in range(2):
            assert list(store.task_ids()) == [0, 3, 5, 9]
            assert store.read_task(3).data == {"text": "three"}
            assert store.read_task(5).data == {"text": "text 5"}
            with store.adding() as next_id:
                assert next_id == 10
            store = reopen(store)

    def test_dropped_tasks_take_their_completions_along(
        self, store: Store, reopen: Reopen
    ) -> None:
        store.commit(build.add(0, 4), build.work(1, 1), build.work(2, 1))
        store.commit(DropTasks([1, 3, 77]))
        for _ in range(2):
            assert list(store.task_ids()) == [0, 2]
            assert store.orphan_ids() == []
            assert store.read_file(work_path(1)) is None
            assert store.counts().completed == 1
            with store.adding() as next_id:
                assert next_id == 4
            store = reopen(store)

    @pytest.mark.parametrize("count", [1, 20])
    def test_many_or_few_are_dropped(self, store: Store, reopen: Reopen, count: int) -> None:
        store.commit(build.add(0, 50), *(build.work(i, 1) for i in range(0, 50, 3)))
        reference = Reference().apply(
            build.add(0, 50), *(build.work(i, 1) for i in range(0, 50, 3))
        )
        gone = DropTasks(random.Random(count).sample(range(50), count))
        store.commit(gone)
        reference.apply(gone)
        assert look(store) == reference.image()
        assert look(reopen(store)) == reference.image()

    def test_clear_begins_anew(self, store: Store, reopen: Reopen) -> None:
        store.commit(build.add(0, 3), build.work(1, 1, 2), PutFile("config.xml", b"<View/>"))
        store.commit(build.work(7, 1))  # of a task that is not there
        store.commit(drop_work(1))
        store.commit(Clear())
        for _ in range(2):
            assert look(store)["tasks"] == {}
            assert store.orphan_ids() == []
            assert store.read_file("config.xml") == b"<View/>"
            with store.adding() as next_id:
                assert next_id == 0
            store = reopen(store)
        store.commit(build.add(0, 2, "new"))
        assert store.last_completion_id(1) == 0
        assert store.read_task(1).work is None
        assert store.read_task(1).data == {"text": "new"}

    # -- completions --------------------------------------------------------------------------

    def test_work_is_kept_with_its_task(self, store: Store, reopen: Reopen) -> None:
        store.commit(build.add(0, 2))
        store.commit(build.work(1, 1, 2, lead_time=1.5, unknown={"k": "v"}))
        for _ in range(2):
            task = store.read_task(1)
            assert [c.id for c in task.completions] == [1001, 1002]
            assert task.completions[0].fields["unknown"] == {"k": "v"}
            assert task.data == {"text": "w"}
            assert store.work_summary(1) == WorkSummary(2, 0, 1002.0, 1002)
            assert store.work_summary(0) is None
            assert list(store.completed_ids()) == [1]
            store = reopen(store)

    def test_a_task_without_completions_may_be_completed(
        self, store: Store, reopen: Reopen
    ) -> None:
        store.commit(build.add(0, 1), put_work(0, {"id": 0, "completions": []}))
        for _ in range(2):
            assert store.read_task(0).completed
            assert store.work_summary(0) == WorkSummary(0, 0, 0.0, 0)
            assert store.open_count() == 0
            store = reopen(store)

    def test_completion_ids_are_never_given_again(self, store: Store, reopen: Reopen) -> None:
        store.commit(build.add(0, 2), build.work(1, 1, 2))
        store.commit(build.work(1, 1))
        for _ in range(2):
            assert store.last_completion_id(1) == 1002
            store = reopen(store)
        store.commit(drop_work(1))
        for _ in range(2):
            assert store.last_completion_id(1) == 1002
            assert store.work_summary(1) is None
            store = reopen(store)
        store.commit(build.work(1, 5))
        for _ in range(2):
            assert store.last_completion_id(1) == 1005
            store = reopen(store)

    def test_orphans(self, store: Store, reopen: Reopen) -> None:
        store.commit(build.add(0, 1), build.work(5, 1), build.work(3, 1, 2))
        for _ in range(2):
            assert store.orphan_ids() == [3, 5]
            assert not store.has_task(3)
            assert store.counts().completions == 0
            with pytest.raises(NotFound):
                store.read_task(3)
            (task,) = store.read_tasks([3])
            assert task.fields == {"id": 3, "data": {"text": "w"}}
            assert [c.id for c in task.completions] == [3001, 3002]
            store = reopen(store)
        store.commit(build.add(1, 3))
        for _ in range(2):
            assert store.orphan_ids() == [5]
            assert store.read_task(3).completed
            assert store.last_completion_id(3) == 3002
            assert store.counts().completions == 2
            store = reopen(store)
        store.commit(drop_work(5), build.put(5))
        assert store.orphan_ids() == []

    def test_a_new_task_is_not_given_the_completions_of_one_that_is_gone(
        self, store: Store, reopen: Reopen
    ) -> None:
        store.commit(build.add(0, 2), build.work(7, 1))
        for _ in range(2):
            with store.adding() as first_id:
                assert first_id == 8
            store = reopen(store)

    def test_counts(self, store: Store, reopen: Reopen) -> None:
        predictions = [{"score": 0.5, "result": []}, {"result": []}]
        store.commit(build.add(0, 3, predictions=predictions), build.add(3, 2))
        store.commit(build.work(0, 1, 2, was_cancelled=True), build.work(4, 1))
        for _ in range(2):
            counts = store.counts()
            assert (counts.tasks, counts.completed, counts.completions) == (5, 2, 3)
            assert (counts.cancelled, counts.predictions) == (2, 6)
            store = reopen(store)
        counts = store.counts()
        store.commit(DropTasks([0]), put_task(1, {"data": {}}))
        assert counts.tasks == 5, "a copy was promised"
        counts = store.counts()
        assert (counts.tasks, counts.completed, counts.completions) == (4, 1, 1)
        assert (counts.cancelled, counts.predictions) == (0, 2)

    # -- small files --------------------------------------------------------------------------

    def test_files_are_kept_byte_for_byte(self, store: Store, reopen: Reopen) -> None:
        content = b"<View>\r\n\xef\xbb\xbf \xff\x00 </View>"
        store.commit(PutFile("config.xml", content), PutFile("deep.json", b""))
        for _ in range(2):
            assert store.read_file("config.xml") == content
            assert store.read_file("deep.json") == b""
            assert store.read_file("nothing.json") is None
            store = reopen(store)
        store.commit(DropFile("config.xml"), DropFile("never-was"))
        for _ in range(2):
            assert store.read_file("config.xml") is None
            store = reopen(store)

    @pytest.mark.parametrize(
        "value",
        [
            "日本語 \U0001f600 é",
            "\ud800 alone",
            "line\u2028separator \u0000 nul",
            "x" * 300_000,
            12345678901234567890123,
            1e-300,
            [[[[{"": None}]]]],
            True,
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_odd_and_big_values(self, store: Store, reopen: Reopen, value: object) -> None:
        store.commit(build.add_all([{"id": 0, "data": {"v": 1}, "x": value}]))
        store.commit(build.add_all([{"id": 1, "data": {"v": 1}}]))
        store.commit(put_work(0, {"id": 0, "completions": [build.completion(1, x="é\ud83d")]}))
        for _ in range(2):
            task = store.read_task(0)
            assert task.fields["x"] == value
            assert task.completions[0].fields["x"] == "é\ud83d"
            store = reopen(store)

    def test_a_duplicate_of_a_key_and_the_order_of_keys_stay(
        self, store: Store, reopen: Reopen
    ) -> None:
        text = b'{"zebra": 1, "id": 0, "data": {"b": 1, "a": 2.50}, "big": 1E+2}'
        store.commit(PutTask(0, text, Facts()))
        for _ in range(2):
            assert list(store.read_task(0).fields) == ["zebra", "id", "data", "big"]
            store = reopen(store)

    # -- pages and samples --------------------------------------------------------------------

    @pytest.mark.parametrize("order", ORDERS)
    def test_pages(self, store: Store, reopen: Reopen, order: str) -> None:
        """Against sorting plain dicts, with ties, while tasks come, change and go."""
        dice = random.Random(order)
        reference = Reference()

        def both(*changes: Change) -> None:
            store.commit(*changes)
            reference.apply(*changes)

        def check(store: Store) -> None:
            expected = expected_order(reference, order)
            assert store.page(order, 0, 10**9) == expected
            for start in range(0, len(expected) + 2, 3):
                assert store.page(order, start, start + 4) == expected[start : start + 4]
            assert store.page(order, 5, 5) == store.page(order, 7, 2) == []
            assert store.page(order, -3, 2) == expected[:2]

        both(build.add(0, 12))
        check(store)
        for step in range(60):
            ids = sorted(reference.tasks)
            task_id = dice.choice(ids)
            kind = dice.randrange(8)
            if kind < 4:
                skips = {"was_cancelled": True} if dice.random() < 0.4 else {}
                count = dice.randrange(0, 3)
                at = dice.choice([100, 200, 300])
                both(build.work(task_id, *range(1, count + 1), created_at=at, **skips))
            elif kind == 4:
                both(drop_work(task_id))
            elif kind == 5:
                both(build.add(reference.next_id, dice.randrange(1, 3)))
            elif kind == 6 and len(ids) > 4:
                both(DropTasks([task_id, dice.choice(ids)]))
            else:
                both(build.put(task_id, f"step {step}"))
            check(store)
        check(reopen(store))

    def test_many_changes_at_once_keep_pages_right(self, store: Store) -> None:
        changes = [build.add(0, 1500)]
        store.commit(*changes)
        assert store.page("-completed_at", 0, 2) == [0, 1]
        works = [build.work(i, 1, created_at=i % 7) for i in range(0, 1500, 2)]
        store.commit(*works)
        reference = Reference().apply(*changes, *works)
        for order in ORDERS:
            assert store.page(order, 0, 2000) == expected_order(reference, order)
        store.commit(DropTasks(range(100, 1400)))
        reference.apply(DropTasks(range(100, 1400)))
        for order in ORDERS:
            assert store.page(order, 0, 2000) == expected_order(reference, order)

    def test_open_tasks(self, store: Store, reopen: Reopen) -> None:
        store.commit(build.add(0, 10), *(build.work(i, 1) for i in (0, 1, 4, 9)))
        store.commit(DropTasks([5]))
        for _ in range(2):
            still_open = [2, 3, 6, 7, 8]
            assert store.open_count() == 5
            assert [store.nth_open(n) for n in range(5)] == still_open
            assert store.first_open() == 2
            assert store.first_open(2) == 3
            assert store.first_open(3) == 6
            assert store.first_open(100) is None
            with pytest.raises(IndexError):
                store.nth_open(5)
            store = reopen(store)

    def test_the_nth_open_task_among_many(self, store: Store) -> None:
        store.commit(build.add(0, 9000), *(build.work(i, 1) for i in range(0, 9000, 2)))
        for n in (0, 1, 2047, 2048, 2049, 4499):
            assert store.nth_open(n) == 2 * n + 1

    def test_best_scored(self, store: Store, reopen: Reopen) -> None:
        def scored(task_id: int, *scores: object) -> Json:
            return build.task(task_id, predictions=[{"result": [], "score": s} for s in scores])

        store.commit(
            build.add_all(
                [
                    scored(0),
                    scored(1, 0.5),
                    scored(2, 0.9, 0.1),  # the mean counts
                    scored(3, 0.8),
                    scored(4, None, "high", True),  # none of these is a score
                    scored(5, 0.2),
                    scored(6, 0.8),
                ]
            )
        )
        for _ in range(2):
            assert store.best_scored(largest=True) == 3
            assert store.best_scored(largest=False) == 5
            store = reopen(store)
        store.commit(build.work(3, 1), build.work(5, 1))
        assert store.best_scored(largest=True) == 6
        assert store.best_scored(largest=False) == 1
        store.commit(put_task(1, scored(1, 0.95)), drop_work(5))
        assert store.best_scored(largest=True) == 1
        assert store.best_scored(largest=False) == 5
        store.commit(DropTasks([1, 5, 6]), put_task(0, scored(0, -3)))
        assert store.best_scored(largest=True) == 2
        assert store.best_scored(largest=False) == 0

    # -- all or nothing -----------------------------------------------------------------------

    def test_a_batch_counts_with_its_commit(self, store: Store, reopen: Reopen) -> None:
        store.commit(build.add(0, 1))
        with store.batch() as batch:
            batch.add(build.add(1, 2), build.work(0, 1))
            batch.add(build.add(3, 1), PutFile("config.xml", b"<View/>"))
            assert store.counts().tasks == 1
            assert store.read_file("config.xml") is None
            batch.commit(build.work(3, 1), answer=("key", {"n": 3}))
        for _ in range(2):
            assert list(store.task_ids()) == [0, 1, 2, 3]
            assert list(store.completed_ids()) == [0, 3]
            assert store.answered("key") == {"n": 3}
            assert store.read_file("config.xml") == b"<View/>"
            store = reopen(store)

    def test_a_batch_that_is_left_never_was(self, store: Store, reopen: Reopen) -> None:
        store.commit(build.add(0, 1))
        with pytest.raises(RuntimeError, match="changed my mind"), store.batch() as batch:
            batch.add(build.add(1, 5), build.work(0, 1), DropTasks([0]))
            raise RuntimeError("changed my mind")
        with store.batch():
            pass
        for _ in range(2):
            assert list(store.task_ids()) == [0]
            assert list(store.completed_ids()) == []
            store = reopen(store)

    def test_commits_of_others_go_between_the_parts(self, store: Store, reopen: Reopen) -> None:
        store.commit(build.add(0, 2))
        with store.batch() as batch:
            batch.add(build.work(0, 1), build.put(1, "of the batch"))
            store.commit(build.work(0, 1, 2), build.put(1, "of the other"))
            batch.add(build.add(2, 1))
            store.commit(build.work(1, 1))
            batch.commit()
        for _ in range(2):
            assert store.read_task(1).fields["data"] == {"text": "of the batch"}
            assert [c.id for c in store.read_task(0).completions] == [1]
            assert store.last_completion_id(0) == 2
            assert list(store.completed_ids()) == [0, 1]
            assert list(store.task_ids()) == [0, 1, 2]
            store = reopen(store)

    def test_answers(self, store: Store, reopen: Reopen) -> None:
        answer = {"task_count": 1, "text": "é\ud800"}
        store.commit(build.add(0, 1), answer=("request 1", answer))
        for _ in range(2):
            assert store.answered("request 1") == answer
            assert store.answered("request 2") is None
            store = reopen(store)
        for number in range(600):
            store.commit(answer=(f"n{number}", {"number": number}))
        store = reopen(store)
        assert store.answered("n599") == {"number": 599}
        assert store.answered("request 1") is None, "old ones are forgotten"

    # -- who may do what now ------------------------------------------------------------------

    def test_adding_gives_the_next_id_to_one_at_a_time(self, store: Store) -> None:
        inside = threading.Event()

        def add() -> None:
            with store.adding() as next_id:
                inside.set()
                time.sleep(0.05)
                store.commit(build.add(next_id, 2))

        thread = threading.Thread(target=add)
        thread.start()
        assert inside.wait(5)
        with store.adding() as next_id:
            assert next_id == 2
        thread.join(5)

    def test_holding_one_task_keeps_others_from_it_alone(self, store: Store) -> None:
        with store.holding(1, 2):
            assert gets(store, 3)
            assert not gets(store, 2)
            assert not gets(store)
        assert gets(store, 1, 2, 3)

    def test_holding_everything_keeps_everybody_out(self, store: Store) -> None:
        with store.holding():
            assert not gets(store, 1)
            assert not gets(store)
        assert gets(store)

    def test_who_wants_everything_is_not_starved(self, store: Store) -> None:
        """Two threads that always hold some task, one beginning before the other ends."""
        stop = threading.Event()
        turn = [threading.Event(), threading.Event()]
        turn[0].set()

        def hold(me: int) -> None:
            while not stop.is_set():
                with store.holding(me):
                    turn[1 - me].set()
                    if turn[me].wait(0.05):
                        turn[me].clear()

        threads = [threading.Thread(target=hold, args=(me,)) for me in (0, 1)]
        for thread in threads:
            thread.start()
        got = gets(store, patience=5)
        stop.set()
        for thread in threads:
            thread.join(5)
        assert got

    def test_a_hold_ends_with_an_error(self, store: Store) -> None:
        for ids in ((), (1,)):
            with pytest.raises(ValueError, match="wrong"), store.holding(*ids):
                raise ValueError("wrong")
        assert gets(store)

    # -- files --------------------------------------------------------------------------------

    def test_a_checkpoint_changes_nothing_that_can_be_seen(self, store: Store) -> None:
        reference = Reference()
        for changes in (
            [build.add(0, 5)],
            [build.work(1, 1), build.put(2)],
            [DropTasks([0]), build.add(5, 2)],
            [build.work(1, 1, 2), drop_work(1)],
            [Clear(), build.add(0, 2)],
        ):
            store.commit(*changes)
            reference.apply(*changes)
            assert look(store) == reference.image()
            store.checkpoint()
            assert look(store) == reference.image()
            store.checkpoint()
            assert look(store) == reference.image()


def expected_order(reference: Reference, order: str) -> list[int]:
    """The page order, said plainly."""
    summaries = {i: json.loads(json.dumps(reference.work.get(i))) for i in reference.tasks}
    ids = sorted(reference.tasks)
    if order.endswith("id"):
        return ids[::-1] if order.startswith("-") else ids
    sign = -1 if order.startswith("-") else 1

    def completed_at(task_id: int) -> float:
        return max((c["created_at"] for c in summaries[task_id]["completions"]), default=0)

    def cancelled(task_id: int) -> int:
        return sum(bool(c.get("was_cancelled")) for c in summaries[task_id]["completions"])

    done = [task_id for task_id in ids if summaries[task_id] is not None]
    if order.endswith("completed_at"):
        done.sort(key=lambda i: (sign * completed_at(i), i))
    else:
        done.sort(key=lambda i: (sign * cancelled(i), -completed_at(i), i))
    return done + [task_id for task_id in ids if summaries[task_id] is None]


def gets(store: Store, *task_ids: int, patience: float = 0.2) -> bool:
    """Whether another thread comes to hold these tasks."""
    got = threading.Event()
    give_up = threading.Event()

    def hold() -> None:
        with store.holding(*task_ids):
            got.set()
            give_up.wait(10)

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    result = got.wait(patience)
    give_up.set()
    if result:
        thread.join(5)
    return result
