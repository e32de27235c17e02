"""Looking at the files of a project for whatever is wrong with them; also while it is served.

``store/mending.py`` mends what is found here, where that can be done.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from label_studio_lite.core import jsontext, label_config
from label_studio_lite.core.media import upload_name
from label_studio_lite.core.model import Json, Task
from label_studio_lite.core.regions import fault_of
from label_studio_lite.errors import Damaged, LabelConfigInvalid, NotFound
from label_studio_lite.store import records
from label_studio_lite.store.base import Note
from label_studio_lite.store.changes import COMPLETIONS, work_path
from label_studio_lite.store.directory import DOCUMENTS
from label_studio_lite.store.documents import Documents
from label_studio_lite.store.fs import FileSystem, is_temp
from label_studio_lite.store.held import held
from label_studio_lite.store.journal import Journal
from label_studio_lite.store.mending import mend
from label_studio_lite.store.opening import CACHE, JOURNAL, TASKS, Opened
from label_studio_lite.store.quarantine import FOLDER as QUARANTINE
from label_studio_lite.store.reading import Reader
from label_studio_lite.store.uploads import FOLDER as UPLOADS

Severity = Literal["error", "warning", "note"]

_STALE = 60.0  # seconds after which an unfinished write is taken for a leftover
_SHOWN = 5  # names that a finding lists

Progress = Callable[[str, int], None]
repair = mend
