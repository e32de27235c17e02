"""JSON: a list of tasks, one task, one after the other (JSON lines), or tasks by number."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator

import msgspec

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import RawBlock, RawTask
from label_studio_lite.errors import Invalid
from label_studio_lite.importing.encodings import UTF8, Encoding, opened, told
from label_studio_lite.importing.json_items import BrokenJson, NotAnObject, items
from label_studio_lite.importing.upload import MEGABYTE, ReadOptions, Upload, failed

WHOLE = 32 * MEGABYTE
"""Up to this size the bytes of a file are held in memory, which is several times faster."""


def read(upload: Upload, options: ReadOptions) -> Iterator[RawTask | RawBlock]:
    """Each item with its exact text. ``Invalid`` names item, line and column of an error.

    UTF-8, or UTF-16 and UTF-32 as the first bytes tell, or what ``options`` say; never a guess.
    """
    encoding = told(upload, options.encoding) or UTF8
    if encoding.name in ("utf-8", "utf-8-sig") and _size(upload) <= WHOLE:
        block = _block(upload)
        if block is not None:
            yield block
            return
    yield from _in_windows(upload, encoding, options)


def _size(upload: Upload) -> int:
    upload.stream.seek(0, io.SEEK_END)
    size = upload.stream.tell()
    upload.stream.seek(0)
    return size


def _block(upload: Upload) -> RawBlock | None:
    """A list, all at once; None where the forgiving reader, which tells errors, must look."""
    text = upload.stream.read().removeprefix(codecs.BOM_UTF8)
    upload.stream.seek(0)
    if not text.lstrip().startswith(b"["):
        return None
    try:
        jsontext.check_depth(text)
        text.decode()  # what is not looked at below must be UTF-8, too
        if b"\n" in text or b"\r" in text:
            text = jsontext.compact(text)
        return RawBlock(text, msgspec.json.decode(text, type=list[msgspec.Raw]), upload.name)
    except (ValueError, RecursionError):
        return None


def _in_windows(upload: Upload, encoding: Encoding, options: ReadOptions) -> Iterator[RawTask]:
    prefix = _prefix(upload)
    try:
        with opened(upload, encoding, newline="") as text:
            for number, (value, raw) in enumerate(items(text, limit=options.max_item_bytes)):
                yield RawTask(value, raw, f"{prefix}{number}")
    except BrokenJson as error:
        raise failed(upload, error) from error
    except NotAnObject as error:
        raise Invalid(
            f'Incorrect task type in {upload.name}: "{str(error)[:100]}". '
            'It is allowed "dict" or "list of dicts" only'
        ) from error


def _prefix(upload: Upload) -> str:
    return f"{upload.name} item " if upload.name else "item "
