"""The set of projects that one server serves: id → project."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from label_studio_lite.errors import LabelStudioError, NotAllowed, NotFound
from label_studio_lite.service.access.accounts import Accounts
from label_studio_lite.service.creating import NewProject, create_project
from label_studio_lite.service.hooks.webhooks import Webhooks
from label_studio_lite.service.project import Project, open_project
from label_studio_lite.service.served import Served
from label_studio_lite.service.settings import DEFAULTS
from label_studio_lite.store.documents import Documents
from label_studio_lite.store.fs import FileSystem
from label_studio_lite.store.projects_folder import ProjectsFolder, is_project

Kind = Literal["single", "many", "sessions"]
DEFAULT_TITLE = DEFAULTS["title"]  # of those who never gave one
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Session:
    """Whose request this is, in multi-session mode; both are uuids."""

    user: str
    project: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A project in a list, which is not opened for it. ``key`` is its id, or its uuid in
    multi-session mode; ``changed_at`` in seconds."""

    key: int | str
    folder: str
    title: str
    changed_at: float


def _listed(key: int | str, projects: ProjectsFolder, name: str) -> Listed:
    said = projects.settings(name)
    title = str(said.get("title") or "")
    if title == DEFAULT_TITLE:
        title = ""
    return Listed(key, name, title, projects.changed_at(name))


class Workspace(Protocol):
    """What the rooms above ask for projects."""

    @property
    def kind(self) -> Kind: ...
    @property
    def accounts(self) -> Accounts:
        """The one user of this server."""

    @property
    def webhooks(self) -> Webhooks: ...
    def current(self, key: int | Session | None) -> Project:
        """The project that a request means; ``NotFound`` when it means none."""

    def get(self, project_id: int) -> Project:
        """``NotFound`` for an unknown id."""

    def ids(self) -> list[int]: ...
    def create(self, new: NewProject) -> Project:
        """``NotAllowed`` where there can be only one."""

    def delete(self, project_id: int) -> None: ...
    def announce(self, served: Served) -> None:
        """The projects are served there from now on, those that are opened later, too."""

    def close(self) -> None: ...


class OneProject:
    """``start my_project``: a workspace of exactly one, with the id 1."""

    kind: Kind = "single"

    def __init__(self, project: Project) -> None:
        self._project = project
        self.accounts = Accounts(project.folder, clock=project.clock)
        self.webhooks = Webhooks(project.documents, project.clock)
        self.webhooks.follow(project)

    def current(self, key: int | Session | None) -> Project:
        return self.get(key if isinstance(key, int) else 1)

    def get(self, project_id: int) -> Project:
        if project_id != 1:
            raise NotFound(f"there is no project {project_id}; this server serves project 1 only")
        return self._project

    def ids(self) -> list[int]:
        return [1]

    def create(self, new: NewProject) -> Project:
        raise NotAllowed(
            "this server serves one project directory; 'label-studio start' without a directory"
            " serves many and can create projects"
        )

    def delete(self, project_id: int) -> None:
        self.get(project_id)
        raise NotAllowed("the project of a server of one cannot be deleted while it is served")

    def announce(self, served: Served) -> None:
        self.webhooks.reach_by(served.outgoing)
        self._project.announce(served)

    def close(self) -> None:
        self.webhooks.close()
        self._project.close()


class ManyProjects:
    """``start`` without a project: every project directory in one folder, opened when asked for.

    Ids count from 1 and stay with a folder's name; they are kept in ``.workspace.json``.
    """

    kind: Kind = "many"
    _TABLE = "projects"

    def __init__(self, folder: Path, open_: Callable[..., Project] = open_project) -> None:
        self._folder = ProjectsFolder(folder)
        self.documents = Documents(FileSystem(), folder / ".workspace.json")
        self.accounts = Accounts(folder)
        self.webhooks = Webhooks(self.documents)
        self._open_project = open_
        self._open: dict[int, Project] = {}
        self._served: Served | None = None
        self._lock = threading.RLock()

    def ids(self) -> list[int]:
        with self._lock:
            return sorted(self._names())

    def listed(self) -> list[Listed]:
        """All, those that were worked on last first."""
        with self._lock:
            names = self._names()
        found = [_listed(i, self._folder, name) for i, name in names.items()]
        return sorted(found, key=lambda one: one.changed_at, reverse=True)

    def _names(self) -> dict[int, str]:
        """Project id → folder name; folders that were put there by hand get an id."""
        known = {i: str(row["folder"]) for i, row in self.documents.all(self._TABLE).items()}
        present = self._folder.names()
        for name in present:
            if name not in known.values():
                known[self.documents.add(self._TABLE, {"folder": name})] = name
        return {i: name for i, name in known.items() if name in present}

    def current(self, key: int | Session | None) -> Project:
        if isinstance(key, int):
            return self.get(key)
        ids = self.ids()
        if len(ids) == 1:
            return self.get(ids[0])
        if not ids:
            raise NotFound("there is no project yet")
        raise NotFound(
            "this server serves many projects; put /projects/<id> in front of the path to say"
            " which one is meant"
        )

    def get(self, project_id: int) -> Project:
        with self._lock:
            if project_id not in self._open:
                name = self._names().get(project_id)
                if name is None:
                    raise NotFound(f"there is no project {project_id}")
                folder = self._folder.folder / name
                project = self._open_project(folder, id=project_id)
                self._open[project_id] = project
                self.webhooks.follow(project)
                if self._served is not None:
                    project.announce(self._below(project_id))
            return self._open[project_id]

    def _below(self, project_id: int) -> Served:
        assert self._served is not None
        return replace(self._served, prefix=f"/projects/{project_id}")

    def announce(self, served: Served) -> None:
        with self._lock:
            self._served = served
            self.webhooks.reach_by(served.outgoing)
            for project_id, project in self._open.items():
                project.announce(self._below(project_id))

    def create(self, new: NewProject) -> Project:
        with self._lock:
            name = self._folder.free_name(_folder_name(new))
            create_project(self._folder.folder / name, new)
            made = self.get(next(i for i, known in self._names().items() if known == name))
        self.webhooks.told_of_project("PROJECT_CREATED", made)
        return made

    def delete(self, project_id: int) -> None:
        """The directory is moved to ``.trash/``."""
        with self._lock:
            project = self.get(project_id)
            self.webhooks.told_of_project("PROJECT_DELETED", project)
            project.close()
            del self._open[project_id]
            self._folder.throw_away(self._names()[project_id])
            self.documents.remove(self._TABLE, project_id)

    def close(self) -> None:
        self.webhooks.close()
        with self._lock:
            _close_all(self._open)


