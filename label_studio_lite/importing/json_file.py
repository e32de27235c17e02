"""JSON: a list of tasks, one task, or one task after the other (JSON lines)."""

from __future__ import annotations

import codecs
import io
from collections.abc import Generator, Iterator
from itertools import islice

import msgspec

from label_studio_lite.core.model import RawTask
from label_studio_lite.errors import Invalid
from label_studio_lite.importing.encodings import UTF8, Encoding, opened, told
from label_studio_lite.importing.json_items import BrokenJson, NotAnObject, items
from label_studio_lite.importing.upload import MEGABYTE, ReadOptions, Upload, failed

WHOLE = 32 * MEGABYTE
"""Up to this size the bytes of a file are held in memory, which is several times faster."""


def read(upload: Upload, options: ReadOptions) -> Iterator[RawTask]:
    """Each item with its exact text. ``Invalid`` names item, line and column of an error.

    UTF-8, or UTF-16 and UTF-32 as the first bytes tell, or what ``options`` say; never a guess.
    """
    encoding = told(upload, options.encoding) or UTF8
    done, complete = 0, False
    if encoding.name in ("utf-8", "utf-8-sig") and _size(upload) <= WHOLE:
        done, complete = yield from _whole_list(upload)
    if not complete:
        yield from islice(_in_windows(upload, encoding, options), done, None)


def _size(upload: Upload) -> int:
    upload.stream.seek(0, io.SEEK_END)
    size = upload.stream.tell()
    upload.stream.seek(0)
    return size


def _whole_list(upload: Upload) -> Generator[RawTask, None, tuple[int, bool]]:
    """Stops where the forgiving reader, which also tells errors better, must take over.

    Returns how many items it gave, and whether that was all. Items are decoded one by one, so
    that only their text is held, never all values.
    """
    number = 0
    decode = msgspec.json.Decoder().decode
    prefix = _prefix(upload)
    data = upload.stream.read().removeprefix(codecs.BOM_UTF8)
    try:
        for raw in msgspec.json.decode(data, type=list[msgspec.Raw]):
            yield RawTask(decode(raw), bytes(raw), f"{prefix}{number}")
            number += 1
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return number, False
    return number, True


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
