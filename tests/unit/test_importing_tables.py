"""CSV and TSV are read as 0.8.2's reader (pandas) did, except where that lost something.

What 0.8.2 answered was recorded from the running program.
"""

from __future__ import annotations

import csv
import io
import tempfile
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from label_studio_lite.core.model import Json, RawTask
from label_studio_lite.errors import Invalid
from label_studio_lite.importing import tables
from label_studio_lite.importing.columns import MISSING, Column
from label_studio_lite.importing.upload import ReadOptions, Upload

OPTIONS = ReadOptions("text")


def tasks(body: str | bytes, name: str = "f.csv", options: ReadOptions = OPTIONS) -> list[RawTask]:
    data = body.encode() if isinstance(body, str) else body
    return list(tables.read(Upload(name, io.BytesIO(data)), options))


def rows(body: str | bytes, name: str = "f.csv", options: ReadOptions = OPTIONS) -> list[Json]:
    return [task.value["data"] for task in tasks(body, name, options)]


AS_082 = [
    ("a\n1\n\n3\n", [{"a": 1}, {"a": 3}]),
    ("a,b\n1,\n,2\n", [{"a": 1.0, "b": ""}, {"a": "", "b": 2.0}]),
    ("a,b\n1,x\n,y\n", [{"a": 1.0, "b": "x"}, {"a": "", "b": "y"}]),
    ("a\n1.0\n2.5\n", [{"a": 1.0}, {"a": 2.5}]),
    ("a\n1\n2.5\n", [{"a": 1.0}, {"a": 2.5}]),
    ("a\ntrue\nFalse\nTRUE\n", [{"a": True}, {"a": False}, {"a": True}]),
    ("a,b\nTrue,1\n,2\n", [{"a": True, "b": 1}, {"a": "", "b": 2}]),
    ("a\n18446744073709551615\n", [{"a": 18446744073709551615}]),
    ("a\n123456789012345678901\n", [{"a": "123456789012345678901"}]),
    ("a\n-9223372036854775809\n", [{"a": "-9223372036854775809"}]),
    ("a,a,b\n1,2,3\n", [{"a": 1, "a.1": 2, "b": 3}]),
    ("a,,b\n1,2,3\n", [{"a": 1, "Unnamed: 1": 2, "b": 3}]),
    ("a.1,a,a\n1,2,3\n", [{"a.1": 1, "a": 2, "a.1.1": 3}]),
    ("a,b,c\n1,2\n", [{"a": 1, "b": 2, "c": ""}]),
    ("a b , c\n x , y\n", [{"a b ": " x ", " c": " y"}]),
    ("a\n 1\n2 \n", [{"a": 1}, {"a": 2}]),
    ("a\n1e5\n2\n", [{"a": 100000.0}, {"a": 2.0}]),
    ("a\n1_000\n", [{"a": "1_000"}]),
    ("a\n0x10\n", [{"a": "0x10"}]),
    ("a\n1.\n.5\n", [{"a": 1.0}, {"a": 0.5}]),
    ("\n\na,b\n1,2\n", [{"a": 1, "b": 2}]),
    ('a\n"x\ny"\n', [{"a": "x\ny"}]),
    ('a,b\n"say ""hi""",2\n', [{"a": 'say "hi"', "b": 2}]),
    ('a,b\n"x"y,2\n', [{"a": "xy", "b": 2}]),
    ("a\r\n1\r\n", [{"a": 1}]),
    ("a\r1\r2\r", [{"a": 1}, {"a": 2}]),
    ("a\n1\nx\n", [{"a": "1"}, {"a": "x"}]),
    ("a\n1\ntrue\n", [{"a": "1"}, {"a": "true"}]),
    ("1,2\n3,4\n", [{"1": 3, "2": 4}]),
    ("a,b\n\n\n1,2\n  \n", [{"a": 1, "b": 2}]),
    ("data,predictions\nx,y\n", [{"data": "x", "predictions": "y"}]),
    ("a\n1e400\n", [{"a": "1e400"}]),
    ("a\n2020-01-01\n", [{"a": "2020-01-01"}]),
    ("a,b\n,\n", [{"a": "", "b": ""}]),
    ("\ufeffa,b\n1,2\n", [{"a": 1, "b": 2}]),
    ('text\n\n""\n', [{"text": ""}]),
    ("a,b\n", []),
]


