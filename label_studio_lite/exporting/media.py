"""Files that tasks point to: ours from disk, remote ones fetched ahead when they are asked for."""

from __future__ import annotations

import base64
import binascii
import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from label_studio_lite.core.image_header import ImageHeader, read_header
from label_studio_lite.core.model import Task
from label_studio_lite.errors import LabelStudioError

_WORKERS = 8
_AHEAD = 16  # files that are fetched before it is their turn

Local = Callable[[str], "Path | None"]
"""The file on this disk for an address of ours; None for any other. ``LabelStudioError``."""

Fetch = Callable[[str], IO[bytes]]
"""The content of a remote file, the caller's to close. ``LabelStudioError``."""


class MissingFile(Exception):
    """``reason`` is one of few phrases, ``detail`` says which file and what happened.

    Not ``asked`` for is a file that stays where it is, elsewhere.
    """

    def __init__(self, reason: str, detail: str, *, asked: bool = True) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.asked = asked


class Media:
    """The files of one export. Without ``fetch``, remote ones are missing."""

    def __init__(self, local: Local | None = None, fetch: Fetch | None = None) -> None:
        self._local = local
        self._fetch = fetch
        self._fetched: dict[str, Future[IO[bytes]]] = {}

    @contextmanager
    def open(self, address: str) -> Iterator[IO[bytes]]:
        """The content of a file. Raises ``MissingFile``."""
        if address.startswith("data:"):
            yield io.BytesIO(_inline(address))
            return
        try:
            path = self._local(address) if self._local else None
        except LabelStudioError as error:
            raise MissingFile("its file is not at hand", error.detail) from error
        if path is None:
            yield self._remote(address)
            return
        try:
            stream = _File(path)
        except OSError as error:
            raise _unreadable(path, error) from error
        with stream, io.BufferedReader(stream) as buffered:
            yield buffered

    def header(self, address: str) -> ImageHeader | None:
        """The size of an image; None where it cannot be found out."""
        try:
            with self.open(address) as stream:
                return read_header(_reader(stream))
        except MissingFile:
            return None

    def ahead(
        self, tasks: Iterable[Task], addresses: Callable[[Task], Iterable[str]]
    ) -> Iterator[Task]:
        """The same tasks, while the remote files of the next ones are being fetched.

        The files of a task are there until the next task is asked for.
        """
        if self._fetch is None:
            yield from tasks
            return
        waiting: deque[tuple[Task, list[str]]] = deque()
        pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="export-media")
        try:
            for task in tasks:
                wanted = [one for one in dict.fromkeys(addresses(task)) if self._is_remote(one)]
                for address in wanted:
                    if address not in self._fetched:
                        self._fetched[address] = pool.submit(self._fetch, address)
                waiting.append((task, wanted))
                while len(self._fetched) > _AHEAD or len(waiting) > _AHEAD:
                    yield self._turn(waiting)
                    self._let_go(waiting)
            while waiting:
                yield self._turn(waiting)
                self._let_go(waiting)
        finally:
            waiting.clear()
            pool.shutdown(wait=True, cancel_futures=True)
            self._let_go(waiting)

    def _turn(self, waiting: deque[tuple[Task, list[str]]]) -> Task:
        return waiting.popleft()[0]

    def _let_go(self, waiting: deque[tuple[Task, list[str]]]) -> None:
        """Close files that no waiting task needs."""
        needed = {address for _, wanted in waiting for address in wanted}
        for address in self._fetched.keys() - needed:
            future = self._fetched.pop(address)
            if not future.cancel() and future.exception() is None:
                future.result().close()

    def _is_remote(self, address: str) -> bool:
        if address.startswith("data:"):
            return False
        try:
            return self._local is None or self._local(address) is None
        except LabelStudioError:
            return False  # ours, and not there

    def _remote(self, address: str) -> IO[bytes]:
        if self._fetch is None:
            raise MissingFile("its file stays at its address", address, asked=False)
        future = self._fetched.get(address)
        try:
            stream = future.result() if future else self._fetch(address)
        except LabelStudioError as error:
            raise MissingFile("its file cannot be fetched", error.detail) from error
        if future is None:  # nobody announced it: kept until the next task all the same
            future = self._fetched[address] = Future()
            future.set_result(stream)
        stream.seek(0)
        return stream


class _File(io.FileIO):
    """A file whose reading may fail half-way, and then the file is to blame, not the export."""

    def readinto(self, buffer: Any, /) -> int:
        try:
            return super().readinto(buffer)
        except OSError as error:
            raise _unreadable(Path(str(self.name)), error) from error


def _unreadable(path: Path, error: OSError) -> MissingFile:
    return MissingFile("its file cannot be read", f"{path}: {error.strerror}")


def _inline(address: str) -> bytes:
    """The content of a ``data:`` address."""
    head, comma, content = address.partition(",")
    if not comma:
        raise MissingFile("its file cannot be read", "a data: address without content")
    if not head.endswith(";base64"):
        return unquote_to_bytes(content)
    try:
        return base64.b64decode(unquote_to_bytes(content), validate=False)
    except binascii.Error as error:
        raise MissingFile("its file cannot be read", f"a data: address: {error}") from error


def _reader(stream: IO[bytes]) -> Callable[[int, int], bytes]:
    def read(offset: int, size: int) -> bytes:
        stream.seek(offset)
        return stream.read(size)

    return read
