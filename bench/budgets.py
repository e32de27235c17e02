"""The budgets of the product, held against what was measured."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bench.legacy import Row

_SMALL, _MANY, _MILLION = 1_000, 100_000, 1_000_000  # tasks


class Budget(NamedTuple):
    """``value`` is not to be above ``bar``; ``why`` it is, where it is known to be at times."""

    what: str
    value: float
    bar: float
    unit: str
    why: str = ""

    @property
    def is_kept(self) -> bool:
        return self.value <= self.bar

    def cells(self) -> list[str]:
        told = "" if self.is_kept else f"missed. {self.why}".strip()
        return [self.what, f"{self.value:,.2f} {self.unit}", f"{self.bar:g} {self.unit}", told]


def budgets(measured: Mapping[int, Row]) -> Iterator[Budget]:
    """Those for which the sizes are there."""
    yield Budget("`label-studio --help`", _seconds_of_help(), 0.25, "s")
    small, many, million = (measured.get(size) for size in (_SMALL, _MANY, _MILLION))
    if small:
        why = "Most of it is importing modules."
        yield Budget("start to the first answer", small["start again"], 0.7, "s", why)
    if many:
        limit = many["import all"] / many["limit: parse and write once"]
        why = "Each task is checked against the label config and given an id."
        yield Budget("import of 100,000 tasks by HTTP, of the limit", limit, 2, "×", why)
    for size, row in measured.items():
        beyond = (row["save, in calm"] - row["limit: one flush"]) * 1000
        yield Budget(f"save at {size:,} tasks, beyond one flush", beyond, 2, "ms")
    if million:
        yield Budget("open 1,000,000 tasks", million["start again"], 1, "s")
        memory = million["memory after start again"] / 1e6
        yield Budget("memory after opening 1,000,000 tasks", memory, 200, "MB")
    if small and million:
        for name in ("next", "page, first", "page, last"):
            ratio = million[f"{name}, in calm"] / small[f"{name}, in calm"]
            yield Budget(f"{name} at 1,000,000 tasks, of that at 1,000", ratio, 1.5, "×")


def _seconds_of_help() -> float:
    times = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "label_studio_lite", "--help"],
            stdout=subprocess.DEVNULL,
            check=True,
        )
        times.append(time.perf_counter() - started)
    return statistics.median(times)
