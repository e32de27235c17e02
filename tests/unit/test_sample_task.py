"""Sample tasks: one value for every data key, of the shape that the tag reads."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from label_studio_lite.core.label_config import parse
from label_studio_lite.core.sample_task import sample_task
from label_studio_lite.core.time_series import ROWS, time_series, time_series_csv
from label_studio_lite.core.validation import CheckedTask, TaskValidator

PROJECT = Path(__file__).parents[2]

TAGS = """
Audio AudioPlus Chat Choice Choices DateTime Dialog Foo Header HyperText Image Label Labels List
Number PDF Pairwise Paragraphs Ranker Rating Table Taxonomy Text TextArea TimeSeries Video View
"""


def sample(body: str) -> Any:
    return sample_task(parse(f"<View>{body}</View>"))


def media_in(value: Any) -> list[str]:
    """Every address below static/ in a task."""
    text = json.dumps(value).replace("'", '"').replace("\\", "")
    return [part for part in text.split('"') if part.startswith("static/")]


@pytest.mark.parametrize("value_type", ["", ' valueType="url"', ' valueType="json"'])
@pytest.mark.parametrize("tag", TAGS.split())
def test_every_tag_gets_a_value_that_can_be_imported(tag: str, value_type: str) -> None:
    config = parse(f'<View><{tag} name="x" value="$x"{value_type}/></View>')
    task = sample_task(config)
    assert list(task) == ["x"]
    assert isinstance(TaskValidator(config).check(task, 0), CheckedTask)
    assert "://" not in json.dumps(task), "nothing from another host"
    for address in media_in(task):
        assert (PROJECT / address).is_file(), address
    assert json.loads(json.dumps(task)) == task


def test_keys_come_in_the_order_of_the_config() -> None:
    task = sample('<Text value="$z"/><Image value="$a"/><Text value="$m.n"/><Table value="lit"/>')
    assert list(task) == ["z", "a", "m.n"]
    assert task["a"] == "static/samples/sample.jpg"


@pytest.mark.parametrize(
    ("key", "start"),
    [("video", "<video "), ("pdf", "<embed "), ("website", "<iframe "), ("x", "<a")],
)
def test_pages_by_the_name_of_their_key(key: str, start: str) -> None:
    assert sample(f'<HyperText name="h" value="${key}"/>')[key].startswith(start)


def test_paragraphs_use_the_keys_that_the_tag_names() -> None:
    turns = sample('<Paragraphs value="$d" nameKey="who" textKey="said"/>')["d"]
    assert len(turns) > 1
    assert all(set(turn) == {"who", "said"} for turn in turns)
    assert set(sample('<Paragraphs value="$d"/>')["d"][0]) == {"author", "text"}


def test_list_items_use_the_key_that_the_tag_names() -> None:
    assert "words" in sample('<List name="l" value="$l" elementValue="$words"/>')["l"][0]


def test_time_series_in_the_task() -> None:
    series = sample(
        '<TimeSeries name="s" value="$s" timeColumn="day" timeFormat="%Y-%m-%d">'
        '<View><Channel column="a"/></View><Channel column="b"/></TimeSeries>'
    )["s"]
    assert list(series) == ["day", "a", "b"]
    assert series["day"][:2] == ["2020-01-01", "2020-01-02"]
    assert all(len(column) == ROWS for column in series.values())


@pytest.mark.parametrize(
    ("attributes", "query"),
    [
        ('timeColumn="t" sep=";" timeFormat="%Y"',
         {"time": ["t"], "values": ["v,w"], "sep": [";"], "tf": ["%Y"]}),
        ("", {"values": ["v,w"]}),
    ],
)  # fmt: skip
def test_time_series_at_an_address(attributes: str, query: dict[str, list[str]]) -> None:
    address = sample(
        f'<TimeSeries value="$csv" valueType="url" {attributes}>'
        '<Channel column="v"/><Channel column="w"/></TimeSeries>'
    )["csv"]
    assert urlsplit(address).path == "samples/time-series.csv"
    assert parse_qs(urlsplit(address).query) == query


def test_values_inside_lists() -> None:
    task = sample(
        '<Repeater on="$p" indexFlag="{{i}}"><Image name="p_{{i}}" value="$p[{{i}}].url"/>'
        '<Text name="t_{{i}}" value="$p[{{i}}].text"/></Repeater><Text value="$q[1].a"/>'
    )
    assert list(task) == ["p", "q"]
    assert [set(page) for page in task["p"]] == [{"url", "text"}] * 2
    assert task["q"][0] is None
    assert isinstance(task["q"][1]["a"], str)


def test_other_attributes_that_name_a_key() -> None:
    task = sample(
        '<Image name="i" valueList="$pages"/><Paragraphs value="$d" audioUrl="$sound"/>'
        '<Repeater on="$rows"/>'
    )
    assert set(task) == {"pages", "d", "sound", "rows"}
    assert len(task["pages"]) == 2


@pytest.mark.parametrize(
    ("before", "expected"),
    [  # each asked of 0.8.2
        ('<!-- {"data": {"t": "mine"}} -->', {"t": "mine"}),
        ('<!-- {"t": "mine"} -->', {"t": "mine"}),
        ('<!-- words --><!-- {"data": {"t": {"a": 1}}} -->', {"t": {"a": 1}}),
        ('<!-- {"data": {"t": "one"}} --><!-- {"data": {"t": "two"}} -->', {"t": "one"}),
        ('<!--\n{"data":\n {"t": "mine", "other": 3}}\n-->', {"t": "mine", "other": 3}),
    ],
)
def test_a_comment_overrides_values(before: str, expected: dict[str, Any]) -> None:
    view = '<View><Text name="t" value="$t"/></View>'
    assert sample_task(parse(before + view)) == expected
    assert sample_task(parse(view.replace("<Text", before + "<Text"))) == expected
    assert sample_task(parse(view + before)) == expected


@pytest.mark.parametrize("comment", ["words", '{"data": ["x"]}', "[1]", "[" * 100_000])
def test_comments_that_say_nothing_about_values(comment: str) -> None:
    assert isinstance(sample(f'<!-- {comment} --><Text name="t" value="$t"/>')["t"], str)


@given(st.text(alphabet="ab.[]{}0129$", max_size=30))
def test_any_key_gets_a_value_of_bounded_size(key: str) -> None:
    task = sample(f'<Text value="${key}"/>')
    assert bool(task) == bool(key)
    assert len(json.dumps(task)) < 1_000_000


def test_keys_out_of_all_measure() -> None:
    steps = "a" + "[9]" * 100_000
    assert list(sample(f'<Text value="${steps}"/>')) == [steps]
    assert len(sample(f'<Text value="$a[{"9" * 100_000}]"/>')["a"]) < 1000
    assert len(rows_of(time_series_csv("9" * 5000, ["1"], None, ","))) == ROWS + 1


def test_every_sample_is_its_own() -> None:
    config = parse('<View><Table value="$a"/><Table value="$b"/></View>')
    first = sample_task(config)
    first["a"].clear()
    assert first["b"] and sample_task(config)["a"]


# -- the series itself ------------------------------------------------------------------------


def rows_of(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(text.splitlines(), delimiter=delimiter))


def test_csv_with_a_header() -> None:
    rows = rows_of(time_series_csv("t", ["a", "b, c"], None, ","))
    assert rows[0] == ["t", "a", "b, c"]
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(ROWS)]
    assert all(len(row) == 3 for row in rows)


def test_csv_without_a_header() -> None:
    rows = rows_of(time_series_csv("1", ["0", "2"], "%Y-%m-%d", ","))
    assert len(rows) == ROWS
    assert rows[1][1] == "2020-01-02", "columns stand where their numbers say"


@pytest.mark.parametrize(
    ("separator", "delimiter"),
    [(";", ";"), ("tab", "\t"), ("\\t", "\t"), ("\t", "\t"), ("", ","), ("\n", ","), ("ab", ",")],
)
def test_separators(separator: str, delimiter: str) -> None:
    assert rows_of(time_series_csv("t", ["a"], None, separator), delimiter)[0] == ["t", "a"]


@pytest.mark.parametrize(
    ("time_format", "first", "second"),
    [
        ("yyyy-MM-dd", "2020-01-01", "2020-01-02"),
        ("%d.%m.%y", "01.01.20", "02.01.20"),
        ("%Y", "2020", "2021"),
        ("%H:%M:%S.%L", "00:00:00.000", "00:01:00.000"),
        ("%Y-%m-%dT%H:%M:%S.%f%Z %j %e %% %?", "2020-01-01T00:00:00.000000+0000 001  1 % %?",
         "2020-01-02T00:00:00.000000+0000 002  2 % %?"),
        ("", 0, 1),
        ("words", 0, 1),
    ],
)  # fmt: skip
def test_times(time_format: str, first: object, second: object) -> None:
    times = time_series("t", [], time_format)["t"]
    assert times[:2] == [first, second]
    assert len(set(times)) == ROWS


def test_the_series_is_the_same_every_time_and_different_for_each_channel() -> None:
    series = time_series(None, ["a", "b"])
    assert list(series) == ["a", "b"]
    assert series == time_series(None, ["a", "b"])
    assert series["a"] != series["b"]
