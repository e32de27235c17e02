"""JSON, JSON_MIN, CSV and TSV hold what 0.8.2's exports hold; what they leave out is told.

What 0.8.2 wrote was recorded from the running program.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from label_studio_lite.core.label_config import parse
from label_studio_lite.core.model import Json, Task
from label_studio_lite.errors import Invalid
from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.choosing import SKIPPED, SUPERSEDED, Wish
from label_studio_lite.exporting.output import BareOutput
from label_studio_lite.exporting.registry import LEGACY, V1, Registry
from label_studio_lite.exporting.report import Item, Kind, Report

CONFIG = parse(
    """<View>
    <Text name="text" value="$text"/><Image name="img" value="$image"/>
    <Choices name="c" toName="text"><Choice value="A"/><Choice value="B"/></Choices>
    <Choices name="c2" toName="img"><Choice value="A"/><Choice value="B"/></Choices>
    <RectangleLabels name="r" toName="img"><Label value="Cat"/></RectangleLabels>
    <Labels name="ner" toName="text"><Label value="PER"/></Labels>
    <TextArea name="ta" toName="text"/><Rating name="rt" toName="text"/>
    <Pairwise name="pw" toName="text,img"/>
    </View>"""
)
NAMES = ["JSON", "JSON_MIN", "CSV", "TSV"]


REPORTS: list[Report] = []


@pytest.fixture(autouse=True)
def closed_reports() -> Iterator[None]:
    yield
    while REPORTS:
        REPORTS.pop().close()


def export(
    name: str, tasks: list[Task] | Growing, registry: Registry = LEGACY, **context: Any
) -> tuple[str, Report]:
    """The text of the export, and its report."""
    stream = io.BytesIO()
    out = BareOutput(stream)
    exporter = registry.find(name)
    report = Report()
    REPORTS.append(report)
    exporter.write(tasks, out, Context(CONFIG, report=report, **context))
    assert out.member == exporter.only_member
    assert report.tasks.read == len(tasks)
    items = list(report.items())
    told = {kind: sum(item.times for item in items if item.kind is kind) for kind in Kind}
    left_out = {item.task_id for item in items if item.kind is Kind.TASK}
    told[Kind.COMPLETION] += sum(len(task.completions) for task in tasks if task.id in left_out)
    assert report.tasks.left_out == told[Kind.TASK]
    assert report.completions.left_out in (0, told[Kind.COMPLETION])  # 0: taken whole
    assert report.regions.left_out == told[Kind.REGION]
    return stream.getvalue().decode(), report


def task(task_id: int, *completions: Any, data: Json | None = None, **work: Any) -> Task:
    work = {"completions": list(completions), "data": data or {"text": "t"}, "id": task_id, **work}
    return Task(task_id, {"id": task_id, "data": {"text": "stored"}}, work)


def completion(
    *result: Any, completion_id: int = 1, created_at: float = 100, **fields: Any
) -> Json:
    return {"created_at": created_at, "id": completion_id, "result": list(result), **fields}


def region(name: str, type_: str, value: Any, **fields: Any) -> Json:
    return {"from_name": name, "to_name": "text", "type": type_, "value": value, **fields}


def choices(*values: str, name: str = "c", **fields: Any) -> Json:
    return region(name, "choices", {"choices": list(values)}, **fields)


SIZES = {"original_width": 200, "original_height": 100}
BOX = {"x": 10, "y": 2.5, "rectanglelabels": ["Cat"]}
NER = {"start": 0, "end": 1, "text": "r", "labels": ["PER"]}
RELATION = {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"}


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ([], {}),
        ([choices("A")], {"c": "A"}),
        ([choices("A", "B")], {"c": {"choices": ["A", "B"]}}),
        ([choices()], {"c": {"choices": []}}),
        ([choices("A"), choices("B")], {"c": ["A", "B"]}),
        ([choices("A", "B"), choices("A")], {"c": [{"choices": ["A", "B"]}, "A"]}),
        ([choices("A", name="c2", **SIZES)], {"c2": "A"}),
        ([choices("A", "B", name="c2", **SIZES)], {"c2": {"choices": ["A", "B"], **SIZES}}),
        ([region("c", "choices", {"choices": "A"})], {"c": "A"}),
        ([{"from_name": "c", "value": {"choices": ["A"]}}], {"c": "A"}),
        ([region("ner", "choices", {"choices": ["x"]})], {"ner": [{"choices": ["x"]}]}),
        ([region("ta", "textarea", {"text": ["x", "y"]})], {"ta": [{"text": ["x", "y"]}]}),
        ([region("ta", "textarea", {"text": "x", "type": "T"})], {"ta": [{"text": "x"}]}),
        ([region("rt", "rating", {"rating": 4})], {"rt": [{"rating": 4}]}),
        ([region("pw", "pairwise", {"selected": "left"})], {"pw": [{"selected": "left"}]}),
        ([region("ner", "labels", NER, id="a"), RELATION], {"ner": [NER]}),
        ([region("ner", "labels", NER, original_length=4.0)], {"ner": [NER]}),
        (
            [region("r", "rectanglelabels", BOX, id="x", score=0.5, **SIZES)],
            {"r": [{**BOX, **SIZES}]},
        ),
        ([region("r", "rectanglelabels", BOX)], {"r": [BOX]}),
        (
            [region("r", "rectanglelabels", BOX, original_width=3)],
            {"r": [{**BOX, "original_width": 3}]},
        ),
        (
            [region("r", "rectanglelabels", BOX, id="q"), choices("A", name="c2", id="q")],
            {"r": [BOX], "c2": "A"},
        ),
        ([choices("A", name="unknown")], {}),
        ([{"type": "choices", "value": {"choices": ["A"]}}], {}),
    ],
)
def test_values_of_a_control(result: list[Json], expected: Json) -> None:
    text, _ = export("JSON_MIN", [task(0, completion(*result))])
    assert json.loads(text) == [{"text": "t", "id": 0, **expected}]


A, B = choices("A"), choices("B")


@pytest.mark.parametrize(
    ("completions", "expected"),
    [
        ([completion(A, created_at=200), completion(B, created_at=100)], "A"),
        ([completion(A, created_at=100), completion(B, created_at=200)], "B"),
        ([completion(A), completion(B)], "A"),
        ([completion(A), completion(B, created_at=300, was_cancelled=True)], "A"),
        ([completion(A, was_cancelled=False)], "A"),
    ],
)
def test_the_completion_that_counts(completions: list[Json], expected: str) -> None:
    text, report = export("JSON_MIN", [task(0, *completions)])
    assert json.loads(text)[0]["c"] == expected
    reasons = [item.reason for item in report.items()]
    assert len(reasons) == report.skipped == len(completions) - 1
    assert set(reasons) <= {SKIPPED, SUPERSEDED}


def test_json_text() -> None:
    """Byte for byte what 0.8.2 writes."""
    text, report = export("JSON", [task(1, completion(A), data={"text": "Ünï 😀", "n": 1.5})])
    assert text == (
        '[\n  {\n    "completions": [\n      {\n        "created_at": 100,\n        "id": 1,\n'
        '        "result": [\n          {\n            "from_name": "c",\n'
        '            "to_name": "text",\n            "type": "choices",\n'
        '            "value": {\n              "choices": [\n                "A"\n'
        "              ]\n            }\n          }\n        ]\n      }\n    ],\n"
        '    "data": {\n      "text": "Ünï 😀",\n      "n": 1.5\n    },\n    "id": 1\n  }\n]'
    )
    assert report.empty


def test_json_is_the_files_as_they_are() -> None:
    tasks = [
        task(7, completion(was_cancelled=True), predictions=[], extra={"k": [None]}),
        task(3, {"id": 5}, "odd"),
        task(4),
        Task(9, {}, {"odd": "orphan"}),
    ]
    text, report = export("JSON", tasks)
    assert json.loads(text) == [each.work for each in tasks]
    assert report.tasks.written == 4


NO_TASKS = {"JSON": "[]", "JSON_MIN": "[]", "CSV": "\n", "TSV": "\n"}


@pytest.mark.parametrize("name", NAMES)
def test_without_tasks(name: str) -> None:
    assert export(name, [])[0] == NO_TASKS[name]


def test_tasks_that_are_not_completed() -> None:
    fields = {"id": 5, "data": {"text": "open"}, "meta": {"k": 1}}
    begun = {**fields, "completions": [completion(choices("A"))]}
    tasks = [Task(5, fields), Task(6, begun)]
    assert json.loads(export("JSON", tasks)[0]) == [{**fields, "completions": []}, begun]
    assert json.loads(export("JSON_MIN", tasks)[0]) == [
        {"text": "open", "id": 5},
        {"text": "open", "id": 6, "c": "A"},
    ]
    text, report = export("CSV", tasks)
    assert text == "text,id,c\nopen,5,\nopen,6,A\n"
    assert report.empty


@pytest.mark.parametrize("name", ["JSON_MIN", "CSV", "TSV"])
def test_skips_alone_leave_a_task_out(name: str) -> None:
    text, report = export(name, [task(4, completion(was_cancelled=True)), task(5)])
    assert text == NO_TASKS[name]
    assert list(report.items()) == [
        Item(Kind.TASK, 4, None, "only skipped"),
        Item(Kind.TASK, 5, None, "no completion left"),
    ]


TABLE = [
    task(17, completion(region("r", "rectanglelabels", {"rectanglelabels": ["Cat"], "x": 1})),
         data={"image": "i", "text": "rect, no size"}),
    task(3, completion(choices()), data={"image": "i", "text": "empty"}),
    task(20, completion(), data={"image": "i", "text": ' lead,comma\n"q"; \t'}),
    task(6, completion(region("ta", "textarea", {"text": ["é😀\"x\\"]})),
         data={"image": "i", "text": "é"}),
    task(24, completion(A),
         data={"b": True, "f": 1.5, "h": 100000000.0, "image": "i", "nul": None, "text": "日本"}),
]  # fmt: skip


def test_csv_text() -> None:
    """Byte for byte what 0.8.2 writes."""
    text, _ = export("CSV", TABLE)
    assert text == (
        "image,text,id,r,c,ta,b,f,h,nul\n"
        'i,"rect, no size",17,"[{""rectanglelabels"": [""Cat""], ""x"": 1}]",,,,,,\n'
        'i,empty,3,,"{""choices"": []}",,,,,\n'
        'i," lead,comma\n""q""; \t",20,,,,,,,\n'
        'i,é,6,,,"[{""text"": [""\\u00e9\\ud83d\\ude00\\""x\\\\""]}]",,,,\n'
        "i,日本,24,,A,,True,1.5,100000000.0,\n"
    )


def test_tsv_text() -> None:
    text, _ = export("TSV", TABLE[:3])
    assert text == (
        "image\ttext\tid\tr\tc\n"
        'i\trect, no size\t17\t"[{""rectanglelabels"": [""Cat""], ""x"": 1}]"\t\n'
        'i\tempty\t3\t\t"{""choices"": []}"\n'
        'i\t" lead,comma\n""q""; \t"\t20\t\t\n'
    )


@pytest.mark.parametrize(
    ("data", "cells"),
    [
        ({"l": [1, "x"], "o": {"k": None}}, ['[1, "x"]', '{"k": null}']),  # 0.8.2: Python's repr
        ({"n": 1, "big": 12345678901234567890}, ["1", "12345678901234567890"]),  # 0.8.2: floats
        ({"cr": "a\rb"}, ["a\rb"]),  # 0.8.2: unquoted, which ends the row
        ({"surrogate": "\ud800"}, ["\\ud800"]),
    ],
)
def test_values_that_082_damages(data: Json, cells: list[str]) -> None:
    text, _ = export("CSV", [task(0, completion(), data=data), task(1, completion())])
    _, row, _ = csv.reader(io.StringIO(text, newline=""))
    assert row[: len(cells)] == cells


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.dictionaries(CELLS.filter(bool), CELLS), min_size=1, max_size=4))
@pytest.mark.parametrize(("name", "delimiter"), [("CSV", ","), ("TSV", "\t")])
def test_tables_are_read_back_as_they_were(
    name: str, delimiter: str, data: list[dict[str, str]]
) -> None:
    text, _ = export(name, [task(n, completion(), data=row) for n, row in enumerate(data)])
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for number, (row, values) in enumerate(zip(rows, data, strict=True)):
        expected = values if values else {"text": "t"}
        found = dict(zip(header, row, strict=True))
        assert found == dict.fromkeys(header, "") | expected | {"id": str(number)}


def test_the_id_and_a_control_win_over_data_of_the_same_name() -> None:
    """As in 0.8.2, and in the place of the data key."""
    tasks = [task(23, completion(A), data={"c": "data", "id": "mine", "text": "t"})]
    assert list(json.loads(export("JSON_MIN", tasks)[0])[0].items()) == [
        ("c", "A"),
        ("id", 23),
        ("text", "t"),
    ]
    assert export("CSV", tasks)[0] == "c,id,text\nA,23,t\n"


POISON = [
    ("a region is no object", "", completion("odd")),
    ("its result is no list of regions", "", {"id": 1, "created_at": 1, "lead_time": 1}),
    ("its result is no list of regions", "", {"id": 1, "result": "x"}),
    ("a region has no value", "c", completion({"from_name": "c", "type": "choices"})),
    ("a region has no value", "c", completion(region("c", "choices", None))),
    ("a region has no value", "ta", completion(region("ta", "textarea", 5))),
    ("a region of type relation belongs to no control", "", completion(RELATION)),
    ("a region of type None belongs to no control", "", completion({"from_name": ["c"]})),
    (
        "a region belongs to a control that is not in the label config",
        "zzz",
        completion(region("zzz", "", {})),
    ),
]


@pytest.mark.parametrize("name", ["JSON_MIN", "CSV", "TSV"])
@pytest.mark.parametrize(("reason", "detail", "bad"), POISON)
def test_odd_completions_are_told_and_stop_nothing(
    name: str, reason: str, detail: str, bad: Json
) -> None:
    text, report = export(name, [task(0, completion(A)), task(1, bad), task(2, completion(A))])
    assert report.tasks.written == 3
    assert list(report.items()) == [Item(Kind.REGION, 1, 1, reason, detail)]
    assert "A" in text


def test_what_a_missing_choices_value_becomes() -> None:
    """0.8.2's export fails on a Choices region with other labels."""
    text, report = export(
        "JSON_MIN", [task(0, completion(region("c", "labels", {"labels": ["P"]})))]
    )
    assert json.loads(text)[0]["c"] == {"labels": ["P"]}
    assert report.empty


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ODD_REGIONS = st.fixed_dictionaries(
    {},
    optional={
        "from_name": st.sampled_from(["c", "r", "ner", "x", 5, None]),
        "type": st.sampled_from(["choices", "labels", 5]),
        "value": st.dictionaries(st.sampled_from(["choices", "labels", "type"]), JSON_VALUES)
        | JSON_VALUES,
        "original_width": JSON_VALUES,
    },
)
ODD_COMPLETIONS = st.fixed_dictionaries(
    {},
    optional={
        "id": JSON_VALUES,
        "created_at": JSON_VALUES,
        "was_cancelled": JSON_VALUES,
        "result": st.lists(ODD_REGIONS | JSON_VALUES, max_size=3) | JSON_VALUES,
    },
)
ODD_WORK = st.fixed_dictionaries(
    {},
    optional={
        "completions": st.lists(ODD_COMPLETIONS | JSON_VALUES, max_size=3) | JSON_VALUES,
        "data": st.dictionaries(st.text(), JSON_VALUES, max_size=3) | JSON_VALUES,
    },
)