@pytest.mark.parametrize(("body", "expected"), AS_082)
def test_as_082(body: str, expected: list[Any]) -> None:
    found = rows(body)
    assert found == expected
    assert [list(map(type, row.values())) for row in found] == [
        list(map(type, row.values())) for row in expected
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a\n001\n2\n", ["001", "2"]),  # 0.8.2: 1, 2
        ("a\n+4912345\n5\n", ["+4912345", "5"]),  # 0.8.2: without the plus sign
        ("a\n0.1000000000000000055\n", ["0.1000000000000000055"]),  # 0.8.2: 0.1
        ("a\n9007199254740993\n1.5\n", ["9007199254740993", "1.5"]),  # 0.8.2: …992.0
        ('a\n9007199254740993\n""\n', ["9007199254740993", ""]),
        ("a\nNA\nnull\nx\n", ["NA", "null", "x"]),  # 0.8.2: "", "", x
        ("a\nNA\n5\n", ["", 5.0]),  # as 0.8.2: among numbers it is a gap
        ("a\ninf\n1\n", ["inf", "1"]),  # 0.8.2: 500
        ("a\n1e-400\n", ["1e-400"]),
        ("a\n1e-99999999999999999999\n", ["1e-99999999999999999999"]),
        ("a\n1e99999999999999999999\n", ["1e99999999999999999999"]),
        ("a\n0e99999999999999999999\n", ["0e99999999999999999999"]),
    ],
)
def test_nothing_is_lost(body: str, expected: list[Any]) -> None:
    assert [row["a"] for row in rows(body)] == expected


@given(
    st.lists(
        st.from_regex(
            r"[ ]?[+-]?[0-9]{0,25}(\.[0-9]{0,25})?([eE][+-]?[0-9]{1,3})?", fullmatch=True
        )
        | st.sampled_from([*sorted(MISSING), "true", "False", "x"])
        | st.integers(-(2**65), 2**65).map(str)
        | st.floats().map(repr),
        min_size=1,
    )
)
def test_a_converted_value_is_what_was_written(written: list[str]) -> None:
    column = Column()
    column.learn(written[::2])
    column.learn(written[1::2])
    convert = column.convert() or (lambda text: text)
    for text in written:
        value = convert(text)
        if isinstance(value, bool):
            assert str(value) == text.capitalize()
        elif isinstance(value, int):
            assert str(value) == text.strip().replace("-0", "0")
        elif isinstance(value, float):
            digits = len(Decimal(text.strip()).as_tuple().digits)
            assert Decimal(f"{value:.{digits - 1}e}") == Decimal(text.strip())
        else:
            assert value == text or (value == "" and text in MISSING)


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ue000"))


@given(
    st.lists(WORDS.filter(bool), min_size=2, max_size=4, unique=True),
    st.lists(st.lists(WORDS, min_size=4, max_size=4), min_size=1, max_size=5),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_writer_wrote(header: list[str], values: list[list[str]], end: str) -> None:
    body = io.StringIO(newline="")
    writer = csv.writer(body, lineterminator=end, quoting=csv.QUOTE_ALL)
    expected = [[f"x{value}" for value in row[: len(header)]] for row in values]
    writer.writerows([header, *expected])
    found = rows(body.getvalue())
    assert [list(row.values()) for row in found] == expected


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "No columns to parse from file"),
        ("a,b\n1,2\n3,4,5\n", "Expected 2 fields in row 3, saw 3"),
        ("a,b\n\n1,2,3\n", "Expected 2 fields in row 3, saw 3"),
        ("a\n1,5\n", "Expected 1 fields in row 2, saw 2"),
        ('a,b\nx,y\n1,"x\n3,4\n', "EOF inside string starting at row 3"),
        ('a\n"x', "EOF inside string starting at row 2"),
        ('"a\nx', "EOF inside string starting at row 1"),
        (b"a,b\n\xe9,2\n3,4,5", "Expected 2 fields in row 3, saw 3 (read as cp1252, a guess)"),
        (b"a\n\x81\x8d\xff\xfe\x00\x01\x02" + bytes(range(256)) * 9, "not text in UTF-8 (byte 2)"),
    ],
)
def test_errors_name_file_and_row(body: str | bytes, message: str) -> None:
    with pytest.raises(Invalid) as caught:
        rows(body)
    assert caught.value.detail.startswith(f"Failed to parse input file f.csv: {message}")


