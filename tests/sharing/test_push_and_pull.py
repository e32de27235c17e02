"""Projects to another server and back: to one of ours, and to a real 1.x (by night, or where one
is named; see ``tests/compat/real_123.py``)."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from label_studio_lite.cli.main import cli
from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed, Conflict, Invalid, LabelStudioError, NotFound
from label_studio_lite.service import pulling
from label_studio_lite.service.project import Project, open_project
from label_studio_lite.service.pulling import Pulled, pull
from label_studio_lite.service.pushing import Pushed, push
from label_studio_lite.sharing import shapes
from label_studio_lite.sharing.peer import Peer
from tests.conftest import MakeProject, choice
from tests.http.v1.test_clients import WorkspaceServer
from tests.unit.test_task_table import TASKS, add

_BUILDS = pytest.mark.timeout(1800)  # seconds; the first run of all installs the original


@pytest.fixture(
    scope="module",
    params=["ours", pytest.param("original", marks=[pytest.mark.compat, _BUILDS])],
)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """The address of the other server, and a token."""
    if request.param == "original":
        yield request.getfixturevalue("original")
        return
    with WorkspaceServer(tmp_path_factory.mktemp("projects")) as server:
        yield server.url, "any"


@pytest.fixture
def peer(place: tuple[str, str]) -> Peer:
    return Peer(*place)


@pytest.fixture
def project(make_project: MakeProject) -> Project:
    """Six tasks with all kinds of work, and one with an uploaded file."""
    made = make_project(title=f"Push {uuid.uuid4().hex[:8]}", instruction="Be kind")
    add(made, TASKS)
    saved = made.uploads.save("picture.png", io.BytesIO(b"\x89PNG 123"))
    url = f"/data/upload/{saved.name}"
    add(made, [{"data": {"text": "file", "pics": [url]}, "meta": {"k": 1}}])
    return made


@pytest.fixture
def copy(tmp_path: Path, peer: Peer) -> Iterator[Any]:
    """``copy(project id)``: a directory that a project there is pulled into."""
    opened: list[Project] = []

    def make(project_id: int) -> Project:
        folder = tmp_path / f"copy {len(opened)}"
        pulling.start(folder, peer, project_id)
        opened.append(open_project(folder))
        return opened[-1]

    yield make
    for project in opened:
        project.close()


def content(project: Project) -> list[Json]:
    """What the tasks of a project say, without what tells two copies apart."""
    return [
        {
            **shapes.task_out(task, "", lambda address: address),
            "meta": task.fields.get("meta"),
        }
        for task in project.store.read_tasks(project.store.task_ids())
    ]


def counts(done: Pushed | Pulled) -> tuple[int, int, int]:
    return done.created, done.changed, done.unchanged


# -- there and back -----------------------------------------------------------------------------


def test_a_project_comes_back_as_it_went(project: Project, peer: Peer, copy: Any) -> None:
    done = push(project, peer)
    assert (counts(done), done.files, done.problems) == ((7, 0, 0), 1, [])
    back = copy(done.project)
    pulled = pull(back, peer, done.project)
    assert (counts(pulled), pulled.files, pulled.problems) == ((7, 0, 0), 1, [])
    assert content(back) == content(project)
    assert back.uploads.names() == project.uploads.names()
    assert back.label_config.current.xml == project.label_config.current.xml
    for key in ("title", "instruction", "sampling"):
        assert back.settings.get(key) == project.settings.get(key)


def test_a_second_time_nothing_is_sent(project: Project, peer: Peer, copy: Any) -> None:
    done = push(project, peer)
    again = push(project, peer)
    assert (again.project, counts(again), again.files) == (done.project, (0, 0, 7), 0)
    back = copy(done.project)
    pull(back, peer, done.project)
    assert counts(pull(back, peer)) == (0, 0, 7)


def test_changes_follow(project: Project, peer: Peer, copy: Any) -> None:
    done = push(project, peer)
    back = copy(done.project)
    pull(back, peer, done.project)
    project.completions.complete(1, {"result": [choice("bad")], "honeypot": True})
    project.completions.update(4, 4001, {"result": [choice("bad")], "lead_time": 9})
    project.completions.delete(4, 4002)
    project.completions.delete(5, 5001)
    project.predictions.delete(3, 0)
    project.tasks.replace_task(2, {"data": {"text": "new words"}, "meta": {"by": "me"}})
    project.tasks.delete_task(0)
    add(project, [{"data": {"text": "one more"}}])
    changed = push(project, peer)
    assert (counts(changed), changed.deleted) == ((1, 5, 1), 1)
    assert counts(push(project, peer)) == (0, 0, 7)
    pulled = pull(back, peer)
    assert counts(pulled) == (1, 5, 1)
    assert content(back)[1:] == content(project)  # what was deleted there stays here
    assert counts(pull(back, peer)) == (0, 0, 7)


def test_work_that_was_done_there_is_kept(project: Project, peer: Peer, copy: Any) -> None:
    done = push(project, peer)
    back = copy(done.project)
    pull(back, peer, done.project)
    back.completions.complete(back.store.task_ids()[0], {"result": [choice("bad")]})
    push(back, peer)  # to where it came from
    project.completions.complete(0, {"result": [choice("good")]})
    push(project, peer)
    listed = next(peer.tasks(done.project))
    assert [item["result"][0]["value"] for item in listed["annotations"]] == [
        {"choices": ["bad"]},
        {"choices": ["good"]},
    ]


def test_a_task_that_changed_on_both_sides_stays(project: Project, peer: Peer, copy: Any) -> None:
    done = push(project, peer)
    back = copy(done.project)
    pull(back, peer, done.project)
    first = back.store.task_ids()[0]
    back.completions.complete(first, {"result": [choice("bad")]})
    project.completions.complete(0, {"result": [choice("good")]})
    push(project, peer)
    pulled = pull(back, peer)
    assert pulled.problems == [f"task {first} was changed on both sides and stays as it is"]
    assert [c.result for c in back.store.read_task(first).completions] == [[choice("bad")]]


def test_a_new_label_config_follows(project: Project, peer: Peer, copy: Any) -> None:
    done = push(project, peer)
    back = copy(done.project)
    pull(back, peer, done.project)
    xml = project.label_config.current.xml.replace(
        'value="bad"/>', 'value="bad"/><Choice value="so"/>'
    )
    project.label_config.set(xml)
    push(project, peer)
    pull(back, peer)
    assert back.label_config.current.xml == xml


# -- what goes wrong ----------------------------------------------------------------------------


class Cut(Peer):
    """A connection that ends at some import: before it is made, or before it is answered."""

    def __init__(self, place: tuple[str, str], at: int, *, made: bool) -> None:
        super().__init__(*place)
        self.left, self.made = at, made

    def import_tasks(self, project_id: int, tasks: Sequence[Json]) -> list[int]:
        self.left -= 1
        if self.left < 0:
            if self.made:
                super().import_tasks(project_id, tasks)
            raise BackendFailed("the connection was cut")
        return super().import_tasks(project_id, tasks)


@pytest.mark.parametrize("made", [False, True])
def test_a_push_that_was_cut_off_goes_on(
    project: Project, place: tuple[str, str], peer: Peer, made: bool
) -> None:
    add(project, [{"data": {"text": f"task {n}"}} for n in range(250)])
    with pytest.raises(BackendFailed, match="was cut"):
        push(project, Cut(place, 1, made=made))
    done = push(project, peer)
    total = len(project.store.task_ids())
    assert sum(counts(done)) == total
    assert done.created == (57 if made else 157)
    marks = [shapes.mark_of(task, project.identity.name()) for task in peer.tasks(done.project)]
    assert sorted(mark for mark in marks if mark is not None) == list(project.store.task_ids())
    assert len(marks) == total


def test_a_push_that_was_cut_off_at_once_takes_its_project(
    project: Project, place: tuple[str, str], peer: Peer
) -> None:
    class NoLinks(Peer):
        def create_project(self, fields: Json) -> Json:
            super().create_project(fields)
            raise BackendFailed("the answer is lost")

    with pytest.raises(BackendFailed):
        push(project, NoLinks(*place))
    made = [item["id"] for item in peer.projects(str(project.settings.get("title")))]
    assert [push(project, peer).project] == made


def test_without_its_memory_a_push_knows_its_tasks(project: Project, peer: Peer) -> None:
    done = push(project, peer)
    for file in (project.folder / ".links").iterdir():
        file.unlink()
    again = push(project, peer, into=done.project)
    assert again.created == 0  # the file is sent anew, so that its task may change
    assert len(list(peer.tasks(done.project))) == 7
    assert counts(push(project, peer)) == (0, 0, 7)


def test_a_file_that_is_missing_is_named(make_project: MakeProject, peer: Peer) -> None:
    project = make_project(title=f"Missing {uuid.uuid4().hex[:8]}")
    name = "0" * 32 + "-x.png"
    add(project, [{"data": {"text": f"/data/upload/{name}"}}])
    done = push(project, peer)
    assert done.problems == [f"there is no uploaded file {name}"]
    assert done.created == 1


@pytest.mark.parametrize(
    ("error", "act"),
    [
        (NotFound, lambda project, peer: push(project, peer, into=987_654)),
        (NotFound, lambda project, peer: pull(project, peer, 987_654)),
        (Invalid, lambda project, peer: pull(project, peer)),
    ],
)
def test_unknown_projects_are_refused(
    project: Project, peer: Peer, error: type[LabelStudioError], act: Any
) -> None:
    with pytest.raises(error):
        act(project, peer)


def test_a_project_has_one_place_on_a_server(project: Project, peer: Peer) -> None:
    done = push(project, peer)
    with pytest.raises(Conflict, match="belongs to project"):
        push(project, peer, into=done.project + 1)


def test_bad_addresses_are_named() -> None:
    with pytest.raises(Invalid):
        Peer("ftp://example.org", "t")
    with pytest.raises(BackendFailed, match="cannot be reached"):
        Peer("http://127.0.0.1:9", "t").version()


def test_the_commands(project: Project, place: tuple[str, str], tmp_path: Path) -> None:
    folder = project.folder
    project.close()
    url, token = place
    there = ["--url", url, "--token", token]
    runner = CliRunner()
    done = runner.invoke(cli, ["push", str(folder), *there])
    assert done.exit_code == 0, done.output
    assert "7 new, 0 changed, 0 deleted, 0 as they were; 1 files" in done.output
    project_id = done.output.partition("/projects/")[2].partition(":")[0]
    target = str(tmp_path / "back")
    none = runner.invoke(cli, ["pull", target, *there])
    assert (none.exit_code, none.output) == (1, "Error: name the project there with --project\n")
    done = runner.invoke(cli, ["pull", target, *there, "--project", project_id])
    assert done.exit_code == 0, done.output
    assert "7 new, 0 changed, 0 as they were; 1 files" in done.output
    environment = {"LABEL_STUDIO_TOKEN": token}
    done = runner.invoke(cli, ["pull", target, "--url", url], env=environment)
    assert "0 new, 0 changed, 7 as they were" in done.output
