"""A small picture of a label config: what it shows and what it asks, drawn from the config itself.

SVG as text, :data:`WIDTH` × :data:`HEIGHT` units. Colours are taken from custom properties of the
page that shows it (``--pic-line``, ``--pic-1``…), with fallbacks for one that has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from label_studio_lite.core import picture_controls as controls
from label_studio_lite.core import picture_parts as parts
from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.picture_parts import Area, Mark
from label_studio_lite.core.tags import Tag

WIDTH, HEIGHT = 240, 150
_MARGIN, _GAP = 12.0, 6.0
_MOST_BLOCKS = 6
_MOST_WORDS = 6
_SIDE_BY_SIDE = ("flex", "grid", "inline-block", "float", "columns")


@dataclass(frozen=True, slots=True)
class Block:
    """One thing in the picture: how high it is at least, how much it grows, how it is drawn."""

    least: float
    grow: float
    draw: Callable[[Area], str]


def symbol(config: LabelConfig, name: str) -> str:
    """The picture as ``<symbol id="name">``, to be shown with ``<use>``."""
    return f'<symbol id="{name}" viewBox="0 0 {WIDTH} {HEIGHT}">{drawing(config)}</symbol>'


def sprite(symbols: Mapping[str, LabelConfig]) -> str:
    """One SVG document with a symbol for each config, by its name."""
    drawn = "".join(symbol(config, name) for name, config in symbols.items())
    return f'<svg xmlns="http://www.w3.org/2000/svg">{drawn}</svg>'


def standalone(config: LabelConfig) -> str:
    """The picture as a document of its own."""
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{drawing(config)}</svg>'


def drawing(config: LabelConfig) -> str:
    """The elements of the picture. A config that shows nothing gives an empty frame."""
    blocks = _blocks(config)
    inside = Area(_MARGIN, _MARGIN, WIDTH - 2 * _MARGIN, HEIGHT - 2 * _MARGIN)
    if not blocks:
        return parts.nothing(inside)
    shown = [block for block, _ in blocks]
    is_object = [is_shown for _, is_shown in blocks]
    objects = [b for b, is_shown in blocks if is_shown]
    asked = [b for b, is_shown in blocks if not is_shown]
    beside = _is_side_by_side(config.root) and objects and asked and is_object[0]
    if (
        len(objects) > 1
        and len(objects) <= 3
        and (_is_side_by_side(config.root) or _pairs(config))
    ):
        row = Block(max(b.least for b in objects), 1.0, lambda area: _row(objects, area))
        return _stack([row, *asked][:_MOST_BLOCKS], inside)
    if beside and len(asked) <= 4:
        left, right = inside.columns(2, _GAP * 2, (3, 2))
        return _stack(objects, left) + _stack(asked, right)
    return _stack(shown[:_MOST_BLOCKS], inside)


def _blocks(config: LabelConfig) -> list[tuple[Block, bool]]:
    """The blocks in document order, each with whether it is something that is shown."""
    found: list[tuple[Block, bool]] = []
    marks = _marks(config)
    for tag in config.root.walk():
        name = tag.attributes.get("name", "")
        if tag.name == "Header" and len(config.objects) < 3:
            found.append((Block(7, 0, controls.heading), False))
        elif name in config.objects and tag.name in _OBJECTS:
            least, draw = _OBJECTS[tag.name]
            drawn = marks.get(name, [])
            found.append((Block(least, 1, _with_marks(draw, drawn)), True))
        elif tag.name in _CONTROLS:
            least, grow, build = _CONTROLS[tag.name]
            found.append((Block(least, grow, build(tag)), False))
        elif tag.name.endswith("Labels"):
            found.append((Block(13, 0, _chips(tag)), False))
    return _thinned(found)


def _with_marks(draw: Callable[[Area, list[Mark]], str], marks: list[Mark]) -> Callable[..., str]:
    return lambda area: draw(area, marks)


def _thinned(found: list[tuple[Block, bool]]) -> list[tuple[Block, bool]]:
    """As many as the picture has room for: the shown ones first, then what is asked."""
    room = HEIGHT - 2 * _MARGIN
    wanted = sorted(range(len(found)), key=lambda at: not found[at][1])
    kept: set[int] = set()
    for at in wanted:
        need = found[at][0].least + _GAP
        if need <= room:
            kept.add(at)
            room -= need
    return [found[at] for at in sorted(kept)]


def _marks(config: LabelConfig) -> dict[str, list[Mark]]:
    """Object name → what is drawn on it, from the controls that mark parts of it."""
    found: dict[str, list[Mark]] = {}
    for control in config.controls.values():
        kind = _SHAPES.get(control.tag)
        if kind is None or not control.to_names:
            continue
        colours = [
            parts.colour(attributes.get("background"), at)
            for at, attributes in enumerate(control.labels.values())
        ]
        for colour in (colours or [parts.colour(None, len(found))])[:2]:
            found.setdefault(control.to_names[0], []).append(Mark(kind, colour))
    return found


def _stack(blocks: list[Block], area: Area) -> str:
    """One below the other; what is left of the height goes to those that grow."""
    spare = area.height - sum(block.least for block in blocks) - _GAP * (len(blocks) - 1)
    growing = sum(block.grow for block in blocks)
    drawn, top = [], area.top
    if not growing:
        top += max(spare, 0) / 2
    for block in blocks:
        height = block.least + (max(spare, 0) * block.grow / growing if growing else 0)
        drawn.append(block.draw(Area(area.left, top, area.width, height)))
        top += height + _GAP
    return "".join(drawn)


def _row(blocks: list[Block], area: Area) -> str:
    columns = area.columns(len(blocks), _GAP)
    return "".join(b.draw(column) for b, column in zip(blocks, columns, strict=True))


def _is_side_by_side(root: Tag) -> bool:
    styles = " ".join(tag.attributes.get("style", "") for tag in root.walk() if tag.name == "View")
    return any(word in styles for word in _SIDE_BY_SIDE)


def _pairs(config: LabelConfig) -> bool:
    return any(control.tag == "Pairwise" for control in config.controls.values())


# -- controls ---------------------------------------------------------------------------------


def _words(tag: Tag, item: str) -> list[tuple[str, str | None]]:
    """``(text, colour)`` of the labels directly or deeper inside a control."""
    return [
        (child.attributes.get("value", ""), child.attributes.get("background"))
        for child in tag.walk()
        if child.name == item and not child.attributes.get("value", "").startswith("$")
    ][:_MOST_WORDS] or [("…", None)]


def _chips(tag: Tag) -> Callable[[Area], str]:
    return lambda area: controls.chips(area, _words(tag, "Label"))


def _choices(tag: Tag) -> Callable[[Area], str]:
    words = [text for text, _ in _words(tag, "Choice")]
    many = tag.attributes.get("choice") == "multiple"
    return lambda area: controls.choices(area, words, many)


def _taxonomy(tag: Tag) -> Callable[[Area], str]:
    return lambda area: controls.tree(area, [text for text, _ in _words(tag, "Choice")])


def _rating(tag: Tag) -> Callable[[Area], str]:
    most = tag.attributes.get("maxRating", "5")
    return lambda area: controls.stars(area, min(int(most), 8) if most.isdecimal() else 5)


def _plain(draw: Callable[[Area], str]) -> Callable[[Tag], Callable[[Area], str]]:
    return lambda _tag: draw


# tag → least height, how much it grows, what draws it
_CONTROLS: Mapping[str, tuple[float, float, Callable[[Tag], Callable[[Area], str]]]] = {
    "Choices": (14, 0.25, _choices),
    "Taxonomy": (30, 0.5, _taxonomy),
    "TextArea": (17, 0.1, _plain(controls.text_box)),
    "Rating": (13, 0, _rating),
    "Number": (15, 0, _plain(controls.number_box)),
    "DateTime": (15, 0, _plain(controls.date_box)),
    "Ranker": (14, 0, _plain(controls.order)),
    "Bucket": (22, 0.3, _plain(controls.bucket)),
    "Filter": (13, 0, _plain(controls.search_box)),
}

# tag → least height, what draws it
_OBJECTS: Mapping[str, tuple[float, Callable[[Area, list[Mark]], str]]] = {
    "Text": (22, parts.text),
    "HyperText": (30, parts.web_page),
    "Image": (40, parts.image),
    "Audio": (26, parts.sound),
    "AudioPlus": (26, parts.sound),
    "Video": (40, parts.video),
    "TimeSeries": (34, parts.series),
    "Paragraphs": (34, parts.dialogue),
    "Chat": (34, parts.dialogue),
    "Table": (30, parts.table),
    "List": (34, parts.cards),
    "Pdf": (34, parts.web_page),
}

_SHAPES: Mapping[str, str] = {
    "Rectangle": "box",
    "RectangleLabels": "box",
    "VideoRectangle": "box",
    "Polygon": "polygon",
    "PolygonLabels": "polygon",
    "KeyPoint": "point",
    "KeyPointLabels": "point",
    "Ellipse": "ellipse",
    "EllipseLabels": "ellipse",
    "Brush": "brush",
    "BrushLabels": "brush",
    "MagicWand": "brush",
    "BitmaskLabels": "brush",
    "Labels": "span",
    "HyperTextLabels": "span",
    "ParagraphLabels": "span",
    "TimeSeriesLabels": "span",
    "TimelineLabels": "span",
    "Pairwise": "chosen",
}
