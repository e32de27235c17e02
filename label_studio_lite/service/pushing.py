"""Bringing a project to a full Label Studio 1.x, and later changes after it.

What was sent is remembered (``store/links.py``), so that a push that was cut off goes on where it
stopped and one that is repeated sends only what has changed here since. Tasks that an import left
there without an answer are known again by their mark.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from label_studio_lite.core.media import upload_name
from label_studio_lite.core.model import Json, Task
from label_studio_lite.errors import BackendFailed, Conflict
from label_studio_lite.sharing import shapes
from label_studio_lite.sharing.peer import Peer
from label_studio_lite.store.links import Link, Links
from label_studio_lite.store.uploads import original_name

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

_BATCH = 100  # tasks that are sent at once

Progress = Callable[[int], None]  # how many tasks were looked at so far


@dataclass(slots=True)
class Pushed:
    """What a push did. ``problems`` are for people; each is about one file."""

    project: int = 0
    created: int = 0
    changed: int = 0
    deleted: int = 0
    unchanged: int = 0
    files: int = 0
    problems: list[str] = field(default_factory=list)


class Push:
    """One push of one project, to one place."""

    def __init__(self, project: Project, peer: Peer, links: Links) -> None:
        self._project = project
        self._peer = peer
        self._links = links
        self._origin = project.identity.name()
        self.done = Pushed()

    def run(
        self,
        *,
        into: int | None = None,
        title: str | None = None,
        progress: Progress = lambda count: None,
    ) -> Pushed:
        """Make the project there what it is here; ``into`` is the id of one that exists.

        ``NotFound`` (the project there), ``Conflict`` (another one was pushed to before),
        ``BackendFailed``. What was sent until then stays and is not sent again.
        """
        self.done.project = self._there(into, title)
        self._adopt()
        seen = 0
        ids = iter(self._project.store.task_ids())
        while chunk := list(islice(ids, _BATCH)):
            self._send(list(self._project.store.read_tasks(chunk)))
            seen += len(chunk)
            progress(seen)
        self._delete()
        self._links.flush()
        return self.done

    # -- the project --------------------------------------------------------------------------

    def _there(self, into: int | None, title: str | None) -> int:
        """The id of the project there, made if need be, with the present label config."""
        known = self._links.project
        if into is not None and known not in (None, into):
            raise Conflict(f"it belongs to project {known} of {self._peer.url} already")
        xml = self._project.label_config.current.xml
        settings = self._project.settings
        name = title or str(settings.get("title") or self._project.folder.name)
        fields = shapes.project_out(settings.stored(), xml, name)
        target = into if into is not None else known
        found = self._made(fields) if target is None else self._peer.project(target)
        self._links.set_project(int(found["id"]))
        if found.get("label_config") != xml:
            self._peer.change_project(int(found["id"]), {"label_config": xml})
        return int(found["id"])

    def _made(self, fields: Json) -> Json:
        """A new project; one that a push made and could not fill is taken instead."""
        for found in self._peer.projects(fields["title"]):
            same = all(found.get(key) == value for key, value in fields.items())
            if same and found.get("task_number") == 0:
                return found
        return self._peer.create_project(fields)

    # -- tasks --------------------------------------------------------------------------------

    def _adopt(self) -> None:
        """Link tasks that came from here in an import that got no answer."""
        newest = max((link.there for link in self._links.tasks.values()), default=0)
        later = [_filter("greater", newest)] if newest else []
        for task in self._peer.tasks(self.done.project, later):
            here = shapes.mark_of(task, self._origin)
            if here is not None and here not in self._links.tasks:
                self._links.set_task(here, Link(task["id"], "", shapes.state_there(task), {}))

    def _send(self, tasks: Sequence[Task]) -> None:
        new: list[Task] = []
        for task in tasks:
            link = self._links.tasks.get(task.id)
            if link is None:
                new.append(task)
            elif link.state_here == shapes.state_here(task):
                self.done.unchanged += 1
            elif not self._change(task, link):
                new.append(task)  # it is gone there
        if new:
            self._create(new)
        self._links.flush()

    def _create(self, tasks: Sequence[Task]) -> None:
        bodies = [shapes.task_out(task, self._origin, self._address) for task in tasks]
        ids = self._peer.import_tasks(self.done.project, bodies)
        span = _filter("in", {"min": min(ids), "max": max(ids)})
        listed = {task["id"]: task for task in self._peer.tasks(self.done.project, [span])}
        for task, there in zip(tasks, ids, strict=True):
            if there not in listed:
                raise BackendFailed(f"{self._peer.url} does not list the new task {there}")
            self._link(task, listed[there])
        self.done.created += len(tasks)

    def _link(self, task: Task, there: Json) -> None:
        """Remember that both say the same now."""
        ours = [shapes.annotation_out(completion) for completion in task.completions]
        twins = shapes.matched(ours, there.get("annotations") or ())
        completions = {
            int(completion.fields["id"]): int(twin["id"])
            for completion, twin in zip(task.completions, twins, strict=True)
            if twin is not None and isinstance(completion.fields.get("id"), int)
        }
        states = shapes.state_here(task), shapes.state_there(there)
        self._links.set_task(task.id, Link(there["id"], *states, completions))

    def _change(self, task: Task, link: Link) -> bool:
        """Make a task there what it is here; False when it is gone."""
        there = self._find(link.there)
        if there is None:
            return False
        fields = {
            "data": shapes.mapped(task.data, self._address),
            "meta": shapes.meta_out(task, self._origin),
        }
        changed = {key: value for key, value in fields.items() if there.get(key) != value}
        if changed:
            self._peer.change_task(link.there, changed)
        edits = len(changed)
        edits += self._change_annotations(task, link, there)
        edits += self._change_predictions(task, there)
        self._link(task, (self._find(link.there) if edits else None) or there)
        if edits:
            self.done.changed += 1
        else:
            self.done.unchanged += 1
        return True

    def _find(self, there: int) -> Json | None:
        return next(self._peer.tasks(self.done.project, [_filter("equal", there)]), None)

    def _change_annotations(self, task: Task, link: Link, there: Json) -> int:
        """Annotations that were made there stay; those that came from here follow ours.

        Returns how many were changed.
        """
        edits = 0
        known = {item["id"]: item for item in there.get("annotations") or ()}
        strangers = [item for i, item in known.items() if i not in link.completions.values()]
        kept = set()
        for completion in task.completions:
            body = shapes.annotation_out(completion)
            theirs = known.get(link.completions.get(completion.fields.get("id", 0), 0))
            if theirs is None:  # perhaps it was sent, and the answer lost
                theirs = shapes.matched([body], strangers)[0]
            if theirs is None:
                kept.add(self._peer.add_annotation(link.there, body))
                edits += 1
                continue
            kept.add(theirs["id"])
            if theirs in strangers:
                strangers.remove(theirs)
            elif shapes.sameness(theirs) != shapes.sameness(body):
                self._peer.change_annotation(theirs["id"], body)
                edits += 1
        for annotation_id in link.completions.values():
            if annotation_id not in kept and annotation_id in known:
                self._peer.delete_annotation(annotation_id)
                edits += 1
        return edits

    def _change_predictions(self, task: Task, there: Json) -> int:
        """Predictions have no one's work in them: there they become what they are here.

        Returns how many were changed.
        """
        new = 0
        left = list(there.get("predictions") or ())
        for prediction in task.predictions:
            body = shapes.prediction_out(prediction)
            twin = shapes.matched([body], left)[0]
            if twin is None:
                self._peer.add_prediction({"task": there["id"], **body})
                new += 1
            else:
                left.remove(twin)
        for extra in left:
            self._peer.delete_prediction(extra["id"])
        return new + len(left)

    def _delete(self) -> None:
        """Tasks that were sent and are gone here go there, too."""
        present = self._project.store.has_task
        for here in [here for here in self._links.tasks if not present(here)]:
            self._peer.delete_task(self._links.tasks[here].there)
            self._links.drop_task(here)
            self.done.deleted += 1

    # -- files --------------------------------------------------------------------------------

    def _address(self, value: str) -> str:
        """An address that works there: uploads are sent when a task first names them."""
        stored = upload_name(value)
        if stored is None:
            return value
        name = unquote(stored)
        if name in self._links.files:
            return self._links.files[name]
        path = self._project.uploads.path(name)
        if path is None:
            self._problem(f"there is no uploaded file {name}")
            return value
        try:
            with path.open("rb") as file:
                address = self._peer.upload(self.done.project, original_name(name), file)
        except BackendFailed as error:
            self._problem(error.detail)
            return value
        self._links.set_file(name, address)
        self.done.files += 1
        return address

    def _problem(self, message: str) -> None:
        if message not in self.done.problems:
            self.done.problems.append(message)


def push(
    project: Project,
    peer: Peer,
    *,
    into: int | None = None,
    title: str | None = None,
    progress: Progress = lambda count: None,
) -> Pushed:
    """See :meth:`Push.run`."""
    with project.links(peer.url) as links:
        return Push(project, peer, links).run(into=into, title=title, progress=progress)


def _filter(operator: str, value: object) -> Json:
    return {
        "filter": "filter:tasks:id",
        "operator": operator,
        "type": "Number",
        "value": value,
    }
