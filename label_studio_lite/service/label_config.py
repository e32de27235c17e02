"""The label config of a project: checking it, and changing it without losing work."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from label_studio_lite.core import config_checks, label_config
from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Completion
from label_studio_lite.core.relabel import Relabel
from label_studio_lite.core.usage import Orphan, Usage, orphans, usage_of
from label_studio_lite.errors import LabelConfigInvalid
from label_studio_lite.service.events import Event
from label_studio_lite.store.changes import Change, PutFile

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

log = logging.getLogger(__name__)

PATH = "config.xml"
EMPTY = "<View></View>"


class LabelConfigs:
    """The label config of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store
        self.problem: str | None = None
        self._current = self._read()

    @property
    def current(self) -> LabelConfig:
        return self._current

    def _read(self) -> LabelConfig:
        """The stored config; an unreadable one is left alone and an empty one takes its place."""
        content = self._store.read_file(PATH)
        try:
            return label_config.parse((content or EMPTY.encode()).decode("utf-8-sig"))
        except (LabelConfigInvalid, UnicodeDecodeError) as error:
            self.problem = f"{PATH} cannot be used: {error}"
            log.warning("%s", self.problem)
            return label_config.parse(EMPTY)

    def validate(self, xml: str) -> LabelConfig:
        """All seven checks of 0.8.x; ``LabelConfigInvalid`` with its messages."""
        config = self._checked(xml)
        with self._store.holding():
            self._check_against_project(config)
        return config

    def orphans(self, xml: str) -> list[Orphan]:
        """What stored completions use and this config would no longer have."""
        config = self._checked(xml)
        with self._store.holding():
            return orphans(config, self._project.usage.count())

    def set(self, xml: str, relabel: Relabel | None = None) -> LabelConfig:
        """Store a new config; ``LabelConfigInvalid`` when it would orphan tasks or completions.

        With ``relabel`` the completions are rewritten first, in the same durable step.
        """
        config = self._checked(xml)
        with self._store.adding(), self._store.holding():
            if relabel is None:
                self._check_against_project(config)
            self._commit(config, relabel)
            self._current, self.problem = config, None
        self._project.editors.follow(config)
        self._project.events.publish([Event("label_config_changed")])
        return config

    def _checked(self, xml: str) -> LabelConfig:
        config = label_config.parse(xml.replace("\r\n", "\n"))
        config_checks.check(config)
        return config

    def _check_against_project(self, config: LabelConfig) -> None:
        config_checks.check_against_tasks(config, self._project.data_keys.common())
        config_checks.check_against_work(config, self._project.usage.count())

    def _commit(self, config: LabelConfig, relabel: Relabel | None) -> None:
        marker = {"label_config_updated": True}
        changes = (PutFile(PATH, config.xml.encode()), self._project.settings.changing(marker))
        if relabel is None:
            self._store.commit(*changes)
        else:
            self._commit_relabeled(config, relabel, changes)
        self._project.settings.adopt(marker)

    def _commit_relabeled(
        self, config: LabelConfig, relabel: Relabel, changes: Sequence[Change]
    ) -> None:
        usage = Usage()
        ids = [*self._store.completed_ids(), *self._store.orphan_ids()]
        with self._store.batch() as batch:
            for task in self._store.read_tasks(ids):
                new = [
                    Completion({**old.fields, "result": relabel.apply(old.result)})
                    for old in task.completions
                ]
                usage += usage_of(new)
                if any(n.result != o.result for n, o in zip(new, task.completions, strict=True)):
                    batch.add(self._project.completions.saving(task, new))
            config_checks.check_against_tasks(config, self._project.data_keys.common())
            config_checks.check_against_work(config, usage)
            batch.commit(*changes)
        self._project.usage.forget()
