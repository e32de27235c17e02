"""The image files of an export: their names, and copies of them where a format has them."""

from __future__ import annotations

from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.media import MissingFile
from label_studio_lite.exporting.names import Names, original_name
from label_studio_lite.exporting.output import Output
from label_studio_lite.exporting.pictures import Picture
from label_studio_lite.exporting.report import Kind

FOLDER = "images"


class Images:
    """Names the image of each picture after its original, and copies it if ``copied``.

    A name that is taken gets the number of the task: two tasks never share one. :meth:`close` it.
    """

    def __init__(self, out: Output, context: Context, copied: bool) -> None:
        self._out = out
        self._context = context
        self._copied = copied
        self._names = Names()

    def place(self, picture: Picture) -> str:
        """The name of its file, below ``images/`` where files are copied."""
        task, report = picture.task, self._context.report
        number = self._context.wording.task_id(task.id)
        wanted = original_name(picture.address, f"task-{number}")
        name = self._names.claim(wanted, number)
        if name != wanted:
            report.change(task, None, "its file is renamed, another has its name", name)
        if self._copied:
            try:
                with self._context.media.open(picture.address) as stream:
                    self._out.add(f"{FOLDER}/{name}", stream)
            except MissingFile as error:
                if error.asked:
                    report.miss(Kind.MEDIA, task, error.reason, error.detail)
                else:
                    report.change(task, None, error.reason, error.detail)
        return name

    def close(self) -> None:
        self._names.close()
