"""JSON of all sizes and kinds becomes the same items, with the exact text of each."""

from __future__ import annotations

import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from label_studio_lite.core.model import Json, RawTask
from label_studio_lite.errors import Invalid
from label_studio_lite.importing import json_file
from label_studio_lite.importing.encodings import UTF8
from label_studio_lite.importing.json_items import BrokenJson, items
from label_studio_lite.importing.upload import ReadOptions, Upload, one_by_one

OPTIONS = ReadOptions("text")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(['"', "\\", '\\"', "]},{[", "\x00\t\n", "😀", "é"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
BLANKS = st.text(" \t\r\n", max_size=5)


def read(body: bytes, name: str = "f.json", options: ReadOptions = OPTIONS) -> list[RawTask]:
    return list(one_by_one(json_file.read(Upload(name, io.BytesIO(body)), options)))


def values(body: bytes) -> list[Any]:
    return [task.value for task in read(body)]


@st.composite
def list_texts(draw: st.DrawFn) -> tuple[list[str], str]:
    """Texts of items, and a list of them with any white space around."""
    texts = [
        json.dumps(
            value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 2]))
        )
        for value in draw(st.lists(VALUES, max_size=6))
    ]
    spaced = [draw(BLANKS) + text + draw(BLANKS) for text in texts]
    inside = ",".join(spaced) if spaced else draw(BLANKS)
    return texts, f"{draw(BLANKS)}[{inside}]{draw(BLANKS)}"


@given(list_texts(), st.integers(1, 40))
def test_windows_give_the_items_of_a_list(case: tuple[list[str], str], window: int) -> None:
    texts, text = case
    found = list(items(io.StringIO(text, newline=""), window=window))
    assert [value for value, _ in found] == json.loads(text)
    assert [raw.decode() for _, raw in found] == texts


@given(list_texts(), st.booleans())
def test_whole_files_give_the_same(case: tuple[list[str], str], marked: bool) -> None:
    texts, text = case
    tasks = read((b"\xef\xbb\xbf" if marked else b"") + text.encode())
    assert [task.value for task in tasks] == json.loads(text)
    raws = [task.raw or b"" for task in tasks]
    if "\n" not in text and "\r" not in text:
        assert [raw.decode() for raw in raws] == texts
    assert [json.loads(raw) for raw in raws] == json.loads(text)
    assert not any(b"\n" in raw for raw in raws)
    assert [task.where for task in tasks] == [f"f.json item {n}" for n in range(len(texts))]


@given(st.lists(st.dictionaries(st.text(), VALUES, max_size=3), min_size=1, max_size=5), BLANKS)
def test_objects_in_a_row(objects: list[Json], blanks: str) -> None:
    assume(not any(key.isdigit() for key in objects[0]))
    text = (blanks + "\n").join(map(json.dumps, objects))
    assert values(text.encode()) == objects


@given(
    st.dictionaries(
        st.integers(0).map(str),
        st.dictionaries(st.text(), VALUES, max_size=3),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from([None, 0, 2]),
    st.integers(1, 40),
)
def test_objects_by_number(objects: dict[str, Json], indent: int | None, window: int) -> None:
    text = json.dumps(objects, indent=indent)
    found = list(items(io.StringIO(text), window=window))
    assert [value for value, _ in found] == list(objects.values())
    assert [json.loads(raw) for _, raw in found] == list(objects.values())
    with pytest.raises(BrokenJson):
        list(items(io.StringIO(text[:-1]), window=window))


def test_tasks_of_a_project_of_0_8() -> None:
    """``tasks.json`` of a project directory, which is more than one task."""
    tasks = {"0": {"id": 0, "data": {"text": "a"}}, "7": {"id": 7, "data": {"text": "b"}}}
    assert values(json.dumps(tasks).encode()) == list(tasks.values())
    assert values(json.dumps(tasks["0"]).encode()) == [tasks["0"]]
    assert values(b'{"2024": "a year"}') == [{"2024": "a year"}]


@given(list_texts(), st.data())
def test_cut_off_text_is_never_taken_for_whole(
    case: tuple[list[str], str], data: st.DataObject
) -> None:
    _, text = case
    text = text.rstrip()
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    with pytest.raises(BrokenJson):
        list(items(io.StringIO(cut, newline=""), window=data.draw(st.integers(1, 9))))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ['[{"a": "é😀"}]', '{"a": "é😀"}'])
def test_unicode_encodings(encoding: str, text: str) -> None:
    assert values(text.encode(encoding)) == [{"a": "é😀"}]
    assert read(text.encode(encoding))[0].raw == '{"a": "é😀"}'.encode()


