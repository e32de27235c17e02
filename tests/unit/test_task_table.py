"""Filters and ordering on a real project; the answers were observed on Label Studio 1.23.2."""

from __future__ import annotations

import random
from array import array
from collections.abc import Sequence
from typing import Any

import pytest

from label_studio_lite.core import compact
from label_studio_lite.core.filters import Query, parse_query
from label_studio_lite.core.model import Json, RawTask
from label_studio_lite.core.task_columns import SYSTEM
from label_studio_lite.errors import Invalid
from label_studio_lite.service.project import Project
from tests.conftest import choice


def prediction(label: str, score: float, version: str) -> Json:
    return {"result": [choice(label)], "score": score, "model_version": version}


TASKS: list[Json] = [
    {"data": {"text": "Apple Pie", "n": 5, "flag": True, "date": "2024-01-02T00:00:00Z"}},
    {"data": {"text": "banana", "n": 10, "flag": False, "list": ["a", "b"], "date": "2024-03-02"}},
    {"data": {"text": "cherry", "n": "7", "flag": "true"}},
    {
        "data": {"text": "apple tart", "n": 1.5, "extra": None},
        "predictions": [prediction("good", 0.5, "m1"), prediction("bad", 0.7, "m2")],
    },
    {
        "data": {"text": ""},
        "completions": [
            {"result": [choice("good")], "lead_time": 4, "created_at": 1_700_000_000},
            {"result": [choice("bad")], "lead_time": 8, "created_at": 1_700_000_100},
        ],
    },
    {
        "data": {"text": "Ünï apple", "n": -3},
        "completions": [
            {"result": [], "was_cancelled": True, "lead_time": 1, "created_at": 1_700_000_200}
        ],
    },
]


def add(project: Project, tasks: Sequence[Json]) -> None:
    project.imports.import_items([RawTask(task) for task in tasks])


def found(project: Project, *items: Json, conjunction: str = "and", **query: Any) -> list[int]:
    filters = {"conjunction": conjunction, "items": list(items)}
    return list(project.task_table.ids(parse({"filters": filters, **query})))


def parse(value: Any) -> Query:
    return parse_query(value, SYSTEM)


def item(column: str, operator: str, kind: str, value: Any) -> Json:
    return {
        "filter": f"filter:tasks:{column}",
        "operator": operator,
        "type": kind,
        "value": value,
    }


NEXT_CENTURY = "2030-01-01T00:00:00.000Z"