def _folder_name(new: NewProject) -> str:
    """A folder name that a person recognises, from the title."""
    title = str(new.settings.get("title") or "")
    name = re.sub(r"[^\w.-]+", "-", title, flags=re.UNICODE).strip("-.").lower()
    return name[:60] or "project"


def _close_all(projects: dict[Any, Project]) -> None:
    """Close each, whatever happens to the others; the first error is raised at the end."""
    failure: LabelStudioError | None = None
    while projects:
        _, project = projects.popitem()
        try:
            project.close()
        except LabelStudioError as error:
            failure = failure or error
    if failure is not None:
        raise failure


class Sessions:
    """``start-multi-session``: ``<root>/<user uuid>/<project uuid>/`` for each visitor."""

    kind: Kind = "sessions"

    def __init__(
        self, root: Path, new: NewProject, open_: Callable[..., Project] = open_project
    ) -> None:
        folder = ProjectsFolder(root)
        self._root = folder.folder
        self.accounts = Accounts(root)
        self.webhooks = Webhooks(Documents(FileSystem(), root / ".workspace.json"))
        self._new = new
        self._open_project = open_
        self._open: dict[str, Project] = {}
        self._served: Served | None = None
        self._lock = threading.RLock()

    def start(
        self,
        user: str | None = None,
        description: str | None = None,
        *,
        new: NewProject | None = None,
    ) -> Session:
        """A new project, for a new user unless one is named; ``new`` says what is special."""
        session = Session(user or str(uuid.uuid4()), str(uuid.uuid4()))
        settings = {**self._new.settings, **(new.settings if new else {})}
        if description:
            settings["description"] = description
        like = new or self._new
        new = NewProject(like.label_config, settings, like.editor or self._new.editor)
        create_project(self._root / session.user / session.project, new)
        return session

    def listed(self, user: str) -> list[Listed]:
        """The projects that a user made, those that were worked on last first."""
        if not _UUID.fullmatch(user) or not (self._root / user).is_dir():
            return []
        folder = ProjectsFolder(self._root / user)
        found = [_listed(name, folder, name) for name in folder.names()]
        return sorted(found, key=lambda one: one.changed_at, reverse=True)

    def visitor(self) -> Session:
        """Somebody who has no project yet."""
        return Session(str(uuid.uuid4()), "")

    def folder_of(self, project: str) -> Path:
        """Where a project lies, whoever made it; ``NotFound``."""
        if not _UUID.fullmatch(project):
            raise NotFound(f"No such shared project found: project_uuid = {project}")
        for folder in self._root.glob(f"*/{project}"):
            if is_project(folder):
                return folder
        raise NotFound(f"No such shared project found: project_uuid = {project}")

    def current(self, key: int | Session | None) -> Project:
        if not isinstance(key, Session):
            raise NotFound(
                "this request belongs to no session; open a page in a browser, or"
                " POST /api/project?new=1 and keep the cookie"
            )
        with self._lock:
            if key.project not in self._open:
                project = self._open_project(self.folder_of(key.project))
                self._open[key.project] = project
                if self._served is not None:
                    project.announce(self._served)
            return self._open[key.project]

    def announce(self, served: Served) -> None:
        with self._lock:
            self._served = served
            for project in self._open.values():
                project.announce(served)

    def get(self, project_id: int) -> Project:
        raise NotFound(f"there is no project {project_id}; projects belong to sessions here")

    def ids(self) -> list[int]:
        return []

    def create(self, new: NewProject) -> Project:
        raise NotAllowed(
            "projects of a multi-session server are made with POST /api/project?new=1"
        )

    def delete(self, project_id: int) -> None:
        self.get(project_id)

    def close(self) -> None:
        with self._lock:
            _close_all(self._open)
