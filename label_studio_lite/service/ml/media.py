"""Task data as an ML backend can open it: its media by full address, or by path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from label_studio_lite.core.media import upload_name
from label_studio_lite.core.model import Json
from label_studio_lite.errors import LabelStudioError
from label_studio_lite.service.own_media import SERVED, own_path

if TYPE_CHECKING:
    from label_studio_lite.service.project import Project


def opened(data: Any, project: Project, media: str) -> Any:
    """The same data with what this server serves addressed for a backend.

    ``media`` is ``url`` (this server's address in front), ``path`` (the file itself, for a backend
    on the same machine) or ``as-is``. What cannot be found is left as it is.
    """
    if media == "as-is":
        return data
    base = f"{project.served.url}{project.served.prefix}"
    return _opened(project.cloud_media.shown(data, base), project, media)


def _opened(data: Any, project: Project, media: str) -> Any:
    if isinstance(data, dict):
        return {key: _opened(value, project, media) for key, value in data.items()}
    if isinstance(data, list):
        return [_opened(value, project, media) for value in data]
    if not isinstance(data, str) or "data/" not in data:
        return data
    place = _path(data, project) if media == "path" else _url(data, project)
    return place or data


def _url(value: str, project: Project) -> str | None:
    served = project.served
    if not served.url:
        return None
    name = upload_name(value)
    if name is not None:
        return f"{served.url}{served.prefix}/data/upload/{name}"
    if SERVED.fullmatch(value):
        return f"{served.url}{served.prefix}/{value.lstrip('/')}"
    return None


def _path(value: str, project: Project) -> str | None:
    try:
        found = own_path(value, project)
    except LabelStudioError:  # not a file that the project serves: nobody could open it
        return None
    return str(found) if found else None


def sent(fields: Json, project: Project, media: str) -> Json:
    """A task as it is sent: ``{"id"?, "data", "predictions", "completions"?, …}``."""
    data = opened(fields.get("data"), project, media)
    return {**fields, "data": data, "predictions": fields.get("predictions") or []}
