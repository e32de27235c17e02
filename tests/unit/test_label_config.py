"""Reading a label config: what it declares, and that nothing in it can harm the reader."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from label_studio_lite.core import tags
from label_studio_lite.core.editors import lacking, needed
from label_studio_lite.core.label_config import LabelConfig, has_key, parse
from label_studio_lite.errors import LabelConfigInvalid

BOXES = """<View>
  <Image name="img" value="$image"/>
  <RectangleLabels name="label" toName="img">
    <Label value="Cat" background="red"/>
    <Label value="Hund" alias="Dog"/>
  </RectangleLabels>
</View>"""


def refusal(xml: object) -> str:
    with pytest.raises(LabelConfigInvalid) as refused:
        parse(xml)
    assert len(refused.value.messages) == 1
    return refused.value.messages[0]


def with_text(body: str) -> LabelConfig:
    return parse(f'<View><Text name="t" value="$t"/>{body}</View>')


def test_objects_and_controls() -> None:
    config = parse(BOXES)
    image = config.objects["img"]
    assert (image.tag, image.value, image.data_key, image.value_type) == (
        "Image", "$image", "image", None,
    )  # fmt: skip
    control = config.controls["label"]
    assert (control.tag, control.to_names, control.dynamic) == ("RectangleLabels", ("img",), False)
    assert list(control.labels) == ["Cat", "Dog"], "an alias is what completions store"
    assert control.labels["Dog"] == {"value": "Hund", "alias": "Dog"}
    assert control.attributes["toName"] == "img"


def test_a_filter_is_no_control_and_a_constant_has_no_data_key() -> None:
    config = parse('<View><Text name="t" value="read"/><Filter name="f" toName="t"/></View>')
    assert list(config.controls) == []
    assert config.objects["t"].data_key is None


def test_to_name_lists_may_have_blanks() -> None:
    config = parse('<View><Pairwise name="p" toName="a, b"/></View>')
    assert config.controls["p"].to_names == ("a", "b")


def test_labels_are_found_at_any_depth() -> None:
    config = with_text(
        '<Taxonomy name="x" toName="t"><Choice value="A"><Choice value="B"/></Choice></Taxonomy>'
    )
    assert list(config.controls["x"].labels) == ["A", "B"]


@pytest.mark.parametrize(
    ("body", "dynamic"),
    [
        ('<Choices name="c" toName="t" value="$c"/>', True),
        ('<Choices name="c" toName="t"><Choice value="$c"/></Choices>', True),
        ('<Taxonomy name="c" toName="t" apiUrl="tree.json"/>', True),
        ('<Choices name="c" toName="t" value="Title"><Choice value="A"/></Choices>', False),
    ],
)
def test_controls_that_take_labels_from_elsewhere(body: str, dynamic: bool) -> None:
    assert with_text(body).controls["c"].dynamic is dynamic


@pytest.mark.parametrize(
    ("xml", "types"),
    [  # each asked of 0.8.2
        ('<View><Text name="t" value="$b.c"/></View>', {"b.c": "Text"}),
        ('<View><Text name="t" value="x $d"/><Text value=" $e"/></View>', {}),
        ('<View><Image value="$a"/><Text value="$a"/></View>', {"a": "Text"}),
        ('<View><View value="$f"/><Header value="$g"/></View>', {"f": "View", "g": "Header"}),
        ('<View><Header value="$"/><Foo value="$$h"/></View>', {"$h": "Foo"}),
        ('<View><HyperText value="$m$n"/><Label value="$l"/></View>',
         {"m$n": "HyperText", "l": "Label"}),
        ('<View xmlns="urn:a"><Text value="$q"/></View>', {"q": "{urn:a}Text"}),
    ],
)  # fmt: skip
def test_data_types_by_the_rule_of_0_8(xml: str, types: dict[str, str]) -> None:
    assert parse(xml).data_types == types


def test_newer_editors_read_data_through_other_attributes() -> None:
    config = parse(
        '<View><Image name="i" valueList="$pages"/><Repeater on="$rows">'
        '<Text name="r_{{i}}" value="$rows[{{i}}].text"/></Repeater></View>'
    )
    assert config.data_keys == ("rows[{{i}}].text", "pages", "rows")
    assert config.objects["i"].data_key == "pages"


def test_keys_that_are_paths() -> None:
    assert has_key({"a.b"}, "a.b")
    assert has_key({"a"}, "a.b")
    assert has_key({"a"}, "a[0].b")
    assert not has_key({"b"}, "a.b")


@pytest.mark.parametrize(
    ("xml", "line"),
    [
        (BOXES.replace("\n", "\r\n"), BOXES.replace("\n", "")),
        ('<!-- a --><View>\n<Text value="x"/></View><!-- b -->',
         '<View><Text value="x"></Text></View>'),
        ("<View><Style>.a &gt; .b { }</Style><!-- c --></View>",
         "<View><Style>.a &gt; .b { }</Style></View>"),
        ('<View><Header value="a &lt; b ü 猫"/><!-- c --></View>',
         '<View><Header value="a &lt; b ü 猫"></Header></View>'),
        ("<View><![CDATA[<!-- no comment -->]]></View>",
         "<View><![CDATA[<!-- no comment -->]]></View>"),
    ],
)  # fmt: skip
def test_the_line_that_0_8_2_answers(xml: str, line: str) -> None:
    assert parse(xml).line == line


def test_attributes_on_lines_of_their_own_stay_apart() -> None:
    config = parse('<View><Text\nname="t"\nvalue="$t"\n/></View>')
    assert config.line == '<View><Text name="t" value="$t" /></View>'
    assert list(parse(config.line).objects) == ["t"]


def test_text_after_a_comment_is_kept() -> None:
    config = parse("<View><Style>.a { }<!-- b -->.c { }</Style></View>")
    assert config.line == "<View><Style>.a { }.c { }</Style></View>"


@pytest.mark.parametrize(
    "before",
    [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<?xml version='1.0' encoding='latin-1'?>\n",
        "\ufeff<?xml version='1.0'?>",
        "\n <?xml version='1.0'\n encoding='x-none'?>",
    ],
)
def test_an_encoding_declaration_says_nothing_about_text(before: str) -> None:
    config = parse(before + '<View><Label value="Кот"/></View>')
    assert config.root.children[0].attributes == {"value": "Кот"}
    assert config.line == '<View><Label value="Кот"/></View>'


def test_line_numbers_of_faults_count_the_declaration() -> None:
    assert "line 3" in refusal("<?xml version='1.0'?>\n<View>\n</Viev>")


def test_what_1_x_calls_parsed_label_config() -> None:
    config = parse(
        '<View><Text name="text" value="$text"/><Choices name="label" toName="text">'
        '<Choice value="pos"/><Choice value="neg"/></Choices></View>'
    )
    assert config.parsed() == {
        "label": {
            "type": "Choices",
            "to_name": ["text"],
            "inputs": [{"type": "Text", "valueType": None, "value": "text"}],
            "labels": ["pos", "neg"],
            "labels_attrs": {"pos": {"value": "pos"}, "neg": {"value": "neg"}},
        }
    }
    assert parse("<View></View>").parsed() == {}


def test_which_regions_belong_to_a_config() -> None:
    config = parse(BOXES)
    assert config.accepts("label", "img", "rectanglelabels")
    assert not config.accepts("label", "img", "rectangle")
    assert not config.accepts("label", "other", "rectanglelabels")
    assert not config.accepts("nobody", "img", "rectanglelabels")


def test_names_inside_a_repeater_stand_for_numbered_ones() -> None:
    config = parse(
        '<View><Repeater on="$p" indexFlag="{{i}}"><Image name="p_{{i}}" value="$p[{{i}}]"/>'
        '<Choices name="c_{{i}}" toName="p_{{i}}"><Choice value="A"/></Choices></Repeater></View>'
    )
    assert config.accepts("c_12", "p_12", "choices")
    assert not config.accepts("c_x", "p_1", "choices")
    many = with_text(f'<Rating name="{"{{i}}" * 1000}" toName="t"/>')
    assert not many.accepts("1" * 1000, "t", "rating")


def test_objects_that_label_themselves() -> None:
    config = parse(
        '<View><Chat name="c" value="$c"/><Ranker name="r" value="$r"/>'
        '<ReactCode name="x" toName="x" data="$x"/></View>'
    )
    assert config.accepts("c", "c", "chatmessage")
    assert config.accepts("r", "r", "ranker")
    assert config.accepts("x", "x", "reactcode")
    assert not config.accepts("r", "c", "ranker")


@pytest.mark.parametrize(
    ("body", "features"),
    [
        ('<Labels name="l" toName="t"><Label value="A"/></Labels>', []),
        ('<Video name="v" value="$v"/><VideoRectangle name="r" toName="v"/>',
         ["Video", "VideoRectangle"]),
        ('<List name="l" value="$l"/><Ranker name="r" toName="l"/>', ["Ranker of a List"]),
        ('<Choices name="c" toName="t" value="$c"/>', ["Choices from task data"]),
        ('<Audio name="a" value="$a"/><Labels name="l" toName="a"/>', ["Labels on Audio"]),
        ('<AudioPlus name="a" value="$a"/><Labels name="l" toName="a"/>', []),
    ],
)  # fmt: skip
def test_what_needs_the_modern_editor(body: str, features: list[str]) -> None:
    config = with_text(body)
    assert lacking(config, "classic") == features
    assert needed(config) == ("modern" if features else None)


def test_what_needs_the_classic_editor() -> None:
    config = with_text('<Ranker name="r" value="$r" elementValue="$v" elementTag="Text"/>')
    assert lacking(config, "modern") == ["Ranker without a List"]
    assert needed(config) == "classic"


# -- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize("xml", [None, 5, b"<View/>", ["<View/>"]])
def test_only_text_can_be_parsed(xml: object) -> None:
    assert refusal(xml) == "can only parse strings"


@pytest.mark.parametrize(
    ("xml", "message"),
    [  # the texts of 0.8.2
        ("", "Document is empty, line 1, column 1 (<string>, line 1)"),
        ("   ", "Start tag expected, '<' not found, line 1, column 4 (<string>, line 1)"),
        ("abc", "Start tag expected, '<' not found, line 1, column 1 (<string>, line 1)"),
        ("<View>\n<br>\n</View>",
         "Opening and ending tag mismatch: br line 2 and View, line 3, column 8 "
         "(<string>, line 3)"),
    ],
)  # fmt: skip
def test_what_is_not_xml(xml: str, message: str) -> None:
    assert refusal(xml) == message


@pytest.mark.parametrize("prolog", ["", "<!-- c -->\n", "<?pi x?> <!-- c -->", "\ufeff \n"])
@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://localhost:1/x.dtd"> %p;]>',
        '<!DOCTYPE a SYSTEM "http://localhost:1/x.dtd">',
        "<!doctype html>",
    ],
)
def test_no_dtd_and_so_no_entities(prolog: str, doctype: str) -> None:
    message = refusal(f"{prolog}{doctype}<View>&lol2;&x;</View>")
    assert message == "A label config may not have a DOCTYPE"


def test_a_doctype_that_is_only_mentioned_does_no_harm() -> None:
    config = parse("<!-- <!DOCTYPE x> --><View><![CDATA[<!DOCTYPE y>]]></View>")
    assert config.comments == (" <!DOCTYPE x> ",)


def test_unknown_entities() -> None:
    assert refusal("<View>&nbsp;</View>").startswith("Entity 'nbsp' not defined")


def test_nesting() -> None:
    deepest = "<a>" * tags.MAX_DEPTH + "</a>" * tags.MAX_DEPTH
    assert len(list(parse(deepest).root.walk())) == tags.MAX_DEPTH
    assert refusal(f"<a>{deepest}</a>") == "The tags are nested more than 64 deep"
    assert "depth" in refusal("<a>" * 100_000 + "</a>" * 100_000)


def test_size() -> None:
    assert "more than 1000000" in refusal("<View>" + "x" * tags.MAX_BYTES + "</View>")
    assert "more than 20000 tags" in refusal("<a>" + "<b/>" * tags.MAX_TAGS + "</a>")


@pytest.mark.parametrize("filling", ["<!---->", "<?a?>", "<!-- <?", " \n"])
def test_a_long_prolog_is_read_in_linear_time(filling: str) -> None:
    xml = filling * (900_000 // len(filling)) + "<View/>"
    start = time.perf_counter()
    try:
        parse(xml)
    except LabelConfigInvalid as error:
        assert error.messages
    assert time.perf_counter() - start < 10


def test_text_that_is_not_unicode() -> None:
    assert "lone surrogate" in refusal("<View>\ud800</View>")
    assert refusal("<View>\x00</View>")


@given(st.text())
def test_any_text_is_parsed_or_refused(xml: str) -> None:
    try:
        assert parse(xml).xml == xml
    except LabelConfigInvalid as error:
        assert error.messages


_NAMES = st.sampled_from(["View", "Text", "Labels", "Label", "a:b", "Ü", "1x", ""])
_VALUES = st.text(alphabet="$ab.[]{}&;\"'<> \n", max_size=12)


@st.composite
def _markup(draw: st.DrawFn) -> str:
    parts = draw(
        st.lists(
            st.one_of(
                st.builds("<{}>".format, _NAMES),
                st.builds("</{}>".format, _NAMES),
                st.builds('<{} name="{}" value="{}" toName="{}"/>'.format, _NAMES, *[_VALUES] * 3),
                st.builds("<!--{}-->".format, _VALUES),
                st.builds("<![CDATA[{}]]>".format, _VALUES),
                _VALUES,
            )
        )
    )
    return "<View>" + "".join(parts) + "</View>"


@given(_markup())
def test_any_markup_is_parsed_or_refused(xml: str) -> None:
    try:
        config = parse(xml)
    except LabelConfigInvalid as error:
        assert error.messages
        return
    again = parse(config.line)
    assert [tag.name for tag in again.root.walk()] == [tag.name for tag in config.root.walk()]
    assert again.parsed().keys() == config.parsed().keys()
    assert set(config.data_types) <= set(config.data_keys)
