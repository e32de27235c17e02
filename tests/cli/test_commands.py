"""``version``, ``import``, ``export``, ``compact``, and the command without a command."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from label_studio_lite import __version__
from label_studio_lite.cli import data
from label_studio_lite.core import tokens
from label_studio_lite.store import doctor
from label_studio_lite.store.directory import DirectoryStore
from tests.cli.conftest import Run


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    run("init", "p", "--template", "text_classification")
    return tmp_path / "p"


def test_version(run: Run) -> None:
    assert run("version").output == f"Label Studio version: {__version__}\n"
    both = run("--version", "version")
    assert (both.exit_code, both.output.count(__version__)) == (0, 2)


def test_without_a_command(run: Run) -> None:
    for args in ([], ["--version"]):
        result = run(*args)
        assert result.exit_code == 2
        assert "Usage: " in result.output


@pytest.mark.parametrize(
    "name",
    ["init", "start", "start-multi-session", "version", "import", "export", "rescan", "check",
     "compact", "backup"],
)  # fmt: skip
def test_help(run: Run, name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 3


def test_import_and_export(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        '[{"data": {"text": "a"}, "completions": [{"result": []}]}, {"text": "b"}]'
    )
    (tmp_path / "b.csv").write_text("text\nc\n")
    result = run("import", "p", "a.json", "b.csv")
    assert (result.exit_code, result.output) == (0, "3 tasks, 1 completions, 0 predictions\n")
    result = run("export", "p", "-o", "out.zip")
    assert (result.exit_code, result.output) == (0, "out.zip: 1 of 1 tasks written\n")
    with zipfile.ZipFile("out.zip") as archive:
        assert archive.namelist() == ["result.json"]
    result = run("export", "p", "--format", "JSON_MIN", "--raw", "--all-tasks", "-o", "-")
    assert [row["text"] for row in json.loads(result.output)] == ["a", "b", "c"]


def test_import_is_all_or_nothing(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text('[{"text": "a"}]')
    (tmp_path / "bad.json").write_text('[{"text": "a"}, {"no": 1}]')
    result = run("import", "p", "good.json", "bad.json")
    assert result.exit_code == 1
    assert "bad.json item 1" in result.output
    assert (folder / "tasks.json").read_text() == "{\n}\n"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["import", "p", "missing.json"], "missing.json is not a file"),
        (["export", "p", "-f", "NOPE"], "Unknown export format 'NOPE'"),
        (["export", "p", "-o", "nowhere/x.zip"], "nowhere/x.zip is no place for a file"),
        (["export", "p", "-o", "p"], "p is no place for a file"),
        (["import", "p", "a.json", "--dry-run"], "--dry-run needs --format"),
        (["import", "p", "a.json", "--as", "predictions"], "--as needs --format"),
        (["import", "p", "a.json", "--media-url", "x"], "--media-url needs --format"),
        (["backup", "p", "p/inside"], "p/inside is in the project itself"),
        (["export", "nowhere"], "nowhere is not a project directory"),
        (["compact", "nowhere"], "nowhere is not a project directory"),
        (["rescan", "nowhere"], "nowhere is not a project directory"),
        (["start", "nowhere"], "'label-studio start nowhere --init' makes one"),
        (["start", "p", "--init"], "already exists"),
        (["start", "p", "-i", "x.json"], "--input-path is for a new project; give --init, too"),
        (["start", "p", "--force"], "--force is for a new project"),
        (["start", "p", "--editor", "classic"], "--editor is for a new project"),
        (["start", "p", "--protocol", "https://"], "--protocol https:// needs --cert"),
        (["start", "p", "--cors", "example.org"], "--cors example.org is not a site"),
        (["start", "p", "--cors", "http://example.org/a"], "is not a site"),
        (["start", "p", "--cert", "a.json", "--key", "a.json", "-p", "0"], "no certificate"),
        (["start", "a.json"], "a.json is not a project directory: it is a file"),
        (["start", "--data-dir", "x", "--template", "image_bbox"], "--template needs the name"),
        (["start", "--data-dir", "a.json"], "a.json is not a directory"),
        (["start-multi-session", "-i", "a.json"], "--input-path does not go with"),
        (["user", "x"], "there is no project in x"),
        (["user", "."], "there is no project in ."),
        (["push", "p", "--url", "http://127.0.0.1:1", "--token", "x"], ": Connection refused"),
        (["start", "p", "--source", "s3"], "--source is for a new project"),
        (["start", "--init"], "--init needs the name of a project"),
        (["start", "p", "--data-dir", "x"], "--data-dir is for serving many"),
        (["start", "p", "--cert", "x"], "--cert and --key go together"),
        (["start-multi-session", "--password", "x"], "--password does not go with"),
    ],
)
def test_errors_are_one_line(run: Run, folder: Path, args: list[str], message: str) -> None:
    (folder.parent / "a.json").write_text("[]")
    result = run(*args)
    assert result.exit_code == 1
    assert message in result.output
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1


def test_a_project_that_is_open_says_by_whom(run: Run, folder: Path) -> None:
    store = DirectoryStore(folder)
    store.announce("http://localhost:1234")
    try:
        result = run("compact", "p")
    finally:
        store.close()
    assert result.exit_code == 1
    assert "is already open in process" in result.output
    assert "http://localhost:1234" in result.output
    assert "through its API" in result.output


def test_compact(run: Run, folder: Path) -> None:
    assert run("compact", "p").output == "p is up to date\n"


@pytest.mark.parametrize("heavy", ["boto3", "requests", "lxml", "flask", "tinydb", "waitress"])
def test_the_command_line_loads_nothing_heavy(heavy: str) -> None:
    code = f"import label_studio_lite.cli.main, sys; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_export_to_standard_output_is_bytes(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "label_studio_lite", "export", str(folder), "-o", "-"],
        capture_output=True,
        check=True,
    )
    with zipfile.ZipFile(io.BytesIO(done.stdout)) as archive:
        assert json.loads(archive.read("result.json")) == []


def test_a_filter_on_what_no_task_has_is_told(run: Run, tmp_path: Path) -> None:
    run("init", "p", "--template", "text_classification")
    (tmp_path / "t.json").write_text('[{"text": "a"}, {"text": "b", "year": 1}]')
    run("import", "p", "t.json")
    given = ["export", "p", "--all-tasks", "-o", "o.zip", "--filter"]
    told = run(*given, "data.txt contains a")
    assert told.output.splitlines() == [
        'no task has "txt" in its data',
        "o.zip: 0 of 0 tasks written",
    ]
    assert run(*given, "data.year equal 1").output == "o.zip: 1 of 1 tasks written\n"


def test_finished_work(run: Run, tmp_path: Path) -> None:
    """A folder of YOLO comes in with the label config that it needs, and goes out as COCO."""
    run("init", "p", "--template", "text_classification")
    folder = tmp_path / "set"
    (folder / "labels").mkdir(parents=True)
    (folder / "labels/a.txt").write_text("0 0.5 0.5 0.2 0.4\n")
    (folder / "classes.txt").write_text("cat\n")
    told = run("import", "p", str(folder), "--format", "YOLO", "--dry-run").output
    assert "1 tasks, 1 regions" in told
    assert "lacks a tag Image" in told
    assert '<Label value="cat"/>' in told
    result = run("import", "p", str(folder), "--format", "YOLO", "--set-label-config")
    assert result.output == (
        "1 tasks, 1 completions, 0 predictions\n"
        "the label config is a new one, made for this work\n"
    )
    out = run("export", "p", "--format", "YOLO", "-o", "out.zip").output
    assert out == "out.zip: 1 of 1 tasks written\n"


def test_an_export_sums_up_what_it_leaves_out(run: Run, tmp_path: Path) -> None:
    run("init", "p", "--template", "text_classification")
    (tmp_path / "t.json").write_text(json.dumps([{"text": f"t{n}"} for n in range(30)]))
    run("import", "p", "t.json")
    result = run("export", "p", "--format", "VOC", "--all-tasks", "--ids", "1,3-9", "-o", "o.zip")
    assert result.output.splitlines() == [
        "o.zip: 0 of 8 tasks written",
        "  8 × task left out: it has no image",
    ]
    refused = run("export", "p", "--ids", "1-", "-o", "o.zip")
    assert "neither an id nor a range" in refused.output


@pytest.mark.parametrize("ids", ["a", "9-1", "0-99999999999"])
def test_ids_that_are_none(run: Run, folder: Path, ids: str) -> None:
    result = run("export", "p", "--ids", ids)
    assert result.exit_code == 2
    assert ids in result.output


def test_tokenizers_are_those_of_the_core() -> None:
    assert list(data.TOKENIZERS) == tokens.names()


def test_a_dry_run_that_is_refused_imports_nothing(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"text": "a"}]')
    assert run("import", "p", "a.json", "--dry-run").exit_code == 1
    assert (folder / "tasks.json").read_text() == "{\n}\n"


def test_backups_hold_secrets_if_wanted(run: Run, folder: Path, tmp_path: Path) -> None:
    (folder / ".secrets.json").write_text("{}")
    assert run("backup", "p", "plain").exit_code == 0
    assert run("backup", "p", "all", "--secrets").exit_code == 0
    assert not (tmp_path / "plain" / ".secrets.json").exists()
    assert (tmp_path / "all" / ".secrets.json").exists()


@pytest.mark.parametrize("content", ['{"a":', "[]"])
def test_settings_that_cannot_be_read_are_told_of(
    run: Run, folder: Path, caplog: pytest.LogCaptureFixture, content: str
) -> None:
    (folder / "config.json").write_text(content)
    assert run("export", "p").exit_code == 0
    assert "defaults are used until it is mended" in caplog.text
    assert (folder / "config.json").read_text() == content


def test_a_file_that_may_not_be_read_is_named(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path / "tasks.json"))

    monkeypatch.setattr(doctor, "check", refused)
    result = run("check", "p")
    assert (result.exit_code, result.output) == (1, "Error: p/tasks.json: Permission denied\n")
