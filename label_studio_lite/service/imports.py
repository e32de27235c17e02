"""Bringing tasks in: all of an import or nothing of it."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import msgspec

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Completion, Json, RawBlock, RawTask
from label_studio_lite.core.usage import Usage, usage_of
from label_studio_lite.core.validation import MAX_MESSAGES, CheckedTask
from label_studio_lite.errors import ImportInvalid, Invalid
from label_studio_lite.importing import reshaping
from label_studio_lite.importing.reading import read
from label_studio_lite.importing.reshaping import Item, modern
from label_studio_lite.importing.upload import Hosted, ReadOptions, Upload
from label_studio_lite.service import freeing
from label_studio_lite.service.events import Event
from label_studio_lite.service.tasks import numbered, stored_fields
from label_studio_lite.store.base import Batch
from label_studio_lite.store.changes import AddTasks, Change, facts_of, put_work
from label_studio_lite.store.index import Facts

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project

UNDEFINED = "$undefined$"  # the key of text and media while the label config names none
FIRST_ID = "first_task_id"
_CHUNK = 8 << 20  # bytes of tasks that are written at once
_MANY = 1000  # items from which on it pays to look at all of them together
_AFTER_DATA = re.compile(rb'\{\s*"data"\s*:')

Progress = Callable[[int], None]  # how many items were read so far
Also = Callable[[range], Sequence[Change]]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import brought. ``formats`` counts by extension; ``duration`` is in seconds.

    ``left_out`` counts bad items that were passed over because the client wanted it; ``uploads``
    are the stored names of media files.
    """

    first_id: int
    task_count: int
    completion_count: int
    prediction_count: int
    duration: float
    formats: dict[str, int]
    left_out: int = 0
    uploads: Sequence[str] = ()

    @property
    def new_task_ids(self) -> range:
        return range(self.first_id, self.first_id + self.task_count)


