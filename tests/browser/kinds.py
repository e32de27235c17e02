"""One project for each kind of work that a label config can ask for, and for each editor."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.browser.configs import BOXES, ENTITIES, IMAGE

SAMPLES = "static/samples"


class Kind(NamedTuple):
    """``editors`` are the builds in which it is tried."""

    config: str
    data: dict[str, Any]
    editors: tuple[str, ...] = ("classic", "modern")


def image(tag: str) -> Kind:
    labels = '<Label value="Cat"/><Label value="Dog"/>'
    config = f'<View>{IMAGE}<{tag} name="shape" toName="img">{labels}</{tag}></View>'
    return Kind(config, {"image": f"{SAMPLES}/sample.jpg"})


_SERIES = {"time": list(range(100)), "speed": [n % 10 for n in range(100)]}
_TURNS = [{"author": "Anna", "text": "Is it free?"}, {"author": "Ben", "text": "It is."}]
_ITEMS = [{"id": name, "title": name.upper(), "body": f"Answer {name}"} for name in "abc"]

KINDS = {
    "text": Kind(ENTITIES, {"text": "Anna Adams went to Rome."}),
    "boxes": Kind(BOXES, {"image": f"{SAMPLES}/sample.jpg"}),
    "polygons": image("PolygonLabels"),
    "keypoints": image("KeyPointLabels"),
    "ellipses": image("EllipseLabels"),
    "brush": image("BrushLabels"),
    "audio": Kind(
        '<View><Labels name="part" toName="audio"><Label value="Speech"/></Labels>'
        '<AudioPlus name="audio" value="$audio"/></View>',
        {"audio": f"{SAMPLES}/sample.wav"},
    ),
    "video": Kind(
        '<View><Labels name="what" toName="video"><Label value="Car"/></Labels>'
        '<Video name="video" value="$video" framerate="25"/>'
        '<VideoRectangle name="box" toName="video"/></View>',
        {"video": f"{SAMPLES}/sample.mp4"},
        ("modern",),
    ),
    "series": Kind(
        '<View><TimeSeriesLabels name="run" toName="ts"><Label value="Run"/></TimeSeriesLabels>'
        '<TimeSeries name="ts" value="$ts" valueType="json" timeColumn="time">'
        '<Channel column="speed"/></TimeSeries></View>',
        {"ts": _SERIES},
    ),
    "paragraphs": Kind(
        '<View><ParagraphLabels name="said" toName="turns"><Label value="Question"/>'
        '</ParagraphLabels><Paragraphs name="turns" value="$turns" layout="dialogue" '
        'nameKey="author" textKey="text"/></View>',
        {"turns": _TURNS},
    ),
    "html": Kind(
        '<View><HyperTextLabels name="marks" toName="page"><Label value="Place"/>'
        '</HyperTextLabels><HyperText name="page" value="$page"/></View>',
        {"page": "<p>From <b>Rome</b> to Lisbon</p>"},
    ),
    "taxonomy": Kind(
        '<View><Text name="text" value="$text"/><Taxonomy name="tree" toName="text">'
        '<Choice value="Animal"><Choice value="Cat"/></Choice><Choice value="Plant"/></Taxonomy>'
        "</View>",
        {"text": "A cat."},
    ),
    "pairwise": Kind(
        '<View><Pairwise name="better" toName="one,two"/><Text name="one" value="$one"/>'
        '<Text name="two" value="$two"/></View>',
        {"one": "The first", "two": "The second"},
    ),
    "ranker": Kind(
        '<View><List name="answers" value="$answers" title="Best first"/>'
        '<Ranker name="rank" toName="answers"/></View>',
        {"answers": _ITEMS},
        ("modern",),
    ),
    "table": Kind(
        '<View><Table name="row" value="$row"/><Choices name="ok" toName="row">'
        '<Choice value="Complete"/></Choices></View>',
        {"row": {"name": "Keller", "order": 1207}},
    ),
    "rating": Kind(
        '<View><Text name="text" value="$text"/><Rating name="stars" toName="text"/></View>',
        {"text": "Fine."},
    ),
    "answer": Kind(
        '<View><Text name="text" value="$text"/><TextArea name="reply" toName="text"/></View>',
        {"text": "How are you?"},
    ),
    "number": Kind(
        '<View><Text name="text" value="$text"/><Number name="sum" toName="text"/></View>',
        {"text": "12 and 3"},
        ("modern",),
    ),
}
