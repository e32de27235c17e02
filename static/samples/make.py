"""Draws, sounds and writes the media of this folder; every one of them is our own.

Run it here as ``python make.py``. It needs ``ffmpeg``, ``chromium`` (which turns our drawings into
pixels) and ``espeak-ng`` (which speaks the dialogue); ``make.py NAME…`` makes only those files.
"""

from __future__ import annotations

import json
import math
import struct
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable
from functools import partial
from pathlib import Path

HERE = Path(__file__).parent
SKY, GRASS, WALL, ROOF, DARK = "#cfe8f5", "#9ccb84", "#f3dfb5", "#b5543c", "#2b3a42"

LINES = [
    ("Guest", "Good evening, is the blue room still free?"),
    ("Host", "It is, for two nights. Shall I keep it for you?"),
    ("Guest", "Please do. We arrive at nine."),
    ("Host", "Then the kitchen will wait for you."),
]

PAGES = [
    (
        "Harbour timetable",
        [
            "Ferry to the island: every half hour",
            "First ship 6:10, last ship 22:40",
            "Bicycles travel free of charge",
        ],
    ),
    (
        "Notice of repair",
        [
            "The old crane is closed from 3 March to 28 April.",
            "Ships unload at pier 4 in that time.",
            "Contact: harbour office, door 2",
        ],
    ),
]