@given(st.lists(st.none() | ODD_WORK, max_size=4), st.sampled_from(NAMES))
def test_no_task_stops_an_export(works: list[Json | None], name: str) -> None:
    tasks = [Task(n, {"data": {"text": "t"}}, work) for n, work in enumerate(works)]
    text, report = export(name, tasks)
    if name.startswith("JSON"):
        assert len(json.loads(text)) == report.tasks.written
    else:
        delimiter = "," if name == "CSV" else "\t"
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        assert len(rows) == report.tasks.written + 1


class Growing:
    """Tasks to which another one comes between two passes."""

    def __init__(self) -> None:
        self.tasks = [task(0, completion(A))]

    def __iter__(self) -> Iterator[Task]:
        yield from self.tasks
        self.tasks.append(task(1, completion(B), data={"text": "t", "new": "n"}))

    def __len__(self) -> int:
        return 2


def test_a_column_that_comes_while_the_export_runs_is_told() -> None:
    text, report = export("CSV", Growing())
    assert text == "text,id,c\nt,0,A\nt,1,B\n"
    late = "its column came while the export ran"
    assert list(report.items()) == [Item(Kind.VALUE, 1, None, late, "new")]


@pytest.mark.parametrize("name", ["CSV", "TSV"])
def test_an_iterator_is_refused_where_two_passes_are_needed(name: str) -> None:
    with pytest.raises(TypeError, match="gone through twice"):
        LEGACY.find(name).write(iter([]), BareOutput(io.BytesIO()), Context(CONFIG))


