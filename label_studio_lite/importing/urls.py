"""Fetching a file from an http or https address, to be read like an upload."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, nullcontext
from email.message import Message
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from label_studio_lite.errors import BackendFailed, Invalid, TooLarge
from label_studio_lite.importing.streams import Spool
from label_studio_lite.importing.upload import Upload, base_name
from label_studio_lite.outgoing import Outgoing, http_host

if TYPE_CHECKING:
    from requests import Response, Session
    from requests.adapters import HTTPAdapter

Progress = Callable[[int, "int | None"], None]
"""Bytes received, and how many there will be where the server says so."""

_TIMEOUT = (10, 60)  # seconds to connect, seconds of silence
_MOST_REDIRECTS = 10
_CHUNK = 65_536
_EXTENSIONS = {
    "application/json": ".json",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "text/plain": ".txt",
    "text/html": ".html",
}


def fetch(
    url: str,
    *,
    session: Session | None = None,
    max_bytes: int | None = None,
    outgoing: Outgoing,
    progress: Progress | None = None,
) -> Upload:
    """Download into a temporary file, which the caller closes with the stream.

    ``session`` gives headers and TLS settings; ``outgoing`` says which addresses may be reached,
    on redirects too. Raises ``Invalid`` for an address that may not be fetched, ``TooLarge``,
    ``StorageFull``, and ``BackendFailed`` when the server does not deliver.
    """
    import requests  # slow to import

    adapter = outgoing.new_adapter()
    own = requests.Session() if session is None else nullcontext(session)
    try:
        with own as settled, closing(adapter), _answer(url, settled, adapter) as answer:
            return _download(answer, max_bytes, progress)
    except requests.exceptions.InvalidURL as error:
        raise Invalid(f"{url} is no address: {error}") from error
    except requests.RequestException as error:
        raise BackendFailed(f"{url} cannot be fetched: {error}") from error


def _answer(url: str, session: Session, adapter: HTTPAdapter) -> Response:
    """The answer at the end of the redirects, its body not read yet."""
    from requests import Request

    first_host = None
    for _ in range(_MOST_REDIRECTS + 1):
        host = http_host(url)
        first_host = first_host or host
        request = session.prepare_request(Request("GET", url))
        if host != first_host:
            request.headers.pop("Authorization", None)
        settings = session.merge_environment_settings(url, {}, True, None, None)
        response = adapter.send(
            request,
            stream=True,
            timeout=_TIMEOUT,
            verify=True if settings["verify"] is None else settings["verify"],
            cert=settings["cert"],
            proxies=settings["proxies"],
        )
        if response.is_redirect:
            url = urljoin(url, response.headers["Location"])
            response.close()
        elif response.ok:
            return response
        else:
            response.close()
            raise BackendFailed(f"{url} answered {response.status_code} {response.reason}")
    raise BackendFailed(f"{url} is the end of more than {_MOST_REDIRECTS} redirects")


def _download(answer: Response, max_bytes: int | None, progress: Progress | None) -> Upload:
    packed = "Content-Encoding" in answer.headers
    announced = answer.headers.get("Content-Length", "")
    total = int(announced) if announced.isdecimal() and not packed else None
    limit = float("inf") if max_bytes is None else max_bytes
    too_large = TooLarge(f"{answer.url} is larger than {max_bytes} bytes")
    if total is not None and total > limit:
        raise too_large
    spool = Spool()
    try:
        for chunk in answer.iter_content(_CHUNK):
            if spool.size + len(chunk) > limit:
                raise too_large
            spool.write(chunk)
            if progress is not None:
                progress(spool.size, total)
    except BaseException:
        spool.stream.close()
        raise
    return Upload(_name(answer), spool.rewound())


def _name(answer: Response) -> str:
    """What the server calls the file, else the end of its path, with an extension if one fits."""
    headers = Message()
    headers["Content-Disposition"] = answer.headers.get("Content-Disposition", "attachment")
    headers["Content-Type"] = answer.headers.get("Content-Type", "application/octet-stream")
    path = unquote(urlsplit(answer.url).path)
    name = base_name(_as_utf8(headers.get_filename() or "")) or base_name(path) or "download"
    if PurePosixPath(name).suffix:
        return name
    return name + _EXTENSIONS.get(headers.get_content_type(), "")


def _as_utf8(header: str) -> str:
    """Headers are read as Latin-1; many servers write UTF-8 into them."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header
