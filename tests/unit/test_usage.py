"""Counting what completions use, up and down, and what a new config would orphan."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from label_studio_lite.core.label_config import parse
from label_studio_lite.core.model import Completion
from label_studio_lite.core.usage import Count, Orphan, Usage, orphans, usage_of


def completion(*regions: Any) -> Completion:
    return Completion({"id": 1, "result": list(regions)})


def region(control: str, type_: str, labels: Any) -> dict[str, Any]:
    return {"from_name": control, "to_name": "t", "type": type_, "value": {type_: labels}}


def test_counts_completions_and_regions() -> None:
    usage = usage_of(
        [
            completion(region("l", "labels", ["A"]), region("l", "labels", ["A", "B"])),
            completion(region("l", "labels", ["A"])),
        ]
    )
    assert usage.controls == {("l", "t", "labels"): Count(2, 3)}
    assert usage.labels == {("l", "A"): Count(2, 3), ("l", "B"): Count(1, 1)}


def test_skipped_completions_count() -> None:
    skipped = Completion(
        {"id": 1, "was_cancelled": True, "result": [region("c", "choices", ["A"])]}
    )
    assert usage_of([skipped]).labels == {("c", "A"): Count(1, 1)}


@pytest.mark.parametrize(
    ("type_", "value", "labels"),
    [
        ("choices", {"choices": "A"}, ["A"]),
        ("taxonomy", {"taxonomy": [["A", "B"], ["A", "C"]]}, ["A", "B", "C"]),
        ("taxonomy", {"taxonomy": ["A"]}, ["A"]),
        ("hypertextlabels", {"htmllabels": ["A"]}, ["A"]),
        ("hypertextlabels", {"hypertextlabels": ["A"], "htmllabels": ["B"]}, ["A"]),
        ("rectanglelabels", {"rectanglelabels": ["A"], "labels": ["B"]}, ["A"]),
        ("textarea", {"textarea": ["words"], "text": ["words"]}, []),
        ("number", {"number": 3}, []),
        ("labels", {}, []),
    ],
)
def test_where_labels_are(type_: str, value: dict[str, Any], labels: list[str]) -> None:
    item = {"from_name": "c", "to_name": "t", "type": type_, "value": value}
    usage = usage_of([completion(item)])
    assert usage.labels == {("c", label): Count(1, 1) for label in labels}
    assert usage.controls == {("c", "t", type_): Count(1, 1)}


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        3,
        "x",
        [],
        {},
        {"foo": 1},
        {"from_name": "c", "to_name": "t", "type": None, "value": {}},
        {"from_name": "c", "type": "choices", "value": {"choices": ["A"]}},
        {"from_name": ["c"], "to_name": "t", "type": "choices"},
        {"type": "relation", "from_id": "a", "to_id": "b"},
        {"from_name": "c", "to_name": "t", "type": "rating", "value": {"rating": 3}},
    ],
)
def test_damaged_and_exempt_regions_are_passed_over(damaged: Any) -> None:
    assert usage_of([completion(damaged)]) == Usage()


@pytest.mark.parametrize("labels", [None, 3, [None], [{}], [[{}]], {"A": 1}])
def test_damaged_labels_are_passed_over(labels: Any) -> None:
    usage = usage_of([completion(region("c", "choices", labels))])
    assert usage.labels == {}
    assert usage.controls == {("c", "t", "choices"): Count(1, 1)}


@pytest.mark.parametrize("result", [None, "x", {}, 3])
def test_a_damaged_result_uses_nothing(result: Any) -> None:
    assert usage_of([Completion({"id": 1, "result": result}), Completion({})]) == Usage()


_COMPLETIONS = st.lists(
    st.lists(
        st.builds(
            region,
            st.sampled_from("cd"),
            st.sampled_from(["choices", "labels", "textarea"]),
            st.lists(st.sampled_from("ABC"), max_size=3),
        ),
        max_size=3,
    ).map(lambda regions: completion(*regions)),
    max_size=4,
)


@given(_COMPLETIONS, _COMPLETIONS)
def test_what_is_added_can_be_taken_away(one: list[Completion], two: list[Completion]) -> None:
    first, second = usage_of(one), usage_of(two)
    assert first + second == usage_of(one + two) == second + first
    assert first + second - second == first
    assert first - first == Usage()
    total = Usage()
    total += first
    total += second
    total -= first
    assert total == second


@given(_COMPLETIONS, _COMPLETIONS)
def test_counts_never_fall_below_nothing(one: list[Completion], two: list[Completion]) -> None:
    rest = usage_of(one) - usage_of(two)
    assert all(min(count) >= 0 and any(count) for count in rest.labels.values())


@given(_COMPLETIONS)
def test_json_and_back(completions: list[Completion]) -> None:
    usage = usage_of(completions)
    assert Usage.from_json(json.loads(json.dumps(usage.to_json()))) == usage


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"controls": []},
        {"controls": [["c", "t"]], "labels": []},
        {"controls": [], "labels": [["c", "A", 1, "2"]]},
        {"controls": [], "labels": [["c", "A", 0, 1]]},
        {"controls": [], "labels": [["c", ["A"], 1, 1]]},
        {"controls": [["c", "t", 3, 1, 1]], "labels": []},
    ],
)
def test_what_is_not_a_usage_count(value: Any) -> None:
    with pytest.raises(ValueError, match="not a usage count"):
        Usage.from_json(value)


def test_orphans_are_controls_first_then_labels() -> None:
    usage = usage_of(
        [
            completion(region("old", "labels", ["A"]), region("c", "choices", ["A"])),
            completion(region("c", "choices", ["A", "Z"])),
        ]
    )
    config = parse(
        '<View><Text name="t" value="$t"/>'
        '<Choices name="c" toName="t"><Choice value="A"/></Choices></View>'
    )
    assert orphans(config, usage) == [
        Orphan("control", "old", "t", "labels", "", Count(1, 1)),
        Orphan("label", "c", "", "", "Z", Count(1, 1)),
    ]


def test_labels_of_a_control_of_another_kind_are_not_listed_too() -> None:
    usage = usage_of([completion(region("c", "choices", ["A"]))])
    config = parse(
        '<View><Text name="t" value="$t"/>'
        '<Labels name="c" toName="t"><Label value="B"/></Labels></View>'
    )
    assert [orphan.kind for orphan in orphans(config, usage)] == ["control"]
