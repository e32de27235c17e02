"""The API of a Label Studio 1.x, as far as projects are brought there and back.

What it answers was observed on 1.23.2. A legacy token goes as it is; a personal access token is
traded for short-lived ones, again and again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from label_studio_lite import __version__
from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed, NotFound
from label_studio_lite.outgoing import Outgoing, http_host

if TYPE_CHECKING:
    from requests import Response

PAGE = 200  # tasks that are listed at once
_TIMEOUT = (10, 300)  # seconds to connect, and until an answer begins
_PAUSES = (1.0, 4.0)  # seconds before a question that got no answer is asked again
_SHOWN = 300  # characters of an error's text


class Peer:
    """One server, spoken to by one thread. Every method raises ``BackendFailed``.

    ``Invalid`` for an address that is none.
    """

    def __init__(self, url: str, token: str) -> None:
        http_host(url)
        self.url = url.rstrip("/")
        self._token = token.strip()
        self._session = Outgoing().new_session()  # its user names the address
        self._session.headers["User-Agent"] = f"label-studio-lite/{__version__}"
        self._authorize()

    def _authorize(self) -> None:
        scheme, token = "Token", self._token
        if token.count(".") == 2:  # a personal access token
            answer = self._json("POST", "/api/token/refresh/", json={"refresh": token})
            scheme, token = "Bearer", str(answer.get("access"))
        self._session.headers["Authorization"] = f"{scheme} {token}"

    # -- projects -----------------------------------------------------------------------------

    def version(self) -> str:
        """The release of the server."""
        return str(self._json("GET", "/api/version/").get("release", ""))

    def project(self, project_id: int) -> Json:
        """``NotFound`` for an unknown id."""
        return self._json("GET", f"/api/projects/{project_id}/")

    def projects(self, title: str) -> Iterator[Json]:
        """Projects of exactly this title, newest first."""
        listed = self._json("GET", "/api/projects/", params={"title": title, "page_size": 100})
        return (item for item in listed.get("results", ()) if item.get("title") == title)

    def create_project(self, fields: Json) -> Json:
        return self._json("POST", "/api/projects/", json=fields, repeat=False)

    def change_project(self, project_id: int, fields: Json) -> Json:
        return self._json("PATCH", f"/api/projects/{project_id}/", json=fields)

    # -- tasks --------------------------------------------------------------------------------

    def import_tasks(self, project_id: int, tasks: Sequence[Json]) -> list[int]:
        """The ids of the new tasks, in order. Not repeated when no answer comes."""
        answer = self._json(
            "POST",
            f"/api/projects/{project_id}/import",
            params={"return_task_ids": "true"},
            json=list(tasks),
            repeat=False,
        )
        ids = answer.get("task_ids")
        if not isinstance(ids, list) or len(ids) != len(tasks):
            raise BackendFailed(f"{self.url} did not say which ids the new tasks have")
        return ids

    def tasks(self, project_id: int, filters: Sequence[Json] = ()) -> Iterator[Json]:
        """Tasks with all work on them, by id; filters as the data manager has them."""
        query = {
            "filters": {"conjunction": "and", "items": list(filters)},
            "ordering": ["tasks:id"],
        }
        params = {
            "project": project_id,
            "fields": "all",
            "page_size": PAGE,
            "query": jsontext.dumps(query).decode(),
        }
        for page in range(1, 1 << 30):
            try:
                answer = self._json("GET", "/api/tasks/", params={**params, "page": page})
            except NotFound:  # past the last page
                return
            tasks = answer.get("tasks", [])
            yield from tasks
            if len(tasks) < PAGE:
                return

    def change_task(self, task_id: int, fields: Json) -> None:
        self._json("PATCH", f"/api/tasks/{task_id}/", json=fields)

    def delete_task(self, task_id: int) -> None:
        """Fine when it is gone."""
        self._delete(f"/api/tasks/{task_id}/")

    # -- annotations and predictions ----------------------------------------------------------

    def add_annotation(self, task_id: int, fields: Json) -> int:
        path = f"/api/tasks/{task_id}/annotations/"
        return int(self._json("POST", path, json=fields, repeat=False)["id"])

    def change_annotation(self, annotation_id: int, fields: Json) -> None:
        self._json("PATCH", f"/api/annotations/{annotation_id}/", json=fields)

    def delete_annotation(self, annotation_id: int) -> None:
        """Fine when it is gone."""
        self._delete(f"/api/annotations/{annotation_id}/")

    def add_prediction(self, fields: Json) -> None:
        self._json("POST", "/api/predictions/", json=fields, repeat=False)

    def delete_prediction(self, prediction_id: int) -> None:
        """Fine when it is gone."""
        self._delete(f"/api/predictions/{prediction_id}/")

    # -- files --------------------------------------------------------------------------------

    def upload(self, project_id: int, name: str, file: BinaryIO) -> str:
        """Leave a file there without making a task of it; returns its address on the server."""
        answer = self._json(
            "POST",
            f"/api/projects/{project_id}/import",
            params={"commit_to_project": "false"},
            files={"file": (name, file)},
            repeat=False,
        )
        ids = answer.get("file_upload_ids") or []
        if len(ids) != 1:
            raise BackendFailed(f"{self.url} did not take the file {name}")
        stored = self._json("GET", f"/api/import/file-upload/{ids[0]}").get("file")
        return f"/data/{stored}"

    def download(self, address: str) -> Iterator[bytes]:
        """The content of a file of the server, in pieces."""
        response = self._request("GET", address, stream=True)
        return response.iter_content(1 << 16)

    # -- how ----------------------------------------------------------------------------------

    def _delete(self, path: str) -> None:
        try:
            self._request("DELETE", path)
        except NotFound:
            return

    def _json(self, method: str, path: str, **options: Any) -> Json:
        response = self._request(method, path, **options)
        try:
            body = jsontext.loads(response.content, lenient=True)
        except ValueError as error:
            raise BackendFailed(f"{method} {self.url}{path} did not answer with JSON") from error
        if not isinstance(body, dict):
            raise BackendFailed(f"{method} {self.url}{path} did not answer with a JSON object")
        return body

    def _request(self, method: str, path: str, *, repeat: bool = True, **options: Any) -> Response:
        """``NotFound`` for 404. What may be asked twice is, when no answer comes."""
        pauses = iter(_PAUSES if repeat else ())
        renewed = False
        while True:
            try:
                response = self._once(method, path, options)
            except BackendFailed:
                pause = next(pauses, None)
                if pause is None:
                    raise
                time.sleep(pause)
                continue
            if response.status_code == 401 and self._token.count(".") == 2 and not renewed:
                renewed = True
                self._authorize()
                continue
            if response.status_code == 404:
                raise NotFound(f"{method} {self.url}{path} answered 404{_said(response)}")
            if not response.ok:
                what = f"{method} {self.url}{path} answered {response.status_code}"
                raise BackendFailed(what + _said(response))
            return response

    def _once(self, method: str, path: str, options: Mapping[str, Any]) -> Response:
        import requests

        try:
            response = self._session.request(
                method, self.url + path, timeout=_TIMEOUT, allow_redirects=False, **options
            )
        except requests.RequestException as error:
            raise BackendFailed(f"{self.url} cannot be reached: {_reason(error)}") from error
        if response.status_code in (502, 503, 504):
            raise BackendFailed(f"{method} {self.url}{path} answered {response.status_code}")
        return response


def _reason(error: BaseException) -> str:
    """What the system said, below all that it was wrapped in."""
    found, link = str(error), error.__cause__ or error.__context__
    while link is not None:
        if isinstance(link, OSError) and link.strerror:
            found = link.strerror
        link = link.__cause__ or link.__context__
    return found


def _said(response: Response) -> str:
    """What an error says, on one short line."""
    try:
        body = jsontext.loads(response.content)
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    said = body.get("validation_errors") or body.get("detail") or ""
    text = said if isinstance(said, str) else jsontext.dumps(said).decode()
    return f": {' '.join(text.split())[:_SHOWN]}" if text else ""
