"""Marks of results, and when those of a model and of a person are the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from label_studio_lite.core.agreement import Mark, Tallies, Tally, compare, likeness, marks_of


def region(kind: str, name: str = "c", **value: Any) -> dict[str, Any]:
    return {"from_name": name, "to_name": "t", "type": kind, "value": value}


def box(x: float, y: float, width: float, height: float, label: str = "Cat") -> dict[str, Any]:
    return region("rectanglelabels", x=x, y=y, width=width, height=height, rectanglelabels=[label])


def span(start: float, end: float, label: str = "PER", **more: Any) -> dict[str, Any]:
    return region("labels", start=start, end=end, labels=[label], **more)


def counts(model: list[Any], people: list[Any]) -> dict[str, tuple[int, int, int]]:
    found: Tallies = {}
    compare(model, people, found)
    return {key[1]: (t.both, t.model_only, t.people_only) for key, t in found.items()}


SAME = [
    (region("choices", choices=["a"]), region("choices", choices=["a"])),
    (region("taxonomy", taxonomy=[["a", "b"]]), region("taxonomy", taxonomy=[["a", "b"]])),
    (region("rating", rating=4), region("rating", rating=4)),
    (region("textarea", text=["x"], textarea=["x"]), region("textarea", textarea=["x"])),
    (box(0, 0, 10, 10), box(1, 1, 10, 10)),
    (span(0, 10), span(2, 10)),
    (
        region("ellipselabels", x=5, y=5, radiusX=2, radiusY=2, ellipselabels=["a"]),
        region("ellipselabels", x=5, y=5.2, radiusX=2, radiusY=2, ellipselabels=["a"]),
    ),
    (
        region("polygonlabels", points=[[0, 0], [9, 0], [9, 9]], polygonlabels=["a"]),
        region("polygonlabels", points=[[0, 0], [8, 0], [9, 9]], polygonlabels=["a"]),
    ),
    (
        region("keypointlabels", x=5, y=5, width=1, keypointlabels=["a"]),
        region("keypointlabels", x=5.5, y=5, width=1, keypointlabels=["a"]),
    ),
    (
        region("brushlabels", rle=[1, 2], brushlabels=["a"]),
        region("brushlabels", rle=[1, 2], brushlabels=["a"]),
    ),
    (
        region("hypertextlabels", start="/p[1]", end="/p[1]", startOffset=0, endOffset=9,
               hypertextlabels=["a"]),
        region("hypertextlabels", start="/p[1]", end="/p[1]", startOffset=1, endOffset=9,
               htmllabels=["a"]),
    ),
    (
        region("hypertextlabels", start="/p[1]", end="/p[2]", startOffset=0, endOffset=9,
               hypertextlabels=["a"], globalOffsets={"start": 0, "end": 20}),
        region("hypertextlabels", start="/p[1]", end="/p[3]", startOffset=0, endOffset=1,
               hypertextlabels=["a"], globalOffsets={"start": 0, "end": 22}),
    ),
]  # fmt: skip

DIFFERENT = [
    (region("choices", choices=["a"]), region("choices", choices=["b"])),
    (region("choices", choices=["a"]), region("choices", name="d", choices=["a"])),
    (region("rating", rating=4), region("rating", rating=5)),
    (box(0, 0, 10, 10), box(6, 0, 10, 10)),
    (box(0, 0, 10, 10), {**box(0, 0, 10, 10), "item_index": 1}),
    (span(0, 10), span(6, 16)),
    (span(0, 10), span(0, 10, label="LOC")),
    (span(0, 10, channel=0), span(0, 10, channel=1)),
    (
        region("keypointlabels", x=5, y=5, keypointlabels=["a"]),
        region("keypointlabels", x=15, y=5, keypointlabels=["a"]),
    ),
    (
        region("brushlabels", rle=[1, 2], brushlabels=["a"]),
        region("brushlabels", rle=[1, 3], brushlabels=["a"]),
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert all(tally[1:] == (0, 0) for tally in counts([one], [other]).values())
    assert counts([one], [other])


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one: dict[str, Any], other: dict[str, Any]) -> None:
    found: Tallies = {}
    compare([one], [other], found)
    assert sum(tally.both for tally in found.values()) == 0
    assert sum(tally.model_only for tally in found.values()) == 1
    assert sum(tally.people_only for tally in found.values()) == 1


def test_every_mark_is_used_once() -> None:
    assert counts([box(0, 0, 10, 10)] * 3, [box(0, 0, 10, 10)]) == {"Cat": (1, 2, 0)}
    assert counts([], [box(0, 0, 10, 10)]) == {"Cat": (0, 0, 1)}
    assert counts([], []) == {}


def test_the_nearest_counts() -> None:
    near, far = box(1, 0, 10, 10), box(3, 0, 10, 10)
    found: Tallies = {}
    compare([box(0, 0, 10, 10), box(3, 0, 10, 10)], [far, near], found)
    assert found["c", "Cat"].both == 2


def test_choices_about_a_region_have_its_place() -> None:
    def pair(x: float) -> list[dict[str, Any]]:
        return [
            {**box(x, 0, 10, 10), "id": "r"},
            {**region("choices", name="state", choices=["torn"]), "id": "r"},
        ]

    assert counts(pair(0), pair(1)) == {"Cat": (1, 0, 0), "torn": (1, 0, 0)}
    assert counts(pair(0), pair(50)) == {"Cat": (0, 1, 1), "torn": (0, 1, 1)}


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        7,
        {},
        {"type": "relation", "from_id": "a", "to_id": "b"},
        {"from_name": 1, "value": {}},
        {"from_name": "c", "value": []},
        region("rectanglelabels", x="a", y=None, rectanglelabels=["x"]),
        region("polygonlabels", points=[[1]], polygonlabels=["x"]),
        region("polygonlabels", points=[], polygonlabels=["x"]),
        region("labels", start=float("nan"), end=3, labels=["x"]),
        {**region("choices", choices=["a"]), "id": ["no text"]},
    ],
)
def test_damaged_regions_do_no_harm(damaged: Any) -> None:
    good = region("choices", choices=["good"])
    assert counts([damaged, good], [good])["good"] == (1, 0, 0)


@given(st.floats(0, 90), st.floats(0, 90), st.floats(0.1, 10), st.floats(0.1, 10))
def test_likeness_is_fair(x: float, y: float, width: float, height: float) -> None:
    one = next(marks_of([box(x, y, width, height)]))
    other = next(marks_of([box(y, x, height, width)]))
    assert likeness(one, one) == 1
    assert likeness(one, other) == pytest.approx(likeness(other, one))
    assert 0 <= likeness(one, other) <= 1


def test_shares() -> None:
    tally = Tally(both=2, model_only=1, people_only=2)
    assert (tally.precision, tally.recall) == (2 / 3, 0.5)
    assert tally.f1 == pytest.approx(4 / 7)
    assert (Tally().precision, Tally().recall, Tally().f1) == (None, None, None)
    assert Mark("c", "l").place is None
