"""JSON text: fast where possible, forgiving where old files need it."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from label_studio_lite.core import jsontext

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_round_trip(value: Any) -> None:
    assert jsontext.loads(jsontext.dumps(value)) == value
    assert jsontext.loads(jsontext.pretty(value)) == value


@given(VALUES)
def test_pretty_is_ascii_and_what_others_read(value: Any) -> None:
    text = jsontext.pretty(value, sort_keys=True)
    assert text.isascii()
    assert json.loads(text) == value


@given(VALUES, st.sampled_from([None, 1, 4]))
def test_compact_is_one_line_of_the_same(value: Any, indent: int | None) -> None:
    text = jsontext.compact(json.dumps(value, indent=indent).encode())
    assert b"\n" not in text
    assert json.loads(text) == value


@given(VALUES, st.sampled_from([None, 1, "\t"]), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_one_line_says_the_same(value: Any, indent: int | None, end: bytes) -> None:
    given_text = json.dumps(value, indent=indent).encode().replace(b"\n", end)
    text = jsontext.one_line(given_text)
    assert b"\n" not in text and b"\r" not in text
    assert json.loads(text) == value


def test_one_line_takes_long_runs_of_blanks() -> None:
    text = json.dumps({"text": " " * 5_000_000 + "x"}, indent=1).encode()
    assert len(jsontext.one_line(text)) == len(text) - 3  # two line breaks and a blank


@given(st.text(alphabet=st.characters(codec=None)))
def test_lone_surrogates_survive(text: str) -> None:
    assert jsontext.loads(jsontext.dumps({"text": text})) == {"text": text}
    assert jsontext.loads(jsontext.pretty({"text": text})) == {"text": text}


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": -Infinity}', "1e400", "[-1e999]"])
def test_what_is_no_number_is_refused_or_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"not JSON|too large"):
        jsontext.loads(text)
    assert "None" in str(jsontext.loads(text, lenient=True))


@pytest.mark.parametrize("text", [b"", b"{", b"[1,]", b'"\xff"', b"[" * 100_000])
def test_everything_else_is_a_value_error(text: bytes) -> None:
    for lenient in (False, True):
        with pytest.raises(ValueError):
            jsontext.loads(text, lenient=lenient)


def test_numbers_keep_their_digits() -> None:
    assert jsontext.compact(b"[1.10, 1e2,\n 12345678901234567890]") == (
        b"[1.10,1e2,12345678901234567890]"
    )


def depth_of(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


NESTED = st.recursive(
    st.none() | st.text(alphabet='[]{}"\\a', max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=30,
)


class TestDepth:
    @given(value=NESTED, around=st.integers(0, 2 * jsontext.MAX_DEPTH))
    def test_is_counted_without_what_stands_in_strings(self, value: Any, around: int) -> None:
        for number in range(around):
            value = {"a": value} if number % 3 else [value, "]", {}]
        text = json.dumps(value).encode()
        if depth_of(value) > jsontext.MAX_DEPTH:
            with pytest.raises(ValueError, match="nested"):
                jsontext.check_depth(text)
        else:
            jsontext.check_depth(text)

    def test_strings_may_hold_anything(self) -> None:
        for text in ("[" * 1000, "[" * 1000 + "]" * 1000, '\\"' + "{" * 1000, "[]" * 1000):
            jsontext.check_depth(json.dumps([text, {"a": text}]).encode())

    @pytest.mark.parametrize("text", [b"[[]" * 10**5 + b"]" * 10**5, b"[" * 10**6, b"[]" * 10**6])
    def test_is_quick(self, text: bytes) -> None:
        started = time.process_time()
        with suppress(ValueError):
            jsontext.check_depth(text)
        assert time.process_time() - started < 5
