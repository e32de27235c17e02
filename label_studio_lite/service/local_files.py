"""Media that stay where they are: folders that a project serves in place."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

from label_studio_lite.core.model import Json
from label_studio_lite.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

ROOTS = "local_files_roots"  # folders that were declared with --images or in config.json
_SHOWN = 200  # characters of a name in a message
ALLOWED = "allow_serving_local_files"  # 0.8.x's word: any folder that a task names


class LocalFiles:
    """The served folders of one project.

    A declared folder is served with everything below it. Where an old project says
    ``allow_serving_local_files``, which in 0.8.x opened the whole disk, the folders that its
    tasks name are served, and no others.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._named: set[str] | None = None

    def path(self, folder: str, name: str) -> Path:
        """The file ``name`` of a folder; ``NotAllowed`` if it is not served, ``NotFound``."""
        try:
            wanted = Path(os.path.realpath(Path(folder) / name))
            roots = self._roots(folder)
            exists = wanted.is_file()
        except (OSError, ValueError) as error:  # a name that no file system takes
            raise NotFound(f"there is no file {name[:_SHOWN]}") from error
        if not any(wanted.is_relative_to(root) for root in roots):
            raise NotAllowed(
                f"{wanted} is not in a folder that this project serves; 'label-studio start"
                " PROJECT --images FOLDER' serves one"
            )
        if not exists:
            raise NotFound(f"there is no file {wanted}")
        return wanted

    def _roots(self, asked: str) -> list[str]:
        declared = self._project.settings.get(ROOTS) or []
        roots = [os.path.realpath(root) for root in declared if isinstance(root, str)]
        roots += self._project.storages.served_folders()
        if self._project.settings.get(ALLOWED):
            folder = os.path.realpath(asked)
            if folder in self._folders_of_tasks():
                roots.append(folder)
        return roots

    def _folders_of_tasks(self) -> set[str]:
        """Every ``?d=`` in the data of the tasks."""
        if self._named is None:
            tasks = self._project.store.read_tasks(self._project.store.task_ids())
            self._named = {folder for task in tasks for folder in _folders(task.data)}
        return self._named

    def forget(self) -> None:
        """Tasks changed: look again for the folders that they name."""
        self._named = None


def served_address(root: str, name: str) -> str:
    """How task data names the file ``name`` (with its folders) below a served folder."""
    path = Path(root) / name
    return f"/data/{quote(path.name)}?d={quote(str(path.parent), safe='')}"


def _folders(data: Json) -> list[str]:
    values = [value for value in data.values() if isinstance(value, str) and "?d=" in value]
    found = [parse_qs(urlsplit(value).query).get("d", []) for value in values]
    return [os.path.realpath(folder) for folders in found for folder in folders]