def test_a_long_list_comes_in_pieces() -> None:
    sizes: list[int] = []

    class Pieces(io.BytesIO):
        def write(self, data: Any) -> int:
            sizes.append(len(data))
            return len(data)

    tasks = [task(n, completion(A), data={"text": "word " * 100}) for n in range(2_000)]
    LEGACY.find("JSON").write(tasks, BareOutput(Pieces()), Context(CONFIG))
    assert len(sizes) > 3
    assert max(sizes) < 300_000


def test_the_registry() -> None:
    members = [LEGACY.find(name).only_member for name in NAMES]
    assert members == ["result.json", "result.json", "result.csv", "result.tsv"]
    for registry in (LEGACY, V1):
        assert registry.names()[:4] == NAMES
        for each in registry.all():
            assert each.title and each.description and each.holds and each.cannot
    with pytest.raises(Invalid) as caught:
        LEGACY.find("json")
    assert caught.value.detail.startswith("Unknown export format 'json', known are JSON, JSON_MIN")


def test_the_list_of_1x() -> None:
    """What its clients find under ``export/formats``."""
    listed = {each["name"]: each for each in V1.described(CONFIG)}
    assert listed["JSON"].keys() == {"name", "title", "description", "link"}
    assert "disabled" not in listed["COCO"]
    assert listed["BRUSH_TO_PNG"]["disabled"] is True
    assert listed["CONLL2003"]["tags"]


