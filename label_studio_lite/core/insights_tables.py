"""The tables of Insights: what :class:`Statistics` say, in rows with named columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from label_studio_lite.core.agreement import Tallies
from label_studio_lite.core.model import Json
from label_studio_lite.core.statistics import Statistics, limits_of, percentile, whole_of

_MOST_DAYS = 730
_MOST_PAIRS = 500
Rows = list[Json]


def per_day(stats: Statistics) -> Rows:
    """``day``, ``labeled``, ``skipped``; days without work are there, too, for two years."""
    days = sorted({day for day, _ in stats.days})
    if not days:
        return []
    shown = _days(max(days[0], _before(days[-1], _MOST_DAYS)), days[-1])
    return [
        {"day": d, "labeled": stats.days[d, False], "skipped": stats.days[d, True]} for d in shown
    ]


def _before(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days)).isoformat()


def _days(first: str, last: str) -> Iterator[str]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += timedelta(1)


def per_hour(stats: Statistics) -> Rows:
    """``weekday`` (Monday is 0), ``hour``, ``completions``: every hour of a week."""
    return [
        {"weekday": weekday, "hour": hour, "completions": stats.hours[weekday, hour]}
        for weekday in range(7)
        for hour in range(24)
    ]


def lead_time(stats: Statistics) -> Rows:
    """``from`` and ``to`` (seconds), ``completions``: each bin 15 % longer than the last."""
    if not stats.lead:
        return []
    rows = []
    for number in range(min(stats.lead), max(stats.lead) + 1):
        low, high = limits_of(number)
        count = stats.lead[number]
        rows.append({"from": round(low, 3), "to": round(high, 3), "completions": count})
    return rows


def labels(stats: Statistics) -> Rows:
    """``control``, ``label``, ``regions``, ``completions``; the most used first."""
    ordered = sorted(stats.labels.items(), key=lambda item: (-item[1], item[0]))
    return [
        {
            "control": control,
            "label": label,
            "regions": regions,
            "completions": stats.used[control, label],
        }
        for (control, label), regions in ordered
    ]


def together(stats: Statistics) -> Rows:
    """Two labels and how many ``completions`` have both; the most frequent pairs first."""
    ordered = sorted(stats.together.items(), key=lambda item: (-item[1], item[0]))
    return [
        {
            "control": one[0],
            "label": one[1],
            "other_control": other[0],
            "other_label": other[1],
            "completions": count,
        }
        for (one, other), count in ordered[:_MOST_PAIRS]
    ]


def people(stats: Statistics) -> Rows:
    """``name`` (empty where a completion says none), ``labeled``, ``skipped``."""
    names = sorted({name for name, _ in stats.people})
    return [
        {"name": n, "labeled": stats.people[n, False], "skipped": stats.people[n, True]}
        for n in names
    ]


def skipped(stats: Statistics) -> Rows:
    """``reason`` (empty where none was given), ``completions``."""
    ordered = sorted(stats.reasons.items(), key=lambda item: (-item[1], item[0]))
    return [{"reason": reason, "completions": count} for reason, count in ordered]


def agreement(stats: Statistics) -> Rows:
    """``from``, ``to`` (shares), ``tasks``: how far people agree, by tenths."""
    if not stats.compared:
        return []
    return [{"from": n / 10, "to": (n + 1) / 10, "tasks": stats.shares[n]} for n in range(10)]


def agreement_by_label(stats: Statistics) -> Rows:
    """``control``, ``label``, ``both``, ``one_alone``, ``f1`` over all pairs of completions."""
    return [
        {
            "control": control,
            "label": label,
            "both": tally.both,
            "one_alone": tally.model_only + tally.people_only,
            "f1": _rounded(tally.f1),
        }
        for (control, label), tally in sorted(stats.between.items())
    ]


def models(stats: Statistics) -> Rows:
    """``version``, ``control``, ``label``, counts and shares, as in ``/api/models/scores``."""
    return [
        {"version": version, **row}
        for version, tallies in sorted(stats.models.items())
        for row in _scored(tallies)
    ]


def _scored(tallies: Tallies) -> Iterator[Json]:
    for (control, label), tally in sorted(tallies.items()):
        yield {
            "control": control,
            "label": label,
            "both": tally.both,
            "model_only": tally.model_only,
            "people_only": tally.people_only,
            "precision": _rounded(tally.precision),
            "recall": _rounded(tally.recall),
            "f1": _rounded(tally.f1),
        }


TABLES: dict[str, Callable[[Statistics], Rows]] = {
    "per_day": per_day,
    "per_hour": per_hour,
    "lead_time": lead_time,
    "labels": labels,
    "together": together,
    "people": people,
    "skipped": skipped,
    "agreement": agreement,
    "agreement_by_label": agreement_by_label,
    "models": models,
}


def summary(stats: Statistics) -> Json:
    """The numbers that stand alone; times in seconds, None where there is nothing to say."""
    times = stats.lead.total()
    return {
        "completed_tasks": stats.tasks,
        "completions": stats.completions,
        "skipped": stats.skips,
        "lead_time": {
            "median": _rounded(percentile(stats.lead, 0.5)),
            "p10": _rounded(percentile(stats.lead, 0.1)),
            "p90": _rounded(percentile(stats.lead, 0.9)),
            "mean": _rounded(stats.lead_total / times if times else None),
            "total": round(stats.lead_total, 1),
        },
        "agreement": {
            "tasks": stats.compared,
            "mean": _rounded(stats.agreement / stats.compared if stats.compared else None),
            "lowest": [
                {"task": one.task, "share": round(one.share, 3)} for one in stats.least_agreed()
            ],
        },
        "models": [
            {
                "version": version,
                "tasks": stats.model_tasks[version],
                "f1": _rounded(whole_of(tallies).f1),
            }
            for version, tallies in sorted(stats.models.items())
        ],
        "skipped_tasks": [one._asdict() for one in stats.last_skipped()],
    }


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), 3)
