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
from label_studio_lite.service.comments import Comments
from label_studio_lite.service.completions import Completions
from label_studio_lite.service.data_keys import DataKeys
from label_studio_lite.service.drafts import Drafts
from label_studio_lite.service.editors import Editors
from label_studio_lite.service.events import Event, Events
from label_studio_lite.service.export_jobs import ExportJobs
from label_studio_lite.service.exports import Exports
from label_studio_lite.service.file_uploads import FileUploads
from label_studio_lite.service.finished_work import FinishedWork
from label_studio_lite.service.folders import Folders
from label_studio_lite.service.identity import Identity
from label_studio_lite.service.imports import Imports
from label_studio_lite.service.insights import Insights
from label_studio_lite.service.jobs import Jobs
from label_studio_lite.service.label_config import LabelConfigs
from label_studio_lite.service.label_stream import LabelStream
from label_studio_lite.service.local_files import LocalFiles
from label_studio_lite.service.ml.agreement import Agreement
from label_studio_lite.service.ml.events import MLEvents
from label_studio_lite.service.ml.models import Models
from label_studio_lite.service.ml.predicting import Predicting
from label_studio_lite.service.ml.predictions import Predictions
from label_studio_lite.service.ml.training import Training
from label_studio_lite.service.progress import Progress
from label_studio_lite.service.served import Served
from label_studio_lite.service.settings import Settings
from label_studio_lite.service.snapshots import Snapshots
from label_studio_lite.service.staging import Staging
from label_studio_lite.service.storage.media import CloudMedia
from label_studio_lite.service.storage.secrets_file import Secrets
from label_studio_lite.service.storage.storages import Storages
from label_studio_lite.service.table.actions import TaskActions
from label_studio_lite.service.table.bulk import Bulk
from label_studio_lite.service.table.rows import TaskRows
from label_studio_lite.service.table.saved_views import Views
from label_studio_lite.service.table.table import TaskTable
from label_studio_lite.service.tasks import Tasks
from label_studio_lite.service.usage import UsageTracker
from label_studio_lite.service.walks import Walks
from label_studio_lite.store.base import Store
from label_studio_lite.store.directory import DOCUMENTS, DirectoryStore
from label_studio_lite.store.documents import Documents
from label_studio_lite.store.export_files import ExportFiles
from label_studio_lite.store.fs import FileSystem
from label_studio_lite.store.links import Links
from label_studio_lite.store.opening import Progress as Opening
from label_studio_lite.store.projects_folder import MARKER, is_project
from label_studio_lite.store.staged import StagedFiles
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
        self.served = Served()
        self.events = Events()
        self._fs = fs = fs or FileSystem()
        self.documents = (
            store.documents
            if isinstance(store, DirectoryStore)
            else Documents(fs, folder / DOCUMENTS)
        )
        self.identity = Identity(self.documents, folder)
        self.jobs = Jobs(self.documents, clock)
        self.secrets = Secrets(fs, folder)
        self.uploads = Uploads(fs, folder)
        self.export_files = ExportFiles(fs, folder)
        self.usage = UsageTracker(store)
        self.data_keys = DataKeys(store)
        self.label_config = LabelConfigs(self)
        self._begin_labeling()
        self._begin_models()
        self._begin_moving(StagedFiles(fs, folder))

    def _begin_labeling(self) -> None:
        """Tasks and what is said of them."""
        self.tasks = Tasks(self)
        self.completions = Completions(self)
        self.comments = Comments(self)
        self.drafts = Drafts(self)
        self.stream = LabelStream(self)
        self.progress = Progress(self)
        self.editors = Editors(self)
        self.bulk = Bulk(self)
        self.views = Views(self.documents)
        self.task_table = TaskTable(self)
        self.task_rows = TaskRows(self)
        self.walks = Walks(self)
        self.task_actions = TaskActions(self)

    def _begin_models(self) -> None:
        """Models and what they predict; numbers about both."""
        self.models = Models(self)
        self.predictions = Predictions(self)
        self.predicting = Predicting(self)
        self.training = Training(self)
        self.agreement = Agreement(self)
        self.insights = Insights(self)
        self._ml_events = MLEvents(self)

    def _begin_moving(self, staged: StagedFiles) -> None:
        """What comes in and goes out."""
        self.imports = Imports(self)
        self.finished_work = FinishedWork(self)
        self.file_uploads = FileUploads(self)
        self.exports = Exports(self)
        self.snapshots = Snapshots(self)
        self.storages = Storages(self)
        self.cloud_media = CloudMedia(self)
        self.local_files = LocalFiles(self)
        self.folders = Folders(self)
        self.staging = Staging(self, staged)
        self.export_jobs = ExportJobs(self)

    def change_settings(self, changes: Json) -> None:
        """Set keys of ``config.json``, durably, and tell of it."""
        self.settings.change(changes)
        self.events.publish([Event("settings_changed")])

    def links(self, place: str) -> Links:
        """What is remembered of pushes to a place, and pulls from it; to be closed."""
        return Links(self._fs, self.folder, place)

    def validator(self) -> TaskValidator:
        """Checks tasks against the present label config."""
        return TaskValidator(self.label_config.current)

    def announce(self, served: Served) -> None:
        """The project is served from now on: work that a stop interrupted goes on.

        Those who find the project open are told where it is served.
        """
        self.served = served
        self.models.close()  # they are reached by the rules of this server from now on
        if isinstance(self.store, DirectoryStore):
            self.store.announce(served.url + served.prefix)
        self.models.greet_soon()
        self.jobs.resume()
        self.storages.begin()

    def close(self) -> None:
        """Stop work in the background, bring all files up to date, let go of the directory."""
        self.jobs.stop()
        self.training.close()
        self._ml_events.close()
        self.models.close()
        self.jobs.close()
        self.export_files.close()
        self.storages.close()
        self.store.close()


def _system_random() -> random.Random:
    return random.Random()


def _lack(folder: Path) -> str:
    if folder.is_dir():
        return f"it has no {MARKER}"
    return "it is a file" if folder.exists() else "there is no such folder"


def open_project(
    folder: Path,
    *,
    id: int = 1,
    name: str = "",
    overrides: Json | None = None,
    progress: Opening = lambda what, count: None,
) -> Project:
    """Open a project directory. Raises ``NotFound``, ``Locked``, ``Damaged``."""
    if not is_project(folder):
        raise NotFound(f"{folder} is not a project directory: {_lack(folder)}")
    store = DirectoryStore(folder, progress=progress)
    try:
        return Project(store, store.folder, id=id, name=name, overrides=overrides)
    except BaseException:
        store.close()
        raise
