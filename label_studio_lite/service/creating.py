"""Making a project directory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from label_studio_lite.core import config_checks, jsontext, label_config
from label_studio_lite.core.model import Json
from label_studio_lite.service import editors, settings
from label_studio_lite.service import label_config as configs
from label_studio_lite.service.project import Project, open_project
from label_studio_lite.store.opening import TASKS
from label_studio_lite.store.projects_folder import make_project


@dataclass(slots=True)
class NewProject:
    """What a new project starts with; ``settings`` go over the defaults of ``config.json``.

    ``editor`` is ``classic`` or ``modern``; None leaves it to the settings, and where they do not
    say either, it is modern unless that is not installed or the label config needs classic.
    """

    label_config: str = configs.EMPTY
    settings: Json = field(default_factory=dict)
    editor: str | None = None


def create_project(
    folder: Path,
    new: NewProject,
    *,
    force: bool = False,
    fill: Callable[[Project], None] | None = None,
) -> Path | None:
    """Make the directory; returns where an older project was set aside to, if there was one.

    ``fill`` puts something into the new project; when it fails, there is none, and an older one
    is where it was. Raises ``LabelConfigInvalid``, ``Conflict`` (a project is there and ``force``
    was not given, or other files are in the way), and what ``fill`` raises.
    """
    config = label_config.parse(new.label_config)
    config_checks.check(config)
    known = {**settings.DEFAULTS, **new.settings}
    build = new.editor
    if build is None and editors.chosen(known) is None:
        build = editors.for_new(config)
    if build is not None:
        known |= editors.settings_for(build, known["editor"])
    files = {
        configs.PATH: config.xml.encode(),
        settings.PATH: jsontext.pretty(known),
        TASKS: b"{\n}\n",
    }
    made = make_project(folder, files, force=force)
    if fill:
        try:
            project = open_project(folder)
            try:
                fill(project)
            finally:
                project.close()
        except BaseException:  # also Ctrl+C in the middle of a long import
            made.undo()
            raise
    return made.set_aside