class Imports:
    """The imports of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = project.store

    def import_files(
        self,
        uploads: Iterable[Upload],
        *,
        is_request: bool = False,
        skip_bad: bool = False,
        request_id: str | None = None,
        preannotated: Sequence[str] = (),
        progress: Progress = lambda count: None,
    ) -> ImportResult:
        """Import everything in these files, or nothing; with ``skip_bad``, all that is good.

        ``ImportInvalid`` names the items that cannot be tasks, ``Invalid`` a file that cannot be
        read. ``is_request`` says that the one upload is the body of a request. A ``request_id``
        that was seen before is answered as it was then. Items may be in the words of 1.x.
        ``preannotated`` names data keys that hold predictions.
        """
        formats = Counter[str]()
        options = self.options()

        def items() -> Iterator[Item]:
            for upload in uploads:
                found = modern(read(upload, options, Counter() if is_request else formats))
                if preannotated:
                    config = self._project.label_config.current
                    found = reshaping.preannotated(found, preannotated, config)
                yield from found

        return self.import_items(
            items(),
            formats=None if is_request else formats,
            skip_bad=skip_bad,
            request_id=request_id,
            progress=progress,
        )

    def import_items(
        self,
        items: Iterable[Item],
        *,
        formats: Counter[str] | None = None,
        skip_bad: bool = False,
        request_id: str | None = None,
        progress: Progress = lambda count: None,
        also: Also = lambda ids: (),
    ) -> ImportResult:
        """Like :meth:`import_files`, for items that were read already.

        ``also`` gives, for the ids of the new tasks, what else is to be changed with them.
        """
        started = time.perf_counter()
        with self._collecting(progress) as collector:
            known = self._store.answered(request_id) if request_id else None
            if known is not None:
                return ImportResult(**known)
            collector.in_files = formats is not None
            collector.skip_bad = skip_bad
            for item in items:
                collector.take(item)
            if formats is None:
                formats = Counter(request=collector.task_count)
            result = collector.finish(formats, started, request_id, also)
        freeing.free(result.task_count)
        return result

    def download(self, url: str) -> Upload:
        """The file behind an address, for :meth:`import_files`. ``Invalid``, ``BackendFailed``."""
        from label_studio_lite.importing import urls

        return urls.fetch(url, outgoing=self._project.served.outgoing)

    def options(self) -> ReadOptions:
        """How files are read for the present label config."""
        types = self._project.label_config.current.data_types
        return ReadOptions(
            text_key=next(iter(types), UNDEFINED),
            tables_are_media=list(types.values()) == ["TimeSeries"],
        )

    def media_key(self, name: str) -> str:
        """The data key for a media file of this name; ``Invalid`` when it is not clear."""
        keys = list(self._project.label_config.current.data_types)
        if len(keys) > 1:
            raise Invalid(
                f"Your label config has more than one data keys ({', '.join(keys)}), so it is not"
                f" clear which one {name} is for; import tasks that name their files instead"
            )
        return keys[0] if keys else UNDEFINED

    @contextmanager
    def _collecting(self, progress: Progress) -> Iterator[_Collector]:
        """Left by an error, uploads that were stored for the import are removed again."""
        with self._store.adding() as next_id, ExitStack() as stack:
            first_id = max(next_id, self._project.settings.get(FIRST_ID, 0))
            collector = _Collector(self._project, first_id, stack, progress)
            try:
                yield collector
            except BaseException:
                collector.remove_uploads()
                raise


class _Collector:
    """Gathers the items of one import and hands them to the store, a chunk at a time."""

    def __init__(
        self, project: Project, first_id: int, stack: ExitStack, progress: Progress
    ) -> None:
        self._project = project
        self._store = project.store
        self._validator = project.validator()
        self._stack = stack
        self._progress = progress
        self._now = int(project.clock())
        self._batch: Batch | None = None
        self.first_id = first_id
        self.in_files = True  # whether messages say in which file an item is
        self.skip_bad = False
        self.task_count = self.completion_count = self.prediction_count = 0
        self._seen = 0
        self._errors: list[str] = []
        self._uploads: list[str] = []
        self.hosted: list[str] = []
        self._keys = Counter[tuple[str, ...]]()
        self._keys_known = True
        self._usage = Usage()
        self._start_chunk()

    def _start_chunk(self) -> None:
        self._chunk_id = self.first_id + self.task_count
        self._lines: list[bytes] = []
        self._size = 0
        self._facts: dict[int, Facts] = {}  # position in the chunk → facts worth keeping
        self._works: list[Change] = []

    def take(self, item: Item) -> None:
        """One item; a bad one is remembered, and then only further bad ones are looked for."""
        if isinstance(item, RawBlock):
            self._take_block(item)
            return
        if isinstance(item, Hosted):
            item = self._host(item)
        checked = self._validator.check(item.value, self._seen)
        self._seen += 1
        if isinstance(checked, str):
            self._refuse(checked, item)
        elif self.skip_bad or not self._errors:
            self._add(checked, item.raw)
            if self._size > _CHUNK:
                self._write_chunk()
                self._progress(self._seen)

    def _take_block(self, block: RawBlock) -> None:
        """Many items at once, without looking at each, where all of them are plain and valid."""
        form = None
        if len(block.items) >= _MANY and not self._errors:
            if self._validator.are_bare(block.text):
                form = b'{"id": %d, "data": %b}'
            elif self._validator.are_wrapped(block.text):
                form = b'{"id": %d, "data": %b'
        if form is None:
            for item in block.tasks():
                self.take(item)
            return
        first = self.first_id + self.task_count
        items: Iterable[msgspec.Raw | bytes] = block.items
        if form.endswith(b"%b"):  # what follows {"data": up to the end of the item
            items = (_AFTER_DATA.sub(b"", bytes(item), count=1) for item in items)
        self._lines += [form % pair for pair in enumerate(items, first)]
        self.task_count += len(block.items)
        self._seen += len(block.items)
        self._size += len(block.text)
        self._keys_known = False
        if self._size > _CHUNK:
            self._write_chunk()

    def _refuse(self, message: str, item: RawTask) -> None:
        if len(self._errors) < MAX_MESSAGES:
            self._errors.append(f"{message} ({item.where})" if self.in_files else message)

    def _add(self, checked: CheckedTask, raw: bytes | None) -> None:
        task_id = self.first_id + self.task_count
        if checked.bare:
            data = jsontext.dumps(checked.data) if raw is None else jsontext.one_line(raw)
            line = b'{"id": %d, "data": %b}' % (task_id, data)
        else:
            line = self._line_of_wrapped(task_id, checked)
        self._lines.append(line)
        self._size += len(line) + 1
        self._keys[tuple(checked.data)] += 1
        self.task_count += 1

    def _line_of_wrapped(self, task_id: int, checked: CheckedTask) -> bytes:
        fields = stored_fields(task_id, checked)
        if checked.predictions:
            self._facts[len(self._lines)] = facts_of(fields)
            self.prediction_count += len(checked.predictions)
        if checked.completions:
            completions = numbered(task_id, checked.completions, self._now)
            work: Json = {"completions": completions, "data": checked.data, "id": task_id}
            self._works.append(put_work(task_id, work))
            self._usage += usage_of(map(Completion, completions))
            self.completion_count += len(completions)
        return jsontext.dumps(fields)

    def _host(self, item: Hosted) -> RawTask:
        key = "" if item.task is not None else self._project.imports.media_key(item.name)
        saved = self._project.uploads.save(item.name, item.stream)
        self.hosted.append(saved.name)
        if saved.is_new:
            self._uploads.append(saved.name)
        url = f"/data/upload/{saved.name}"
        if item.task is not None:
            return RawTask(item.task(url), None, item.name)
        return RawTask({key: url}, None, item.name)

    # -- towards the store --------------------------------------------------------------------

    def _chunk(self) -> list[Change]:
        facts = None
        if self._facts:
            none = Facts()
            facts = [self._facts.get(at, none) for at in range(len(self._lines))]
        changes = [AddTasks.of_lines(self._chunk_id, self._lines, facts), *self._works]
        self._start_chunk()
        return changes

    def _write_chunk(self) -> None:
        if self._batch is None:
            self._batch = self._stack.enter_context(self._store.batch())
        self._batch.add(*self._chunk())

    def finish(
        self, formats: Counter[str], started: float, key: str | None, also: Also
    ) -> ImportResult:
        """Make the import count, durably. ``ImportInvalid``, or ``Invalid`` if it is empty."""
        if self._errors and not (self.skip_bad and self.task_count):
            raise ImportInvalid(self._errors)
        if not self.task_count:
            raise Invalid("load_tasks: No tasks added")
        result = ImportResult(
            first_id=self.first_id,
            task_count=self.task_count,
            completion_count=self.completion_count,
            prediction_count=self.prediction_count,
            duration=time.perf_counter() - started,
            formats=dict(formats),
            left_out=self._seen - self.task_count,
            uploads=self.hosted,
        )
        answer = (key, asdict(result)) if key else None
        target = self._batch or self._store
        changes = self._chunk() if self._lines else ()
        target.commit(*changes, *also(result.new_task_ids), answer=answer)
        if self._keys_known:
            self._project.data_keys.added(self._keys)
        else:
            self._project.data_keys.forget()
        self._project.usage.added(self._usage)
        self._project.events.publish([Event("tasks_created", task_ids=result.new_task_ids)])
        return result

    def remove_uploads(self) -> None:
        """The import did not happen: its files go, too."""
        for name in self._uploads:
            self._project.uploads.remove(name)
