"""What the tests of formats export: small projects, one for each thing that can go wrong."""

from __future__ import annotations

import io
import struct
import wave
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from label_studio_lite.core import brush
from label_studio_lite.core.model import Json, Task
from label_studio_lite.core.offsets import Units

WIDE: Json = {"original_width": 200, "original_height": 100, "image_rotation": 0}


@dataclass(frozen=True)
class Case:
    """``units`` is what the stored text offsets count; ``files`` are ours, by address."""

    label_config: str
    tasks: Sequence[Task]
    units: Units = "utf16"
    files: dict[str, bytes] = field(default_factory=dict)

    def local(self, folder: Path) -> Callable[[str], Path | None]:
        """The file of an address, as :class:`Media` asks for it."""

        def path(address: str) -> Path | None:
            if address not in self.files:
                return None
            file = folder / f"{zlib.crc32(address.encode()):x}"
            file.write_bytes(self.files[address])
            return file

        return path


def png(width: int, height: int) -> bytes:
    """A black image."""
    rows = b"".join(b"\0" + bytes(width) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def wav(seconds: float) -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(100)
        out.writeframes(bytes(int(seconds * 100)))
    return stream.getvalue()


def task(task_id: int, data: Json, *completions: Json, **work: Any) -> Task:
    fields = {"id": task_id, "data": data}
    return Task(task_id, fields, {**fields, "completions": list(completions), **work})


def completion(number: int, *result: Any, **fields: Any) -> Json:
    """``number`` is its id, and its time."""
    return {"id": number, "created_at": 1_600_000_000 + number, "result": list(result), **fields}


def region(from_name: str, to_name: str, type_: str, value: Json, **fields: Any) -> Json:
    return {
        "from_name": from_name,
        "to_name": to_name,
        "type": type_,
        "value": value,
        **fields,
    }


def box(label: str, x: float | str, y: float, width: float, height: float, **more: Any) -> Json:
    value = {"x": x, "y": y, "width": width, "height": height, "rotation": 0, **more}
    value["rectanglelabels"] = [label]
    return region("box", "img", "rectanglelabels", value, id=f"{label}-{x}-{y}", **WIDE)


def polygon(label: str, *points: tuple[float, float]) -> Json:
    value = {"points": [list(p) for p in points], "polygonlabels": [label]}
    return region("poly", "img", "polygonlabels", value, **WIDE)


def ellipse(label: str, x: float, y: float, rx: float, ry: float, rotation: float = 0) -> Json:
    value = {"x": x, "y": y, "radiusX": rx, "radiusY": ry, "rotation": rotation}
    return region("oval", "img", "ellipselabels", {**value, "ellipselabels": [label]}, **WIDE)


def mask(label: str, pixels: bytes, width: int, height: int, **fields: Any) -> Json:
    value = {"format": "rle", "rle": list(brush.pack(pixels)), "brushlabels": [label]}
    size = {"original_width": width, "original_height": height}
    return region("mask", "img", "brushlabels", value, **size, **fields)


def span(label: str, start: int, end: int, text: str | None = None, **fields: Any) -> Json:
    value: Json = {"start": start, "end": end, "labels": [label]}
    if text is not None:
        value["text"] = text
    return region("ner", "text", "labels", value, id=f"{label}{start}", **fields)


def chosen(*labels: str, name: str = "mood", to_name: str = "text", **fields: Any) -> Json:
    return region(name, to_name, "choices", {"choices": list(labels)}, **fields)


IMAGES = """<View><Image name="img" value="$image"/>
<RectangleLabels name="box" toName="img"><Label value="Cat"/><Label value="Dog"/></RectangleLabels>
{}</View>"""
POLYGONS = """<PolygonLabels name="poly" toName="img"><Label value="Cat"/></PolygonLabels>
<EllipseLabels name="oval" toName="img"><Label value="Egg"/></EllipseLabels>"""
BRUSHES = """<View><Image name="img" value="$image"/>
<BrushLabels name="mask" toName="img"><Label value="Cat"/><Label value="Dög 犬"/></BrushLabels>
</View>"""
TEXTS = """<View><Text name="text" value="$text"/>
<Labels name="ner" toName="text"><Label value="PER"/><Label value="LOC"/><Label value="A B"/>
</Labels><Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/></Choices>
</View>"""
AUDIO = """<View><Audio name="audio" value="$audio"/><TextArea name="said" toName="audio"/>
<Labels name="who" toName="audio"><Label value="Ann"/><Label value="Bob"/></Labels></View>"""

UPLOADED = "/data/upload/0123456789abcdef0123456789abcdef-a b ü.png"
_L_SHAPE = bytes(255 * (x < 2 or y > 3) for y in range(6) for x in range(8))
_SOFT = bytes(range(0, 240, 5))

CASES: dict[str, Case] = {
    "boxes": Case(
        IMAGES.format(""),
        [
            task(0, {"image": UPLOADED}, completion(1, box("Cat", 10, 20, 30, 40))),
            task(1, {"image": "http://example.com/dir/b.png?x=1"}, completion(1001)),
            task(
                2,
                {"image": "http://example.com/other/b.png"},
                completion(
                    2001,
                    box("Cat", 50, 30, 20, 40, rotation=30),
                    box("Dog", 50, 30, 20, 40, rotation=90),
                    box("Dog", 90, -10, 30, 40),
                    box("Dog", 110, 10, 5, 5),
                    box("Cat", 10, 10, 0, 5),
                ),
            ),
        ],
        files={UPLOADED: png(200, 100)},
    ),
    "polygons": Case(
        IMAGES.format(POLYGONS),
        [
            task(
                3,
                {"image": "p.jpg"},
                completion(
                    3001,
                    polygon("Cat", (10, 10), (50, 10), (30, 60.5)),
                    polygon("Cat", (80, 50), (120, 50), (120, 90), (80, 90)),
                    polygon("Cat", (1, 1), (2, 2)),
                    ellipse("Egg", 50, 50, 10, 20, rotation=45),
                    box("Dog", 10, 10, 20, 20, rotation=45),
                ),
            )
        ],
    ),
    "masks": Case(
        BRUSHES,
        [
            task(
                4,
                {"image": "m.png"},
                completion(4001, mask("Cat", _L_SHAPE, 8, 6)),
                completion(4002, mask("Dög 犬", _SOFT, 8, 6), mask("Cat", bytes(48), 8, 6)),
                completion(4003, was_cancelled=True),
            ),
            task(
                5,
                {"image": "damaged.png"},
                completion(
                    5001,
                    region(
                        "mask",
                        "img",
                        "brushlabels",
                        {"rle": [1, 2, 3], "brushlabels": ["Cat"]},
                        **WIDE,
                    ),
                ),
            ),
        ],
    ),
    "texts": Case(
        TEXTS,
        [
            task(
                0,
                {"text": "John Smith works  at\nAcme-Corp in Paris."},
                completion(
                    1,
                    span("LOC", 34, 39, "Paris"),
                    span("PER", 0, 10, "John Smith"),
                    span("LOC", 5, 16),
                    span("A B", 21, 25, "Acme"),
                    chosen("good"),
                ),
            ),
            task(
                1,
                {"text": "👍 Berlin 北京市 한국"},
                completion(1001, span("LOC", 3, 9, "Berlin"), span("LOC", 10, 12, "北京")),
            ),
            task(2, {"text": "Nothing"}, completion(2001)),
            task(
                3,
                {"text": "odd"},
                completion(3001, span("PER", 2, 2), span("PER", 1, 99), {"type": "relation"}),
            ),
            task(4, {"text": "skipped"}, completion(4001, was_cancelled=True)),
            task(5, {"image": "no text"}, completion(5001)),
        ],
    ),
    "code points": Case(
        TEXTS,
        [
            task(
                0,
                {"text": "👍👍 Berlin, 🇩🇪 e\u0301t\u0301e"},
                completion(1, span("LOC", 3, 9, "Berlin"), span("PER", 14, 19)),
                completion(2, span("LOC", 5, 11, "Berlin")),
            )
        ],
        units="codepoints",
    ),
    "several completions": Case(
        TEXTS,
        [
            task(
                7,
                {"text": "Ann met Bob", "more": {"k": [1, None]}, "ключ": "значение"},
                completion(7001, span("PER", 0, 3), honeypot=True, created_username="ann"),
                completion(7003, span("PER", 8, 11), chosen("bad", "good"), lead_time=1.5),
                completion(7002, chosen("good"), completed_by={"id": 2}, extra={"kept": True}),
                completion(7004, was_cancelled=True),
                predictions=[{"result": [chosen("good")], "score": 0.5}],
                unknown="kept",
            ),
            task(8, {"text": "emptied"}),
        ],
    ),
    "attributes": Case(
        IMAGES.format(
            """<Choices name="mood" toName="img" perRegion="true"><Choice value="good"/></Choices>
            <TextArea name="note" toName="img" perRegion="true"/>
            <KeyPointLabels name="tip" toName="img"><Label value="Nose"/></KeyPointLabels>
            <Labels name="any" toName="img"><Label value="Thing"/></Labels>
            <Rectangle name="shape" toName="img"/>"""
        ),
        [
            task(
                1,
                {"image": "a.jpg"},
                completion(
                    1001,
                    {**box("Cat", 10, 10, 20, 20), "id": "one"},
                    chosen("good", to_name="img", id="one", **WIDE),
                    region("note", "img", "textarea", {"text": ["fine"]}, id="one", **WIDE),
                    chosen("good", to_name="img", id="whole"),
                    region(
                        "tip",
                        "img",
                        "keypointlabels",
                        {"x": 50, "y": 50, "width": 1, "keypointlabels": ["Nose"]},
                        **WIDE,
                    ),
                    region(
                        "shape",
                        "img",
                        "rectangle",
                        {"x": 1, "y": 1, "width": 5, "height": 5, "rotation": 0},
                        id="two",
                        **WIDE,
                    ),
                    region(
                        "any",
                        "img",
                        "labels",
                        {"x": 1, "y": 1, "width": 5, "height": 5, "labels": ["Thing"]},
                        id="two",
                        **WIDE,
                    ),
                    region("shape", "img", "rectangle", {"x": 1, "y": 1}, id="three", **WIDE),
                ),
            )
        ],
    ),
    "recordings": Case(
        AUDIO,
        [
            task(
                0,
                {"audio": "/data/upload/0123456789abcdef0123456789abcdef-a.wav"},
                completion(
                    1,
                    region("said", "audio", "textarea", {"text": ["hello", "world"]}),
                    created_username="ann",
                ),
            ),
            task(
                1,
                {"audio": "http://example.com/b.wav"},
                completion(
                    1001,
                    region(
                        "who",
                        "audio",
                        "labels",
                        {"start": 0.5, "end": 1.25, "labels": ["Ann"]},
                        id="p",
                        original_length=10.0,
                    ),
                    region(
                        "said",
                        "audio",
                        "textarea",
                        {"start": 0.5, "end": 1.25, "text": ["hé"]},
                        id="p",
                    ),
                    region(
                        "who", "audio", "labels", {"start": 2, "end": 3, "labels": ["Bob"]}, id="q"
                    ),
                ),
            ),
        ],
        files={"/data/upload/0123456789abcdef0123456789abcdef-a.wav": wav(1.5)},
    ),
    "every control": Case(
        """<View><Text name="text" value="$text"/><Image name="img" value="$image"/>
        <Audio name="audio" value="$audio"/><Video name="video" value="$video"/>
        <HyperText name="html" value="$html"/><Paragraphs name="talk" value="$talk"/>
        <TimeSeries name="ts" value="$ts"/>
        <Choices name="mood" toName="text"><Choice value="good"/></Choices>
        <Taxonomy name="tree" toName="text">
        <Choice value="a"><Choice value="b"/></Choice></Taxonomy>
        <Rating name="stars" toName="text"/><Number name="n" toName="text"/>
        <DateTime name="when" toName="text"/><TextArea name="note" toName="text"/>
        <Pairwise name="pair" toName="text,img"/><Ranker name="rank" toName="text"/>
        <Labels name="ner" toName="text"><Label value="PER"/></Labels>
        <HyperTextLabels name="hyper" toName="html"><Label value="B"/></HyperTextLabels>
        <ParagraphLabels name="para" toName="talk"><Label value="P"/></ParagraphLabels>
        <TimeSeriesLabels name="times" toName="ts"><Label value="T"/></TimeSeriesLabels>
        <VideoRectangle name="track" toName="video"/>
        <RectangleLabels name="box" toName="img"><Label value="Cat"/></RectangleLabels></View>""",
        [
            task(
                0,
                {
                    "text": "Ann",
                    "image": "i.png",
                    "audio": "a.wav",
                    "video": "v.mp4",
                    "html": "<b>x</b>",
                    "talk": [{"author": "A", "text": "hi"}],
                    "ts": "t.csv",
                },
                completion(
                    1,
                    chosen("good"),
                    region("tree", "text", "taxonomy", {"taxonomy": [["a", "b"]]}),
                    region("stars", "text", "rating", {"rating": 4}),
                    region("n", "text", "number", {"number": 1.5}),
                    region("when", "text", "datetime", {"datetime": "2024-01-02"}),
                    region("note", "text", "textarea", {"text": ["one", "two"]}),
                    region("pair", "text", "pairwise", {"selected": "left"}),
                    region("rank", "text", "ranker", {"ranker": {"r": ["x"]}}),
                    span("PER", 0, 3),
                    region(
                        "hyper",
                        "html",
                        "hypertextlabels",
                        {
                            "start": "/b[1]/text()[1]",
                            "end": "/b[1]/text()[1]",
                            "startOffset": 0,
                            "endOffset": 1,
                            "htmllabels": ["B"],
                        },
                    ),
                    region(
                        "para",
                        "talk",
                        "paragraphlabels",
                        {
                            "start": "0",
                            "end": "0",
                            "startOffset": 0,
                            "endOffset": 2,
                            "paragraphlabels": ["P"],
                        },
                    ),
                    region(
                        "times",
                        "ts",
                        "timeserieslabels",
                        {"start": 1, "end": 2, "timeserieslabels": ["T"]},
                    ),
                    region(
                        "track",
                        "video",
                        "videorectangle",
                        {"sequence": [{"frame": 1, "x": 1, "y": 2, "width": 3, "height": 4}]},
                    ),
                    box("Cat", 10, 20, 30, 40),
                ),
            )
        ],
    ),
    "odd": Case(
        IMAGES.format(POLYGONS),
        [
            task(0, {"image": "a.png"}, {"id": 1, "created_at": 5, "result": None}),
            task(
                1,
                {"image": "a.png"},
                completion(
                    1001,
                    "no object",
                    {},
                    {"type": "rectanglelabels", "from_name": "box", "to_name": "img"},
                    box("Cat", "a", 10, 10, 10),
                    region(
                        "box",
                        "img",
                        "rectanglelabels",
                        {"x": 1, "y": 1, **dict.fromkeys(("width", "height"), 5)},
                        **WIDE,
                    ),
                    region("box", "elsewhere", "rectanglelabels", {"rectanglelabels": ["Cat"]}),
                    region("poly", "img", "polygonlabels", {"points": "x"}),
                    box("New label", 5, 5, 5, 5),
                ),
            ),
            task(2, {"image": None}, completion(2001, box("Cat", 1, 1, 5, 5))),
            task(
                3,
                {"image": ["x.png", "y.png"]},
                completion(
                    3001,
                    {**box("Cat", 1, 1, 5, 5), "item_index": 1},
                    {**box("Cat", 1, 1, 5, 5), "item_index": 7},
                ),
            ),
            Task(4, {"id": 4, "data": {"image": "open.png"}}),
            Task(5, {"id": 5}, {"completions": "x"}),
        ],
    ),
}
