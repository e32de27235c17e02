"""The tags of label configs and their attributes: what an editor of configs can offer.

Gathered from the public documentation of Label Studio's tags, and from what the two editors take.
An attribute's ``values`` are suggestions; where it has none any text goes. Attributes that are
not listed here are passed to the editor as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Json

Kind = Literal["object", "control", "label", "layout"]
Attributes = dict[str, tuple[str, ...]]

_ANY: tuple[str, ...] = ()
_YES = ("true", "false")
_DATA = ("$",)


@dataclass(frozen=True, slots=True)
class TagInfo:
    """One tag. ``children`` names what belongs inside; ``modern`` tags need the modern editor."""

    kind: Kind
    about: str
    attributes: Attributes
    children: tuple[str, ...] = ()
    modern: bool = False
    required: tuple[str, ...] = field(default=())


_NAME: Attributes = {"name": _ANY}
_NAMED: Attributes = {**_NAME, "toName": _ANY}
_SHOWN: Attributes = {
    "visibleWhen": (
        "region-selected",
        "no-region-selected",
        "choice-selected",
        "choice-unselected",
    ),
    "whenTagName": _ANY,
    "whenLabelValue": _ANY,
    "whenChoiceValue": _ANY,
}
_ASKED: Attributes = {"required": _YES, "requiredMessage": _ANY, "perRegion": _YES}
_LIST: Attributes = {
    "choice": ("single", "multiple"),
    "maxUsages": _ANY,
    "showInline": _YES,
    "allowEmpty": _YES,
    "value": _DATA,
}
_STROKE: Attributes = {
    "opacity": ("0.2", "0.5", "0.8"),
    "fillColor": _ANY,
    "strokeColor": _ANY,
    "strokeWidth": ("1", "2", "3"),
}
_SHAPE: Attributes = {**_STROKE, "smart": _YES, "smartOnly": _YES}
_BOX: Attributes = {**_SHAPE, "canRotate": _YES, "snap": ("pixel", "none")}
_POLYGON: Attributes = {
    **_SHAPE,
    "pointSize": ("small", "medium", "large"),
    "pointStyle": ("rectangle", "circle"),
    "snap": ("pixel", "none"),
}
_POINT: Attributes = {**_SHAPE, "snap": ("pixel", "none")}
_STYLE: Attributes = {"style": _ANY, "className": _ANY}
_WORDS: Attributes = {
    "granularity": ("symbol", "word", "sentence", "paragraph"),
    "highlightColor": _ANY,
    "selectionEnabled": _YES,
    "showLabels": _YES,
    "encoding": ("string", "base64"),
    "saveTextResult": ("yes", "no"),
}
_SOUND: Attributes = {
    "zoom": _YES,
    "speed": _YES,
    "volume": _YES,
    "hotkey": _ANY,
    "height": _ANY,
    "waveHeight": _ANY,
    "sync": _ANY,
    "cursorwidth": _ANY,
    "cursorcolor": _ANY,
    "defaultspeed": _ANY,
    "defaultscale": _ANY,
    "defaultvolume": _ANY,
    "spectrogram": _YES,
}


def _object(about: str, *more: Attributes, modern: bool = False) -> TagInfo:
    attributes = _merged({**_NAME, "value": _DATA}, *more)
    return TagInfo("object", about, attributes, (), modern, ("name", "value"))


def _control(
    about: str, *more: Attributes, children: tuple[str, ...] = (), modern: bool = False
) -> TagInfo:
    attributes = _merged(_NAMED, *more, _SHOWN)
    return TagInfo("control", about, attributes, children, modern, ("name", "toName"))


def _layout(about: str, *more: Attributes, modern: bool = False) -> TagInfo:
    return TagInfo("layout", about, _merged(*more), (), modern)


def _merged(*parts: Attributes) -> Attributes:
    return {name: values for part in parts for name, values in part.items()}


_LABELS = ("Label",)
_CHOICES = ("Choice",)

TAGS: Mapping[str, TagInfo] = {
    # what is labeled
    "Text": _object("A text.", {"valueType": ("text", "url")}, _WORDS),
    "HyperText": _object("A page of HTML.", {"valueType": ("text", "url"), "clickableLinks": _YES},
                         _WORDS, {"inline": _YES}),
    "Image": _object(
        "An image, or a list of them.",
        {"valueList": _DATA, "width": _ANY, "maxWidth": _ANY, "zoom": _YES, "negativeZoom": _YES,
         "zoomBy": _ANY, "grid": _YES, "gridSize": _ANY, "gridColor": _ANY, "zoomControl": _YES,
         "brightnessControl": _YES, "contrastControl": _YES, "rotateControl": _YES,
         "crosshair": _YES, "smoothing": _YES, "selectionControl": _YES,
         "defaultZoom": ("auto", "original", "fit"), "crossOrigin": ("none", "anonymous"),
         "horizontalAlignment": ("left", "center", "right"),
         "verticalAlignment": ("top", "center", "bottom")},
    ),
    "Audio": _object("A sound.", _SOUND),
    "AudioPlus": _object("A sound whose parts can be marked, in the classic editor.", _SOUND),
    "Video": _object("A video.", {"frameRate": _ANY, "framerate": _ANY, "sync": _ANY,
                                  "muted": _YES, "height": _ANY, "timelineHeight": _ANY},
                     modern=True),
    "TimeSeries": TagInfo(
        "object", "Measurements over time.",
        {**_NAME, "value": _DATA, "valueType": ("url", "json"), "timeColumn": _ANY,
         "timeFormat": _ANY, "timeDisplayFormat": _ANY, "sep": (",", ";", "\\t"),
         "overviewChannels": _ANY, "overviewWidth": _ANY, "fixedScale": _YES},
        ("Channel",), required=("name", "value"),
    ),
    "Channel": TagInfo(
        "label", "One column of a time series.",
        {"column": _ANY, "legend": _ANY, "displayName": _ANY, "units": _ANY, "displayFormat": _ANY,
         "height": _ANY, "strokeColor": _ANY, "strokeWidth": ("1", "2"), "markerSize": _ANY,
         "markerColor": _ANY, "markerSymbol": ("circle", "square", "triangle"), "opacity": _ANY,
         "showAxis": _YES, "fixedScale": _YES, "interpolation": ("linear", "step", "monotone")},
        required=("column",),
    ),
    "Paragraphs": _object("A dialogue.", {"valueType": ("json", "url"), "audioUrl": _DATA,
                                          "layout": ("none", "dialogue"), "nameKey": _ANY,
                                          "textKey": _ANY, "showplayer": _YES,
                                          "contextscroll": _YES}, _WORDS),
    "Table": _object("Names and values in rows."),
    "List": _object("Items, to be put in an order or into buckets.", {"title": _ANY,
                                                                      "elementValue": _ANY}),
    "Pdf": _object("A PDF document.", modern=True),
    "Chat": _object("A chat, turn by turn.", {"messageroles": _ANY, "llm": _ANY,
                                              "editable": _YES}, modern=True),
    # what it is labeled with
    "Labels": _control("Labels for parts of a text, a sound or a dialogue.", _LIST, _ASKED,
                       _STROKE, children=_LABELS),
    "HyperTextLabels": _control("Labels for parts of a page.", _LIST, _ASKED, children=_LABELS),
    "ParagraphLabels": _control("Labels for parts of a dialogue.", _LIST, _ASKED,
                                children=_LABELS),
    "TimeSeriesLabels": _control("Labels for stretches of time.", _LIST, _ASKED, _STROKE,
                                 children=_LABELS),
    "TimelineLabels": _control("Labels for frames of a video.", _LIST, children=_LABELS,
                               modern=True),
    "RectangleLabels": _control("Labelled boxes.", _LIST, _ASKED, _BOX, children=_LABELS),
    "PolygonLabels": _control("Labelled polygons.", _LIST, _ASKED, _POLYGON, children=_LABELS),
    "KeyPointLabels": _control("Labelled points.", _LIST, _ASKED, _POINT, children=_LABELS),
    "BrushLabels": _control("Labelled brush strokes.", _LIST, _ASKED, _SHAPE, children=_LABELS),
    "EllipseLabels": _control("Labelled ellipses.", _LIST, _ASKED, _BOX, children=_LABELS),
    "BitmaskLabels": _control("Labelled masks.", _LIST, _ASKED, _SHAPE, children=_LABELS,
                              modern=True),
    "Rectangle": _control("Boxes.", _BOX),
    "Polygon": _control("Polygons.", _POLYGON),
    "KeyPoint": _control("Points.", _POINT),
    "Brush": _control("Brush strokes.", _SHAPE),
    "Ellipse": _control("Ellipses.", _BOX),
    "MagicWand": _control("Masks of one colour.", _SHAPE, {"blurradius": _ANY,
                                                           "defaultthreshold": _ANY},
                          modern=True),
    "VideoRectangle": _control("Boxes that move with a video.", _STROKE, modern=True),
    "Choices": _control(
        "Answers to choose from.", _ASKED,
        {"choice": ("single", "single-radio", "multiple"), "showInline": _YES, "value": _DATA,
         "layout": ("select", "inline", "vertical"), "allownested": _YES},
        children=_CHOICES,
    ),
    "Taxonomy": _control(
        "Answers in a tree.", _ASKED,
        {"leafsOnly": _YES, "showFullPath": _YES, "pathSeparator": _ANY, "maxUsages": _ANY,
         "placeholder": _ANY, "minWidth": _ANY, "maxWidth": _ANY, "value": _DATA, "apiUrl": _ANY},
        children=_CHOICES,
    ),
    "TextArea": _control(
        "A text to type.", _ASKED,
        {"value": _DATA, "placeholder": _ANY, "label": _ANY, "rows": ("1", "3", "6"),
         "maxSubmissions": ("1", "5"), "editable": _YES, "showSubmitButton": _YES,
         "transcription": _YES, "displayMode": ("tag", "region-list"), "skipDuplicates": _YES},
    ),
    "Rating": _control("Stars.", _ASKED, {"maxRating": ("5", "10"), "defaultValue": _ANY,
                                          "size": ("small", "medium", "large"), "hotkey": _ANY,
                                          "icon": ("star", "heart", "fire", "smile")}),
    "Number": _control("A number.", _ASKED, {"min": _ANY, "max": _ANY, "step": _ANY,
                                             "defaultValue": _ANY, "hotkey": _ANY}, modern=True),
    "DateTime": _control("A date.", _ASKED, {"only": ("date", "time", "month", "year"),
                                             "format": _ANY, "min": _ANY, "max": _ANY},
                         modern=True),
    "Pairwise": _control("Which of two is better.", {"selectionStyle": _ANY,
                                                     "leftClass": _ANY, "rightClass": _ANY}),
    "Ranker": _control("An order of items.", {"value": _DATA, "elementValue": _ANY,
                                              "elementTag": _ANY}, children=("Bucket",)),
    "Relations": TagInfo("control", "Kinds of relations between regions.",
                         {"choice": ("single", "multiple")}, ("Relation",)),
    # parts of controls
    "Label": TagInfo(
        "label", "A label.",
        {"value": _ANY, "alias": _ANY, "background": _ANY, "hotkey": _ANY, "hint": _ANY,
         "selected": _YES, "size": _ANY, "showAlias": _YES, "aliasStyle": _ANY, "html": _ANY,
         "maxUsages": _ANY, "granularity": _WORDS["granularity"]},
        required=("value",),
    ),
    "Choice": TagInfo(
        "label", "An answer.",
        {"value": _ANY, "alias": _ANY, "hotkey": _ANY, "hint": _ANY, "selected": _YES,
         "style": _ANY, "html": _ANY, "background": _ANY},
        _CHOICES, required=("value",),
    ),
    "Relation": TagInfo("label", "A kind of relation.", {"value": _ANY, "background": _ANY},
                        required=("value",)),
    "Bucket": TagInfo("label", "Where ranked items go.", {"name": _ANY, "title": _ANY,
                                                          "default": _YES}, modern=True),
    "Shortcut": TagInfo("label", "A text that one key types.", {"alias": _ANY, "value": _ANY,
                                                                "hotkey": _ANY,
                                                                "background": _ANY}),
    # what is around it
    "View": _layout("A box around other tags.", _STYLE,
                    {"display": ("block", "inline"), "idAttr": _ANY}, _SHOWN),
    "Header": _layout("A heading.", {"value": _ANY, "name": _ANY, "size": ("3", "4", "5"),
                                     "underline": _YES}, _STYLE),
    "Style": _layout("CSS for this config."),
    "Filter": _layout("A field that searches labels.", _NAMED, {"placeholder": _ANY,
                                                               "minlength": _ANY,
                                                               "hotkey": _ANY,
                                                               "casesensetive": _YES}),
    "Collapse": _layout("Panels that fold.", {"accordion": _YES, "bordered": _YES, "open": _YES},
                        modern=True),
    "Panel": _layout("One panel that folds.", {"value": _ANY}, modern=True),
    "Repeater": _layout("Its content once for each item of a list.",
                        {"on": _DATA, "indexFlag": ("{{idx}}",), "mode": ("list", "pagination")},
                        modern=True),
    "Dialog": _object("A dialogue, in old configs."),
    "Markdown": _layout("A text with Markdown.", {"value": _ANY}, _STYLE, modern=True),
}  # fmt: skip


def to_json() -> Json:
    """``{tag: {"kind", "about", "modern", "required", "children", "attributes": {name: [value,
    …]}}}``."""
    return {
        name: {
            "kind": tag.kind,
            "about": tag.about,
            "modern": tag.modern,
            "required": list(tag.required),
            "children": list(tag.children),
            "attributes": {key: list(values) for key, values in sorted(tag.attributes.items())},
        }
        for name, tag in TAGS.items()
    }


def unknown_tags(config: LabelConfig) -> list[tuple[str, int]]:
    """``(tag, line)`` of each tag that no editor knows: it would show nothing at all."""
    found: dict[str, int] = {}
    for tag in config.root.walk():
        if tag.name not in TAGS:
            found.setdefault(tag.name, tag.line)
    return list(found.items())


def incomplete_controls(config: LabelConfig) -> list[tuple[str, list[str], int]]:
    """``(tag, missing attributes, line)`` of controls that name no object or have no name."""
    found = []
    for tag in config.root.walk():
        known = TAGS.get(tag.name)
        if known is not None and known.kind == "control":
            missing = [name for name in known.required if name not in tag.attributes]
            if missing:
                found.append((tag.name, missing, tag.line))
    return found


def nearest(word: str, known: Iterable[str] = TAGS) -> str | None:
    """The known name that a mistyped one means, None when none is near."""
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None
