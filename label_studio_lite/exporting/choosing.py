"""Which completions of a task an export takes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from label_studio_lite.core.model import Completion, Task
from label_studio_lite.exporting.report import Report

SUPERSEDED = "not the newest completion of its task"
SKIPPED = "skipped by the annotator"
NOT_TRUE = "no ground truth"


@dataclass(frozen=True, slots=True)
class Choosing:
    """``newest``: one for each task, the newest that fits, as in 0.8.2; else all that fit.

    ``skipped``: skips fit, too. ``ground_truth``: only what is marked as ground truth fits.
    ``emptied``: a task whose completions were all deleted is taken without any.
    """

    newest: bool = True
    skipped: bool = False
    ground_truth: bool = False
    emptied: bool = False

    def of(self, task: Task, report: Report, unfit: str = "") -> list[Completion] | None:
        """The completions to take, counted, and the others reported.

        None, and reported, where none of the task's completions fits; a task that nobody has
        worked on gives an empty list, unless ground truth is asked for. ``unfit`` says why the
        format cannot hold the task at all.
        """
        report.tasks.read += 1
        completions = task.completions
        report.completions.read += len(completions)
        if unfit:
            report.leave_out(task, unfit)
            return None
        dropped = {at: why for at, c in enumerate(completions) if (why := self._fault(c))}
        fit = [at for at in range(len(completions)) if at not in dropped]
        worked_on = bool(completions) or (task.completed and not self.emptied)
        if not fit and (worked_on or self.ground_truth):
            report.leave_out(task, _why_none(task, dropped))
            return None
        if self.newest and fit:
            newest = max(fit, key=lambda at: completions[at].created_at)
            dropped |= {at: SUPERSEDED for at in fit if at != newest}
            fit = [newest]
        for at, why in dropped.items():
            report.drop(task, completions[at], why)
        report.completions.written += len(fit)
        return [completions[at] for at in fit]

    def _fault(self, completion: Completion) -> str | None:
        if completion.was_cancelled and not self.skipped:
            return SKIPPED
        if self.ground_truth and not completion.ground_truth:
            return NOT_TRUE
        return None


NEWEST = Choosing()
ALL = Choosing(newest=False)
EVERYTHING = Choosing(newest=False, skipped=True, emptied=True)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; None is as the format would have it."""

    newest: bool | None = None
    skipped: bool | None = None
    ground_truth: bool | None = None

    def over(self, default: Choosing) -> Choosing:
        """The format's own choice, changed as asked for."""
        if self == _AS_THE_FORMAT:
            return default
        asked = {key: value for key, value in asdict(self).items() if value is not None}
        return replace(default, **asked)


_AS_THE_FORMAT = Wish()


def _why_none(task: Task, unfit: dict[int, str]) -> str:
    if not unfit:
        return "no completion left" if task.completed else NOT_TRUE
    return "only skipped" if set(unfit.values()) == {SKIPPED} else NOT_TRUE
