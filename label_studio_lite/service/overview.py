"""What the data and the work of a project have in common."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from label_studio_lite.core.usage import Usage

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project


@dataclass(frozen=True, slots=True)
class Overview:
    """``columns`` counts the tasks that have a data key, ``common`` are those that all have."""

    columns: Counter[str]
    common: list[str]
    usage: Usage


def overview(project: Project) -> Overview:
    """Exact; the first time it reads all tasks and completions."""
    with project.store.holding():
        columns = +project.data_keys.counts()
        total = project.store.counts().tasks
        common = [key for key, count in columns.items() if count == total]
        usage = project.usage.count()
        return Overview(columns, common, Usage(usage.controls, usage.labels))
