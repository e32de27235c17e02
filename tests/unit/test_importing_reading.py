"""Which reader takes which file."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

import pytest

from label_studio_lite.core.model import RawTask
from label_studio_lite.importing.reading import read
from label_studio_lite.importing.upload import Hosted, ReadOptions, Upload, kind, one_by_one

OPTIONS = ReadOptions("text")


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("a.json", b'{"x": 1}', [{"x": 1}]),
        ("A.JSON", b'[{"x": 1}]', [{"x": 1}]),
        ("a.json", b'{"x": 1}\n{"x": 2}\n', [{"x": 1}, {"x": 2}]),
        ("a.jsonl", b'{"x": 1}\n{"x": 2}', [{"x": 1}, {"x": 2}]),
        ("a.ndjson", b'{"x": 1}', [{"x": 1}]),
        ("", b' [{"x": 1}]', [{"x": 1}]),
        ("blob", b'\xef\xbb\xbf\n{"x": 1}', [{"x": 1}]),
        ("blob", '{"x": 1}'.encode("utf-16"), [{"x": 1}]),
        ("a.Csv", b"x\n1\n", [{"data": {"x": 1}}]),
        ("a.tsv", b"x\ty\n1\t2\n", [{"data": {"x": 1, "y": 2}}]),
        ("a.TXT", b"[1]\n", [{"data": {"text": "[1]"}}]),
        ("a.HTM", b"<p>\n", [{"data": {"text": "<p>"}}]),
        ("a.html", b"<p>", [{"data": {"text": "<p>"}}]),
        ("a.xml", b"<p/>", [{"data": {"text": "<p/>"}}]),
    ],
)
def test_files_that_are_read(name: str, body: bytes, expected: list[Any]) -> None:
    found = read(Upload(name, io.BytesIO(body)), OPTIONS)
    tasks = one_by_one(item for item in found if not isinstance(item, Hosted))
    assert [task.value for task in tasks] == expected


@pytest.mark.parametrize(
    ("name", "hosted"),
    [
        ("dog.jpg", "dog.jpg"),
        ("FileUpload", "FileUpload"),
        ("photos/a b ü.PNG", "a b ü.PNG"),
        ("C:\\photos\\dog.jpg", "dog.jpg"),
        ("x.json.gz", "x.json.gz"),
    ],
)
def test_anything_else_is_hosted(name: str, hosted: str) -> None:
    stream = io.BytesIO(b"content")
    stream.seek(3)
    (item,) = read(Upload(name, stream), OPTIONS)
    assert isinstance(item, Hosted)
    assert (item.name, item.stream.read()) == (hosted, b"content")


@pytest.mark.parametrize("name", ["a.csv", "a.TSV"])
def test_tables_are_hosted_for_a_time_series(name: str) -> None:
    options = ReadOptions("csv", tables_are_media=True)
    (item,) = read(Upload(name, io.BytesIO(b"t,v\n1,2\n")), options)
    assert isinstance(item, Hosted)
    assert item.name == name
    (task,) = read(Upload("a.json", io.BytesIO(b"{}")), options)
    assert isinstance(task, RawTask)
    assert task.value == {}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("f.csv", ".csv"),
        ("F.CSV", ".CSV"),
        ("a.tar.gz", ".gz"),
        ("d.x/f", ""),
        ("d.x\\f", ""),
        (".json", ""),
        ("", ""),
    ],
)
def test_kind(name: str, expected: str) -> None:
    assert kind(Upload(name, io.BytesIO())) == expected


def test_formats_are_counted() -> None:
    formats = Counter[str]()
    for name in ("a.txt", "b.txt", "c.JPG"):
        list(read(Upload(name, io.BytesIO(b"x")), OPTIONS, formats))
    assert formats == {".txt": 2, ".JPG": 1}


def test_streams_stay_open() -> None:
    for name in ("a.json", "a.csv", "a.txt", "a.html", "a.jpg"):
        stream = io.BytesIO(b"[]")
        list(read(Upload(name, stream), OPTIONS))
        stream.seek(0)
        assert stream.read() == b"[]"