OBSERVED: list[tuple[str, str, str, Any, list[int]]] = [
    ("data.text", "equal", "String", "apple pie", []),
    ("data.text", "equal", "String", "Apple Pie", [0]),
    ("data.text", "equal", "String", "", [4]),
    ("data.text", "not_equal", "String", "banana", [0, 2, 3, 4, 5]),
    ("data.text", "contains", "String", "APPLE", [0, 3, 5]),
    ("data.text", "not_contains", "String", "apple", [1, 2, 4]),
    ("data.text", "contains", "String", 5, []),
    ("data.text", "regex", "String", "^a", [3]),
    ("data.text", "regex", "String", "^[Aa]pple", [0, 3]),
    ("data.text", "empty", "String", True, [4]),
    ("data.text", "empty", "String", False, [0, 1, 2, 3, 5]),
    ("data.text", "in_list", "String", ["banana", "cherry"], [1, 2]),
    ("data.text", "not_in_list", "String", ["banana", "cherry"], [0, 3, 4, 5]),
    ("data.text", "less", "String", "b", [0, 3, 4]),
    ("data.text", "greater", "String", "b", [1, 2, 5]),
    ("data.n", "equal", "Number", 5, [0]),
    ("data.n", "equal", "Number", "5", [0]),
    ("data.n", "not_equal", "Number", 5, [1, 2, 3, 5]),
    ("data.n", "less", "Number", 6, [0, 3, 5]),
    ("data.n", "greater", "Number", 6, [1, 2]),
    ("data.n", "less_or_equal", "Number", 5, [0, 3, 5]),
    ("data.n", "greater_or_equal", "Number", "7", [1, 2]),
    ("data.n", "in", "Number", {"min": 1, "max": 7}, [0, 2, 3]),
    ("data.n", "not_in", "Number", {"min": 1, "max": 7}, [1, 5]),
    ("data.n", "in_list", "Number", [5, 10], [0, 1]),
    ("data.n", "empty", "Number", True, [4]),
    ("data.n", "empty", "Number", False, [0, 1, 2, 3, 5]),
    ("data.n", "contains", "Number", 5, [0, 3]),  # 1.23.2: [0]; 1.5 contains a 5, too
    ("data.flag", "equal", "Boolean", True, [0, 2]),
    ("data.flag", "equal", "Boolean", False, [1]),
    ("data.flag", "not_equal", "Boolean", True, [1]),
    ("data.flag", "equal", "Boolean", "true", [0, 2]),
    ("data.flag", "empty", "Boolean", True, [3, 4, 5]),
    ("data.list", "contains", "List", "a", [1]),
    ("data.list", "equal", "List", ["a", "b"], [1]),
    ("data.list", "empty", "List", True, [0, 2, 3, 4, 5]),
    ("data.extra", "contains", "Unknown", "a", []),
    ("data.extra", "equal", "Unknown", "a", []),
    ("data.extra", "empty", "Unknown", "true", [0, 1, 2, 3, 4, 5]),
    ("data.nosuch", "empty", "String", True, [0, 1, 2, 3, 4, 5]),
    ("id", "equal", "Number", 0, [0]),
    ("id", "equal", "Number", "0", [0]),
    ("id", "in", "Number", {"min": 0, "max": 2}, [0, 1, 2]),
    ("id", "in_list", "Number", [0, 3], [0, 3]),
    ("id", "not_in", "Number", {"min": 0, "max": 2}, [3, 4, 5]),
    ("id", "empty", "Number", True, []),
    ("inner_id", "equal", "Number", 1, [0]),
    ("inner_id", "less", "Number", 3, [0, 1]),
    ("total_annotations", "equal", "Number", 0, [0, 1, 2, 3, 5]),
    ("total_annotations", "greater", "Number", 0, [4]),
    ("total_annotations", "empty", "Number", True, [0, 1, 2, 3, 5]),
    ("cancelled_annotations", "equal", "Number", 0, [0, 1, 2, 3, 4]),
    ("cancelled_annotations", "greater", "Number", 0, [5]),
    ("cancelled_annotations", "empty", "Number", True, [0, 1, 2, 3, 4]),
    ("total_predictions", "equal", "Number", 0, [0, 1, 2, 4, 5]),
    ("total_predictions", "greater", "Number", 0, [3]),
    ("total_predictions", "empty", "Number", True, [0, 1, 2, 4, 5]),
    ("completed_at", "empty", "Datetime", True, [0, 1, 2, 3]),
    ("completed_at", "empty", "Datetime", False, [4, 5]),
    ("completed_at", "less", "Datetime", NEXT_CENTURY, [4, 5]),
    ("completed_at", "in", "Datetime", {"min": "2020-01-01", "max": NEXT_CENTURY}, [4, 5]),
    ("annotators", "contains", "List", 1, [4, 5]),
    ("annotators", "not_contains", "List", 1, [0, 1, 2, 3]),
    ("annotators", "empty", "List", True, [0, 1, 2, 3]),
    ("annotators", "empty", "List", False, [4, 5]),
    ("annotations_results", "contains", "String", "good", [4]),
    ("annotations_results", "contains", "String", "GOOD", [4]),
    ("annotations_results", "not_contains", "String", "good", [0, 1, 2, 3, 5]),
    ("annotations_results", "equal", "String", "good", []),
    ("annotations_results", "empty", "String", True, [0, 1, 2, 3, 5]),
    ("annotations_results", "regex", "String", "b.d", [4]),
    ("predictions_results", "contains", "String", "good", [3]),
    ("predictions_results", "empty", "String", True, [0, 1, 2, 4, 5]),  # 1.23.2: also task 3
    ("predictions_score", "greater", "Number", 0.55, [3]),
    ("predictions_score", "empty", "Number", True, [0, 1, 2, 4, 5]),
    ("predictions_model_versions", "contains", "List", "m1", [3]),
    ("predictions_model_versions", "contains", "List", ["m1"], [3]),
    ("predictions_model_versions", "equal", "List", "m1", []),
    ("predictions_model_versions", "empty", "List", True, [0, 1, 2, 4, 5]),
    ("avg_lead_time", "greater", "Number", 5, [4]),
    ("avg_lead_time", "equal", "Number", 6, [4]),
    ("avg_lead_time", "less", "Time", 3, [5]),
    ("avg_lead_time", "empty", "Number", True, [0, 1, 2, 3]),
    ("file_upload", "contains", "String", "a", []),
    ("file_upload", "empty", "String", True, [0, 1, 2, 3, 4, 5]),
    ("annotations_ids", "contains", "String", "4002", [4]),
    ("annotations_ids", "empty", "String", True, [0, 1, 2, 3]),
    ("created_at", "less", "Datetime", NEXT_CENTURY, [0, 1, 2, 3, 4, 5]),
    ("created_at", "empty", "Datetime", True, []),
    ("draft_exists", "equal", "Boolean", True, []),
    ("draft_exists", "equal", "Boolean", False, [0, 1, 2, 3, 4, 5]),
    ("ground_truth", "equal", "Boolean", False, [0, 1, 2, 3, 4, 5]),
    ("updated_by", "equal", "List", 1, [4, 5]),  # 1.23.2: none after an import
]