def ffmpeg(*arguments: str | Path, data: bytes | None = None) -> None:
    command = ["ffmpeg", "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, input=data, check=True)


# -- drawings ---------------------------------------------------------------------------------


def house(x: int, y: int, wall: str = WALL) -> str:
    windows = "".join(
        f'<rect x="{x + dx}" y="{y + 30}" width="32" height="36" fill="#7fb0cc" stroke="#fff" '
        'stroke-width="4"/>'
        for dx in (18, 110)
    )
    return (
        f'<polygon points="{x - 14},{y} {x + 80},{y - 70} {x + 174},{y}" fill="{ROOF}"/>'
        f'<rect x="{x}" y="{y}" width="160" height="130" fill="{wall}"/>{windows}'
        f'<rect x="{x + 64}" y="{y + 62}" width="34" height="68" fill="#6b4a34"/>'
    )


def car(x: int, y: int, colour: str) -> str:
    return (
        f'<path d="M{x + 30},{y} q12,-34 40,-34 h44 q24,0 36,34 z" fill="#bfdbe6" '
        f'stroke="{colour}" stroke-width="7"/>'
        f'<rect x="{x}" y="{y}" width="180" height="38" rx="14" fill="{colour}"/>'
        + "".join(
            f'<circle cx="{x + dx}" cy="{y + 38}" r="18" fill="{DARK}"/>'
            f'<circle cx="{x + dx}" cy="{y + 38}" r="8" fill="#c9d1d3"/>'
            for dx in (40, 140)
        )
    )


def tree(x: int, y: int) -> str:
    return (
        f'<rect x="{x - 9}" y="{y - 70}" width="18" height="70" fill="#7a5636"/>'
        f'<circle cx="{x}" cy="{y - 100}" r="46" fill="#5f9a4c"/>'
        f'<circle cx="{x + 26}" cy="{y - 82}" r="30" fill="#6eaa58"/>'
    )


def person(x: int, y: int, height: int, shirt: str) -> str:
    """A standing figure; ``x`` is its middle, ``y`` the ground."""
    u = height / 8
    limb = f'stroke-width="{u * 0.7:.1f}" stroke-linecap="round" fill="none"'
    return (
        f'<circle cx="{x}" cy="{y - 7.2 * u:.1f}" r="{0.75 * u:.1f}" fill="#d9a37c"/>'
        f'<path d="M{x},{y - 6 * u:.1f} V{y - 3.6 * u:.1f}" stroke="{shirt}" '
        f'stroke-width="{u * 1.6:.1f}" stroke-linecap="round"/>'
        f'<path d="M{x - 0.9 * u:.1f},{y - 6 * u:.1f} l{-u:.1f},{1.6 * u:.1f} l{-0.4 * u:.1f},'
        f"{1.5 * u:.1f} M{x + 0.9 * u:.1f},{y - 6 * u:.1f} l{1.2 * u:.1f},{u:.1f} "
        f'l{0.9 * u:.1f},{-1.4 * u:.1f}" stroke="{shirt}" {limb}/>'
        f'<path d="M{x - 0.4 * u:.1f},{y - 3.2 * u:.1f} l{-0.3 * u:.1f},{3 * u:.1f} '
        f'M{x + 0.4 * u:.1f},{y - 3.2 * u:.1f} l{0.5 * u:.1f},{3 * u:.1f}" '
        f'stroke="#39506b" {limb}/>'
    )


def street() -> str:
    return (
        f'<rect width="800" height="600" fill="{SKY}"/>'
        '<circle cx="690" cy="90" r="44" fill="#ffd75e"/>'
        f'<rect y="360" width="800" height="240" fill="{GRASS}"/>'
        '<rect y="450" width="800" height="110" fill="#8d9499"/>'
        '<path d="M0,505 H800" stroke="#fff" stroke-width="6" stroke-dasharray="46 34"/>'
        + house(90, 260) + house(330, 270, "#dfe6ea") + tree(590, 400) + tree(720, 390)
        + car(120, 430, "#c8402f") + car(470, 478, "#2f6db0") + person(690, 452, 120, "#8a4fa3")
    )  # fmt: skip


def garden() -> str:
    flowers = "".join(
        f'<circle cx="{60 + 52 * i}" cy="{430 + 26 * (i % 3)}" r="12" fill="{c}"/>'
        for i, c in enumerate(["#d84f6a", "#f0b83c", "#fff", "#8a5fc0"] * 4)
    )
    return (
        f'<rect width="800" height="600" fill="{SKY}"/><rect y="330" width="800" height="270" '
        f'fill="{GRASS}"/>' + house(520, 230, "#e9c7b0") + tree(130, 360) + tree(330, 350)
        + flowers + car(560, 500, "#3f8f5b") + person(420, 470, 150, "#c47a1e")
    )  # fmt: skip


def athlete() -> str:
    return '<rect width="480" height="640" fill="#e8ecef"/>' + person(240, 600, 520, "#2f6db0")


def cells() -> str:
    spots = "".join(
        f'<ellipse cx="{60 + i % 5 * 128 + i * 37 % 41}" cy="{60 + i // 5 * 112 + i * 53 % 47}" '
        f'rx="{22 + i * 7 % 19}" ry="{18 + i * 5 % 15}" '
        f'fill="{"#b9486a" if i % 4 else "#5b3f86"}" fill-opacity=".75"/>'
        for i in range(17)
    )
    return f'<rect width="640" height="480" fill="#f6e6ea"/>{spots}'


def receipt() -> str:
    rows = ["HARBOUR BAKERY", "Order 1207", "9 rolls          3.60", "1 rye bread      4.20",
            "2 coffee         5.00", "Total           12.80", "Thank you!"]  # fmt: skip
    text = "".join(
        f'<text x="40" y="{70 + 52 * i}" xml:space="preserve">{row}</text>'
        for i, row in enumerate(rows)
    )
    return (
        '<rect width="480" height="440" fill="#fbfaf4"/>'
        f'<g font-family="DejaVu Sans Mono, monospace" font-size="26" fill="#222">{text}</g>'
    )


def page(nth: int) -> str:
    title, lines = PAGES[nth]
    text = "".join(
        f'<text x="60" y="{190 + 46 * i}">{line}</text>' for i, line in enumerate(lines)
    )
    return (
        '<rect width="640" height="480" fill="#fff"/><g font-family="DejaVu Sans, sans-serif" '
        f'fill="#222"><text x="60" y="110" font-size="36">{title}</text>'
        f'<g font-size="20">{text}</g><text x="300" y="450" font-size="16">{nth + 1}</text></g>'
    )


def draw(name: str, svg: str, width: int, height: int) -> None:
    """Let Chromium draw ``svg``; ``ffmpeg`` then makes the JPEG or the small PNG."""
    with tempfile.TemporaryDirectory() as folder:
        source, pixels = Path(folder, "drawing.html"), Path(folder, "drawing.png")
        source.write_text(
            f'<body style="margin:0"><svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
            f'height="{height}">{svg}</svg>',
            encoding="utf-8",
        )
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu",
             f"--window-size={width},{height + 200}", f"--screenshot={pixels}", source.as_uri()],
            check=True, capture_output=True,
        )  # fmt: skip
        small = ["-q:v", "5"] if name.endswith(".jpg") else ["-pix_fmt", "gray"]
        ffmpeg("-i", pixels, "-vf", f"crop={width}:{height}:0:0", *small, HERE / name)


# -- sound and film ---------------------------------------------------------------------------


