"""Whatever bytes an upload has: items, or an error that says so. Never anything else."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import time
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from label_studio_lite.core import jsontext
from label_studio_lite.core.label_config import parse
from label_studio_lite.core.model import RawBlock, RawTask
from label_studio_lite.core.validation import TaskValidator
from label_studio_lite.errors import LabelStudioError
from label_studio_lite.importing.reading import read
from label_studio_lite.importing.upload import ReadOptions, Upload
from tests.conftest import CHOICES
from tests.fuzz.mutations import NIGHTLY, count, mutations

OPTIONS = ReadOptions(
    "text", max_item_bytes=100_000, max_archive_entries=50, max_archive_bytes=1_000_000
)
SECONDS = 5.0  # of processor time for one upload
TASKS = json.dumps([{"text": f"täxt {n}", "n": n, "x": [1.5, None, {"a": "b"}]} for n in range(9)])
LINES = "\n".join(json.dumps({"data": {"text": str(n)}}) for n in range(9))
TABLE = 'text,n,"a ""b"""\n"one\ntwo",1,x\nthree,2.5,"é"\n'
PAGE = (
    "<html><head><style>a {b: c}</style></head><body><!-- c --><pre> x\n </pre>&amp;</body></html>"
)


def packed_zip(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, TASKS if name.endswith("json") else TABLE)
    return out.getvalue()


def packed_tar(pack: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in ("a.json", "b/c.csv"):
            content = (TASKS if name.endswith("json") else TABLE).encode()
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return pack(out.getvalue())


SYNTAX = "[]{}\",:\\ \n0123456789.-+eEtruefalsn<>/!&;='"
SAMPLES: dict[str, list[bytes]] = {
    "a.json": [TASKS.encode(), LINES.encode(), b'{"text": "one"}', TASKS.encode("utf-16")],
    "a.jsonl": [LINES.encode(), LINES.encode("utf-32"), b"\xef\xbb\xbf" + LINES.encode()],
    "a.csv": [TABLE.encode(), TABLE.encode("utf-16"), TABLE.replace(",", ";").encode("cp1252")],
    "a.tsv": [TABLE.replace(",", "\t").encode()],
    "a.txt": [b"one\ntwo\r\nthree", "日本".encode("shift-jis")],
    "a.html": [PAGE.encode(), PAGE.encode("utf-16")],
    "a.xml": [b'<?xml version="1.0" encoding="latin-1"?><a>\xe9</a>'],
    "a.zip": [packed_zip("a.json"), packed_zip("b.csv", "c/d.json", "../e.txt", ".f")],
    "a.tar": [packed_tar(bytes)],
    "a.tgz": [packed_tar(gzip.compress)],
    "a.tar.bz2": [packed_tar(bz2.compress)],
    "a.tar.xz": [packed_tar(lzma.compress)],
    "a": [TASKS.encode(), packed_zip("a.json")],
    "a.jpg": [b"\xff\xd8\xff"],
}
VALIDATOR = TaskValidator(parse(CHOICES))


def swallow(name: str, content: bytes) -> None:
    """Read an upload as an import does. Everything that is given must be fit to be stored."""
    started = time.process_time()
    try:
        for item in read(Upload(name, io.BytesIO(content)), OPTIONS):
            if isinstance(item, RawBlock):
                VALIDATOR.are_bare(item.text)
                VALIDATOR.are_wrapped(item.text)
                for task in item.tasks():
                    keep(task)
            elif isinstance(item, RawTask):
                keep(item)
            else:
                item.stream.read()
    except LabelStudioError as error:
        assert error.detail
    assert time.process_time() - started < SECONDS


def keep(task: RawTask) -> None:
    VALIDATOR.check(task.value, 0)
    text = jsontext.dumps(task.value)
    assert jsontext.loads(text) == task.value
    if task.raw is not None:
        assert jsontext.loads(task.raw) == task.value


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_read(name: str) -> None:
    for sample in SAMPLES[name]:
        for _ in read(Upload(name, io.BytesIO(sample)), OPTIONS):
            pass


@pytest.mark.parametrize("name", SAMPLES)
def test_damaged_files(name: str) -> None:
    for number, content in mutations(SAMPLES[name], count(150)):
        try:
            swallow(name, content)
        except Exception as error:
            raise AssertionError(f"{name}, case {number}: {content[:200]!r}") from error


@pytest.mark.parametrize("name", SAMPLES)
def test_files_under_another_name(name: str) -> None:
    for samples in SAMPLES.values():
        for sample in samples:
            swallow(name, sample)


@pytest.mark.parametrize("name", SAMPLES)
@settings(
    max_examples=1000 if NIGHTLY else 40,
    deadline=None,
    derandomize=not NIGHTLY,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    content=st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.text(alphabet="[]{}\",:\\ \n0123456789.-+eEtruefalsn<>/!&;='", max_size=200).map(
        str.encode
    )
)
@example(content=b"")
@example(content=b"\0")
@example(content=b"[1, 2")
@example(content=b"-")
@example(content=b'{"a": -}')
@example(content=b"\xff\xfe")
@example(content=b"PK\x03\x04")
@example(content=b"PK\x05\x06" + b"\0" * 18)
@example(content=b"\x1f\x8b\x08")
@example(content=b'"' * 50)
@example(content=b"<" * 50)
def test_any_bytes(name: str, content: bytes) -> None:
    swallow(name, content)
