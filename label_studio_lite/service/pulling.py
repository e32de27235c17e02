"""Bringing a project of a full Label Studio 1.x into a directory, and later changes after it.

The same memory as of a push (``store/links.py``) says what is here already. A task that was
changed on both sides since is left as it is here, and named.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from label_studio_lite.core.model import Json, RawTask, Task
from label_studio_lite.errors import BackendFailed, ImportInvalid, Invalid, NotFound
from label_studio_lite.service.creating import NewProject, create_project
from label_studio_lite.sharing import shapes
from label_studio_lite.sharing.peer import Peer
from label_studio_lite.store.links import Link, Links

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

_BATCH = 200  # tasks that are imported at once
_UPLOADED = re.compile(
    r"(?:https?://[^/]+)?/data/upload/(?:\d+/)?(?:[0-9a-f]{8}-|[0-9a-f]{32}-)?([^/?#]+)"
)

Progress = Callable[[int], None]  # how many tasks were looked at so far


@dataclass(slots=True)
class Pulled:
    """What a pull did. ``problems`` are for people."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    files: int = 0
    problems: list[str] = field(default_factory=list)


def start(folder: Path, peer: Peer, project_id: int) -> None:
    """Make the directory for a project there. ``NotFound``, ``LabelConfigInvalid``, ``Conflict``
    (there is a project already), ``BackendFailed``."""
    found = peer.project(project_id)
    settings = shapes.settings_in(found)
    create_project(folder, NewProject(str(found["label_config"]), settings))


class Pull:
    """One pull of one project, into one directory."""

    def __init__(self, project: Project, peer: Peer, links: Links) -> None:
        self._project = project
        self._peer = peer
        self._links = links
        self._origin = project.identity.name()
        self._addresses = {there: name for name, there in links.files.items()}
        self.done = Pulled()

    def run(
        self, project_id: int | None = None, *, progress: Progress = lambda count: None
    ) -> Pulled:
        """Take over what is new or has changed there; nothing is deleted here.

        ``Invalid`` when no project is named and none was before, ``NotFound``, ``BackendFailed``.
        What came until then stays and does not come again.
        """
        target = project_id if project_id is not None else self._links.project
        if target is None:
            raise Invalid("name the project there with --project")
        if self._links.project not in (None, target):
            raise Invalid(f"this directory belongs to project {self._links.project} there")
        self._take_config(self._peer.project(target))
        self._links.set_project(target)
        here_of = {link.there: here for here, link in self._links.tasks.items()}
        seen = 0
        tasks = self._peer.tasks(target)
        while chunk := list(islice(tasks, _BATCH)):
            self._take([task for task in chunk if task["id"] not in here_of])
            for task in chunk:
                if task["id"] in here_of:
                    self._update(here_of[task["id"]], task)
            self._links.flush()
            seen += len(chunk)
            progress(seen)
        return self.done

    def _take_config(self, found: Json) -> None:
        xml = str(found["label_config"])
        if xml == self._project.label_config.current.xml:
            return
        try:
            self._project.label_config.set(xml)
        except Invalid as error:
            self.done.problems.append(f"the label config stays as it is here: {error.detail}")

    # -- tasks --------------------------------------------------------------------------------

    def _take(self, tasks: Sequence[Json]) -> None:
        """Tasks that are not here yet; if some of them cannot be, the others."""
        if not tasks:
            return
        try:
            self._import(tasks)
        except ImportInvalid as error:
            if len(tasks) == 1:
                self.done.problems.append(f"task {tasks[0]['id']} there: {error.detail}")
                return
            for task in tasks:
                self._take([task])

    def _import(self, tasks: Sequence[Json]) -> None:
        # a pull that was cut off between the import and its links gets the same answer again
        states = [shapes.state_there(task) for task in tasks]
        ids = [task["id"] for task in tasks]
        request = f"pull {self._peer.url} {ids[0]}-{ids[-1]} {len(ids)} {states[0]} {states[-1]}"
        items = [RawTask(shapes.task_in(task, self._address)) for task in tasks]
        result = self._project.imports.import_items(items, request_id=request)
        for here, there in zip(result.new_task_ids, tasks, strict=True):
            self._link(self._project.store.read_task(here), there)
        self.done.created += len(tasks)

    def _link(self, task: Task, there: Json) -> None:
        """Remember that both say the same; completions came in the order of annotations."""
        pairs = zip(task.completions, there.get("annotations") or (), strict=False)
        completions = {ours.id: int(theirs["id"]) for ours, theirs in pairs}
        states = shapes.state_here(task), shapes.state_there(there)
        self._links.set_task(task.id, Link(there["id"], *states, completions))

    def _update(self, here: int, there: Json) -> None:
        link = self._links.tasks[here]
        if link.state_there == shapes.state_there(there):
            self.done.unchanged += 1
            return
        try:
            task = self._project.store.read_task(here)
        except NotFound:
            self.done.problems.append(f"task {here} was deleted here and changed there")
            return
        if link.state_here != shapes.state_here(task):
            self.done.problems.append(f"task {here} was changed on both sides and stays as it is")
            return
        body = {"completions": [], **shapes.task_in(there, self._address)}
        try:
            changed = self._project.tasks.replace_task(here, body)
        except Invalid as error:
            self.done.problems.append(f"task {there['id']} there: {error.detail}")
            return
        self._link(changed, there)
        self.done.changed += 1

    # -- files --------------------------------------------------------------------------------

    def _address(self, value: str) -> str:
        """An address that works here: uploads come along when a task first names them."""
        match = _UPLOADED.fullmatch(value)
        if match is None:
            return value
        path = value[value.index("/data/upload/") :]
        if path not in self._addresses:
            try:
                self._addresses[path] = self._download(path, match[1])
            except (NotFound, BackendFailed) as error:
                if error.detail not in self.done.problems:
                    self.done.problems.append(error.detail)
                return value
        return f"/data/upload/{self._addresses[path]}"

    def _download(self, path: str, name: str) -> str:
        with tempfile.TemporaryFile() as file:
            for piece in self._peer.download(path):
                file.write(piece)
            file.seek(0)
            saved = self._project.uploads.save(name, file)
        self._links.set_file(saved.name, path)
        self.done.files += 1
        return saved.name


def pull(
    project: Project,
    peer: Peer,
    project_id: int | None = None,
    *,
    progress: Progress = lambda count: None,
) -> Pulled:
    """See :meth:`Pull.run`."""
    with project.links(peer.url) as links:
        return Pull(project, peer, links).run(project_id, progress=progress)
