"""What the pictures of label configs show of the data: one function for each thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

INK, LINE, PAPER, SOFT = (
    "var(--pic-ink,#626b77)",
    "var(--pic-line,#c4cad1)",
    "var(--pic-paper,#fff)",
    "var(--pic-soft,#eceef0)",
)
_ACCENTS = ("#2f6fde", "#c8452f", "#2c8a57", "#a15fc4", "#b9770e", "#1b8a99")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]{3,24}")


class Area(NamedTuple):
    """A rectangle of the picture."""

    left: float
    top: float
    width: float
    height: float

    def columns(self, count: int, gap: float, shares: Sequence[float] = ()) -> list[Area]:
        """``count`` columns side by side, equal or by ``shares``."""
        weights = list(shares) or [1.0] * count
        room = self.width - gap * (count - 1)
        areas, left = [], self.left
        for weight in weights:
            width = room * weight / sum(weights)
            areas.append(Area(left, self.top, width, self.height))
            left += width + gap
        return areas

    def x(self, share: float) -> float:
        return self.left + self.width * share

    def y(self, share: float) -> float:
        return self.top + self.height * share


class Mark(NamedTuple):
    """Something marked on an object: box, polygon, point, ellipse, brush, span, chosen."""

    kind: str
    colour: str


def colour(given: str | None, at: int) -> str:
    """A label's own colour if it is a plain one, else one of the page's."""
    if given and _COLOUR.fullmatch(given):
        return given
    number = at % len(_ACCENTS)
    return f"var(--pic-{number + 1},{_ACCENTS[number]})"


def n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def rect(area: Area, radius: float = 2, **style: object) -> str:
    """A rectangle; ``style`` are attributes, with ``_`` for ``-``."""
    place = f'x="{n(area.left)}" y="{n(area.top)}"'
    size = f'width="{n(max(area.width, 0))}" height="{n(max(area.height, 0))}"'
    return f'<rect {place} {size} rx="{n(radius)}"{_style(style)}/>'


def path(data: str, **style: object) -> str:
    return f'<path d="{data}"{_style({"fill": "none", **style})}/>'


def circle(x: float, y: float, r: float, **style: object) -> str:
    return f'<circle cx="{n(x)}" cy="{n(y)}" r="{n(r)}"{_style(style)}/>'


def words(x: float, y: float, text: str, size: float = 8, **style: object) -> str:
    font = f'font-size="{n(size)}" font-family="system-ui,sans-serif"'
    place = f'x="{n(x)}" y="{n(y)}"'
    return f"<text {place} {font}{_style({'fill': INK, **style})}>{escape(text)}</text>"


def _style(style: dict[str, object]) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())


_LINES = (0.94, 0.82, 1.0, 0.7, 0.9, 0.97, 0.6)
_MOST_LINES = 7
_SPANS = ((0, 0.12, 0.3), (1, 0.42, 0.24), (2, 0.6, 0.22), (3, 0.08, 0.26))  # line, start, width


def nothing(area: Area) -> str:
    """An empty frame."""
    frame = rect(area, 6, fill="none", stroke=LINE, stroke_dasharray="5 4")
    return frame + words(area.x(0.5) - 20, area.y(0.5) + 3, "empty yet", 9)


def text(area: Area, marks: list[Mark]) -> str:
    """Lines of text, with marked words."""
    step = 9.0
    count = min(max(int((area.height + 3) // step), 2), _MOST_LINES)
    spans = [m for m in marks if m.kind == "span"]
    drawn = []
    for at, mark in enumerate(spans):
        line, start, width = _SPANS[at % len(_SPANS)]
        if line < count:
            y = area.top + line * step
            box = Area(area.x(start), y - 2, area.width * width, 9)
            drawn.append(rect(box, 2, fill=mark.colour, fill_opacity=0.3))
            word = Area(box.left + 2, y, box.width - 4, 5)
            drawn.append(rect(word, 2.5, fill=mark.colour, fill_opacity=0.75))
    lines = []
    for line in range(count):
        width = area.width * _LINES[line % len(_LINES)]
        if line == count - 1:
            width *= 0.7
        bar = Area(area.left, area.top + line * step, width, 5)
        lines.append(rect(bar, 2.5, fill=LINE))
    drawn[:0] = lines
    chosen = [m for m in marks if m.kind == "chosen"]
    frame = Area(area.left - 4, area.top - 5, area.width + 8, area.height + 8)
    if chosen:
        drawn.append(rect(frame, 4, fill="none", stroke=chosen[0].colour, stroke_width=1.5))
    return "".join(drawn)


def web_page(area: Area, marks: list[Mark]) -> str:
    """A window with a page in it."""
    bar = Area(area.left, area.top, area.width, 8)
    dots = "".join(circle(area.left + 6 + 6 * i, area.top + 4, 1.4, fill=LINE) for i in range(3))
    inside = Area(area.left + 8, area.top + 14, area.width - 16, area.height - 20)
    frame = rect(area, 3, fill=PAPER, stroke=LINE) + rect(bar, 3, fill=SOFT)
    return frame + dots + text(inside, marks)


def image(area: Area, marks: list[Mark]) -> str:
    """A landscape, with what is marked in it."""
    frame = rect(area, 4, fill=SOFT)
    sun = circle(area.x(0.8), area.y(0.26), min(area.height, area.width) * 0.09, fill=LINE)
    far = f"M{n(area.left)} {n(area.y(0.86))}L{n(area.x(0.3))} {n(area.y(0.38))}"
    far += f"L{n(area.x(0.52))} {n(area.y(0.7))}L{n(area.x(0.7))} {n(area.y(0.48))}"
    far += f"L{n(area.x(1))} {n(area.y(0.86))}V{n(area.y(1))}H{n(area.left)}Z"
    hills = path(far, fill=LINE, fill_opacity=0.75)
    return frame + sun + hills + "".join(_shape(area, m, at) for at, m in enumerate(marks[:4]))


_PLACES = ((0.1, 0.22, 0.3, 0.6), (0.55, 0.34, 0.36, 0.5), (0.4, 0.1, 0.2, 0.3),
           (0.7, 0.1, 0.2, 0.3))  # fmt: skip


def _shape(area: Area, mark: Mark, at: int) -> str:
    left, top, width, height = _PLACES[at % len(_PLACES)]
    box = Area(area.x(left), area.y(top), area.width * width, area.height * height)
    pen: dict[str, object] = {"stroke": mark.colour, "stroke_width": 2}
    soft: dict[str, object] = {**pen, "fill": mark.colour, "fill_opacity": 0.25}
    if mark.kind == "polygon":
        corners = ((0.1, 0.9), (0, 0.4), (0.4, 0), (0.9, 0.2), (1, 0.8), (0.5, 1))
        points = " ".join(f"{n(box.x(x))},{n(box.y(y))}" for x, y in corners)
        return f'<polygon points="{points}"{_style(soft)}/>'
    if mark.kind == "point":
        places = ((0.2, 0.3), (0.5, 0.7), (0.8, 0.2))
        pen = {"fill": mark.colour, "stroke": PAPER, "stroke_width": 1}
        return "".join(circle(box.x(x), box.y(y), 3.5, **pen) for x, y in places)
    if mark.kind == "ellipse":
        centre = f'cx="{n(box.x(0.5))}" cy="{n(box.y(0.5))}"'
        radii = f'rx="{n(box.width / 2)}" ry="{n(box.height / 2)}"'
        return f"<ellipse {centre} {radii}{_style(soft)}/>"
    if mark.kind == "brush":
        stroke = f"M{n(box.x(0.1))} {n(box.y(0.7))}C{n(box.x(0.3))} {n(box.y(0))} "
        stroke += f"{n(box.x(0.6))} {n(box.y(1.1))} {n(box.x(0.95))} {n(box.y(0.3))}"
        brush = {"stroke": mark.colour, "stroke_width": 12, "stroke_linecap": "round"}
        return path(stroke, stroke_opacity=0.6, **brush)
    if mark.kind == "chosen":
        return rect(area, 4, fill="none", **pen)
    return rect(box, 1.5, **soft)


def sound(area: Area, marks: list[Mark]) -> str:
    """A wave, with marked stretches."""
    heights = (0.2, 0.5, 0.35, 0.8, 0.6, 0.95, 0.4, 0.7, 0.3, 0.15, 0.55, 0.85, 0.5, 0.25)
    count = int(area.width // 5)
    drawn = [_stretches(area, marks)]
    for at in range(count):
        height = area.height * heights[at % len(heights)] * (0.55 + 0.45 * ((at * 7) % 5) / 4)
        x = area.left + at * area.width / count
        drawn.append(rect(Area(x, area.y(0.5) - height / 2, 2.4, height), 1.2, fill=INK))
    return "".join(drawn)


def _stretches(area: Area, marks: list[Mark]) -> str:
    places = ((0.08, 0.28), (0.52, 0.3), (0.86, 0.1))
    spans = [m for m in marks if m.kind == "span"]
    return "".join(
        rect(
            Area(area.x(start), area.top, area.width * width, area.height),
            2, fill=mark.colour, fill_opacity=0.3, stroke=mark.colour,
        )
        for mark, (start, width) in zip(spans, places, strict=False)
    )  # fmt: skip


def video(area: Area, marks: list[Mark]) -> str:
    """A picture with a button to play it, and a timeline."""
    spans = [m for m in marks if m.kind == "span"]
    strip = 14.0
    frame = Area(area.left, area.top, area.width, area.height - strip)
    shapes = [m for m in marks if m.kind != "span"]
    x, y = frame.x(0.5), frame.y(0.5)
    play = circle(x, y, 11, fill=PAPER, fill_opacity=0.9)
    play += path(f"M{n(x - 3.5)} {n(y - 5)}L{n(x + 5.5)} {n(y)}L{n(x - 3.5)} {n(y + 5)}Z",
                 fill=INK)  # fmt: skip
    line = Area(area.left, frame.top + frame.height + 4, area.width, strip - 4)
    timeline = rect(line, 2, fill=SOFT) + _stretches(line, spans)
    knob = rect(Area(line.x(0.36), line.top - 1, 2.5, line.height + 2), 1, fill=INK)
    return image(frame, shapes) + play + timeline + knob


def series(area: Area, marks: list[Mark]) -> str:
    """Two lines over time, with marked stretches."""
    drawn = [rect(area, 3, fill=SOFT), _stretches(area, marks)]
    shapes = (
        (0.4, 0.3, 0.45, 0.2, 0.35, 0.15, 0.4, 0.25, 0.5, 0.3, 0.42),
        (0.75, 0.7, 0.82, 0.6, 0.66, 0.85, 0.7, 0.9, 0.72, 0.8, 0.7),
    )
    for at, heights in enumerate(shapes):
        steps = [
            f"{n(area.x(i / (len(heights) - 1)))} {n(area.y(h))}" for i, h in enumerate(heights)
        ]
        pen = INK if at == 0 else colour(None, 0)
        drawn.append(path("M" + "L".join(steps), stroke=pen, stroke_width=1.5))
    return "".join(drawn)


def dialogue(area: Area, marks: list[Mark]) -> str:
    """What two people say, in turns."""
    spans = [m for m in marks if m.kind == "span"]
    count = max(int(area.height // 17), 2)
    height = area.height / count - 4
    drawn = []
    for at in range(count):
        width = area.width * (0.66, 0.54, 0.72, 0.48)[at % 4]
        left = area.left if at % 2 == 0 else area.left + area.width - width
        bubble = Area(left, area.top + at * area.height / count, width, height)
        drawn.append(rect(bubble, 5, fill=SOFT if at % 2 == 0 else LINE))
        if at < len(spans):
            part = Area(bubble.x(0.35), bubble.y(0.5) - 4, bubble.width * 0.4, 8)
            drawn.append(rect(part, 2, fill=spans[at].colour, fill_opacity=0.45))
        line = Area(bubble.left + 8, bubble.y(0.5) - 1.75, bubble.width - 16, 3.5)
        drawn.append(rect(line, 1.75, fill=LINE if at % 2 == 0 else PAPER))
    return "".join(drawn)


def table(area: Area, marks: list[Mark]) -> str:
    """Names and values in rows."""
    count = max(int(area.height // 12), 2)
    height = area.height / count
    drawn = [rect(area, 3, fill=PAPER, stroke=LINE)]
    for at in range(count):
        y = area.top + at * height
        if at:
            line = f"M{n(area.left)} {n(y)}H{n(area.x(1))}"
            drawn.append(path(line, stroke=LINE, stroke_width=0.75))
        middle = y + height / 2 - 2
        drawn.append(rect(Area(area.left + 7, middle, area.width * 0.2, 4), 2, fill=LINE))
        width = area.width * (0.5, 0.32, 0.42)[at % 3]
        drawn.append(rect(Area(area.x(0.36), middle, width, 4), 2, fill=INK, fill_opacity=0.5))
    return "".join(drawn)


def cards(area: Area, marks: list[Mark]) -> str:
    """Items to be put in an order."""
    count = max(min(int(area.height // 16), 4), 2)
    height = area.height / count - 4
    drawn = []
    for at in range(count):
        card = Area(area.left, area.top + at * (height + 4), area.width, height)
        drawn.append(rect(card, 3, fill=PAPER, stroke=LINE))
        for dot in range(4):
            x, y = card.left + 7 + 4 * (dot % 2), card.y(0.5) - 2 + 4 * (dot // 2)
            drawn.append(circle(x, y, 1, fill=INK))
        bar = Area(card.left + 20, card.y(0.5) - 2, card.width * (0.7, 0.55, 0.62, 0.5)[at], 4)
        drawn.append(rect(bar, 2, fill=LINE))
    return "".join(drawn)
