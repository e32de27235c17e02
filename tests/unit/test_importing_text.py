"""Lines of text and pages, in whatever encoding they come."""

from __future__ import annotations

import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from label_studio_lite.errors import Invalid, TooLarge
from label_studio_lite.importing import encodings, markup, text_lines
from label_studio_lite.importing.upload import ReadOptions, Upload

OPTIONS = ReadOptions("text")


def lines(body: bytes, options: ReadOptions = OPTIONS) -> list[str]:
    tasks = list(text_lines.read(Upload("f.txt", io.BytesIO(body)), options))
    assert [task.where for task in tasks] == [f"f.txt line {n + 1}" for n in range(len(tasks))]
    return [task.value["data"]["text"] for task in tasks]


def page(body: bytes, options: ReadOptions = OPTIONS) -> str:
    (task,) = markup.read(Upload("f.html", io.BytesIO(body)), options)
    text: str = task.value["data"]["text"]
    return text


@pytest.mark.parametrize(
    ("body", "expected"),
    [  # as 0.8.2 answered, but for the byte order mark, which it kept
        (b"line1\n\n  line3  \r\nline4", ["line1", "", "  line3  ", "line4"]),
        (b"a\n\n", ["a", ""]),
        (b"\n", [""]),
        (b"", []),
        (
            "a\rb\x0bc\x0cd\x1ce\u2028f\x85g\nh".encode(),
            ["a", "b\x0bc\x0cd\x1ce\u2028f\x85g", "h"],
        ),
        (b"\xef\xbb\xbfa\nb", ["a", "b"]),
        ("é\n😀".encode("utf-16"), ["é", "😀"]),
        ("Il a été très déçu\n".encode("cp1252"), ["Il a été très déçu"]),
    ],
)
def test_lines(body: bytes, expected: list[str]) -> None:
    assert lines(body) == expected


def test_a_line_over_the_limit() -> None:
    options = ReadOptions("text", max_item_bytes=100)
    assert lines(b"x" * 100, options) == ["x" * 100]
    with pytest.raises(TooLarge, match=r"f\.txt line 2 is longer than 100 characters"):
        lines(b"a\n" + b"x" * 101, options)


def test_what_is_not_text() -> None:
    with pytest.raises(Invalid, match=r"input file f\.txt: not text in UTF-8 \(byte 0\)"):
        lines(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10)
    with pytest.raises(Invalid, match="not text in utf-16; save it as UTF-8"):
        lines(b"\xff\xfea\0b")


@given(st.binary(max_size=40), st.text(max_size=40))
def test_the_first_wrong_byte(noise: bytes, text: str) -> None:
    body = text.encode() + noise
    try:
        body.decode()
        expected = None
    except UnicodeDecodeError as error:
        expected = error.start
    assert encodings.not_utf8(io.BytesIO(body)) == expected


def test_the_first_wrong_byte_far_away() -> None:
    body = "é".encode() * (1 << 20) + b"\xc3\x28"  # a character lies across the first chunk's end
    assert encodings.not_utf8(io.BytesIO(b"x" + body)) == len(body) - 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", ""),
        (b" <p> a   b\n c </p>\n", "<p> a b c </p>"),
        (b"<b>x</b>   <i> y</i>", "<b>x</b> <i> y</i>"),
        (b'<a title="two\n  lines > x">t</a>', '<a title="two\n  lines > x">t</a>'),
        (b"<pre>  a\n   b </pre>  c", "<pre>  a\n   b </pre> c"),
        (b"<TextArea id=1> q  r </TEXTAREA > c", "<TextArea id=1> q  r </TEXTAREA > c"),
        (b"<script>if (a  <  b) {\n}</script>", "<script>if (a  <  b) {\n}</script>"),
        (b"<!-- a\n  b --> <p>", "<!-- a\n  b --> <p>"),
        (b"<![CDATA[ a  b ]]>", "<![CDATA[ a  b ]]>"),
        (b"a  <  b  <3  c", "a < b <3 c"),
        (b"<p>a  b<br", "<p>a b<br"),
        (b'<p title="x>  a', '<p title="x> a'),
        (b"<pre>  never\n closed", "<pre>  never\n closed"),
        (b"</pre>  a  b", "</pre> a b"),
        (b"<prefix>  a  b</prefix>", "<prefix> a b</prefix>"),
        (
            b'<?xml version="1.0"?>\n<a>\n <b x="1"/>\n</a>',
            '<?xml version="1.0"?> <a> <b x="1"/> </a>',
        ),
        (b'<meta charset="iso-8859-2">\xbcr\xf3d\xb3o', '<meta charset="iso-8859-2">źródło'),
        (
            b"<?xml version='1.0' encoding='cp1251'?><a>\xef</a>",
            "<?xml version='1.0' encoding='cp1251'?><a>п</a>",
        ),
    ],
)
def test_pages(body: bytes, expected: str) -> None:
    assert page(body) == expected


@given(st.text("<>/!-\"'= abpre\n", max_size=60))
def test_only_white_space_is_dropped(text: str) -> None:
    assert "".join(markup.collapse(text).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "page",
    [
        piece * 50_000
        for piece in ("<!--", "<pre>", '<a "', "<a '\"", "<", "<![CDATA[", "<a", '<a">')
    ]
    + ["<" + "a" * 200_000, "<" + "a" * 200_000 + "<p>", "<a " + "b " * 200_000],
    ids=lambda page: page[:9],
)
def test_unclosed_things_take_no_longer(page: str) -> None:
    started = time.perf_counter()
    markup.collapse(page)
    assert time.perf_counter() - started < 5


def test_a_page_over_the_limit() -> None:
    with pytest.raises(TooLarge, match=r"f\.html is longer than 10 characters"):
        page(b"<p>12345678", ReadOptions("text", max_item_bytes=10))
