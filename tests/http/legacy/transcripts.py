"""Recorded requests to 0.8.2 and its answers, to be sent again to a server of ours.

A request that depends on earlier ones belongs to a :class:`Scenario`: a project as it was, and
the steps that led to the request. Nothing here starts a server: a test writes the project
(:func:`write_project`), opens it, sends :func:`steps_before` and the request itself
(:func:`request_kwargs`), and asks for :func:`mismatches`.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.http.legacy import (
    transcript_exports,
    transcript_odd_projects,
    transcript_scenarios,
    transcript_servers,
)
from tests.http.legacy.transcript_states import Do, Scenario
from tests.http.legacy.transcript_verdicts import UNREPLAYABLE

_BESIDE = Path(__file__).resolve().parents[4] / "shared" / "reference"
SAMPLE = Path(os.environ.get("LSL_REFERENCE", _BESIDE)) / "legacy" / "transcripts_sample.json"
NO_BACKEND = "http://127.0.0.1:9"  # where nobody listens
SCENARIOS: tuple[Scenario, ...] = (
    *transcript_scenarios.SCENARIOS,
    *transcript_odd_projects.ODD_PROJECTS,
    *transcript_exports.EXPORTS,
    *transcript_servers.SERVERS,
)
_SCENARIO_OF = {
    step: scenario for scenario in SCENARIOS for step in scenario.steps if isinstance(step, str)
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded request (``method``, ``path``, ``query``, ``headers`` and a body as ``json``,
    ``form``, ``multipart`` or ``text``) and its answer (``status``, ``content_type``, ``headers``
    and a body in one of several shapes, long ones cut short)."""

    id: str
    group: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    note: str = ""

    @property
    def scenario(self) -> Scenario:
        return _SCENARIO_OF[self.id]


def load(path: Path = SAMPLE) -> dict[str, Entry]:
    """All recorded requests by id; ``FileNotFoundError`` without the reference notes."""
    entries = [
        Entry(item["id"], item["group"], item["request"], item["response"], item.get("note", ""))
        for item in json.loads(path.read_text(encoding="utf-8"))
    ]
    return {entry.id: entry for entry in entries}


def grouped(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The requests of each group, in the order in which they were sent."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.group, []).append(entry)
    return groups


def replayable(entry: Entry) -> bool:
    """Whether it can be sent again; ``UNREPLAYABLE`` says why the others cannot."""
    return entry.id not in UNREPLAYABLE


def steps_before(entry: Entry) -> tuple[str | Do, ...]:
    """What has to be sent before it, on the project of its scenario."""
    steps = tuple(entry.scenario.steps)
    return steps[: steps.index(entry.id)]


def request_kwargs(step: Entry | Do, backend: str = NO_BACKEND) -> dict[str, Any]:
    """Keyword arguments for ``Client.open``; ``backend`` is the address of the ML backend."""
    if isinstance(step, Do):
        return {"method": step.method, "path": step.path, **_body({"json": step.body})}
    request = step.request
    content = json.loads(json.dumps(dict(request)).replace("http://<ML>", backend))
    kwargs = {"method": request["method"], "path": request["path"], **_body(content)}
    kwargs["headers"] = {**kwargs.get("headers", {}), **request["headers"]}
    if request["query"]:
        kwargs["query_string"] = request["query"]
    return kwargs


def write_project(scenario: Scenario, folder: Path, backend: str = NO_BACKEND) -> None:
    """The project directory with which a scenario begins, as 0.8.2 writes one."""
    (folder / "completions").mkdir(parents=True)
    settings = json.dumps({**_DEFAULTS, **scenario.settings}, indent=2)
    (folder / "config.json").write_text(settings.replace("http://<ML>", backend))
    (folder / "config.xml").write_text(scenario.label_config, encoding="utf-8")
    tasks = {str(task_id): task for task_id, task in scenario.tasks.items()}
    (folder / "tasks.json").write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    for name, data in scenario.files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    write_work(scenario, folder)


def write_work(scenario: Scenario, folder: Path) -> None:
    """Its completion files alone."""
    for task_id, content in scenario.work.items():
        text = json.dumps(content, indent=2, sort_keys=True)
        (folder / "completions" / f"{task_id}.json").write_text(text)


def _body(request: Mapping[str, Any]) -> dict[str, Any]:
    """The recorded body as bytes; files whose content was not kept are made up."""
    if request.get("json") is not None:
        data = json.dumps(request["json"]).encode()
        return {"data": data, "headers": {"Content-Type": "application/json"}}
    if "form" in request:
        return {"data": urlencode(request["form"]).encode()}
    if "multipart" in request:
        boundary = request["headers"]["Content-Type"].partition("boundary=")[2]
        parts = b"".join(_part(part, boundary) for part in request["multipart"])
        return {"data": parts + f"--{boundary}--\r\n".encode()}
    return {"data": request["text"].encode()} if "text" in request else {}


def _part(part: Mapping[str, Any], boundary: str) -> bytes:
    disposition = f'form-data; name="{part["name"]}"; filename="{part["filename"]}"'
    lines = [f"--{boundary}", f"Content-Disposition: {disposition}"]
    if part["content_type"]:
        lines.append(f"Content-Type: {part['content_type']}")
    return "\r\n".join([*lines, "", ""]).encode() + _content(part) + b"\r\n"


def _content(part: Mapping[str, Any]) -> bytes:
    if "text" in part:
        return str(part["text"]).encode()
    if "base64" in part:
        return base64.b64decode(part["base64"])
    magic = bytes.fromhex(part["magic_hex"])
    name = str(part["filename"]).encode()  # two files of the same size are still two files
    return (magic + name).ljust(int(part["bytes"]), b"\0")


_DEFAULTS: dict[str, Any] = {
    "title": "Label Studio",
    "description": "default",
    "protocol": "http://",
    "host": "0.0.0.0",
    "port": 8080,
    "debug": False,
    "label_config": "config.xml",
    "input_path": "tasks.json",
    "output_dir": "completions",
    "instruction": "Label it.",
    "allow_delete_completions": True,
    "templates_dir": "examples",
    "editor": {"debug": False},
    "sampling": "sequential",
    "ml_backends": [],
    "task_page_auto_update_timer": 10000,
    "show_project_links_in_multisession": True,
    "source": {"name": "Tasks", "type": "tasks-json", "path": "tasks.json"},
    "target": {"name": "Completions", "type": "completions-dir", "path": "completions"},
}