@pytest.mark.parametrize(
    ("column", "operator", "kind", "value", "expected"),
    OBSERVED,
    ids=[f"{row[0]} {row[1]} {row[3]}" for row in OBSERVED],
)
def test_filters_find_what_1_23_2_finds(
    project: Project, column: str, operator: str, kind: str, value: Any, expected: list[int]
) -> None:
    add(project, TASKS)
    assert found(project, item(column, operator, kind, value)) == expected


# what 1.23.2 answers with 500
SENSIBLE: list[tuple[str, str, str, Any, list[int]]] = [
    ("data.date", "less", "Datetime", "2024-02-01", [0]),
    ("data.date", "in", "Datetime", {"min": "2024-01-01", "max": "2024-02-01"}, [0]),
    ("id", "in", "Number", {"min": 1, "max": None}, [1, 2, 3, 4, 5]),
    ("id", "in", "Number", {"max": 1}, [0, 1]),
    ("annotators", "contains", "List", [1], [4, 5]),
    ("id", "contains", "Number", "1", [1]),
]


@pytest.mark.parametrize(("column", "operator", "kind", "value", "expected"), SENSIBLE)
def test_sensible_questions_have_answers(
    project: Project, column: str, operator: str, kind: str, value: Any, expected: list[int]
) -> None:
    add(project, TASKS)
    assert found(project, item(column, operator, kind, value)) == expected


