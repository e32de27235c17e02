"""Text offsets and label keys of the two editors."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from label_studio_lite.core import label_config, offsets
from label_studio_lite.core.offsets import Conversion

CONFIG = label_config.parse(
    '<View><Text name="text" value="$text"/><Text name="far" value="$far" valueType="url"/>'
    '<Text name="fixed" value="😀 fixed"/><Paragraphs name="talk" value="$talk"/>'
    '<Labels name="ner" toName="text"><Label value="A"/></Labels></View>'
)
TEXT = "😀😀 Berlin is 𝔟ig"

texts = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("😀𝔟a\n")))


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def span(start: Any, end: Any, text: str | None = None, to_name: str = "text") -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": ["A"]}
    if text is not None:
        value["text"] = text
    return {"id": "1", "from_name": "ner", "to_name": to_name, "type": "labels", "value": value}


def place(result: list[Any]) -> tuple[Any, Any]:
    return result[0]["value"]["start"], result[0]["value"]["end"]


def modern() -> Conversion:
    return Conversion(CONFIG, "modern", "codepoints")


def classic() -> Conversion:
    return Conversion(CONFIG, "classic", "utf16")


@given(texts, st.data())
def test_an_offset_goes_there_and_back(text: str, data: st.DataObject) -> None:
    points = data.draw(st.integers(0, len(text)))
    assert offsets.to_utf16(text, points) == utf16(text[:points])
    assert offsets.to_codepoints(text, utf16(text[:points])) == points


@given(texts, st.data())
def test_any_offset_lands_inside_the_text(text: str, data: st.DataObject) -> None:
    units = data.draw(st.integers(0, utf16(text)))
    points = offsets.to_codepoints(text, units)
    assert units - 1 <= offsets.to_utf16(text, points) <= units


@given(texts, st.data())
def test_a_marked_text_is_the_same_text_in_either_unit(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    region = span(utf16(text[:start]), utf16(text[:end]), text[start:end])
    there = modern().apply([region], {"text": text})
    assert text[slice(*place(there))] == text[start:end]
    back = classic().apply(there, {"text": text})
    assert offsets.slice_of(text, *place(back), "utf16") == text[start:end]


@given(texts, st.data())
def test_without_the_marked_text_it_goes_there_and_back(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    region = span(utf16(text[:start]), utf16(text[:end]))
    there = modern().apply([region], {"text": text})
    assert place(there) == (start, end)
    assert classic().apply(there, {"text": text}) == [region]


def test_what_fits_already_stays() -> None:
    region = span(3, 9, "Berlin")
    assert modern().apply([region], {"text": TEXT}) == [region]
    assert place(classic().apply([region], {"text": TEXT})) == (5, 11)


def test_what_counts_an_unknown_unit_moves_where_its_text_tells() -> None:
    text = "aaaaaa\U0001f44daa"
    both = [span(8, 9, "a"), span(8, 9)]
    assert modern().apply(both, {"text": text}, told=False) == both
    assert place(modern().apply([span(9, 10, "a")], {"text": text}, told=False)) == (8, 9)


def test_offsets_that_were_stored_as_text_stay_text() -> None:
    assert place(modern().apply([span("5", "11")], {"text": TEXT})) == ("3", "9")


def test_the_given_result_is_left_alone() -> None:
    given_ = [span(5, 11, "Berlin")]
    before = copy.deepcopy(given_)
    conversion = modern()
    assert conversion.apply(given_, {"text": TEXT}) != given_
    assert given_ == before
    assert conversion.offsets == 1


@pytest.mark.parametrize(
    "region",
    [
        {"id": "1", "type": "relation", "from_id": "a", "to_id": "b", "direction": "right"},
        span(5, 11, "Berlin", to_name="gone"),
        span("0", "0", to_name="talk") | {"value": {"start": "0", "startOffset": 5}},
        span(None, 11),
        span(True, 11),
        span("5px", 11),
        {"value": []},
        "damaged",
        None,
        7,
    ],
)
def test_what_is_no_span_of_a_text_passes_through(region: Any) -> None:
    conversion = modern()
    assert conversion.apply([region], {"text": TEXT}) == [region]
    assert (conversion.offsets, conversion.unknown) == (0, 0)


@pytest.mark.parametrize("data", [{}, {"text": None}, {"text": ["a"]}])
def test_a_text_that_is_not_in_the_task_is_counted(data: dict[str, Any]) -> None:
    conversion = modern()
    assert conversion.apply([span(5, 11)], data) == [span(5, 11)]
    assert conversion.unknown == 1


def test_a_text_at_an_address_is_counted_and_one_in_the_config_is_known() -> None:
    conversion = modern()
    far, fixed = span(5, 11, to_name="far"), span(3, 8, to_name="fixed")
    assert conversion.apply([far], {"far": TEXT}) == [far]
    assert conversion.unknown == 1
    assert place(conversion.apply([fixed], {})) == (2, 7)


def test_labels_of_hypertext_change_their_key_and_keep_their_place() -> None:
    value = {"start": "/p[1]", "htmllabels": ["A"], "text": "😀"}
    region = {"from_name": "h", "to_name": "h", "type": "hypertextlabels", "value": value}
    conversion = modern()
    there = conversion.apply([region], {})
    assert list(there[0]["value"]) == ["start", "hypertextlabels", "text"]
    assert conversion.labels == 1
    assert classic().apply(there, {}) == [region]


def test_labels_of_hypertext_that_are_there_under_both_keys_stay() -> None:
    value = {"htmllabels": ["A"], "hypertextlabels": ["B"]}
    region = {"from_name": "h", "to_name": "h", "type": "hypertextlabels", "value": value}
    assert modern().apply([region], {}) == [region]
