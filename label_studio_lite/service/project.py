"""One open project: its store, its settings, and the use cases by topic.

``project.completions.complete(…)``, ``project.tasks.next_task()``, ``project.imports…``: each
topic is a module of this package, and each verb is what both dialects and the command line call.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

from label_studio_lite.core.model import Json
from label_studio_lite.core.validation import TaskValidator
from label_studio_lite.errors import NotFound
from label_studio_lite.service.completions import Completions
from label_studio_lite.service.data_keys import DataKeys
from label_studio_lite.service.exports import Exports
from label_studio_lite.service.folders import Folders
from label_studio_lite.service.imports import Imports
from label_studio_lite.service.label_config import LabelConfigs
from label_studio_lite.service.local_files import LocalFiles
from label_studio_lite.service.models import Models
from label_studio_lite.service.settings import Settings
from label_studio_lite.service.storages import Storages
from label_studio_lite.service.tasks import Tasks
from label_studio_lite.service.usage import UsageTracker
from label_studio_lite.store.base import Store
from label_studio_lite.store.directory import DirectoryStore
from label_studio_lite.store.export_files import ExportFiles
from label_studio_lite.store.fs import FileSystem
from label_studio_lite.store.opening import Progress
from label_studio_lite.store.projects_folder import MARKER, is_project
from label_studio_lite.store.uploads import Uploads


class Project:
    """An open project. ``name`` is what 0.8.x shows: the directory as it was given."""

    def __init__(
        self,
        store: Store,
        folder: Path,
        *,
        id: int = 1,
        name: str = "",
        overrides: Json | None = None,
        clock: Callable[[], float] = time.time,
        random: random.Random | None = None,
        fs: FileSystem | None = None,
    ) -> None:
        self.store = store
        self.folder = folder
        self.id = id
        self.name = name or folder.name
        self.clock = clock
        self.random = random or _system_random()
        self.settings = Settings(store, overrides)
        fs = fs or FileSystem()
        self.uploads = Uploads(fs, folder)
        self.export_files = ExportFiles(fs, folder)
        self.usage = UsageTracker(store)
        self.data_keys = DataKeys(store)
        self.label_config = LabelConfigs(self)
        self.tasks = Tasks(self)
        self.completions = Completions(self)
        self.imports = Imports(self)
        self.exports = Exports(self)
        self.models = Models(self)
        self.storages = Storages(self)
        self.local_files = LocalFiles(self)
        self.folders = Folders(self)

    def validator(self) -> TaskValidator:
        """Checks tasks against the present label config."""
        return TaskValidator(self.label_config.current)

    def announce(self, url: str) -> None:
        """Tell those who find the project open where it is served."""
        if isinstance(self.store, DirectoryStore):
            self.store.announce(url)

    def close(self) -> None:
        """Bring all files up to date and let go of the directory."""
        self.store.close()


def _system_random() -> random.Random:
    return random.Random()


def open_project(
    folder: Path,
    *,
    id: int = 1,
    name: str = "",
    overrides: Json | None = None,
    progress: Progress = lambda what, count: None,
) -> Project:
    """Open a project directory. Raises ``NotFound``, ``Locked``, ``Damaged``."""
    if not is_project(folder):
        raise NotFound(f"{folder} is not a project directory: it has no {MARKER}")
    store = DirectoryStore(folder, progress=progress)
    try:
        return Project(store, store.folder, id=id, name=name, overrides=overrides)
    except BaseException:
        store.close()
        raise
