"""Regular expressions of users: the language of ``re``, with an end."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from label_studio_lite.core import patterns
from label_studio_lite.core.patterns import LONGEST, Pattern
from label_studio_lite.errors import Invalid

# patterns for which a backtracking matcher takes exponential or high polynomial time
SLOW = [
    (r"(a+)+$", "a" * 60 + "b"),
    (r"(a|aa)+$", "a" * 60 + "b"),
    (r"(a|a?)+$", "a" * 60 + "b"),
    (r"([a-zA-Z]+)*1", "a" * 60),
    (r"(.*a){25}$", "a" * 60 + "b"),
    (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 60),
    (r"\s*\s*\s*\s*\s*\s*\s*\s*x", " " * 2000),
]


@pytest.mark.parametrize(("pattern", "text"), SLOW)
def test_slow_ones_end(pattern: str, text: str) -> None:
    started = time.process_time()
    try:
        Pattern(pattern).found_in(text)
    except Invalid as error:
        assert "takes too long" in error.detail
    assert time.process_time() - started < 5


def test_many_slow_texts_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_TOTAL", 0.05)
    monkeypatch.setattr(patterns, "_NOTICED", 0.0)
    slow = Pattern(r"(\w+\s?)*x")
    with pytest.raises(Invalid, match="takes too long"):
        for _ in range(1_000_000):
            slow.found_in("words and words and words")


@pytest.mark.parametrize(
    "pattern", ["(", "[", "a{2,1}", "*", "(?P<a>x)(?P<a>y)(", "\\", "(?z)", "x" * (LONGEST + 1)]
)
def test_what_is_no_pattern(pattern: str) -> None:
    with pytest.raises(Invalid):
        Pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "((((a{999}){999}){999}){999})",
        "(((a{99,}){,99}){99,99999999999})",
        "(a{99999999})",
        "(" * 400 + ")" * 400,
        "(?:" * 300,
    ],
)
def test_large_ones_are_refused(pattern: str) -> None:
    with pytest.raises(Invalid):
        Pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [r"(\d{1,3}\.){3}\d{1,3}", r"\w{1,64}@\w{1,255}", r"\d{4}-\d{2}", "a{,3}", "{}", "{x}"],
)
def test_useful_repeats_are_fine(pattern: str) -> None:
    Pattern(pattern).found_in("10.0.0.1")


@pytest.mark.parametrize("pattern", [r".*\.jpe?g", r"^a|b$", r"(?i)x", r"\d{2,3}", "", r"\bé"])
@given(text=st.text(alphabet="ab.jpegX1é \n", max_size=20))
def test_it_is_the_language_of_re(pattern: str, text: str) -> None:
    assert Pattern(pattern).found_in(text) == bool(re.search(pattern, text))
    assert Pattern(pattern).fits(text) == bool(re.fullmatch(pattern, text))


def test_case() -> None:
    assert Pattern("ABC", ignore_case=True).found_in("xabcx")
    assert not Pattern("ABC").found_in("xabcx")
