"""Imported items: what becomes a task, and the words in which the rest is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from label_studio_lite.core.label_config import parse
from label_studio_lite.core.model import Json
from label_studio_lite.core.validation import CheckedTask, TaskValidator, check_result
from label_studio_lite.errors import ImportInvalid, Invalid

TWO_KEYS = TaskValidator(
    parse('<View><Text name="t" value="$t"/><Image name="i" value="$i"/></View>')
)
NO_KEYS = TaskValidator(parse("<View/>"))
GOOD = {"t": "a", "i": "x"}

BARE = " [assume: item as is = task root with values] "
UNDER_DATA = ' [assume: item["data"] = task root with values]'


def refused(value: Any, validator: TaskValidator = TWO_KEYS, index: int = 0) -> str:
    message = validator.check(value, index)
    assert isinstance(message, str), message
    return message


def accepted(value: Any, validator: TaskValidator = TWO_KEYS) -> CheckedTask:
    checked = validator.check(value, 0)
    assert isinstance(checked, CheckedTask), checked
    return checked


def test_an_item_may_be_the_data_itself() -> None:
    item = {**GOOD, "id": 7, "meta": {"a": 1}, "completions": [{"result": []}]}
    assert accepted(item) == CheckedTask(item)


def test_an_item_may_have_its_data_beside_other_things() -> None:
    completions: list[Json] = [{"result": []}]
    predictions: list[Json] = [{"result": [], "score": 1}]
    item = {"data": GOOD, "completions": completions, "predictions": predictions,
            "meta": {"a": 1}, "id": 7, "is_labeled": True}  # fmt: skip
    assert accepted(item) == CheckedTask(
        GOOD, completions, predictions, {"a": 1}, {"id": 7, "is_labeled": True}, bare=False
    )
    assert accepted({"data": GOOD}) == CheckedTask(GOOD, bare=False)
    assert accepted({"data": GOOD, "completions": []}).completions == []


@pytest.mark.parametrize(
    ("value", "message"),
    [  # each asked of 0.8.2
        ({"nokey": 1},
         'Error   at item 0: "t" key is expected in task data' + BARE + " :: {'nokey': 1}"),
        ({"t": "a"}, 'Error   at item 0: "i" key is expected in task data' + BARE
         + " :: {'t': 'a'}"),
        ({"data": {}},
         'Error   at item 0: "t" key is expected in task data' + UNDER_DATA + " :: {'data': {}}"),
        ({"data": [1]},
         'Error   at item 0: "t" key is expected in task data' + UNDER_DATA + " :: {'data': [1]}"),
        ({"t": "a", "i": "x", "data": {"q": 1}},
         'Error   at item 0: "t" key is expected in task data' + UNDER_DATA
         + " :: {'t': 'a', 'i': 'x', 'data': {'q': 1}}"),
        ({"t": "a", "i": None},
         'Error   at item 0: data["i"]=None is of type "<class \'NoneType\'>", but types '
         "\"[<class 'str'>]\" are expected" + BARE + " :: {'t': 'a', 'i': None}"),
        ({"t": [1], "i": "x"},
         'Error   at item 0: data["t"]=[1] is of type "<class \'list\'>", but types '
         "\"[<class 'str'>, <class 'int'>, <class 'float'>]\" are expected" + BARE
         + " :: {'t': [1], 'i': 'x'}"),
        ("x", 'Error   at item 0: Task root must be dict with "data", "meta", "completions", '
         '"predictions" fields :: x'),
        (None, 'Error   at item 0: Task root must be dict with "data", "meta", "completions", '
         '"predictions" fields :: None'),
        ({"data": "x"}, "Error   at item 0: Task[data] must be (<class 'dict'>, <class 'list'>) "
         ":: {'data': 'x'}"),
        ({"q": 'é\n"\'', "b": True, "n": 10**20},
         'Error   at item 0: "t" key is expected in task data' + BARE
         + " :: {'q': 'é\\n\"\\'', 'b': True, 'n': 100000000000000000000}"),
    ],
)  # fmt: skip
def test_the_words_of_0_8(value: Any, message: str) -> None:
    assert refused(value) == message


@pytest.mark.parametrize(
    ("beside", "reason"),
    [
        ({"meta": "x"}, "Task[meta] must be (<class 'dict'>, <class 'list'>)"),
        ({"meta": None}, "Task[meta] must be (<class 'dict'>, <class 'list'>)"),
        ({"completions": None}, "Task[completions] must be <class 'list'>"),
        ({"completions": {}}, "Task[completions] must be <class 'list'>"),
        ({"completions": ["x"]}, 'Completion must have "result" fields'),
        ({"completions": [{"result": []}, {}]}, 'Completion must have "result" fields'),
        ({"completions": [{"result": None}]}, '"result" field in completion must be list'),
        ({"predictions": "x"}, "Task[predictions] must be <class 'list'>"),
        ({"predictions": [{"score": 1}]}, 'Prediction must have "result" fields'),
        ({"predictions": [{"result": {}}]}, '"result" field in prediction must be list'),
        # 0.8.2 answered 500, or took it and could not open the project again
        ({"completions": [None]}, 'Completion must have "result" fields'),
        ({"predictions": [None]}, 'Prediction must have "result" fields'),
        ({"predictions": [{"result": []}, {"result": [1]}]},
         "prediction 1, region 0: must be an object"),
        ({"completions": [{"result": []}, {"result": [{"type": "relation"}, {"foo": 1}]}]},
         'completion 1, region 1: "value" must be an object'),
    ],
)  # fmt: skip
def test_what_stands_beside_the_data(beside: dict[str, Any], reason: str) -> None:
    item = {"data": GOOD, **beside}
    assert refused(item, index=4) == f"Error   at item 4: {reason} :: {item}"


def test_meta_is_kept() -> None:
    assert accepted({"data": GOOD, "meta": [None]}).meta == [None]
    assert accepted({"data": GOOD, "meta": {}}).meta == {}
    assert accepted({"data": GOOD, "id": 1}).meta is None


STR = "(<class 'str'>,)"
VALUES: Json = {
    "null": None,
    "int": 1,
    "float": 1.5,
    "bool": True,
    "str": "s",
    "list": [],
    "dict": {},
}


@pytest.mark.parametrize(
    ("tag", "good", "types"),
    [
        ("Text", "int float bool str", "[<class 'str'>, <class 'int'>, <class 'float'>]"),
        ("Header", "int float bool str", "[<class 'str'>, <class 'int'>, <class 'float'>]"),
        ("HyperText", "str", "[<class 'str'>]"),
        ("Image", "str", "[<class 'str'>]"),
        ("Audio", "str", STR),
        ("AudioPlus", "str", STR),
        ("Foo", "str", STR),
        ("Table", "dict", "[<class 'dict'>]"),
        ("Paragraphs", "list", "[<class 'list'>]"),
        ("TimeSeries", "str list dict", "[<class 'dict'>, <class 'list'>, <class 'str'>]"),
        ("Video", "str", STR),
        ("List", "list", "[<class 'list'>]"),
        ("Chat", "list", "[<class 'list'>]"),
        ("Choices", "str list", "[<class 'list'>, <class 'str'>]"),
    ],
)
def test_types_for_each_tag(tag: str, good: str, types: str) -> None:
    validator = TaskValidator(parse(f'<View><{tag} name="x" value="$x"/></View>'))
    for name, value in VALUES.items():
        if name in good.split():
            accepted({"x": value}, validator)
        else:
            assert f'but types "{types}" are expected' in refused({"x": value}, validator)


@pytest.mark.parametrize("tag", ["Paragraphs", "Table"])
def test_content_at_an_address_is_a_string(tag: str) -> None:
    url = TaskValidator(parse(f'<View><{tag} name="x" value="$x" valueType="url"/></View>'))
    accepted({"x": "a.json"}, url)
    refused({"x": 3}, url)


def test_the_last_tag_with_a_key_decides_its_type() -> None:
    both = TaskValidator(parse('<View><Image value="$a"/><Text value="$a"/></View>'))
    accepted({"a": 3}, both)


def test_a_config_without_data_keys_takes_anything() -> None:
    for item in ({"any": 1}, {}, {"data": [1]}):
        assert accepted(item, NO_KEYS) == CheckedTask(item)
    refused({"data": "x"}, NO_KEYS)
    refused([], NO_KEYS)


def test_paths_lead_into_the_data() -> None:
    path = TaskValidator(parse('<View><Text name="x" value="$a.b[1]"/></View>'))
    accepted({"a.b[1]": "literally"}, path)
    accepted({"a": {"b": ["x", "y"]}}, path)
    accepted({"data": {"a": {"b": ["x", 3]}}}, path)
    assert '"a.b[1]" key is expected' in refused({"a": {"b": ["x"]}}, path)
    far = TaskValidator(parse(f'<View><Text value="$a[{"9" * 5000}]"/></View>'))
    assert "key is expected" in refused({"a": ["x"]}, far)
    assert '"a.b[1]" key is expected' in refused({"a": "b"}, path)
    assert "is of type" in refused({"a": {"b": ["x", None]}}, path)


def test_a_repeater_needs_its_list() -> None:
    pages = TaskValidator(
        parse(
            '<View><Repeater on="$p" indexFlag="{{i}}">'
            '<Image name="p_{{i}}" value="$p[{{i}}].url"/></Repeater></View>'
        )
    )
    accepted({"p": [{"url": "x"}]}, pages)
    assert '"p[{{i}}].url" key is expected' in refused({"q": 1}, pages)
    assert "is of type" in refused({"p": 3}, pages)


# -- many items -------------------------------------------------------------------------------


def all_refused(items: list[Any]) -> list[str]:
    with pytest.raises(ImportInvalid) as refusal:
        TWO_KEYS.check_all(items)
    return refusal.value.messages


def test_every_bad_item_is_named() -> None:
    messages = all_refused([GOOD, {"nokey": 1}, GOOD, {"bad": 2}])
    assert [message.split(":")[0] for message in messages] == [
        "Error   at item 1", "Error   at item 3",
    ]  # fmt: skip


def test_a_hundred_messages_at_most() -> None:
    bad = [{"q": number} for number in range(150)]
    assert len(all_refused(bad[:100])) == 100
    messages = all_refused(bad)
    assert len(messages) == 100
    assert messages[98].startswith("Error   at item 98:")
    assert messages[99] == "..."
    assert all_refused([GOOD] * 500 + bad[:1])[0].startswith("Error   at item 500:")


def test_good_items_come_back_in_order() -> None:
    items = [{"t": str(number), "i": "x"} for number in range(5)]
    assert [checked.data for checked in TWO_KEYS.check_all(items)] == items
    assert TWO_KEYS.check_all(iter([])) == []


def test_messages_stay_short() -> None:
    assert len(refused({"q": "x" * 1_000_000})) < 11_000
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert refused({"q": deep}).endswith(":: …")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["t", "i", "data", "completions", "predictions", "meta", "result",
                             "type", "value", "choices", "from_name", "to_name"]),
            inner, max_size=4)
    ),
    max_leaves=12,
)  # fmt: skip


@given(_JSON)
def test_any_json_is_a_task_or_a_reason(value: Any) -> None:
    checked = TWO_KEYS.check(value, 3)
    if isinstance(checked, str):
        assert checked.startswith("Error   at item 3: ")
    else:
        assert isinstance(checked.data["i"], str)
        for completion in checked.completions:
            check_result(completion["result"])


# -- results ----------------------------------------------------------------------------------


def region(**fields: Any) -> dict[str, Any]:
    return {"from_name": "c", "to_name": "t", "type": "choices", "value": {}, **fields}


@pytest.mark.parametrize(
    "result",
    [
        [],
        [region()],
        [region(value={"choices": ["A", "B"]})],
        [region(value={"choices": "A"})],
        [region(type="taxonomy", value={"taxonomy": [["A", "B"]]})],
        [region(type="number", value={"number": 3})],
        [region(type="textarea", value={"text": None})],
        [region(to_name=["a", "b"], type="pairwise")],
        [{"value": {}}],
        [region(from_name=None, to_name=None, type=None)],
        [{"type": "relation", "from_id": "a", "to_id": "b"}],
        [{"value": {"choices": ["A"]}, "type": "choices", "unknown": [1]}],
    ],
)
def test_results_that_may_be_stored(result: Any) -> None:
    check_result(result)


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (None, '"result" field in completion must be list'),
        ({}, '"result" field in completion must be list'),
        ("[]", '"result" field in completion must be list'),
        ([None], "region 0: must be an object"),
        ([region(), 1], "region 1: must be an object"),
        ([{"foo": 1}], 'region 0: "value" must be an object'),
        ([region(value=None)], 'region 0: "value" must be an object'),
        ([region(value=[])], 'region 0: "value" must be an object'),
        ([region(from_name=["c"])], 'region 0: "from_name" must be a string'),
        ([region(type=["choices"])], 'region 0: "type" must be a string'),
        ([region(to_name={"t": 1})], 'region 0: "to_name" must be a string'),
        ([region(value={"choices": [{}]})], 'region 0: "choices" must be a list of strings'),
        ([region(value={"choices": None})], 'region 0: "choices" must be a list of strings'),
        ([region(value={"choices": [1]})], 'region 0: "choices" must be a list of strings'),
        ([region(type="taxonomy", value={"taxonomy": [[["A"]]]})],
         'region 0: "taxonomy" must be a list of strings'),
    ],
)  # fmt: skip
def test_results_that_poisoned_0_8(result: Any, reason: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_result(result)
    assert refusal.value.detail == reason


@pytest.mark.parametrize("key", ["te\\xt", 'te"xt', "te\\ud800t", "te\x7fxt", "\\"])
def test_keys_that_json_writes_with_escapes(key: str) -> None:
    value = key.replace('"', "&quot;")
    config = parse(
        f'<View><Text name="text" value="${value}"/><Choices name="c" toName="text">'
        '<Choice value="a"/><Choice value="b"/></Choices></View>'
    )
    validator = TaskValidator(config)
    assert isinstance(validator.check({key: "a"}, 0), CheckedTask)
    assert isinstance(validator.check({"other": "a"}, 0), str)
