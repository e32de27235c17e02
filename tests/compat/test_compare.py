"""The comparison of two answers finds every difference that matters, and no other."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from tests.compat.compare import Answer, assert_same, differences, json_differences
from tests.compat.normalising import Rules, normalise


def answer(body: Any = None, status: int = 200, **headers: str) -> Answer:
    """A JSON answer; header names with ``_`` for ``-``."""
    named = {"content-type": "application/json"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, body if isinstance(body, bytes) else json.dumps(body).encode())


def archive(**members: str) -> Answer:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, text in members.items():
            made.writestr(name, text)
    return answer(buffer.getvalue(), content_type="application/zip")


@pytest.mark.parametrize(
    ("real", "ours"),
    [
        ({"created_at": 1795245265}, {"created_at": 1795245300}),
        ({"url": "http://localhost:8080/data/x"}, {"url": "http://127.0.0.1:9999/data/x"}),
        (
            ["upload/0241ea3cf431f20c9db081555dd82888-a.png"],
            ["upload/900150983cd24fb0d6963f7d28e17f72-a.png"],
        ),
        ({"duration": 0.25}, {"duration": 0.5}),
        ({"completed_at": "2026-11-21 07:14:28"}, {"completed_at": "2026-11-21 07:15:00"}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (
            {"detail": "no", "result": {"traceback": "File …"}},
            {"detail": "no", "result": {}},
        ),
    ],
)
def test_what_changes_from_run_to_run_is_the_same(real: Any, ours: Any) -> None:
    assert_same(answer(real), answer(ours))


@pytest.mark.parametrize(
    ("real", "ours", "told"),
    [
        ([{"id": 1}], [{"id": 2}], "$[0].id: real 1, ours 2"),
        ({"id": 1}, {"id": "1"}, '$.id: real 1, ours "1"'),
        ({"n": 1}, {"n": 1.0}, "$.n: real 1, ours 1.0"),
        ({"n": 1}, {"n": True}, "$.n: real 1, ours true"),
        (
            {"created_at": 1795245265},
            {"created_at": 1795245265.5},
            '$.created_at: real "<time as int>", ours "<time as float>"',
        ),
        ([1, 2], [1], "$: 2 items in real, 1 in ours"),
        ({"a": 1}, {}, "$.a: missing in ours"),
        ({}, {"a": None}, "$.a: only in ours"),
    ],
)
def test_a_difference_is_told_with_its_path(real: Any, ours: Any, told: str) -> None:
    assert differences(answer(real), answer(ours)) == [told]


def test_status_and_headers() -> None:
    real = answer({}, 201, allow="GET, POST", filename="2026-11-21-07-16-02.zip")
    ours = answer({}, 200, allow="POST, GET", filename="other.zip", server="waitress")
    assert differences(real, ours) == [
        "status: real 201, ours 200",
        "header filename: real '<time>.zip', ours 'other.zip'",
    ]


def test_json_as_html_is_json_unless_the_type_is_asked_for() -> None:
    real = answer({"id": 1}, content_type="text/html; charset=utf-8")
    ours = answer({"id": 1})
    assert_same(real, ours)
    assert differences(real, ours, Rules(declared=True)) == [
        "content-type: real 'text/html', ours 'application/json'"
    ]


def test_another_kind_of_body() -> None:
    page = answer(b"<!doctype html>", content_type="text/html")
    assert differences(answer([]), page) == ["body: real json b'[]', ours html b'<!doctype html>'"]
    assert differences(page, answer(b"<p>", content_type="text/html")) == []


def test_text_is_compared_by_line() -> None:
    real, ours = (answer(text, content_type="text/html") for text in (b"a\nb", b"a\nc\nd"))
    assert differences(real, ours) == [
        "text: 2 lines in real, 3 in ours",
        'text line 2: real "b", ours "c"',
    ]


def test_zips_are_compared_by_member() -> None:
    real = archive(**{"result.json": '[{"id": 1}]', "a.txt": "x", "gone": ""})
    ours = archive(**{"result.json": '[{"id": 2}]', "a.txt": "y", "new": ""})
    assert differences(real, ours) == [
        "zip: gone is missing in ours",
        "zip: new is only in ours",
        "zip result.json: $[0].id: real 1, ours 2",
        'zip a.txt: text line 1: real "x", ours "y"',
    ]


def test_rules() -> None:
    real = [{"id": 7, "by": "a"}, {"id": 9, "by": "a"}, {"id": 7, "by": "b"}]
    ours = [{"id": 1, "by": "a"}, {"id": 2, "by": "c"}, {"id": 1, "by": "b"}]
    told = json_differences(real, ours, Rules(id_keys=frozenset({"id"})))
    assert told == ['$[1].by: real "a", ours "c"']
    other_pattern = Rules(id_keys=frozenset({"id"}), ignore=frozenset({"$[*].by"}))
    assert json_differences([{"id": 1}, {"id": 1}], [{"id": 1}, {"id": 2}], other_pattern) == [
        '$[1].id: real "<1>", ours "<2>"'
    ]
    assert json_differences([2, 1], [1, 2], Rules(unordered=frozenset({"$"}))) == []
    assert json_differences({"a": 1, "b": 1}, {"b": 1, "a": 1}, Rules(key_order=True)) == [
        "$: keys are ordered ['a', 'b'] in real, ['b', 'a'] in ours"
    ]
    assert normalise("in /tmp/x/p", Rules(names={"/tmp/x": "<work>"})) == "in <work>/p"
