"""The vocabulary of label configs knows what our own examples use."""

from __future__ import annotations

import pytest

from label_studio_lite.core.editors import modern_features
from label_studio_lite.core.label_config import parse
from label_studio_lite.core.picture import standalone
from label_studio_lite.core.vocabulary import TAGS, nearest, unknown_tags
from label_studio_lite.service.gallery import Example, gallery

each_example = pytest.mark.parametrize("example", gallery().values(), ids=lambda e: str(e.name))


@each_example
def test_tags_and_attributes_of_the_gallery_are_known(example: Example) -> None:
    config = parse(example.config)
    assert unknown_tags(config) == []
    for tag in config.root.walk():
        strange = tag.attributes.keys() - TAGS[tag.name].attributes.keys()
        assert not strange, f"<{tag.name} {' '.join(strange)}>"


@each_example
def test_a_modern_example_uses_what_is_marked_modern(example: Example) -> None:
    config = parse(example.config)
    marked = [tag.name for tag in config.root.walk() if TAGS[tag.name].modern]
    assert not marked or modern_features(config)


@each_example
def test_a_picture_stays_in_its_frame(example: Example) -> None:
    drawn = standalone(parse(example.config))
    assert drawn.count("<rect") + drawn.count("<text") > 2
    assert "nan" not in drawn and "None" not in drawn


def test_a_picture_escapes_what_labels_say() -> None:
    xml = '<View><Text name="t" value="$t"/><Labels name="l" toName="t"><Label value="&lt;a&gt;" '
    drawn = standalone(parse(xml + 'background="red&quot; onload=&quot;x"/></Labels></View>'))
    assert "&lt;a&gt;" in drawn and "onload" not in drawn


def test_an_empty_config_has_a_picture() -> None:
    assert "empty yet" in standalone(parse("<View/>"))


def test_mistyped_names_are_guessed() -> None:
    assert nearest("Rectanglelabel") == "RectangleLabels"
    assert nearest("xyz") is None