ORDERS: list[tuple[list[str], list[int]]] = [
    (["tasks:data.text"], [4, 0, 3, 1, 2, 5]),
    (["-tasks:data.text"], [5, 2, 1, 3, 0, 4]),
    (["tasks:data.n"], [5, 3, 0, 2, 1, 4]),  # 1.23.2 puts "7", a text, behind 10
    (["-tasks:data.n"], [1, 2, 0, 3, 5, 4]),
    (["tasks:completed_at"], [4, 5, 0, 1, 2, 3]),
    (["-tasks:completed_at"], [5, 4, 0, 1, 2, 3]),
    (["tasks:predictions_score"], [3, 0, 1, 2, 4, 5]),
    (["-tasks:predictions_score"], [3, 0, 1, 2, 4, 5]),
    (["tasks:avg_lead_time"], [5, 4, 0, 1, 2, 3]),
    (["-tasks:avg_lead_time"], [4, 5, 0, 1, 2, 3]),
    (["-tasks:id"], [5, 4, 3, 2, 1, 0]),
    (["-tasks:inner_id"], [5, 4, 3, 2, 1, 0]),
    (["tasks:total_annotations"], [0, 1, 2, 3, 5, 4]),
    (["-tasks:total_annotations"], [4, 0, 1, 2, 3, 5]),
    (["tasks:total_annotations", "-tasks:id"], [5, 3, 2, 1, 0, 4]),  # 1.23.2: the first one only
    (["tasks:file_upload"], [0, 1, 2, 3, 4, 5]),
    (["tasks:data.nosuch"], [0, 1, 2, 3, 4, 5]),
    (["tasks:data.date"], [0, 1, 2, 3, 4, 5]),
]


@pytest.mark.parametrize(("ordering", "expected"), ORDERS, ids=[str(row[0]) for row in ORDERS])
def test_tasks_are_ordered_as_1_23_2_orders_them(
    project: Project, ordering: list[str], expected: list[int]
) -> None:
    add(project, TASKS)
    assert found(project, ordering=ordering) == expected


def test_conditions_are_joined(project: Project) -> None:
    add(project, TASKS)
    first, tart = item("id", "equal", "Number", 0), item("data.text", "contains", "String", "tart")
    assert found(project, first, tart) == []
    assert found(project, first, tart, conjunction="or") == [0, 3]
    later = item("id", "greater", "Number", 0)
    apple = item("data.text", "contains", "String", "apple")
    assert found(project, {**later, "child_filter": apple}) == [3, 5]


def test_a_selection_is_taken_out_of_what_is_found(project: Project) -> None:
    add(project, TASKS)
    assert found(project, selectedItems={"all": False, "included": [1, 2, 99]}) == [1, 2]
    assert found(project, selectedItems={"all": True, "excluded": [0]}) == [1, 2, 3, 4, 5]
    apple = item("data.text", "contains", "String", "apple")
    assert found(project, apple, selectedItems={"all": True, "excluded": [0]}) == [3, 5]


def test_a_page_has_the_totals_of_all_that_was_found(project: Project) -> None:
    add(project, TASKS)
    page = project.task_table.page(Query(), 1, 3)
    assert page == ([1, 2], 6, 3, 1, 2)
    query = parse({"filters": {"items": [item("annotators", "contains", "List", 1)]}})
    assert project.task_table.page(query, 0, 1) == ([4], 2, 3, 1, 0)


def test_the_next_open_task_of_a_query(project: Project) -> None:
    add(project, TASKS)
    query = parse({"ordering": ["-tasks:id"]})
    assert project.task_table.next_open(query) == 3
    project.completions.complete(3, {"result": [choice()]})
    assert project.task_table.next_open(query) == 2
    only = parse({"selectedItems": {"all": False, "included": [0, 3]}})
    assert project.task_table.next_open(only) == 0
    none = parse({"filters": {"items": [item("id", "greater", "Number", 50)]}})
    assert project.task_table.next_open(none) is None


