"""The inputs of ``init``: in the order of their paths, as 0.8.2 shapes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import pytest

from label_studio_lite.errors import Invalid
from label_studio_lite.importing.folders import media, read_path
from label_studio_lite.importing.upload import ReadOptions

OPTIONS = ReadOptions("text")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "in put"
    for path, content in {
        "a.json": '[{"text": "a"}, {"data": {"text": "b"}, "id": 9}, "str"]',
        "sub/b.JSON": '{"text": "c"}',
        "sub/.hidden.json": "no JSON",
        ".git/x.json": "no JSON",
        "texts/1.txt": " l1 \n\nl2\r\n",
        "texts/0/2.note": "first\n",
        "b c.JPG": "x",
        "ü.jpeg": "x",
        "sub/d.gif": "x",
        "sub/e.webp": "x",
        "sound.mp3": "x",
        "sub/s.FLAC": "x",
        "film.mp4": "x",
    }.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, newline="")
    (root / "loop").symlink_to(root)
    (root / "sub" / "link.gif").symlink_to(root / "ü.jpeg")
    return root


def values(path: Path, input_format: str) -> list[Any]:
    return [task.value for task in read_path(path, input_format, OPTIONS)]


def test_json(folder: Path) -> None:
    found = list(read_path(folder / "a.json", "json", OPTIONS))
    assert [task.value for task in found] == [
        {"text": "a"},
        {"data": {"text": "b"}, "id": 9},
        "str",
    ]
    assert found[1].where == f"{folder / 'a.json'} item 1"


def test_json_dir(folder: Path) -> None:
    assert values(folder, "json-dir")[2:] == ["str", {"text": "c"}]


def test_text(folder: Path) -> None:
    assert values(folder / "texts" / "1.txt", "text") == [
        {"data": {"text": "l1"}},
        {"data": {"text": ""}},
        {"data": {"text": "l2"}},
    ]


def test_text_dir_reads_all_names(folder: Path) -> None:
    found = values(folder / "texts", "text-dir")
    assert [value["data"]["text"] for value in found] == ["first", "l1", "", "l2"]


def test_image_dir(folder: Path) -> None:
    root = str(folder).replace("/", "%2F").replace(" ", "%20")
    found = values(folder, "image-dir")
    assert found == [
        {"task_path": f"{folder}/b c.JPG", "data": {"text": f"/data/b%20c.JPG?d={root}"}},
        {"task_path": f"{folder}/sub/d.gif", "data": {"text": f"/data/d.gif?d={root}%2Fsub"}},
        {"task_path": f"{folder}/sub/e.webp", "data": {"text": f"/data/e.webp?d={root}%2Fsub"}},
        {
            "task_path": f"{folder}/sub/link.gif",
            "data": {"text": f"/data/link.gif?d={root}%2Fsub"},
        },
        {"task_path": f"{folder}/ü.jpeg", "data": {"text": f"/data/%C3%BC.jpeg?d={root}"}},
    ]


def test_audio_dir(folder: Path) -> None:
    names = [value["task_path"].rpartition("/")[2] for value in values(folder, "audio-dir")]
    assert names == ["sound.mp3", "s.FLAC"]


def test_media_of_all_kinds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    found = [task.value["task_path"] for task in media(folder / "sub" / "..", "image")]
    assert [path.rpartition("/")[2] for path in found] == [
        "b c.JPG",
        "film.mp4",
        "sound.mp3",
        "d.gif",
        "e.webp",
        "link.gif",
        "s.FLAC",
        "ü.jpeg",
    ]


def test_what_cannot_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *_: object) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(Invalid, match="in put cannot be read: Permission denied"):
        values(folder, "image-dir")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(Invalid, match=r"a\.json cannot be read: Permission denied"):
        values(folder / "a.json", "json")


@pytest.mark.parametrize(
    ("path", "input_format", "message"),
    [
        ("nope", "json", "is no file"),
        ("nope", "json-dir", "is no folder"),
        ("a.json", "image-dir", "is no folder"),
        ("sub", "text", "is no file"),
        ("a.json", "csv", "Unknown input format csv, known are json, json-dir, text,"),
        ("texts/1.txt", "json", "item 0: Expecting value (line 1, column 2)"),
    ],
)
def test_errors(folder: Path, path: str, input_format: str, message: str) -> None:
    with pytest.raises(Invalid) as caught:
        values(folder / path, input_format)
    assert message in caught.value.detail
