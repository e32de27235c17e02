"""The checks of a label config and the texts that clients of 0.8.x know."""

from __future__ import annotations

import pytest

from label_studio_lite.core.config_checks import check, check_against_tasks, check_against_work
from label_studio_lite.core.label_config import parse
from label_studio_lite.core.model import Completion
from label_studio_lite.core.usage import Usage, usage_of
from label_studio_lite.errors import LabelConfigInvalid

TEXT = '<Text name="t" value="$t"/>'
AB = '<Choice value="A"/><Choice value="B"/>'
LABEL = '<Label value="A"/>'


def faults(body: str) -> list[str]:
    try:
        check(parse(f"<View>{body}</View>"))
    except LabelConfigInvalid as error:
        return error.messages
    return []


def required(name: str, on: str = "") -> str:
    return f"Validation failed on {on}: '{name}' is a required property"


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        ("<Labels/>", [required("name"), required("toName"), required("Label")]),
        (f'{TEXT}<Labels name="l">{LABEL}</Labels>', [required("toName")]),
        (f'{TEXT}<Labels name="l" toName="t"/>', [required("Label")]),
        (f'{TEXT}<Labels name="l" toName="t"><Choice value="A"/></Labels>', [required("Label")]),
        (f'{TEXT}<Choices toName="t">{AB}</Choices>', [required("name")]),
        (f'{TEXT}<Choices name="c" toName="t"/>', [required("Choice")]),
        (f'{TEXT}<View><View><Choices name="c">{AB}</Choices></View></View>',
         [required("toName")]),
        (f'{TEXT}<Choices name="c" toName="t"><Choice alias="A"/></Choices>',
         [required("value", "Choice")]),
        ('<Image value="$i"/>', [required("name", "Image")]),
        ('<Text name="t"/>', [required("value", "Text")]),
        ("<HyperText/>", [required("name", "HyperText"), required("value", "HyperText")]),
    ],
)  # fmt: skip
def test_structure(body: str, messages: list[str]) -> None:
    assert faults(body) == messages


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<Foo/><RectangleLabels/><TextArea/>",
        f'{TEXT}<RectangleLabels name="r"/>',
        f'{TEXT}<Labels name="l" toName="t">{LABEL}</Labels>',
        f'{TEXT}<Labels name="l" toName="t"><View>{LABEL}</View></Labels>',
        f'<Foo><Choices name="c">{AB}</Choices></Foo>',
        '<Text name="" value=""/>',
        f'{TEXT}<Labels name="l" toName="t"><Label value="3"/><Label value=""/></Labels>',
        f'{TEXT}<Filter name="f" toName="l"/><Labels name="l" toName="t">{LABEL}</Labels>',
        '<Text name="a" value="x"/><Text name="b" value="$b"/><Pairwise name="p" toName="a,b"/>',
        # refused by 0.8.2 by accident
        f'{TEXT}<Choices name="c" toName="t"><Choice value="A"/></Choices>',
        f'{TEXT}<Pairwise name="p" toName="t, t"/>',
        f'{TEXT}<!-- name="t" toName="nope" --><Rating name="r" toName="t"/>',
        f'{TEXT}<Rating data-name="t" name="r" toName="t"/>',
        # newer editors
        '<Image name="i" valueList="$i"/><Rating name="r" toName="i"/>',
        f'{TEXT}<Choices name="c" toName="t" value="$c"/>',
        '<ReactCode name="x" toName="x" data="$x"/>',
    ],
)
def test_what_is_good(body: str) -> None:
    assert faults(body) == []


def test_any_root_tag_is_accepted() -> None:
    for root in ("Image", "Text", "Labels", "Choices", "Foo"):
        check(parse(f"<{root}/>"))


def test_names_are_unique() -> None:
    assert faults(f'{TEXT}<Rating name="z" toName="t"/><Rating name="z" toName="t"/>') == [
        "Label config contains non-unique names ['t', 'z', 'z']"
    ]
    assert faults(f"{TEXT}<Rating name='t' toName='t'/>") == [
        "Label config contains non-unique names ['t', 't']"
    ]


def test_names_that_to_name_points_to_exist() -> None:
    assert faults(f'{TEXT}<Rating name="z" toName="q"/><Rating name="a" toName="t,"/>') == [
        "toName=\"q\" not found in names: ['a', 't', 'z']",
        "toName=\"\" not found in names: ['a', 't', 'z']",
    ]


@pytest.mark.parametrize(
    "object_",
    ['<Rating name="r" toName="t"/>', '<View name="r"/>', '<Header name="r" value=""/>'],
)
def test_controls_point_to_objects(object_: str) -> None:
    assert faults(f'{TEXT}{object_}<Rating name="c" toName="r"/>') == [
        '"to_name=r is specified for output tag name=c, but we can\'t find it among input tags"'
    ]