BAD: list[tuple[Any, str]] = [
    ([], "a query must be an object"),
    ({"filters": []}, '"filters" must be an object'),
    ({"filters": {"conjunction": "xor"}}, "not 'xor'"),
    ({"filters": {"items": {}}}, "must be a list"),
    ({"filters": {"items": [1]}}, "filter 0 must be an object"),
    ({"filters": {"items": [{"filter": "zzz"}]}}, 'should start with "filter:tasks:"'),
    ({"filters": {"items": [item("nosuch", "equal", "Number", 1)]}}, 'no column "nosuch"'),
    ({"filters": {"items": [item("a__b", "equal", "Number", 1)]}}, '"__" is not generally'),
    ({"filters": {"items": [item("id", "like", "Number", 1)]}}, "unknown operator 'like'"),
    ({"filters": {"items": [item("id", "equal", "Nope", 1)]}}, "unknown type 'Nope'"),
    ({"filters": {"items": [item("id", "less", "Number", "x")]}}, "'x' is not a number"),
    ({"filters": {"items": [item("id", "less", "Number", None)]}}, '"value" is missing'),
    ({"filters": {"items": [item("id", "in", "Number", 5)]}}, '"min" and "max"'),
    ({"filters": {"items": [item("id", "in_list", "Number", 5)]}}, "must be a list"),
    ({"filters": {"items": [item("id", "empty", "Number", "maybe")]}}, "neither true nor false"),
    ({"filters": {"items": [item("created_at", "less", "Datetime", "x")]}}, "not a date"),
    ({"ordering": "id"}, '"ordering" must be a list'),
    ({"ordering": ["tasks:nosuch"]}, 'no column "nosuch"'),
    ({"selectedItems": {"all": "yes"}}, '"all": true or false'),
    ({"selectedItems": {"all": False, "included": ["1"]}}, "list of task ids"),
]


