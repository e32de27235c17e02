"""Regular expressions that users write: filters of tasks, filters of object names.

Python's own ``re`` can need longer than the universe has for a pattern of ten characters, and
holds up the whole server meanwhile. The package ``regex``, which reads the same language, can be
told to stop. A pattern has a budget of processor time: a while for one text, a little longer for
all the slow ones of a search together.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import regex

from label_studio_lite.errors import Invalid

LONGEST = 1000  # characters
_MOST_COPIES = 10_000  # of a part of the pattern; compiled, "((a{9}){9}){9}" has 729 of one letter
_ONCE = 0.25  # seconds for one text
_TOTAL = 5.0  # seconds for all texts that take noticeably long
_NOTICED = 0.001
_REPEAT = re.compile(r"(\)?)\{(\d*)(?:,(\d*))?\}")


class Pattern:
    """A compiled pattern. Make one for each search; it is not for several threads at once."""

    def __init__(self, pattern: str, *, ignore_case: bool = False) -> None:
        """``Invalid`` for what is no pattern."""
        if len(pattern) > LONGEST:
            raise Invalid(f"a regular expression has at most {LONGEST} characters")
        if _copies(pattern) > _MOST_COPIES:
            raise Invalid(f"the regular expression {pattern} is too large")
        try:
            self._compiled = regex.compile(pattern, regex.IGNORECASE if ignore_case else 0)
        except (regex.error, ValueError, OverflowError, RecursionError, MemoryError) as error:
            raise Invalid(f"{pattern} is not a valid regular expression: {error}") from error
        self.pattern = pattern
        self._left = _TOTAL

    def begins(self, text: str) -> bool:
        """Whether the text begins with a match; ``Invalid`` when that takes too long."""
        return self._try(self._compiled.match, text)

    def found_in(self, text: str) -> bool:
        """Whether it matches somewhere in the text; ``Invalid`` when that takes too long."""
        return self._try(self._compiled.search, text)

    def fits(self, text: str) -> bool:
        """Whether it matches the whole text; ``Invalid`` when that takes too long."""
        return self._try(self._compiled.fullmatch, text)

    def _try(self, match: Callable[..., object], text: str) -> bool:
        if self._left <= 0:
            raise self._too_slow()
        started = time.thread_time()
        try:
            return match(text, timeout=min(_ONCE, self._left)) is not None
        except TimeoutError as error:
            self._left = 0.0
            raise self._too_slow() from error
        finally:
            spent = time.thread_time() - started
            if spent > _NOTICED:
                self._left -= spent

    def _too_slow(self) -> Invalid:
        return Invalid(f"the regular expression {self.pattern} takes too long")


def _copies(pattern: str) -> int:
    """How often the matcher may come to hold one part of the pattern, or more: repeats of groups
    can stand inside each other."""
    copies = most = 1
    for group, least, last in _REPEAT.findall(pattern):
        count = max(int(least[:9] or 1), int(last[:9] or 1))
        if group:
            copies *= count
        else:
            most = max(most, count)
    return copies * most
