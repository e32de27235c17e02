"""Exports of every format: how fast, and how much memory, beside Label Studio's converter.

Each runs in a process of its own. The converter reads the same tasks from one JSON file of 1.x;
ours are read from a project directory. ``MB`` is what is written, before it is packed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

RESULTS = Path(__file__).parent / "EXPORTS.md"
_SENTENCE = "Ann met Bob in Paris and then they went to see the river"
Json = dict[str, Any]


class Kind(NamedTuple):
    """A kind of project: its label config, the task with a number, and the formats for it."""

    label_config: str
    task: Callable[[int], Json]
    formats: tuple[str, ...]


class Measured(NamedTuple):
    """Seconds of a processor, bytes written, bytes of memory at most."""

    seconds: float
    written: int
    memory: int


def _text(number: int) -> Json:
    text = f"{_SENTENCE} {number}"
    spans = [(0, 3, "PER"), (8, 11, "PER"), (15, 20, "LOC")]
    result = [
        {
            "id": f"r{at}",
            "from_name": "ner",
            "to_name": "text",
            "type": "labels",
            "value": {"start": start, "end": end, "text": text[start:end], "labels": [label]},
        }
        for at, (start, end, label) in enumerate(spans)
    ]
    return {"data": {"text": text}, "result": result}


def _image(number: int) -> Json:
    sizes = {"original_width": 640, "original_height": 480, "image_rotation": 0}
    box = {
        "x": 10,
        "y": 20,
        "width": 30.5,
        "height": 40,
        "rotation": 0,
        "rectanglelabels": ["Cat"],
    }
    result = [
        {"id": f"r{at}", "from_name": "box", "to_name": "img", "type": "rectanglelabels",
         "value": {**box, "x": 10 + at}, **sizes}
        for at in range(5)
    ]  # fmt: skip
    return {"data": {"image": f"http://example.com/{number}.jpg"}, "result": result}


def _speech(number: int) -> Json:
    said = {"from_name": "said", "to_name": "audio", "type": "textarea", "original_length": 3.5}
    result = [{"id": "r", **said, "value": {"text": [f"hello number {number}"]}}]
    return {"data": {"audio": f"http://example.com/{number}.wav"}, "result": result}


def _painted(number: int) -> Json:
    value = {"format": "rle", "rle": _stripe(number % 64), "brushlabels": ["Cat"]}
    sizes = {"original_width": 64, "original_height": 48}
    region = {"id": "r", "from_name": "mask", "to_name": "img", "type": "brushlabels"}
    return {
        "data": {"image": f"http://example.com/{number}.jpg"},
        "result": [{**region, "value": value, **sizes}],
    }


@cache
def _stripe(left: int) -> list[int]:
    """A mask of 64×48 pixels."""
    from label_studio_lite.core import brush

    pixels = bytes(255 * ((x + left) % 64 < 20 and y > 10) for y in range(48) for x in range(64))
    return list(brush.pack(pixels))


KINDS = {
    "texts with three entities": Kind(
        '<View><Text name="text" value="$text"/><Labels name="ner" toName="text">'
        '<Label value="PER"/><Label value="LOC"/></Labels></View>',
        _text,
        ("JSON", "JSON_MIN", "CSV", "TSV", "CSV_ALL", "CONLL2003", "SPACY"),
    ),
    "images with five boxes": Kind(
        '<View><Image name="img" value="$image"/><RectangleLabels name="box" toName="img">'
        '<Label value="Cat"/></RectangleLabels></View>',
        _image,
        ("JSON", "COCO", "VOC", "YOLO", "YOLO_OBB"),
    ),
    "images with a painted mask": Kind(
        '<View><Image name="img" value="$image"/><BrushLabels name="mask" toName="img">'
        '<Label value="Cat"/></BrushLabels></View>',
        _painted,
        ("BRUSH_TO_NUMPY", "BRUSH_TO_PNG", "BRUSH_TO_COCO"),
    ),
    "recordings with a transcript": Kind(
        '<View><Audio name="audio" value="$audio"/><TextArea name="said" toName="audio"/></View>',
        _speech,
        ("ASR_MANIFEST",),
    ),
}
_NOT_THEIRS = ("CSV_ALL", "SPACY", "BRUSH_TO_COCO", "JSON", "ASR_MANIFEST")


def run(size: int) -> None:
    """Measure, and write ``EXPORTS.md``."""
    lines = [_HEADING.format(size=size), _line(_COLUMNS), _line(["---"] * len(_COLUMNS))]
    for name, kind in KINDS.items():
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            many, few = Path(folder) / "many", Path(folder) / "few"
            _build(many, kind, size)
            _build(few, kind, size // 10)
            for format_name in kind.formats:
                ours = _measured("ours", many / "project", format_name)
                smaller = _measured("ours", few / "project", format_name)
                theirs = _theirs(many, format_name)
                lines.append(_row(name, format_name, ours, smaller, theirs))
                print(lines[-1], flush=True)
    RESULTS.write_text("\n".join(lines) + "\n")


_HEADING = """# Exports of {size:,} tasks