@pytest.mark.parametrize(("value", "message"), BAD, ids=[row[1] for row in BAD])
def test_bad_queries_are_named(value: Any, message: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(value)
    assert message in caught.value.detail


def test_a_bad_pattern_is_named(project: Project) -> None:
    add(project, TASKS)
    with pytest.raises(Invalid, match=r"\( is not a valid regular expression"):
        found(project, item("data.text", "regex", "String", "("))


# -- following changes --------------------------------------------------------------------------

QUERIES = [
    {},
    {"ordering": ["-tasks:data.n", "tasks:data.text"]},
    {"filters": {"items": [item("data.text", "contains", "String", "a")]}},
    {"filters": {"items": [item("annotators", "empty", "List", False)]}},
    {
        "filters": {
            "conjunction": "or",
            "items": [
                item("annotations_results", "contains", "String", "bad"),
                item("data.n", "less", "Number", 3),
            ],
        },
        "ordering": ["-tasks:completed_at"],
    },
    {"ordering": ["-tasks:updated_at", "tasks:draft_exists", "-tasks:total_annotations"]},
    {"filters": {"items": [item("draft_exists", "equal", "Boolean", True)]}},
    {"filters": {"items": [item("ground_truth", "equal", "Boolean", True)]}},
]


def change(project: Project, dice: random.Random) -> None:
    """Something that a user could do."""
    ids = list(project.store.task_ids())
    task_id = dice.choice(ids) if ids else None
    match dice.randrange(9):
        case 0:
            add(project, [{"data": {"text": f"new {dice.random()}", "n": dice.randrange(9)}}])
        case _ if task_id is None:
            return
        case 1:
            project.tasks.delete_task(task_id)
        case 2:
            project.tasks.replace_task(task_id, {"data": {"text": dice.choice("abc"), "n": None}})
        case 3:
            for completion in project.store.read_task(task_id).completions[:1]:
                project.completions.delete(task_id, completion.id)
        case 4:
            project.drafts.drop(task_id)
        case 5:
            draft = project.drafts.of(project.store.read_task(task_id))
            if draft is None:
                project.drafts.put(task_id, {"result": [choice()]})
        case _:
            body = {"result": [choice(dice.choice(["good", "bad"]))], "lead_time": 3}
            if dice.random() < 0.3:
                body["ground_truth"] = True
            project.completions.complete(task_id, body, was_cancelled=dice.random() < 0.2)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("most", [None, 2], ids=["held", "read again"])
def test_answers_follow_changes(
    project: Project, clock: Any, seed: int, most: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each step, what is kept says the same as what is made anew."""
    from label_studio_lite.service.table.table import TaskTable

    if most is not None:  # as if these few texts were very many
        monkeypatch.setattr(compact, "_MOST_CODES", most)
        monkeypatch.setattr(compact, "_MOST_TEXT", most)
    dice = random.Random(seed)
    add(project, TASKS)
    queries = [parse(query) for query in QUERIES]
    for step in range(40):
        for _ in range(dice.choice([1, 1, 1, 3])):
            clock.now += 1
            change(project, dice)
        if step == 30:
            project.tasks.delete_all_tasks()
            add(project, TASKS)
        fresh = TaskTable(project)
        for query in dice.sample(queries, 3):
            kept, made = (table.page(query, 0, 100) for table in (project.task_table, fresh))
            assert kept == made, (step, query)


def test_a_label_moves_no_task_in_an_order_by_data(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(project, TASKS)
    query = parse({"ordering": ["-tasks:data.n"]})
    before = project.task_table.page(query, 0, 10)
    with monkeypatch.context() as patch:
        patch.setattr("label_studio_lite.service.table.views.TaskView._rows", None)
        project.completions.complete(0, {"result": [choice()]})
        after = project.task_table.page(query, 0, 10)
    assert after.ids == before.ids
    assert after.completions == before.completions + 1


def test_a_reading_that_fails_is_begun_anew(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(project, TASKS)
    by_text, by_results = item("data.text", "contains", "String", "a"), "annotations_results"
    assert found(project, by_text) == [0, 1, 3, 5]
    project.tasks.replace_task(2, {"data": {"text": "a cherry"}})
    with monkeypatch.context() as patch:
        patch.setattr(project.store, "read_tasks", lambda ids: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            found(project, by_text)
        with pytest.raises(ZeroDivisionError):
            found(project, item(by_results, "contains", "String", "good"))
    assert found(project, by_text) == [0, 1, 2, 3, 5]
    assert found(project, item(by_results, "contains", "String", "good")) == [4]


def test_an_order_by_counts_follows_a_label(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(project, TASKS)
    query = parse({"ordering": ["-tasks:total_annotations"]})
    assert project.task_table.page(query, 0, 10).ids == [4, 0, 1, 2, 3, 5]
    with monkeypatch.context() as patch:
        patch.setattr("label_studio_lite.service.table.views.TaskView._rows", None)
        project.completions.complete(2, {"result": [choice()]})
        assert project.task_table.page(query, 0, 10).ids == [4, 2, 0, 1, 3, 5]


# -- columns ------------------------------------------------------------------------------------


def test_a_column_changes_into_what_can_hold_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact, "_MOST_CODES", 4)
    monkeypatch.setattr(compact, "_MOST_TEXT", 120)
    stored: list[Any] = []

    def source(rows: range | None = None) -> Any:
        return iter(stored if rows is None else stored[rows.start : rows.stop])

    column = compact.Mixed(source)
    kinds = []
    for values in ([None, 1.0, 2.5], ["a", None], ["b", "ü"], ["x" * 50], ["y"]):
        stored += values
        column.extend(values)
        kinds.append(type(column.column).__name__)
        texts = [v if v is None or isinstance(v, str) else compact.text_of(v) for v in stored]
        seen = [v if v is None or isinstance(v, str) else compact.text_of(v) for v in column]
        assert seen == texts
    assert kinds == ["Numbers", "Codes", "Texts", "Texts", "Unheld"]
    assert column.size == 0 and not column.is_held and column[3] == "a"


def test_kept_rows_of_a_column(monkeypatch: pytest.MonkeyPatch) -> None:
    for values in ([1.0, None, 3.0], ["a", "b", None], [("1",), (), ("1", "2")]):
        column = compact.Mixed()
        column.extend(values)
        assert list(column.keep([2, None, 0])) == [values[2], None, values[0]]
    counts = compact.Numbers(array("I", [4, 0, 4]))
    assert list(counts.keep([0, None])) == [4.0, 0.0]
    assert counts.mask(lambda value: value == 4) == b"\1\0\1"