def tones(path: Path) -> None:
    """Four seconds: a rising scale, a pause, a falling one."""
    rate = 8000
    notes = [262, 294, 330, 392, 0, 392, 330, 262]
    samples = []
    for note in notes:
        for i in range(rate // 2):
            fade = min(1.0, i / 200, (rate // 2 - i) / 200)
            samples.append(int(11000 * fade * math.sin(2 * math.pi * note * i / rate)))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))


def speech(path: Path) -> None:
    """The dialogue, spoken by two voices, one after the other."""
    voices = {"Guest": "en+f3", "Host": "en+m3"}
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for nth, (who, what) in enumerate(LINES):
            parts.append(Path(folder, f"{nth}.wav"))
            subprocess.run(
                ["espeak-ng", "-v", voices[who], "-s", "165", "-w", str(parts[-1]), what],
                check=True,
            )
        inputs = [argument for part in parts for argument in ("-i", part)]
        join = "".join(f"[{n}]" for n in range(len(parts))) + f"concat=n={len(parts)}:v=0:a=1"
        ffmpeg(*inputs, "-filter_complex", join, "-ac", "1", "-ar", "16000", "-b:a", "24k", path)


def film(path: Path) -> None:
    """Four seconds, ten frames each: a car drives to the right while a ball jumps."""
    width, height, frames = 320, 180, 40
    raw = bytearray()
    for n in range(frames):
        frame = bytearray(bytes.fromhex(SKY[1:]) * (width * 120) + b"\x8d\x94\x99" * (width * 60))
        fill(frame, width, 4 + 6 * n, 110, 50, 22, "#c8402f")
        fill(frame, width, 14 + 6 * n, 94, 28, 18, "#bfdbe6")
        jump = round(70 * abs(math.sin(n / 5)))
        fill(frame, width, 260, 140 - jump, 16, 16, "#f0b83c")
        raw += frame
    ffmpeg(
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", "10", "-i", "-",
        "-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "30", "-g", "5",
        "-movflags", "+faststart", path, data=bytes(raw),
    )  # fmt: skip


def fill(frame: bytearray, width: int, x: int, y: int, w: int, h: int, colour: str) -> None:
    row = bytes.fromhex(colour[1:]) * w
    for line in range(y, y + h):
        at = 3 * (line * width + x)
        frame[at : at + len(row)] = row


# -- documents --------------------------------------------------------------------------------


def pdf(path: Path) -> None:
    """The two pages as a PDF, written object by object."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(PAGES)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(PAGES)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for nth, (title, lines) in enumerate(PAGES):
        body = f"BT /F1 24 Tf 60 700 Td ({title}) Tj /F1 12 Tf 0 -40 Td 18 TL "
        body += " ".join(f"({line}) Tj T*" for line in lines) + " ET"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 792] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * nth} 0 R >>"
        )
        objects.append(f"<< /Length {len(body)} >>\nstream\n{body}\nendstream")
    text, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(text))
        text += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    text += (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    )
    text += f"startxref\n{text.index('xref')}\n%%EOF\n"
    path.write_bytes(text.encode("ascii"))


def web_page(path: Path) -> None:
    body = "".join(f"<h2>{title}</h2><p>{'<br>'.join(lines)}</p>\n" for title, lines in PAGES)
    path.write_text(
        '<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>Harbour</title>\n'
        f"<body>\n<h1>Harbour office</h1>\n{body}</body></html>\n",
        encoding="utf-8",
    )


def dialogue(path: Path) -> None:
    turns = [{"author": who, "text": what} for who, what in LINES]
    path.write_text(json.dumps(turns, indent=1) + "\n", encoding="utf-8")


def table(path: Path) -> None:
    row = {"Order": 1207, "Customer": "M. Keller", "Town": "Lisbon", "Paid": "yes"}
    path.write_text(json.dumps(row, indent=1) + "\n", encoding="utf-8")


def text(path: Path) -> None:
    path.write_text(
        "\n".join(line for _, lines in PAGES for line in lines) + "\n", encoding="utf-8"
    )


def series(path: Path, *, time: bool = True, header: bool = True) -> None:
    rows = ["time,speed,torque"]
    for i in range(200):
        burst = 1.5 if 120 <= i < 132 else 0.0
        rows.append(f"{i},{math.sin(i / 9) + burst:.3f},{0.6 * math.cos(i / 14):.3f}")
    shown = rows if header else rows[1:]
    lines = shown if time else [row.split(",", 1)[1] for row in shown]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


MAKERS: dict[str, Callable[[Path], None]] = {
    "sample.jpg": lambda _: draw("sample.jpg", street(), 800, 600),
    "sample-2.jpg": lambda _: draw("sample-2.jpg", garden(), 800, 600),
    "athlete.jpg": lambda _: draw("athlete.jpg", athlete(), 480, 640),
    "cells.jpg": lambda _: draw("cells.jpg", cells(), 640, 480),
    "receipt.png": lambda _: draw("receipt.png", receipt(), 480, 440),
    "page-1.png": lambda _: draw("page-1.png", page(0), 640, 480),
    "page-2.png": lambda _: draw("page-2.png", page(1), 640, 480),
    "sample.wav": tones,
    "speech.mp3": speech,
    "sample.mp4": film,
    "sample.pdf": pdf,
    "page.html": web_page,
    "dialogue.json": dialogue,
    "table.json": table,
    "sample.txt": text,
    "series.csv": series,
    "series-no-time.csv": partial(series, time=False),
    "series-no-header.csv": partial(series, header=False),
}

if __name__ == "__main__":
    for name in sys.argv[1:] or MAKERS:
        MAKERS[name](HERE / name)
