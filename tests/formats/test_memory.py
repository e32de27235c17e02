"""Memory grows far less than the tasks that are exported, whatever the format."""

from __future__ import annotations

import gc
import io
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from label_studio_lite.core.label_config import parse
from label_studio_lite.core.model import Json, Task
from label_studio_lite.exporting import output, report, spool
from label_studio_lite.exporting.base import Context, Exporter
from label_studio_lite.exporting.media import Media
from label_studio_lite.exporting.registry import LEGACY
from tests.formats.cases import box, chosen, completion, mask, region, span, task
from tests.formats.test_odd import CONFIG

_PIXELS = bytes(255 * (at % 7 < 3) for at in range(48))
_FEW, _MANY = 50, 350
_IN_MEMORY = 1 << 14  # bytes of each file, in place of its usual megabyte


class Sink(io.RawIOBase):
    """Forgets what is written, like a connection."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return len(data)


class Many:
    """Tasks that are there only while somebody looks at them."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __iter__(self) -> Iterator[Task]:
        for number in range(self._count):
            data: Json = {"text": "Ann met Bob", "image": f"http://x/{number}.png"}
            data |= {"audio": "a.wav", "more": list(range(1000, 2000))}
            yield task(
                number,
                data,
                completion(
                    number,
                    box("Cat", 10, 10, 20, 20),
                    mask("Cat", _PIXELS, 8, 6),
                    span("PER", 0, 3),
                    chosen("good"),
                    region("said", "audio", "textarea", {"text": ["x"]}, original_length=1.0),
                    {"type": "relation", "from_id": "a"},
                ),
                predictions=[],
            )


def peak(exporter: Exporter, count: int) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        with closing(report.Report()) as told, output.ZipOutput(io.BufferedWriter(Sink())) as out:
            exporter.write(Many(count), out, Context(parse(CONFIG), media=Media(), report=told))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def held(count: int) -> int:
    """What as many tasks take."""
    tracemalloc.start()
    try:
        kept = list(Many(count))
        return tracemalloc.get_traced_memory()[0] * bool(kept)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("exporter", LEGACY.all(), ids=lambda exporter: exporter.name)
def test_memory_is_flat(exporter: Exporter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_IN_MEMORY", _IN_MEMORY)
    peak(exporter, 1)  # what is loaded once
    growth = peak(exporter, _MANY) - peak(exporter, _FEW)
    assert growth < held(_MANY - _FEW) / 4
