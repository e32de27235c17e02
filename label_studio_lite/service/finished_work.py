"""Bringing in labels that were made elsewhere, as completions or as predictions."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Json, RawTask
from label_studio_lite.core.offsets import Conversion
from label_studio_lite.errors import Invalid, LabelConfigInvalid, LabelStudioError
from label_studio_lite.importing.finished import files as sources
from label_studio_lite.importing.finished import registry
from label_studio_lite.importing.finished.base import Finding, Reader
from label_studio_lite.importing.finished.files import Files
from label_studio_lite.importing.finished.needs import Needs, object_of
from label_studio_lite.importing.finished.regions import regions, settled
from label_studio_lite.importing.upload import Hosted, Upload
from label_studio_lite.service.imports import ImportResult, Progress

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

Role = Literal["completions", "predictions"]


@dataclass(frozen=True, slots=True)
class How:
    """``role`` is what labels become. ``media_url`` is put in front of the names of images that
    do not come along. ``set_config``: the proposed label config becomes the project's if its own
    does not fit; one without any control is replaced in any case. ``dry_run`` imports nothing.
    ``request_id`` as in :meth:`Imports.import_files`.
    """

    role: Role = "completions"
    media_url: str = ""
    set_config: bool = False
    dry_run: bool = False
    request_id: str | None = None
    progress: Progress = lambda count: None


@dataclass(frozen=True, slots=True)
class Brought:
    """``label_config`` is the proposed one where the project's did not fit, else empty.

    ``missing`` says what the project's lacked; ``result`` is None after a dry run.
    """

    tasks: int
    regions: int
    label_config: str
    missing: Sequence[str]
    result: ImportResult | None


class FinishedWork:
    """The imports of finished work of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def formats(self) -> list[Reader]:
        return list(registry.readers(self._project.label_config.current).values())

    def import_uploads(self, name: str, uploads: Iterable[Upload], how: How = How()) -> Brought:
        """All or nothing. Raises as :meth:`import_paths`."""
        with tempfile.TemporaryDirectory(prefix="label-studio-import-") as folder:
            return self._import(name, sources.of_uploads(uploads, Path(folder)), how)

    def import_paths(self, name: str, paths: Sequence[Path], how: How = How()) -> Brought:
        """The same for files and folders of this machine.

        ``Invalid`` for an unknown format and for what cannot be read, with file, place and
        reason; ``LabelConfigInvalid`` where the label config lacks something, with what.
        """
        with tempfile.TemporaryDirectory(prefix="label-studio-import-") as folder:
            return self._import(name, sources.of_paths(paths, Path(folder)), how)

    def _import(self, name: str, files: Files, how: How) -> Brought:
        labels = self._project.label_config
        reader = registry.find(name, labels.current)
        needs = Needs()
        for finding in reader.findings(files):
            needs.add(finding)
        missing = needs.missing(labels.current)
        proposal = needs.proposal() if missing else ""
        result = None
        if not how.dry_run:
            with ExitStack() as undo:
                if missing:
                    self._adopt(proposal, missing, how, undo)
                items = self._items(reader, files, how)
                result = self._project.imports.import_items(
                    items, request_id=how.request_id, progress=how.progress
                )
                undo.pop_all()
        return Brought(needs.tasks, needs.regions, proposal, missing, result)

    def _adopt(self, proposal: str, missing: Sequence[str], how: How, undo: ExitStack) -> None:
        """Take the proposed label config; ``undo`` brings the old one back if the import fails."""
        labels = self._project.label_config
        old = labels.current
        if old.controls and not how.set_config:
            raise LabelConfigInvalid(
                [f"The label config lacks {what}" for what in missing]
                + [f"This one would do: {proposal}"]
            )
        labels.set(proposal)
        undo.callback(self._restore, old)

    def _restore(self, old: LabelConfig) -> None:
        try:
            self._project.label_config.set(old.xml)
        except LabelStudioError:  # an empty one is refused; the proposed one does no harm then
            return

    # -- findings → tasks ---------------------------------------------------------------------

    def _items(self, reader: Reader, files: Files, how: How) -> Iterator[RawTask | Hosted]:
        config = self._project.label_config.current
        for finding in reader.findings(files):
            if finding.image is None:
                yield RawTask(self._task(finding, config, how), None, finding.where)
                continue
            with files.open(finding.image) as upload:
                base = finding.image.rpartition("/")[2]
                made = partial(self._task, finding, config, how)
                yield Hosted(base, upload.stream, made)

    def _task(
        self, finding: Finding, config: LabelConfig, how: How, address: str | None = None
    ) -> Json:
        """``address`` is that of the image, once it is kept."""
        data = dict(finding.data)
        editors = self._project.editors
        conversion = Conversion(config, editors.build, editors.offsets)
        completions = [settled(finding, one, conversion) for one in finding.completions]
        predictions = [settled(finding, one, conversion) for one in finding.predictions]
        if finding.object_tag:
            key = object_of(config, finding.object_tag)
            if key is None:
                raise Invalid(f"{finding.where}: the label config shows no {finding.object_tag}")
            data[key] = address or self._value(finding, how)
            completions = [{"result": regions(finding, config, editors.offsets)}]
        if how.role == "predictions":
            predictions += [{"result": one.get("result", [])} for one in completions]
            completions = []
        task: Json = {"data": data}
        if completions:
            task["completions"] = completions
        if predictions:
            task["predictions"] = predictions
        return task

    @staticmethod
    def _value(finding: Finding, how: How) -> str:
        is_address = finding.text.startswith(("http://", "https://", "/data/"))
        if finding.object_tag != "Image" or is_address:
            return finding.text
        return how.media_url + finding.text