def test_the_wanted_encoding() -> None:
    options = ReadOptions("text", encoding="windows-1252")
    assert read('{"a": "é"}'.encode("cp1252"), options=options)[0].value == {"a": "é"}
    said = ReadOptions("text", encoding="UTF8")
    assert read(b'\xef\xbb\xbf{"a": 1}', options=said)[0].value == {"a": 1}
    with pytest.raises(Invalid, match="klingon is no known encoding"):
        read(b"{}", options=ReadOptions("text", encoding="klingon"))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "Expected object or value (line 1, column 1)"),
        (b" \n", "Expected object or value (line 2, column 1)"),
        (b'[{"a": 1},\n {"a": NaN}]', "item 1: NaN is not JSON (line 2, column 8)"),
        (b'{"NaN": "NaN",\n"b": -Infinity}', "-Infinity is not JSON (line 2, column 6)"),
        (b'[{"a": 1e999}]', "item 0: the number 1e999 is too large"),
        (b'[{"a": 1}, {"b": tru}]', "item 1: Expecting value (line 1, column 18)"),
        (b'[{"a": 1},\n{"b"}]', "item 1: Expecting ':' delimiter (line 2, column 5)"),
        (b'[{"a": 1} {"b": 2}]', "',' or ']' expected after item 0 (line 1, column 11)"),
        (b'[{"a": 1}', "',' or ']' expected after item 0 (line 1, column 10)"),
        (b'[{"a": "x', "item 0: Unterminated string starting at (line 1, column 8)"),
        (b'[{"a": 1},]', "item 1: Expecting value (line 1, column 11)"),
        (b"[] []", "more text after the end of the list (line 1, column 4)"),
        (b'{"0": {}} {}', "more text after the end of the object (line 1, column 11)"),
        (b'{"0": {"a": nope}}', "item 0: Expecting value (line 1, column 13)"),
        (b'{"0": {}, "1" {}}', "':' expected after '1' (line 1, column 15)"),
        (b'{"0": {}\n"1": {}}', "',' or '}' expected after item 0 (line 2, column 1)"),
        (b'{"a": 1}, {"a": 2}', "item 1: Expecting value (line 1, column 9)"),
        (b'[{"a": "\xff"}]', "not text in utf-8, see byte 8; save it as UTF-8"),
        (b'[{"a": "\x01"}]', "item 0: Invalid control character at (line 1, column 9)"),
        (b"[" + b"[" * 100_000, "item 0 is nested too deeply (line 1, column 2)"),
        (b'[{"a": ' + b"1" * 5000 + b"}]", "item 0: Exceeds the limit"),
    ],
)
def test_errors_name_the_place(body: bytes, message: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(body)
    assert caught.value.detail.startswith("Failed to parse input file f.json: ")
    assert message in caught.value.detail


@pytest.mark.parametrize(("body", "shown"), [(b'"x"', "x"), (b"5", "5"), (b'{"a": 1}\n7', "7")])
def test_neither_object_nor_list(body: bytes, shown: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(body)
    assert caught.value.detail == (
        f'Incorrect task type in f.json: "{shown}". It is allowed "dict" or "list of dicts" only'
    )


@pytest.mark.parametrize("bad", [b"nope", b"1e999"])
def test_items_before_an_error_are_given_once(bad: bytes) -> None:
    found = []
    with pytest.raises(Invalid):
        for task in one_by_one(
            json_file.read(Upload("", io.BytesIO(b'[{"a":1},"x",%b]' % bad)), OPTIONS)
        ):
            found.append((task.value, task.where))
    assert found == [({"a": 1}, "item 0"), ("x", "item 1")]


def test_an_item_only_the_forgiving_reader_takes() -> None:
    body = b'[{"a": 1}, {"a": "\\ud800"}, {"a": 2}]'
    assert values(body) == [{"a": 1}, {"a": "\ud800"}, {"a": 2}]
    assert read(body)[1].raw == b'{"a": "\\ud800"}'


def test_numbers_are_not_cut_by_a_window() -> None:
    for window in range(1, 8):
        text = "[12.5, 1.5e+3, -1E-2, 123456, 0.25]"
        found = items(io.StringIO(text, newline=""), window=window)
        assert [value for value, _ in found] == [12.5, 1500.0, -0.01, 123456, 0.25]


def test_an_item_over_the_limit() -> None:
    options = ReadOptions("text", max_item_bytes=4_000_000)
    body = b'[{"a": 1}, {"a": "' + b"x" * 20_000_000 + b'"}]'
    with pytest.raises(Invalid, match=r"item 1 is broken, or longer than 4000000 characters"):
        list(json_file._in_windows(Upload("f", io.BytesIO(body)), UTF8, options))


def test_a_large_file_is_never_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(json_file, "WHOLE", 1 << 20)
    path = tmp_path / "big.json"
    item = json.dumps({"data": {"text": "word " * 100}})
    with path.open("w") as file:
        file.write("[" + ",\n".join([item] * 60_000) + "]")
    assert path.stat().st_size > 30_000_000
    with path.open("rb") as stream:
        tracemalloc.start()
        count = sum(1 for _ in json_file.read(Upload("big.json", stream), OPTIONS))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert count == 60_000
    assert peak < 16 << 20
