"""``label-studio init``."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from label_studio_lite.service.gallery import example
from label_studio_lite.service.settings import DEFAULTS
from label_studio_lite.store.fs import FileSystem
from tests.cli.conftest import Run
from tests.conftest import CHOICES, ENTITIES


def config(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "config.json").read_text())
    return found


def tasks(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "tasks.json").read_text())
    return found


def test_a_bare_project(run: Run, tmp_path: Path) -> None:
    result = run("init", "p")
    assert (result.exit_code, "label-studio start p" in result.output) == (0, True)
    folder = tmp_path / "p"
    editor = {"editor": {**DEFAULTS["editor"], "build": "modern"}, "offsets": "codepoints"}
    assert config(folder) == DEFAULTS | editor
    assert list(config(folder)) == [*DEFAULTS, "offsets"]
    assert (folder / "config.xml").read_text() == example("image_polygons").config
    assert tasks(folder) == {}
    assert (folder / "completions").is_dir()


def test_an_existing_project_is_left_as_it_is(run: Run, tmp_path: Path) -> None:
    run("init", "p")
    before = {path: path.read_bytes() for path in (tmp_path / "p").glob("*.*") if path.is_file()}
    (tmp_path / "other.xml").write_text(CHOICES)
    result = run("init", "p", "-l", "other.xml")
    assert result.exit_code == 1
    assert 'already exists. Use "--force" option' in result.output
    assert before == {path: path.read_bytes() for path in before}


def test_force_keeps_the_older_project_aside(run: Run, tmp_path: Path) -> None:
    run("init", "p", "--template", "text_classification")
    (tmp_path / "p" / "tasks.json").write_text('{"0": {"id": 0, "data": {"text": "precious"}}}')
    result = run("init", "p", "--force")
    assert result.exit_code == 0
    (old,) = tmp_path.glob("p.old-*")
    assert str(old) in result.output
    assert "precious" in (old / "tasks.json").read_text()
    assert tasks(tmp_path / "p") == {}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["-l", "missing.xml"], "missing.xml"),
        (["-i", "missing.json"], "missing.json does not exist"),
        (["--images", "missing"], "missing does not exist"),
        (["--ml-backends", "localhost"], "an http or https address"),
        (["--template", "nope"], "there is no example 'nope'"),
        (["--source", "s3", "--source-params", "{"], "--source-params is not valid JSON"),
        (["-c", "missing.json"], "missing.json"),
        (["-o", "out"], "--output-dir is not supported"),
        (["-l", "bad.xml"], "--label-config bad.xml: "),
        (["-c", "bad.xml"], "--config bad.xml is not valid JSON"),
        (["-l", "bad.xml", "--template", "image_bbox"], "contradict each other"),
        (["-i", "bad.json"], "bad.json: item 1"),
        (["-i", "bad.json", "--input-format", "json-dir"], "bad.json is no folder"),
        (["--images", "bad.json"], "bad.json is not a folder"),
        (["--source-path", "x"], "--source-path needs --source"),
        (["--target-params", "{}"], "--target-params needs --target"),
        (["--cert", "x"], "--cert and --key go together"),
        (["--cors", "http://x"], "--cors is not kept in a project"),
        (["--no-auth"], "--no-auth is not kept in a project"),
        (["--no-private-urls"], "--no-private-urls is not kept in a project"),
        (["--source-path", ""], "--source-path needs --source"),
        (["--ml-backends", "a=http://x", "--ml-backends", "a=http://y"], "two backends are named"),
    ],
)
def test_bad_options_make_nothing(run: Run, tmp_path: Path, args: list[str], message: str) -> None:
    (tmp_path / "bad.xml").write_text("<View>")
    (tmp_path / "bad.json").write_text('[{"text": "a"}, {')
    result = run("init", "p", *args)
    assert result.exit_code == 1
    assert message in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize(
    "args",
    [
        ["init"],
        ["init", "p", "--source", "ftp"],
        ["init", "p", "--sampling", "x"],
        ["init", ""],  # a variable of the shell that is not set
    ],
)
def test_wrong_usage(run: Run, args: list[str]) -> None:
    assert run(*args).exit_code == 2


def test_a_failure_leaves_the_older_project_where_it_was(run: Run, tmp_path: Path) -> None:
    run("init", "p", "--initial-project-description", "older")
    (tmp_path / "bad.json").write_text("[")
    assert run("init", "p", "--force", "-i", "bad.json").exit_code == 1
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["p"]
    assert config(tmp_path / "p")["description"] == "older"


def test_a_full_disk_leaves_the_older_project_where_it_was(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("init", "p", "--initial-project-description", "older")
    put = FileSystem.put

    def full(fs: FileSystem, path: Path, *given: Any, **more: Any) -> None:
        if path.name == "config.json":
            raise OSError(errno.ENOSPC, "No space left on device")
        put(fs, path, *given, **more)

    monkeypatch.setattr(FileSystem, "put", full)
    result = run("init", "p", "--force")
    assert (result.exit_code, "there is no space left" in result.output) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["p"]
    assert config(tmp_path / "p")["description"] == "older"
    assert run("init", "q").exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["p"]


def test_an_older_project_behind_a_link_is_set_aside(run: Run, tmp_path: Path) -> None:
    run("init", "p", "--initial-project-description", "older")
    (tmp_path / "link").symlink_to("p")
    assert run("init", "link", "--force").exit_code == 0
    assert config(tmp_path / "p")["description"] != "older"
    assert (tmp_path / "link").is_symlink()


def test_a_failure_leaves_other_files_of_the_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "notes.txt").write_text("mine")
    (tmp_path / "bad.json").write_text("[")
    assert run("init", "p", "-i", "bad.json").exit_code == 1
    assert [path.name for path in (tmp_path / "p").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("name", ["tasks.json", "config.xml", "completions/0.json"])
def test_files_in_the_way_are_not_overwritten(run: Run, tmp_path: Path, name: str) -> None:
    mine = tmp_path / "p" / name
    mine.parent.mkdir(parents=True)
    mine.write_text('[{"text": "mine"}]')
    result = run("init", "p", "-i", mine)
    assert result.exit_code == 1
    assert "is there already" in result.output
    assert mine.read_text() == '[{"text": "mine"}]'
    assert not (tmp_path / "p" / "config.json").exists()


def test_the_words_that_serve_it_can_be_pasted(run: Run) -> None:
    assert run("init", "my größe").output.endswith("label-studio start 'my größe'\n")


def test_settings(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my.json").write_text('{"title": "T", "sampling": "uniform", "own": 1}')
    run(
        "init", "p", "-c", "my.json", "-p", 9000, "--initial-project-description", "About",
        "--ml-backends", "http://localhost:9090", "--ml-backends", "m=http://localhost:9091",
        "--target", "s3-completions", "--target-path", "bucket",
        "--target-params", '{"prefix":"x"}', "--allow-serving-local-files",
    )  # fmt: skip
    made = config(tmp_path / "p")
    assert made["title"] == "T"
    assert made["sampling"] == "uniform"  # what the file says; 0.8.2 overwrote it
    assert made["own"] == 1
    assert made["port"] == 9000
    assert made["description"] == "About"
    assert made["allow_serving_local_files"] is True
    assert [b["url"] for b in made["ml_backends"]] == [
        "http://localhost:9090",
        "http://localhost:9091",
    ]
    assert made["ml_backends"][0]["name"].startswith("p")
    assert made["ml_backends"][1]["name"] == "m"
    assert made["target"] == {
        "type": "s3-completions",
        "path": "bucket",
        "params": {"prefix": "x"},
    }


def test_root_dir(run: Run, tmp_path: Path) -> None:
    run("init", "p", "--root-dir", tmp_path / "deep" / "er")
    assert (tmp_path / "deep" / "er" / "p" / "config.json").is_file()


class TestInput:
    def test_json_with_completions(self, run: Run, tmp_path: Path) -> None:
        items = [{"text": "a"}, {"data": {"text": "b"}, "completions": [{"result": []}]}]
        (tmp_path / "in.json").write_text(json.dumps(items))
        assert run("init", "p", "-i", "in.json").exit_code == 0
        folder = tmp_path / "p"
        assert tasks(folder) == {
            "0": {"id": 0, "data": {"text": "a"}},
            "1": {"id": 1, "data": {"text": "b"}},
        }
        assert (folder / "config.xml").read_text() == "<View></View>"
        done = json.loads((folder / "completions" / "1.json").read_text())
        assert done["completions"][0]["id"] == 1001

    def test_text(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "in.txt").write_text(" one \ntwo\n")
        (tmp_path / "c.xml").write_text(ENTITIES)
        run("init", "p", "-i", "in.txt", "--input-format", "text", "-l", "c.xml")
        assert [t["data"] for t in tasks(tmp_path / "p").values()] == [
            {"text": "one"},
            {"text": "two"},
        ]

    def test_items_that_do_not_fit_are_named(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "in.json").write_text('[{"text": "a"}, {"txt": "b"}]')
        (tmp_path / "c.xml").write_text(ENTITIES)
        result = run("init", "p", "-i", "in.json", "-l", "c.xml")
        assert result.exit_code == 1
        assert "at item 1" in result.output

    def test_images_are_served_in_place(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "photos").mkdir()
        for name in ("b.jpg", "a.PNG", "notes.txt"):
            (tmp_path / "photos" / name).write_bytes(b"x")
        assert run("init", "p", "--images", "photos").exit_code == 0
        made = tasks(tmp_path / "p")
        assert [t["task_path"] for t in made.values()] == [
            str(tmp_path / "photos" / name) for name in ("a.PNG", "b.jpg")
        ]
        assert not (tmp_path / "p" / "upload").exists()
        (tmp_path / "photos" / "c.jpg").write_bytes(b"x")
        assert "1 new, 0 changed, 0 gone" in run("rescan", "p").output
