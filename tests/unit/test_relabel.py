"""New names for labels and controls in what completions already say."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from label_studio_lite.core.relabel import Relabel


def region(id_: str, control: str, type_: str, labels: Any, to_name: str = "t") -> dict[str, Any]:
    value = {"start": 1, type_: labels}
    return {"id": id_, "from_name": control, "to_name": to_name, "type": type_, "value": value}


def relation(from_id: str, to_id: str) -> dict[str, Any]:
    return {"type": "relation", "from_id": from_id, "to_id": to_id, "direction": "right"}


def labels(result: list[dict[str, Any]]) -> list[Any]:
    return [item["value"][item["type"]] for item in result]


def test_a_label_is_renamed_only_in_its_control() -> None:
    result = [region("1", "l", "labels", ["A", "B"]), region("2", "m", "labels", ["A"])]
    before = copy.deepcopy(result)
    renamed = Relabel(labels={("l", "A"): "New"}).apply(result)
    assert labels(renamed) == [["New", "B"], ["A"]]
    assert renamed[0]["value"]["start"] == 1
    assert result == before, "what was given stays as it was"


def test_two_labels_may_become_one() -> None:
    renamed = Relabel(labels={("l", "A"): "B"}).apply([region("1", "l", "labels", ["A", "B"])])
    assert labels(renamed) == [["B"]]


def test_labels_may_be_swapped() -> None:
    swap = Relabel(labels={("l", "A"): "B", ("l", "B"): "A"})
    assert labels(swap.apply([region("1", "l", "labels", ["A", "B"])])) == [["B", "A"]]


@pytest.mark.parametrize(
    ("type_", "stored", "expected"),
    [
        ("choices", "A", "New"),
        ("taxonomy", [["A", "B"], ["B"]], [["New", "B"], ["B"]]),
        ("taxonomy", ["A"], ["New"]),
        ("textarea", ["A"], ["A"]),
        ("choices", [None, "C"], [None, "C"]),
        ("choices", [], []),
        ("choices", None, None),
    ],
)
def test_where_labels_are_renamed(type_: str, stored: Any, expected: Any) -> None:
    assert labels(
        Relabel(labels={("l", "A"): "New"}).apply([region("1", "l", type_, stored)])
    ) == [expected]


def test_labels_under_0_8_s_key_for_pages() -> None:
    item = region("1", "l", "hypertextlabels", ["A"])
    item["value"] = {"htmllabels": ["A"]}
    assert Relabel(labels={("l", "A"): "B"}).apply([item])[0]["value"] == {"htmllabels": ["B"]}


def test_a_region_without_a_label_left_goes_with_its_relations() -> None:
    result = [
        region("1", "l", "labels", ["A"]),
        region("2", "l", "labels", ["A", "B"]),
        region("3", "l", "labels", ["B"]),
        relation("1", "3"),
        relation("3", "1"),
        relation("2", "3"),
    ]
    left = Relabel(labels={("l", "A"): None}).apply(result)
    assert left == [region("2", "l", "labels", ["B"]), result[2], result[5]]


def test_a_path_with_a_removed_step_goes() -> None:
    result = [region("1", "l", "taxonomy", [["A", "B"], ["C"]])]
    assert labels(Relabel(labels={("l", "B"): None}).apply(result)) == [[["C"]]]


def test_what_describes_a_region_goes_with_it() -> None:
    box = region("1", "box", "rectanglelabels", ["A"])
    words = region("1", "words", "textarea", ["hello"])
    other = region("2", "words", "textarea", ["there"])
    remove = Relabel(labels={("box", "A"): None})
    assert remove.apply([box, words, other]) == [other]


def test_a_shape_stays_when_a_choice_about_it_goes() -> None:
    box = region("1", "box", "rectanglelabels", ["A"])
    choice = region("1", "c", "choices", ["X"])
    words = region("1", "words", "textarea", ["hello"])
    link = relation("1", "2")
    remove = Relabel(labels={("c", "X"): None})
    assert remove.apply([box, choice, words, link]) == [box, words, link]
    assert remove.apply([choice, words]) == [words], "no shape went, so nothing hung on one"


def test_an_unlabeled_shape_keeps_its_region_alive() -> None:
    shape = region("1", "r", "rectangle", None)
    label = region("1", "l", "labels", ["A"])
    words = region("1", "w", "textarea", ["hello"])
    assert Relabel(labels={("l", "A"): None}).apply([shape, label, words]) == [shape, words]


def test_controls_and_objects() -> None:
    result = [region("1", "l", "labels", ["A"]), region("2", "m", "labels", ["A"])]
    renamed = Relabel(
        labels={("l", "A"): "B"}, controls={"l": "new", "m": None}, objects={"t": "text"}
    ).apply(result)
    assert renamed == [region("1", "new", "labels", ["B"], to_name="text")]


def test_damaged_regions_stay_as_they_are() -> None:
    damaged: list[Any] = [None, 3, {}, {"id": 7}, {"from_name": ["l"]}, {"type": "relation"},
                          {"from_name": "l", "type": "labels", "value": None}]  # fmt: skip
    change = Relabel(labels={("l", "A"): None}, controls={"x": None})
    assert change.apply(damaged) == damaged
    assert change.apply([*damaged, region("1", "x", "labels", ["A"])]) == damaged


_REGIONS = st.lists(
    st.one_of(
        st.builds(
            region,
            st.sampled_from("123"),
            st.sampled_from("lm"),
            st.sampled_from(["labels", "choices", "taxonomy", "textarea"]),
            st.lists(st.sampled_from("ABC"), max_size=3),
        ),
        st.builds(relation, st.sampled_from("123"), st.sampled_from("123")),
    ),
    max_size=8,
)
_LABELS = st.dictionaries(
    st.tuples(st.sampled_from("lm"), st.sampled_from("ABC")),
    st.sampled_from([None, "X", "Y"]),
)
_CONTROLS = st.dictionaries(st.sampled_from("lm"), st.sampled_from([None, "n", "o"]))


@given(_REGIONS, _LABELS, _CONTROLS)
def test_doing_it_twice_changes_nothing_more(
    result: list[dict[str, Any]],
    new_labels: dict[tuple[str, str], str | None],
    new_controls: dict[str, str | None],
) -> None:
    change = Relabel(labels=new_labels, controls=new_controls)
    once = change.apply(result)
    assert change.apply(once) == once
    assert len(once) <= len(result)
    ends = {item["id"] for item in once if "id" in item}
    before = {item["id"] for item in result if "id" in item}
    for item in once:
        if item["type"] == "relation":
            assert {item["from_id"], item["to_id"]} & before <= ends


@given(_REGIONS)
def test_no_new_names_no_change(result: list[dict[str, Any]]) -> None:
    assert Relabel().apply(result) == result
