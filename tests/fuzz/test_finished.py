"""Whatever files of finished work hold: tasks, or an error that says what is wrong with them."""

from __future__ import annotations

import io
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from label_studio_lite.core.label_config import parse
from label_studio_lite.errors import LabelStudioError
from label_studio_lite.importing.finished import registry
from label_studio_lite.importing.upload import Upload
from label_studio_lite.service.finished_work import How
from label_studio_lite.service.project import Project
from tests.conftest import MakeProject
from tests.formats.cases import png
from tests.fuzz.mutations import count, damaged

GOLDEN = Path(__file__).parents[1] / "formats" / "golden"
EMPTY = "<View/>"
SECONDS = 5.0  # of processor time for one import
SPACY = [
    {"text": "EU rejects 京", "entities": [[0, 2, "ORG"]], "cats": {"news": 1.0, "fun": 0}},
    {"text": "EU rejects", "spans": [{"start": 0, "end": 2, "label": "ORG"}]},
    ["EU rejects", {"entities": [[0, 2, "ORG"]], "cats": {"news": 0.9}}],
]
Files = dict[str, bytes]


def samples(name: str) -> list[Files]:
    """Exports of ours, each with a picture that is among its files."""
    if name == "SPACY":
        return [{"a.json": json.dumps(SPACY).encode()}, {"b.jsonl": json.dumps(SPACY[0]).encode()}]
    found = []
    for folder in sorted((*GOLDEN.glob(f"{name}/*/"), *GOLDEN.glob(f"{name}-1x/*/"))):
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != "export_report.json"
        }
        found.append({**files, "images/p.png": png(100, 50)})
    return found


SAMPLES = {name: samples(name) for name in registry.readers(parse(EMPTY))}


@pytest.fixture
def empty(make_project: MakeProject) -> Project:
    return make_project(EMPTY)


def take(project: Project, name: str, files: Files) -> bool:
    """All or nothing, into a project without tasks; whether it was taken."""
    project.tasks.delete_all_tasks()
    uploads = [Upload(path, io.BytesIO(content)) for path, content in files.items()]
    started = time.process_time()
    try:
        brought = project.finished_work.import_uploads(name, uploads, How(set_config=True))
    except LabelStudioError as error:
        assert error.detail
        brought = None
    assert time.process_time() - started < SECONDS
    assert project.store.counts().tasks == (brought.tasks if brought else 0)
    return brought is not None


def broken(name: str, cases: int) -> Iterator[tuple[int, Files]]:
    """Copies of the samples with one file damaged."""
    for number in range(cases):
        chance = random.Random(f"{name}/{number}")
        files = dict(chance.choice(SAMPLES[name]))
        place = chance.choice([path for path in files if not path.endswith(".png")])
        others = [content for sample in SAMPLES[name] for content in sample.values()]
        files[place] = damaged(files[place], others, chance)
        yield number, files


@pytest.mark.parametrize("name", SAMPLES)
def test_most_samples_are_taken(empty: Project, name: str) -> None:
    """Those of odd tasks are refused."""
    taken = [take(empty, name, files) for files in SAMPLES[name]]
    assert taken.count(True) >= 0.8 * len(taken) > 0


@pytest.mark.parametrize("name", SAMPLES)
def test_damaged_ones(empty: Project, name: str) -> None:
    for number, files in broken(name, count(60)):
        try:
            take(empty, name, files)
        except Exception as error:
            raise AssertionError(f"{name}, case {number}: {files}") from error
    for task in empty.store.read_tasks(empty.store.task_ids()):
        assert isinstance(task.data, dict)


@pytest.mark.parametrize("name", SAMPLES)
def test_those_of_other_formats(empty: Project, name: str) -> None:
    for others in SAMPLES.values():
        for files in others[:3]:
            take(empty, name, files)
