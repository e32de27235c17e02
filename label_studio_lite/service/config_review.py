"""What a new label config would mean, before it is stored: faults, advice, and lost work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from label_studio_lite.core import config_checks, label_config, vocabulary
from label_studio_lite.core.config_checks import Fault
from label_studio_lite.core.editors import lacking, needed
from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Json
from label_studio_lite.core.relabel import Relabel
from label_studio_lite.core.sample_task import sample_task
from label_studio_lite.core.usage import Orphan, orphans
from label_studio_lite.errors import Invalid, LabelConfigInvalid

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project


@dataclass(slots=True)
class Loss:
    """Something that stored results use and the new config lacks.

    ``candidates`` are what it could be called from now on: labels of the same control, or
    controls of the same kind. ``suggested`` is the one that it was most likely renamed to.
    """

    orphan: Orphan
    candidates: list[str]
    suggested: str | None = None

    def to_json(self) -> Json:
        return {
            "kind": self.orphan.kind,
            "control": self.orphan.from_name,
            "object": self.orphan.to_name,
            "type": self.orphan.type,
            "label": self.orphan.label,
            "completions": self.orphan.count.completions,
            "regions": self.orphan.count.regions,
            "candidates": self.candidates,
            "suggested": self.suggested,
        }


@dataclass(slots=True)
class Review:
    """``faults`` keep the config from being stored, ``advice`` does not. ``usable`` configs can be
    shown by an editor. ``fitting`` is the editor to use with it: the project's own unless it
    needs the other one, because of ``missing``."""

    faults: list[Fault]
    fitting: str
    usable: bool = False
    advice: list[Fault] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    sample: Json = field(default_factory=dict)

    def to_json(self) -> Json:
        return {
            "ok": not self.faults,
            "usable": self.usable,
            "faults": [fault._asdict() for fault in self.faults],
            "advice": [fault._asdict() for fault in self.advice],
            "losses": [loss.to_json() for loss in self.losses],
            "editor": self.fitting,
            "missing": self.missing,
            "sample": self.sample,
        }


def review(project: Project, xml: str) -> Review:
    """What storing this config would mean. Changes nothing, raises for no config."""
    try:
        config = label_config.parse(xml.replace("\r\n", "\n"))
    except LabelConfigInvalid as error:
        return Review(config_checks.faults_of_text(error), fitting=project.editors.build)
    with project.store.holding():
        keys = project.data_keys.common()
        lost = orphans(config, project.usage.count())
    own, advice = config_checks.faults(config), _advice(config)
    build = project.editors.build
    fitting = needed(config) or build
    return Review(
        faults=[*own, *config_checks.missing_keys(config, keys)],
        usable=not own and not vocabulary.unknown_tags(config),
        advice=advice,
        losses=losses(project.label_config.current, config, lost),
        fitting=fitting,
        missing=lacking(config, build) if fitting != build else [],
        sample=sample_task(config),
    )


def _advice(config: LabelConfig) -> list[Fault]:
    found = []
    for name, line in vocabulary.unknown_tags(config):
        near = vocabulary.nearest(name)
        hint = f"; is <{near}> meant?" if near else ""
        found.append(Fault(f"no editor knows the tag <{name}>{hint}", line))
    found += [
        Fault(f"<{name}> does nothing without {' and '.join(missing)}", line)
        for name, missing, line in vocabulary.incomplete_controls(config)
    ]
    if not config.controls:
        found.append(Fault("nothing here can be labeled yet: a control is needed, with toName"))
    return found


def losses(old: LabelConfig, new: LabelConfig, lost: Sequence[Orphan]) -> list[Loss]:
    """Each loss with what could take its place."""
    return [
        _label_loss(old, new, orphan) if orphan.kind == "label" else _control_loss(new, orphan)
        for orphan in lost
    ]


def _label_loss(old: LabelConfig, new: LabelConfig, orphan: Orphan) -> Loss:
    """A label was renamed if a new one stands in its place."""
    before, after = old.control(orphan.from_name), new.control(orphan.from_name)
    known = list(before.labels) if before else []
    present = list(after.labels) if after else []
    added = [label for label in present if label not in known]
    gone = [label for label in known if label not in present]
    suggested = None
    if orphan.label in gone and len(gone) == len(added):
        suggested = added[gone.index(orphan.label)]
    return Loss(orphan, present, suggested)


def _control_loss(new: LabelConfig, orphan: Orphan) -> Loss:
    same = [name for name, c in new.controls.items() if c.tag.lower() == orphan.type]
    own = orphan.from_name if orphan.from_name in same else None
    return Loss(orphan, same, own or (same[0] if len(same) == 1 else None))


def relabel_of(changes: Any, new: LabelConfig) -> Relabel:
    """What is to be done with results, from ``[{"control", "label"?, "object"?, "to"}, …]``.

    ``to`` is the new name, None removes. A control that is renamed takes its regions to the
    object that the new control labels. ``Invalid`` names the first bad item.
    """
    if not isinstance(changes, list):
        raise Invalid("changes must be a list")
    labels: dict[tuple[str, str], str | None] = {}
    controls: dict[str, str | None] = {}
    objects: dict[str, str] = {}
    for at, change in enumerate(changes):
        control, label, to, on = _parts(change, at)
        if label:
            labels[control, label] = to
            continue
        controls[control] = to
        target = new.control(to) if to is not None else None
        if to is not None and target is None:
            raise Invalid(f"changes[{at}]: the new config has no control {to!r}")
        if target is not None and on and on not in target.to_names:
            objects[on] = target.to_names[0]
    return Relabel(labels, controls, objects)


def _parts(change: Any, at: int) -> tuple[str, str, str | None, str]:
    if not isinstance(change, dict) or not isinstance(change.get("control"), str):
        raise Invalid(f'changes[{at}]: {{"control": name, "to": new name or null}} is expected')
    to, label, on = change.get("to"), change.get("label") or "", change.get("object") or ""
    if not (to is None or isinstance(to, str)) or not isinstance(label, str):
        raise Invalid(f'changes[{at}]: "to" and "label" must be text')
    return change["control"], label, to, str(on)