def test_the_first_check_that_fails_speaks_alone() -> None:
    assert faults('<Labels name="x"/><Rating name="x" toName="nope"/>') == [
        required("toName"), required("Label"),
    ]  # fmt: skip


def test_messages_are_limited() -> None:
    assert len(faults("<Image/>" * 500)) == 20


# -- against tasks ----------------------------------------------------------------------------


def against_tasks(body: str, keys: set[str] | None) -> list[str]:
    try:
        check_against_tasks(parse(f"<View>{body}</View>"), keys)
    except LabelConfigInvalid as error:
        return error.messages
    return []


def incompatible(key: str, keys: str) -> str:
    return (
        "You have already imported tasks and they are incompatible with a new config. You've "
        f"specified value=${key}, but imported tasks contain only keys: {keys}"
    )


def test_tasks_must_have_what_controls_point_to() -> None:
    body = (
        '<Text name="q" value="$q"/><Text name="p" value="$p"/><Text name="z" value="$z"/>'
        '<Rating name="r" toName="q"/><Rating name="r2" toName="p,z"/>'
    )
    assert against_tasks(body, {"z", "i"}) == [
        incompatible("q", "['i', 'z']"), incompatible("p", "['i', 'z']"),
    ]  # fmt: skip
    assert against_tasks(body, {"z", "p", "q"}) == []
    assert against_tasks(body, set()) != []
    assert against_tasks(body, None) == [], "no tasks, nothing to fit"


@pytest.mark.parametrize(
    "body",
    [
        '<Text name="q" value="$q"/>',
        f'<Table value="$q"/>{TEXT}<Rating name="r" toName="t"/>',
        '<Text name="q" value="words"/><Rating name="r" toName="q"/>',
        '<Text name="q" value="$t.x[0]"/><Rating name="r" toName="q"/>',
    ],
)
def test_what_tasks_need_not_have(body: str) -> None:
    assert against_tasks(body, {"t"}) == []


# -- against work -----------------------------------------------------------------------------


def against_work(body: str, *regions: dict[str, object]) -> list[str]:
    usage = usage_of([Completion({"id": 1, "result": list(regions)})])
    try:
        check_against_work(parse(f"<View>{body}</View>"), usage)
    except LabelConfigInvalid as error:
        return error.messages
    return []


def region(type_: str, labels: object, from_name: str = "c") -> dict[str, object]:
    return {"from_name": from_name, "to_name": "t", "type": type_, "value": {type_: labels}}


CHOICES = f'{TEXT}<Choices name="c" toName="t">{AB}</Choices>'
ORPHANED = (
    "You've already completed some tasks, but some of them couldn't be loaded with this config: "
)


def test_a_control_in_use_may_not_go() -> None:
    expected = [ORPHANED + "name=c, toName=t, type=choices are expected"]
    used = region("choices", ["A"])
    assert against_work(CHOICES, used) == []
    assert against_work(CHOICES.replace('"c"', '"d"'), used) == expected
    assert against_work(CHOICES.replace("Choice", "Label"), used) == expected
    assert against_work(CHOICES.replace('"t"', '"u"'), used) == expected
    assert against_work("", used) == expected


def test_a_label_in_use_may_not_go() -> None:
    assert against_work(CHOICES, region("choices", ["Z", "A"]), region("choices", ["Y"])) == [
        ORPHANED + "there are labels already created for \"c\":\n['Y', 'Z']"
    ]
    assert against_work(CHOICES, region("choices", [])) == []
    alias = CHOICES.replace('value="A"', 'value="New" alias="A"')
    assert against_work(alias, region("choices", ["A"])) == []
    assert against_work(alias, region("choices", ["New"])) != []


def test_an_unused_label_may_go() -> None:
    assert against_work(CHOICES.replace('"B"', '"C"'), region("choices", ["A"])) == []


@pytest.mark.parametrize("type_", ["relation", "rating", "pairwise"])
def test_exempt_types(type_: str) -> None:
    assert against_work("", region(type_, ["A"])) == []


def test_free_text_is_no_label() -> None:
    """0.8.2 took it for one, and then refused every new config."""
    assert against_work(f'{TEXT}<TextArea name="c" toName="t"/>', region("textarea", ["x"])) == []


def test_labels_from_task_data_are_not_in_the_config() -> None:
    body = f'{TEXT}<Choices name="c" toName="t" value="$c"/>'
    assert against_work(body, region("choices", ["anything"])) == []


def test_nothing_used_nothing_refused() -> None:
    check_against_work(parse("<View/>"), Usage())
