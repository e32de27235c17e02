"""``config.json``: the settings of a project, as 0.8.x writes them.

Keys that we do not know are kept. Secrets (passwords, keys) that an old file may hold work, but
are never answered. Keys of ours beyond 0.8.x: ``durability`` (``always``, ``second``, ``os``),
``first_task_id`` (1 for projects that are made through the 1.x routes, else 0), and for models
``ml_live_timeout``, ``start_training_on_annotation_update``, ``min_annotations_to_start_training``
(see docs/ml.md).
"""

from __future__ import annotations

import logging
from copy import deepcopy
from typing import Any

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.errors import Damaged
from label_studio_lite.service.ml.backends import without_secrets
from label_studio_lite.store.base import Store
from label_studio_lite.store.changes import PutFile

log = logging.getLogger(__name__)

PATH = "config.json"

# in the order in which 0.8.2 writes them
DEFAULTS: Json = {
    "title": "Label Studio",
    "description": "default",
    "protocol": "http://",
    "host": "localhost",
    "port": 8080,
    "debug": False,
    "label_config": "config.xml",
    "input_path": "tasks.json",
    "output_dir": "completions",
    "instruction": "",
    "allow_delete_completions": True,
    "templates_dir": "examples",
    "editor": {"debug": False},
    "sampling": "sequential",
    "ml_backends": [],
    "task_page_auto_update_timer": 10000,
    "show_project_links_in_multisession": True,
    "source": {"name": "Tasks", "type": "tasks-json", "path": "tasks.json"},
    "target": {"name": "Completions", "type": "completions-dir", "path": "completions"},
}

SECRETS = ("password", "username", "key", "cert", "token", "secret_key")


class Settings:
    """The settings of one open project.

    ``overrides`` come from the command line: they hold while the server runs and are not stored.
    """

    def __init__(self, store: Store, overrides: Json | None = None) -> None:
        self._store = store
        self._overrides = overrides or {}
        self.problem: str | None = None
        self._stored = self._read()

    def _read(self) -> Json:
        content = self._store.read_file(PATH)
        try:
            stored = jsontext.loads(content or b"{}", lenient=True)
        except ValueError as error:
            return self._unusable(f"cannot be read ({error})")
        return stored if isinstance(stored, dict) else self._unusable("holds no object")

    def _unusable(self, why: str) -> Json:
        self.problem = f"{PATH} {why}; defaults are used until it is mended"
        log.warning("%s", self.problem)
        return {}

    def get(self, key: str, default: Any = None) -> Any:
        """The setting in force: command line, file, 0.8.x's default, ``default``."""
        for source in (self._overrides, self._stored, DEFAULTS):
            if key in source:
                return source[key]
        return default

    def overridden(self) -> set[str]:
        """The keys for which the command line of this server says something else than the file."""
        return {key for key, value in self._overrides.items() if value != self._stored.get(key)}

    def stored(self) -> Json:
        """A copy of what the file holds."""
        return deepcopy(self._stored)

    def public(self) -> Json:
        """All settings in force, as ``GET /api/project`` shows them: without secrets, and without
        the editor, which 0.8.x did not choose (``GET /api/editor`` tells)."""
        merged = {
            "source": DEFAULTS["source"],
            "target": DEFAULTS["target"],
            **self._stored,
            **self._overrides,
        }
        shown = deepcopy({k: v for k, v in merged.items() if k not in SECRETS})
        shown.pop("offsets", None)
        if isinstance(shown.get("editor"), dict):
            shown["editor"].pop("build", None)
        if "ml_backends" in shown:
            shown["ml_backends"] = without_secrets(shown["ml_backends"])
        return shown

    def changing(self, changes: Json) -> PutFile:
        """The change of the store that sets these keys; :meth:`adopt` when it is committed."""
        self._refuse_if_unread()
        return PutFile(PATH, jsontext.pretty({**self._stored, **changes}))

    def adopt(self, changes: Json) -> None:
        """The changes are durable; what the command line said about these keys is over."""
        self._stored = {**self._stored, **changes}
        self._overrides = {k: v for k, v in self._overrides.items() if k not in changes}

    def change(self, changes: Json) -> None:
        """Set keys, durably."""
        self._store.commit(self.changing(changes))
        self.adopt(changes)

    def _refuse_if_unread(self) -> None:
        if self.problem:
            raise Damaged(self.problem)
