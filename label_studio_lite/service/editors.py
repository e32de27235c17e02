"""The labeling editors: which came with the package, which one a project uses, and changing it.

``editor.build`` in config.json is ``classic`` (what 0.8.x had, and what a directory that says
nothing gets) or ``modern`` (what projects get that are made here, see :func:`for_new`);
``offsets`` says what stored text offsets count, ``utf16`` or ``codepoints``, see
``core/offsets.py``.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from label_studio_lite import resources
from label_studio_lite.core.editors import lacking, needed
from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Json, Task
from label_studio_lite.core.offsets import COUNTED_BY, Build, Conversion, Units
from label_studio_lite.editor_build import BUILDS
from label_studio_lite.errors import Invalid
from label_studio_lite.service import drafts
from label_studio_lite.store.changes import Change, PutFile, put_task, put_work

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project


@cache
def installed() -> dict[str, Json]:
    """Build → ``{"build", "version", "flags"}``, for those that are there."""
    found: dict[str, Json] = {}
    for name in BUILDS:
        about = resources.folder("static") / "editor" / name / "build.json"
        if about.is_file():
            found[name] = json.loads(about.read_text("utf-8"))
    return found


def versions() -> dict[str, str]:
    """Build → version."""
    return {name: str(about["version"]) for name, about in installed().items()}


def settings_for(build: str, editor: Json | None = None) -> Json:
    """The keys of config.json that choose a build; ``editor`` is what that key holds so far."""
    if build not in BUILDS:
        raise Invalid(f"{build!r} is no editor; known are {', '.join(BUILDS)}")
    known = cast("Build", build)
    return {"editor": {**(editor or {}), "build": known}, "offsets": COUNTED_BY[known]}


def for_new(config: LabelConfig) -> Build | None:
    """The build that a new project is made for: modern, where that is there and the config can do
    without the classic one. None is classic, and config.json as 0.8.x writes it."""
    if needed(config) == "classic" or list(installed()) == ["classic"]:
        return None
    return "modern"


def chosen(settings: Json) -> Build | None:
    """The build that config.json names, if it names one that we know."""
    editor = settings.get("editor")
    build = editor.get("build") if isinstance(editor, dict) else None
    return cast("Build", build) if build in BUILDS else None


@dataclass(slots=True)
class SwitchReport:
    """What a switch rewrote, or would rewrite.

    ``offsets`` and ``labels`` count regions; ``unknown`` those whose offsets could not be
    converted, because their text is not in the task; they stay as they are. ``missing`` are
    features of the label config that the editor lacks.
    """

    build: str
    completions: int = 0
    predictions: int = 0
    offsets: int = 0
    labels: int = 0
    unknown: int = 0
    missing: list[str] = field(default_factory=list)

    def to_json(self) -> Json:
        return asdict(self)


class Editors:
    """The editor of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store

    @property
    def build(self) -> Build:
        """What the project says, ``classic`` where that is nothing that we know."""
        return chosen({"editor": self._project.settings.get("editor")}) or "classic"

    @property
    def offsets(self) -> Units:
        """What stored text offsets count; where the project does not say, what its editor does."""
        units = self._project.settings.get("offsets")
        return cast("Units", units) if units in COUNTED_BY.values() else COUNTED_BY[self.build]

    def missing(self) -> list[str]:
        """What the label config uses and the project's editor lacks."""
        return lacking(self._project.label_config.current, self.build)

    def follow(self, config: LabelConfig) -> None:
        """The label config is new: use the modern editor if it needs that, unless config.json says
        which one is used."""
        said = chosen({"editor": self._project.settings.get("editor")})
        if said is None and needed(config) == "modern" and "modern" in installed():
            self.switch("modern")

    def switch(self, build: str, *, dry_run: bool = False) -> SwitchReport:
        """Use another build from now on; all stored results are converted in one durable step.

        With ``dry_run`` nothing is changed. Raises ``Invalid`` for an unknown build.
        """
        keys = settings_for(build, self._project.settings.get("editor"))
        report = SwitchReport(build)
        with self._store.adding(), self._store.holding():
            config = self._project.label_config.current
            report.missing = lacking(config, keys["editor"]["build"])
            conversion = Conversion(config, keys["editor"]["build"], keys["offsets"])
            if dry_run:
                for task in self._all():
                    self._converted(task, conversion, report)
            else:
                with self._store.batch() as batch:
                    for task in self._all():
                        batch.add(*self._converted(task, conversion, report))
                    batch.commit(self._project.settings.changing(keys))
                self._project.settings.adopt(keys)
                self._project.usage.forget()
        report.offsets, report.labels = conversion.offsets, conversion.labels
        report.unknown = conversion.unknown
        return report

    def _all(self) -> Any:
        ids = [*self._store.task_ids(), *self._store.orphan_ids()]
        return self._store.read_tasks(ids)

    def _converted(self, task: Task, conversion: Conversion, report: SwitchReport) -> list[Change]:
        """What is to be written anew of a task: its predictions, its completions, its draft."""
        changes: list[Change] = []
        predictions, guessed = _results(task.fields.get("predictions"), task.data, conversion)
        brought, labeled = _results(task.fields.get("completions"), task.data, conversion)
        report.predictions += guessed
        report.completions += labeled
        fields = {**task.fields, "predictions": predictions, "completions": brought}
        if (guessed or labeled) and self._store.has_task(task.id):
            kept = {key: item for key, item in fields.items() if key in task.fields}
            changes.append(put_task(task.id, kept))
        if task.work is not None:
            listed, changed = _results(task.work.get("completions"), task.data, conversion)
            if changed:
                report.completions += changed
                changes.append(put_work(task.id, {**task.work, "completions": listed}))
        changes += self._converted_draft(task, conversion)
        return changes

    def _converted_draft(self, task: Task, conversion: Conversion) -> list[Change]:
        content = self._store.read_file(drafts.path_of(task.id))
        fields = drafts.parse(content)
        if fields is None:
            return []
        result = conversion.apply(fields["result"], task.data)
        if result == fields["result"]:
            return []
        return [PutFile(drafts.path_of(task.id), drafts.written({**fields, "result": result}))]


def _results(items: Any, data: Json, conversion: Conversion) -> tuple[Any, int]:
    """Completions or predictions with their results converted, and how many changed."""
    if not isinstance(items, list):
        return items, 0
    changed, listed = 0, []
    for item in items:
        result = item.get("result") if isinstance(item, dict) else None
        if isinstance(result, list):
            converted = conversion.apply(result, data)
            if converted != result:
                item, changed = {**item, "result": converted}, changed + 1
        listed.append(item)
    return listed, changed