Made by `python -m bench --exports {size}`. Each export ran in a process of its own; seconds are
those of a processor, since the machine had others to serve. The converter is
label-studio-converter 0.0.59; it was given what it needs in one JSON file, fetched no images, and
wrote files that are not packed, while ours read a file for each task and write a ZIP.
"Ten times fewer" is the memory for a tenth of the tasks; the index of the open project, some 80
bytes for each task, is part of both.
"""
_COLUMNS = [
    *("project", "format", "seconds", "MB", "MB/s", "memory", "ten times fewer"),
    *("converter: seconds", "memory"),
]


def _row(
    name: str, format_name: str, ours: Measured, smaller: Measured, theirs: Measured | None
) -> str:
    megabytes = ours.written / 1e6
    cells = [name, format_name, f"{ours.seconds:.1f}", f"{megabytes:.0f}"]
    cells += [f"{megabytes / ours.seconds:.0f}"]
    cells += [f"{ours.memory / 1e6:.0f} MB", f"{smaller.memory / 1e6:.0f} MB"]
    if theirs is None:
        return _line([*cells, "", ""])
    return _line([*cells, f"{theirs.seconds:.1f}", f"{theirs.memory / 1e6:.0f} MB"])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _build(folder: Path, kind: Kind, size: int) -> None:
    """A project with ``size`` completed tasks, and the same as a JSON file of 1.x."""
    from label_studio_lite.core.model import RawTask
    from label_studio_lite.service.creating import NewProject, create_project
    from label_studio_lite.service.project import open_project

    folder.mkdir()
    (folder / "config.xml").write_text(kind.label_config)
    create_project(folder / "project", NewProject(kind.label_config, {}))
    project = open_project(folder / "project")

    def items() -> Iterator[RawTask]:
        for number in range(size):
            made = kind.task(number)
            yield RawTask({"data": made["data"], "completions": [{"result": made["result"]}]})

    project.imports.import_items(items())
    project.close()
    with (folder / "tasks.json").open("w") as stream:
        stream.write("[\n")
        for number in range(size):
            made = kind.task(number)
            done = {"id": number, "completed_by": 1, "created_at": "2024-01-01T00:00:00Z"}
            item = {"id": number, "data": made["data"]}
            item["annotations"] = [{**done, "result": made["result"]}]
            stream.write((",\n" if number else "") + json.dumps(item))
        stream.write("\n]")


def _measured(what: str, *given: object, python: Path | str = sys.executable) -> Measured:
    command = [str(python), "-m", "bench.exports", what, *map(str, given)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return Measured(*json.loads(done.stdout.splitlines()[-1]))


def _theirs(folder: Path, format_name: str) -> Measured | None:
    """What the converter needs, None where it has no such format or cannot be installed."""
    from tests.formats import readers

    if format_name in _NOT_THEIRS:
        return None
    try:
        python = readers.python()
    except readers.Unavailable as reason:
        print(reason, file=sys.stderr)
        return None
    with tempfile.TemporaryDirectory() as out:
        try:
            given = (folder / "tasks.json", folder / "config.xml", out, format_name)
            return _measured("theirs", *given, python=python)
        except subprocess.CalledProcessError:
            print(f"the converter failed on {format_name}", file=sys.stderr)
            return None


def _ours(folder: str, format_name: str) -> Measured:
    from label_studio_lite.service.project import open_project

    project = open_project(Path(folder))
    started = time.process_time()
    done = project.exports.export(format_name)
    seconds = time.process_time() - started
    memory = _memory()
    with zipfile.ZipFile(done.path) as archive:
        written = sum(info.file_size for info in archive.infolist())
    done.path.unlink()
    project.close()
    return Measured(seconds, written, memory)


def _converted(tasks: str, config: str, out: str, format_name: str) -> Measured:
    import logging

    from label_studio_converter import Converter

    logging.disable(logging.CRITICAL)
    started = time.process_time()
    converter = Converter(config, None, download_resources=False)
    converter.convert(tasks, out, format_name, is_dir=False)
    seconds = time.process_time() - started
    return Measured(seconds, 0, _memory())


def _memory() -> int:
    """Bytes, at most so far; what ``getrusage`` tells would count the parent's, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    what, *given = sys.argv[1:]
    print(json.dumps((_ours if what == "ours" else _converted)(*given)))
