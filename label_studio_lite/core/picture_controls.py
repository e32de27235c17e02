"""What the pictures of label configs show of the controls: what can be answered, and how."""

from __future__ import annotations

from collections.abc import Sequence

from label_studio_lite.core.picture_parts import (
    INK,
    LINE,
    PAPER,
    Area,
    circle,
    colour,
    n,
    path,
    rect,
    words,
)

_PER_LETTER = 4.9  # units that a letter of a chip takes
_LONGEST = 13


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def heading(area: Area) -> str:
    bar = Area(area.left, area.top + 1, area.width * 0.45, 5.5)
    return rect(bar, 2.75, fill=INK, fill_opacity=0.75)


def chips(area: Area, labels: Sequence[tuple[str, str | None]]) -> str:
    """Labels in a row, as many as fit."""
    drawn, left = [], area.left
    for at, (label, given) in enumerate(labels):
        shown = _short(label)
        width = len(shown) * _PER_LETTER + 14
        if left + width > area.left + area.width and at:
            break
        chip = Area(left, area.y(0.5) - 6, min(width, area.width), 12)
        own = colour(given, at)
        drawn.append(rect(chip, 6, fill=own, fill_opacity=0.2))
        drawn.append(circle(chip.left + 6, chip.y(0.5), 2.2, fill=own))
        drawn.append(words(chip.left + 10.5, chip.y(0.5) + 2.8, shown))
        left += width + 4
    return "".join(drawn)


def choices(area: Area, answers: Sequence[str], many: bool) -> str:
    """Answers with a circle or a box; in one column where there is height, else in a row."""
    rows = len(answers) if area.height >= 13 * len(answers) else 1
    drawn, left = [], area.left
    for at, answer in enumerate(answers):
        shown = _short(answer)
        width = len(shown) * _PER_LETTER + 20
        if rows > 1:
            y, x = area.top + (at + 0.5) * area.height / rows, area.left
        else:
            if left + width > area.left + area.width + 6 and at:
                break
            y, x = area.y(0.5), left
            left += width
        drawn.append(_tick(x + 4.5, y, many, chosen=at == 0))
        drawn.append(words(x + 13, y + 2.8, shown))
    return "".join(drawn)


def _tick(x: float, y: float, many: bool, *, chosen: bool) -> str:
    own = colour(None, 0)
    if many:
        box = Area(x - 4, y - 4, 8, 8)
        if not chosen:
            return rect(box, 2, fill=PAPER, stroke=INK, stroke_opacity=0.7)
        check = path(f"M{n(x - 2)} {n(y)}l1.5 1.7 2.7-3.4", stroke=PAPER, stroke_width=1.4)
        return rect(box, 2, fill=own) + check
    ring = circle(x, y, 4, fill=PAPER, stroke=own if chosen else INK, stroke_opacity=0.8)
    return ring + (circle(x, y, 2, fill=own) if chosen else "")


def tree(area: Area, answers: Sequence[str]) -> str:
    """Answers in steps, one chosen."""
    rows = min(max(int(area.height // 12), 2), len(answers))
    drawn = []
    for at in range(rows):
        y = area.top + (at + 0.5) * area.height / rows
        x = area.left + (0, 10, 20, 10, 0, 10)[at]
        drawn.append(path(f"M{n(x)} {n(y - 1.5)}l2.5 3 2.5-3", stroke=INK))
        drawn.append(_tick(x + 12, y, True, chosen=at == 2))
        drawn.append(words(x + 20, y + 2.8, _short(answers[at])))
    return "".join(drawn)


_STAR = ((0, -1), (0.24, -0.32), (0.95, -0.31), (0.38, 0.12), (0.59, 0.81), (0, 0.4),
         (-0.59, 0.81), (-0.38, 0.12), (-0.95, -0.31), (-0.24, -0.32))  # fmt: skip


def stars(area: Area, most: int) -> str:
    gold = "var(--pic-star,#d99a1c)"
    drawn = []
    for at in range(most):
        x, y = area.left + 6 + at * 14, area.y(0.5)
        points = " ".join(f"{n(x + 6 * dx)},{n(y + 6 * dy)}" for dx, dy in _STAR)
        fill = gold if at < most - 1 else "none"
        drawn.append(f'<polygon points="{points}" fill="{fill}" stroke="{gold}"/>')
    return "".join(drawn)


def _field(area: Area, width: float) -> tuple[Area, str]:
    box = Area(area.left, area.top, min(width, area.width), min(area.height, 30))
    return box, rect(box, 3, fill=PAPER, stroke=LINE)


def text_box(area: Area) -> str:
    box, frame = _field(area, area.width)
    bar = Area(box.left + 7, box.top + 6, box.width * 0.5, 4.5)
    cursor = path(f"M{n(bar.x(1) + 4)} {n(box.top + 4)}v9", stroke=colour(None, 0))
    return frame + rect(bar, 2.2, fill=LINE) + cursor


def number_box(area: Area) -> str:
    box, frame = _field(area, 70)
    steps = f"M{n(box.x(1) - 12)} {n(box.y(0.5) - 1.5)}l3-3 3 3m-6 3l3 3 3-3"
    return frame + words(box.left + 7, box.y(0.5) + 3, "42") + path(steps, stroke=INK)


def date_box(area: Area) -> str:
    box, frame = _field(area, 90)
    x, y = box.x(1) - 16, box.y(0.5)
    page = rect(Area(x, y - 4, 9, 8.5), 1.5, fill="none", stroke=INK)
    lines = path(f"M{n(x)} {n(y - 1)}h9m-6.5-4.5v3m4-3v3", stroke=INK)
    return frame + words(box.left + 7, y + 3, "2024-05-17") + page + lines


def search_box(area: Area) -> str:
    box, frame = _field(area, 96)
    glass = circle(box.left + 9, box.y(0.5) - 0.5, 3, fill="none", stroke=INK)
    handle = path(f"M{n(box.left + 11.3)} {n(box.y(0.5) + 1.8)}l2.4 2.4", stroke=INK)
    return frame + glass + handle


def order(area: Area) -> str:
    """A sign that the items above can be moved."""
    x, y = area.left + 5, area.y(0.5)
    arrow = f"M{n(x)} {n(y - 6)}v12m-3-3l3 3 3-3m-6-6l3-3 3 3"
    bar = Area(area.left + 16, y - 2.5, area.width * 0.4, 5)
    return path(arrow, stroke=colour(None, 0), stroke_width=1.4) + rect(bar, 2.5, fill=LINE)


def bucket(area: Area) -> str:
    frame = rect(area, 4, fill="none", stroke=LINE, stroke_dasharray="4 3")
    bar = Area(area.left + 8, area.y(0.5) - 2.5, area.width * 0.3, 5)
    return frame + rect(bar, 2.5, fill=LINE)
