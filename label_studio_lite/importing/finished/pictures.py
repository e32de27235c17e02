"""What the readers of image formats share."""

from __future__ import annotations

from typing import Any

from label_studio_lite.core.geometry import Size
from label_studio_lite.core.image_header import read_header
from label_studio_lite.importing.finished.base import Finding
from label_studio_lite.importing.finished.files import Files


def picture(
    files: Files, where: str, name: str, address: str, size: Size | None = None
) -> Finding:
    """A finding for an image: kept where it is among the files, at its address elsewhere.

    Its size is that of the file, where there is one: that is what people see and label.
    """
    image = files.named(name)
    return Finding(
        where,
        "Image",
        text=address,
        image=image,
        size=(image_size(files, image) if image is not None else None) or size,
    )


def image_size(files: Files, name: str) -> Size | None:
    """None where the file does not tell."""
    with files.open(name) as upload:
        stream: Any = upload.stream

        def read(at: int, size: int) -> bytes:
            stream.seek(at)
            return bytes(stream.read(size))

        header = read_header(read)
    return Size(header.width, header.height) if header is not None else None
