"""Reading an upload, whatever it is: choosing the reader by content, then by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from label_studio_lite.core.model import RawBlock, RawTask
from label_studio_lite.importing import archives, json_file, markup, tables, text_lines
from label_studio_lite.importing.encodings import marked
from label_studio_lite.importing.upload import Hosted, ReadOptions, Upload, base_name, kind

_READERS = {
    ".json": json_file.read,
    ".jsonl": json_file.read,
    ".ndjson": json_file.read,
    ".csv": tables.read,
    ".tsv": tables.read,
    ".txt": text_lines.read,
    ".html": markup.read,
    ".htm": markup.read,
    ".xml": markup.read,
}
_TABLES = frozenset({".csv", ".tsv"})


def read(
    upload: Upload, options: ReadOptions, formats: Counter[str] | None = None
) -> Iterator[RawTask | RawBlock | Hosted]:
    """The items of a file, or of all files in an archive, one by one.

    ``formats`` counts the kinds of the files as they are read: those in an archive, not itself.
    Raises ``Invalid`` naming file, place and reason, and ``TooLarge`` for what is over a limit;
    both can come after items were given. The extension may be in any case.
    """
    for file in _files(upload, options):
        if formats is not None:
            formats[kind(file)] += 1
        yield from _items(file, options)


def _files(upload: Upload, options: ReadOptions) -> Iterator[Upload]:
    open_archive = archives.opener(upload)
    if open_archive is None:
        yield upload
    else:
        yield from archives.files(upload, options, open_archive)


def _items(upload: Upload, options: ReadOptions) -> Iterator[RawTask | RawBlock | Hosted]:
    extension = kind(upload).lower()
    reader = _READERS.get(extension)
    if extension == "" and _looks_like_json(upload):
        reader = json_file.read
    if reader is None or (options.tables_are_media and extension in _TABLES):
        upload.stream.seek(0)
        yield Hosted(base_name(upload.name), upload.stream)
    else:
        yield from reader(upload, options)


def _looks_like_json(upload: Upload) -> bool:
    """For names without extension: the body of a request, a download."""
    head = upload.head()
    encoding = marked(head) or "utf-8"
    return head.decode(encoding, errors="ignore").lstrip()[:1] in ("[", "{")
