"""TXT: each line is a task."""

from __future__ import annotations

from collections.abc import Iterator

from label_studio_lite.core.model import RawTask
from label_studio_lite.errors import TooLarge
from label_studio_lite.importing.encodings import detect, opened
from label_studio_lite.importing.upload import ReadOptions, Upload


def read(upload: Upload, options: ReadOptions) -> Iterator[RawTask]:
    """Lines as they are, blank ones too, without their line ends (LF, CR LF or CR).

    Raises ``TooLarge`` for a line over ``max_item_bytes``.
    """
    encoding = detect(upload, options.encoding)
    limit = options.max_item_bytes
    with opened(upload, encoding, newline=None) as text:
        number = 0
        while line := text.readline(limit + 1):
            number += 1
            if len(line) > limit:
                raise TooLarge(f"{upload.name} line {number} is longer than {limit} characters")
            data = {options.text_key: line.removesuffix("\n")}
            yield RawTask({"data": data}, None, f"{upload.name} line {number}")