def test_empty_values_beyond_the_header_are_no_error() -> None:
    assert rows("a,b\n1,2,\n3,4,,\n") == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


def test_rows_are_named_as_spreadsheets_count_them() -> None:
    found = tasks('a,b\n1,2\n\n"x\ny",3\n4,5\n')
    assert [task.where for task in found] == ["f.csv row 2", "f.csv row 4", "f.csv row 5"]
    assert found[0].raw is None


@pytest.mark.parametrize(
    ("sample", "delimiter"),
    [
        ("a;b\n1;2\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("a;b\n1,5;2,5\n", ";"),
        ("a,b;c;d\n1,2;3;4\n", ","),
        ("text\nhello; world\n", ","),
        ("note; long\nhello\nworld\n", ","),
        ("a,b\nx;y,z;w\n", ","),
        ('a,b\n"x;y;z",1\n', ","),
        ("a;b\n", ";"),
        ("", ","),
    ],
)
def test_sniffing(sample: str, delimiter: str) -> None:
    assert tables.sniff(sample, cut_off=False) == delimiter


def test_a_sample_cut_in_the_middle_of_a_row() -> None:
    assert tables.sniff("a;b;c\n1;2", cut_off=True) == ";"


def test_tsv_is_tabs_by_its_name() -> None:
    assert rows("a\tb\n1\tx,y\n", "f.TSV") == [{"a": 1, "b": "x,y"}]
    assert rows("a,b\n1,2\n", "f.tsv") == [{"a,b": "1,2"}]


def test_describe_shows_what_was_found_out() -> None:
    found = tables.describe(Upload("f.csv", io.BytesIO("ä;b\nü;2\n".encode("cp1252"))), OPTIONS)
    assert found == (("cp1252", True), ";", ["ä", "b"])


KOREAN = "텍스트,라벨\n안녕하세요 세계,긍정\n이것은 예입니다,부정\n"
RUSSIAN = "текст,метка\nпривет мир,да\nэто пример,нет\n"
FRENCH = "texte,n\nIl a été très déçu,1\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (KOREAN, "cp949"),
        (RUSSIAN, "cp1251"),
        (FRENCH, "cp1252"),
        (KOREAN, "utf-16"),
        (FRENCH, "utf-16-le"),
        (FRENCH, "utf-32-be"),
        (RUSSIAN, "utf-8-sig"),
    ],
)
def test_encodings(text: str, encoding: str) -> None:
    assert rows(text.encode(encoding)) == rows(text)


def test_the_encoding_can_be_said() -> None:
    options = ReadOptions("text", encoding="iso-8859-2")
    assert rows("tekst\nźródło\n".encode("iso-8859-2"), options=options) == [{"tekst": "źródło"}]


def test_long_documents() -> None:
    text = "word " * 100_000
    assert rows(f'a,b\n"{text}",1\n') == [{"a": text, "b": 1}]


def test_a_header_longer_than_the_sample() -> None:
    names = [f"column {number}" for number in range(10_000)]
    body = ";".join(names) + "\n" + ";".join(["1"] * 10_000) + "\n"
    assert rows(body) == [dict.fromkeys(names, 1)]


def test_columns_are_judged_by_all_rows() -> None:
    body = "a,b\n" + "1,2\n" * 5_000 + "x,2\n"
    found = rows(body)
    assert found[0] == {"a": "1", "b": 2}
    assert found[-1] == {"a": "x", "b": 2}


def test_a_stream_that_has_little_more_than_read() -> None:
    with tempfile.SpooledTemporaryFile() as stream:
        stream.write(b"a\n1\n")
        assert [task.value for task in tables.read(Upload("f.csv", stream), OPTIONS)] == [
            {"data": {"a": 1}}
        ]
        stream.seek(0)
        assert stream.read() == b"a\n1\n"  # still open
