"""Counts for Insights: what is counted, and that parts add up to the whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from label_studio_lite.core import insights_tables as tables
from label_studio_lite.core.model import Task
from label_studio_lite.core.statistics import (
    Moment,
    Statistics,
    bin_of,
    limits_of,
    percentile,
)

DAY = 86_400


def moment(seconds: float) -> Moment:
    day = int(seconds // DAY)
    return Moment(f"1970-01-{day + 1:02}", day % 7, int(seconds % DAY // 3600))


def choices(*labels: str) -> list[dict[str, Any]]:
    value = {"choices": list(labels)}
    return [{"from_name": "mood", "to_name": "text", "type": "choices", "value": value}]


def done(*labels: str, at: float = 1.0, **fields: Any) -> dict[str, Any]:
    return {"id": 1, "result": choices(*labels) if labels else [], "created_at": at, **fields}


def task(task_id: int, *completions: dict[str, Any], **fields: Any) -> Task:
    work = {"id": task_id, "data": {}, "completions": list(completions)}
    return Task(task_id, {"id": task_id, "data": {}, **fields}, work)


def of(*tasks: Task) -> Statistics:
    stats = Statistics()
    for one in tasks:
        stats.add(one, moment)
    return stats


def test_days_and_hours_are_counted_and_gaps_filled() -> None:
    stats = of(
        task(0, done("a", at=10)),
        task(1, done("a", at=2 * DAY + 7200)),
        task(2, done(at=2 * DAY + 7300, was_cancelled=True)),
    )
    assert tables.per_day(stats) == [
        {"day": "1970-01-01", "labeled": 1, "skipped": 0},
        {"day": "1970-01-02", "labeled": 0, "skipped": 0},
        {"day": "1970-01-03", "labeled": 1, "skipped": 1},
    ]
    hours = {(r["weekday"], r["hour"]): r["completions"] for r in tables.per_hour(stats)}
    assert len(hours) == 168
    assert {key: n for key, n in hours.items() if n} == {(0, 0): 1, (2, 2): 2}


def test_labels_and_those_that_come_together() -> None:
    stats = of(task(0, done("a", "b")), task(1, done("a", "b")), task(2, done("b")))
    assert tables.labels(stats) == [
        {"control": "mood", "label": "b", "regions": 3, "completions": 3},
        {"control": "mood", "label": "a", "regions": 2, "completions": 2},
    ]
    [pair] = tables.together(stats)
    assert (pair["label"], pair["other_label"], pair["completions"]) == ("a", "b", 2)


def test_skips_have_reasons_and_are_listed_newest_first() -> None:
    stats = of(
        task(3, done(at=5, was_cancelled=True, skip_reason="too long")),
        task(4, done(at=9, skipped=True)),
    )
    assert tables.skipped(stats) == [
        {"reason": "", "completions": 1},
        {"reason": "too long", "completions": 1},
    ]
    listed = tables.summary(stats)["skipped_tasks"]
    assert [one["task"] for one in listed] == [4, 3]
    assert tables.labels(stats) == [] and tables.lead_time(stats) == []


def test_people_who_agree_and_who_do_not() -> None:
    same = task(0, done("a"), done("a"))
    different = task(1, done("a"), done("b"))
    stats = of(same, different, task(2, done("a")))
    said = tables.summary(stats)["agreement"]
    assert (said["tasks"], said["mean"]) == (2, 0.5)
    assert said["lowest"] == [{"task": 1, "share": 0.0}]
    assert [row["tasks"] for row in tables.agreement(stats)] == [1, *[0] * 8, 1]
    by_label = {row["label"]: row["f1"] for row in tables.agreement_by_label(stats)}
    assert by_label == {"a": pytest.approx(0.667), "b": 0.0}


def test_models_are_compared_with_the_newest_that_proves_something() -> None:
    predicted = [{"model_version": "v1", "result": choices("a")}]
    stats = of(
        task(0, done("a"), predictions=predicted),
        task(1, done("b"), predictions=predicted),
        task(2, done("a", accepted_prediction=1), predictions=predicted),
    )
    assert tables.summary(stats)["models"] == [{"version": "v1", "tasks": 2, "f1": 0.5}]
    rows = {row["label"]: (row["precision"], row["recall"]) for row in tables.models(stats)}
    assert rows == {"a": (0.5, 1.0), "b": (None, 0.0)}


def test_damaged_work_says_nothing_and_hurts_nobody() -> None:
    odd = {"id": "x", "result": ["no region", {"from_name": 5}], "created_at": "soon"}
    stats = of(task(0, odd, {"lead_time": -1, "result": None}))
    assert tables.summary(stats)["completions"] == 2
    assert tables.per_day(stats) == [] and tables.lead_time(stats) == []


@given(st.floats(0.01, 1e6))
def test_a_lead_time_is_in_its_bin(seconds: float) -> None:
    low, high = limits_of(bin_of(seconds))
    assert low * 0.999 <= max(seconds, 0.1) <= high * 1.001


def test_percentiles_are_near() -> None:
    stats = of(*(task(n, done("a", lead_time=float(n))) for n in range(1, 1001)))
    for share in (0.1, 0.5, 0.9):
        assert percentile(stats.lead, share) == pytest.approx(1000 * share, rel=0.08)
    assert percentile(of().lead, 0.5) is None


WORK = st.lists(
    st.builds(
        lambda labels, at, lead, skip: done(*labels, at=at, lead_time=lead, was_cancelled=skip),
        st.lists(st.sampled_from("abc"), max_size=3, unique=True),
        st.integers(0, 20 * DAY),
        st.floats(0, 1000),
        st.booleans(),
    ),
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORK, max_size=12), st.integers(0, 12))
def test_parts_add_up_to_the_whole(works: list[list[dict[str, Any]]], cut: int) -> None:
    tasks = [task(n, *work) for n, work in enumerate(works)]
    total = Statistics()
    total += of(*tasks[:cut])
    total += of(*tasks[cut:])
    whole = of(*tasks)
    for name, make in tables.TABLES.items():
        assert make(total) == make(whole), name
    assert tables.summary(total) == tables.summary(whole)
