"""Whatever text a label config has: it is read and can be used, or refused with a reason."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from label_studio_lite import resources
from label_studio_lite.core import config_checks, jsontext
from label_studio_lite.core.editors import modern_features
from label_studio_lite.core.label_config import parse
from label_studio_lite.core.model import Completion
from label_studio_lite.core.sample_task import sample_task
from label_studio_lite.core.usage import orphans, usage_of
from label_studio_lite.core.validation import TaskValidator
from label_studio_lite.errors import LabelConfigInvalid, LabelStudioError
from tests.conftest import BOXES, CHOICES, ENTITIES
from tests.fuzz.mutations import NIGHTLY, count, mutations

GALLERY = sorted(resources.folder("examples").glob("*/config.xml"))
SAMPLES = [*(path.read_bytes() for path in GALLERY), *map(str.encode, (CHOICES, BOXES, ENTITIES))]
SECONDS = 5.0
REGION = {
    "from_name": "mood",
    "to_name": "text",
    "type": "choices",
    "value": {"choices": ["good"]},
}
USAGE = usage_of([Completion({"id": 1, "result": [REGION, {**REGION, "type": "rating"}]})])


def use(xml: str) -> bool:
    """All that is done with a label config; False when it is refused."""
    started = time.process_time()
    try:
        config = parse(xml)
        config_checks.check(config)
    except LabelConfigInvalid as error:
        assert error.messages and all(error.messages)
        return False
    finally:
        assert time.process_time() - started < SECONDS
    modern_features(config)
    orphans(config, USAGE)
    try:
        task = sample_task(config)
        jsontext.dumps(task)
        TaskValidator(config).check(task, 0)
        TaskValidator(config).are_bare(b'[{"text": "a"}]')
        config_checks.check_against_tasks(config, ["text"])
        config_checks.check_against_work(config, USAGE)
    except LabelStudioError as error:
        assert error.detail
    assert time.process_time() - started < SECONDS
    return True


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.parent.name)
def test_the_gallery_can_be_used(path: Path) -> None:
    assert use(path.read_text("utf-8"))


@pytest.mark.parametrize("seed", range(8))
def test_damaged_ones(seed: int) -> None:
    for number, content in mutations(SAMPLES, count(150), seed):
        for xml in (content.decode(errors="replace"), content.decode("latin-1")):
            try:
                use(xml)
            except Exception as error:
                raise AssertionError(f"seed {seed}, case {number}: {xml!r}") from error


NAMES = st.sampled_from(
    ["a", "b", "text", "$text", "$a[0].b", "$", "{{idx}}", "", " ", "a,b", "é"]
)
TAGS = st.sampled_from(
    [
        *("View", "Text", "Image", "Choices", "Choice", "Labels", "Label", "RectangleLabels"),
        *("TextArea", "Rating", "Pairwise", "TimeSeries", "Channel", "TimeSeriesLabels", "Header"),
        *(
            "Audio",
            "AudioPlus",
            "HyperText",
            "Paragraphs",
            "Taxonomy",
            "Repeater",
            "Style",
            "Table",
        ),
        *("List", "Ranker", "Bucket", "Video", "Chat", "Nonsense", "view", "Number", "DateTime"),
    ]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        [
            *(
                "name",
                "toName",
                "value",
                "alias",
                "valueType",
                "timeColumn",
                "column",
                "on",
                "sep",
            ),
            *(
                "indexFlag",
                "choice",
                "perRegion",
                "whenTagName",
                "textKey",
                "nameKey",
                "elementTag",
            ),
        ]
    ),
    NAMES,
    max_size=5,
)


def written(tag: str, attributes: dict[str, str], children: list[str]) -> str:
    listed = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{tag}{listed}>{''.join(children)}</{tag}>"


TREES = st.recursive(
    st.builds(written, TAGS, ATTRIBUTES, st.just([])),
    lambda inner: st.builds(written, TAGS, ATTRIBUTES, st.lists(inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=5000 if NIGHTLY else 200, deadline=None, derandomize=not NIGHTLY)
@given(trees=st.lists(TREES, max_size=4))
def test_any_tree(trees: list[str]) -> None:
    use(f"<View>{''.join(trees)}</View>")


@settings(max_examples=2000 if NIGHTLY else 100, deadline=None, derandomize=not NIGHTLY)
@given(xml=st.text(max_size=200) | st.none() | st.integers() | st.lists(st.text(max_size=5)))
def test_anything(xml: object) -> None:
    if isinstance(xml, str):
        use(xml)
    else:
        with pytest.raises(LabelConfigInvalid):
            parse(xml)


@pytest.mark.parametrize("count_", [1, 8, 30, 200])
def test_names_of_many_places(count_: int) -> None:
    """``{{idx}}`` stands for a number; many of them side by side must not take for ever."""
    name = "{{idx}}" * count_
    config = parse(
        f'<View><Text name="text" value="$text"/><Choices name="{name}" toName="text">'
        '<Choice value="a"/></Choices></View>'
    )
    region = {**REGION, "from_name": "1" * 60 + "x"}
    started = time.process_time()
    orphans(config, usage_of([Completion({"id": 1, "result": [region]})]))
    assert time.process_time() - started < SECONDS