@pytest.mark.parametrize(
    ("wish", "values"),
    [
        (Wish(), ["B"]),
        (Wish(newest=False), ["A", "B"]),
        (Wish(newest=False, skipped=True), ["A", "B", "S"]),
        (Wish(ground_truth=True), ["A"]),
        (Wish(skipped=True), ["S"]),
    ],
)
def test_which_completions(wish: Wish, values: list[str]) -> None:
    made = task(
        7,
        completion(A, completion_id=7001, created_at=100, honeypot=True),
        completion(B, completion_id=7002, created_at=200),
        completion(choices("S"), completion_id=7003, created_at=300, was_cancelled=True),
    )
    text, report = export("JSON_MIN", [made], wish=wish)
    assert [record["c"] for record in json.loads(text)] == values
    assert report.completions.written == len(values)
    (item,) = json.loads(export("JSON", [made], wish=wish)[0])
    assert len(item["completions"]) == (1 if wish.ground_truth else 3)


def test_data_under_the_name_of_a_control_are_apart_in_tables_of_1x() -> None:
    tasks = [
        task(1, completion(A), data={"c": "data", "text": "t"}),
        Task(2, {"id": 2, "data": {"c": "not labeled", "text": "t"}}, None),
    ]
    text, _ = export("CSV_ALL", tasks)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["_data_c"], row["c"]) for row in rows] == [("data", "A"), ("not labeled", "")]


def test_records_of_several_annotators() -> None:
    by_both = task(
        3,
        completion(A, completion_id=3001, created_username="ann", lead_time=1.5),
        completion(B, completion_id=3002, completed_by={"id": 4}, created_at=1.5),
    )
    text, _ = export("CSV_ALL", [by_both])
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["annotator"], row["c"]) for row in rows] == [("ann", "A"), ("4", "B")]
    assert [row["annotation_id"] for row in rows] == ["3001", "3002"]
    assert rows[1]["created_at"] == "1970-01-01T00:00:01.500000Z"


def test_predictions() -> None:
    fields = {"id": 1, "data": {"text": "t"}, "predictions": [{"result": [], "score": 0.5}]}
    made = Task(1, fields, {"id": 1, "data": {"text": "t"}, "completions": [completion(A)]})
    (item,) = json.loads(export("JSON_WITH_PREDICTIONS", [made])[0])
    assert item["predictions"] == fields["predictions"]
    assert json.loads(export("JSON", [made], predictions=True)[0]) == [item]
    assert "predictions" not in json.loads(export("JSON", [made])[0])[0]
