"""Compares an answer with a recorded one, which may be cut short or hold marks."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.compat.compare import Answer
from tests.compat.normalising import normalise_text
from tests.http.legacy.transcript_verdicts import ADDED, CHANGED, DELIBERATE, IGNORED
from tests.http.legacy.transcripts import Entry

_HEADERS = ("content-disposition", "filename", "www-authenticate", "allow", "location")
_RECENT = 1_700_000_000  # a created_at beyond was made by the server
_MARK = re.compile(r"<(?:SERVER|PORT|ML|WORK|sample text|default instruction, HTML)>")
_CUT_TEXT = re.compile(r"… \((\d+) characters\)$")
_CUT_LIST = re.compile(r"… \((\d+) items\)$")


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to be answered. ``body`` is None where only status and family count.

    ``family`` is one of :attr:`Answer.family`'s, or empty where it does not count: for files of
    0.8.2's own pages, and for its HTML pages of 404 and 405. ``reason``
    says why we differ from 0.8.2, if so. ``members`` are the files of a ZIP, None for those whose
    content was not kept; ``order`` the ids of a list, whole even where the list is cut.
    """

    status: int
    family: str = ""
    body: Any = None
    headers: Mapping[str, str] | None = None
    members: Mapping[str, str | None] | None = None
    order: tuple[int, ...] = ()
    reason: str = ""


def expected(entry: Entry, *, as_recorded: bool = False) -> Expected:
    """What we answer to it; with ``as_recorded`` what 0.8.2 did."""
    response = entry.response
    if entry.id in DELIBERATE and not as_recorded:
        status, reason = DELIBERATE[entry.id]
        return Expected(status, reason=reason)
    headers = {name.lower(): value for name, value in response["headers"].items()}
    order = tuple(item[0] for item in response.get("order_of_ids", ()))
    if "zip" in response:
        members = {name: file.get("text") for name, file in response["zip"].items()}
        return Expected(response["status"], "zip", headers=headers, members=members)
    body = response.get("json", response.get("text"))
    if "$" in IGNORED.get(entry.id, ()):
        body = None
    return Expected(response["status"], _family(entry), body, headers, order=order)


def mismatches(entry: Entry, answer: Answer, *, as_recorded: bool = False) -> list[str]:
    """One line for each difference from what is expected."""
    wanted = expected(entry, as_recorded=as_recorded)
    if answer.status != wanted.status:
        text = answer.body[:300].decode(errors="replace")
        return [f"status: expected {wanted.status}, got {answer.status}: {text}"]
    if wanted.reason:
        return list(_leaks(answer))
    found = list(_header_mismatches(wanted, answer))
    if wanted.family and answer.family != wanted.family:
        return [*found, f"body: expected {wanted.family}, got {answer.family}"]
    if wanted.members is not None:
        return found + list(_member_mismatches(wanted.members, answer.body))
    if wanted.family == "json" and wanted.body is not None:
        overlooked = _Overlooked(IGNORED.get(entry.id, frozenset()) | {"$.result.traceback"})
        if not as_recorded:
            overlooked = _Overlooked(overlooked.paths | CHANGED.keys(), frozenset(ADDED))
        got = json.loads(answer.body)
        found += _walk(normalise(wanted.body), normalise(got), "$", overlooked)
        if wanted.order and wanted.order != (ids := tuple(item["id"] for item in got)):
            found.append(f"order: expected {wanted.order}, got {ids}")
    elif wanted.family == "text" and wanted.body is not None:
        found += _walk(normalise(wanted.body), normalise(answer.body.decode()), "$")
    return found


def normalise(value: Any, key: str = "") -> Any:
    """A JSON value with marks for what is never the same twice."""
    if isinstance(value, dict):
        return {name: normalise(member, name) for name, member in value.items()}
    if isinstance(value, list):
        return [normalise(item, key) for item in value]
    if isinstance(value, str):
        return _normalise_text(value, key)
    if key == "created_at" and isinstance(value, (int, float)) and value > _RECENT:
        return "<now>"
    return "<duration>" if key == "duration" and isinstance(value, float) else value


def _normalise_text(value: str, key: str) -> str:
    if key == "project_name":
        return "<project>"
    if key == "readable_path":
        return value.replace("\\", "/").rpartition("/")[2]
    value = re.sub(r"https?://<(?:SERVER|ML)>", "<host>", value)
    return normalise_text(value)


def _family(entry: Entry) -> str:
    response = entry.response
    if response.get("html"):
        return "html"
    if "json" in response:
        return "json"
    media = response["content_type"].partition(";")[0]
    if "text" in response and media in ("text/html", "text/plain"):
        if response["text"].startswith("<!DOCTYPE"):
            return "html" if response["status"] < 400 else ""
        return "text" if response["text"] else "empty"
    if response.get("text") == "":
        return "empty"
    return "" if "sha256" in response else media  # an icon or a script is not ours to compare


def _leaks(answer: Answer) -> Iterator[str]:
    if answer.status >= 400 and answer.family == "json":
        body = json.loads(answer.body)
        if isinstance(body, dict) and "traceback" in str(body.get("result")):
            yield "the answer holds a traceback"


def _header_mismatches(wanted: Expected, answer: Answer) -> Iterator[str]:
    for name in _HEADERS:
        theirs, own = (wanted.headers or {}).get(name), answer.headers.get(name)
        if _header(name, theirs) != _header(name, own):
            yield f"header {name}: expected {theirs!r}, got {own!r}"


def _header(name: str, value: str | None) -> object:
    if value is None:
        return None
    if name == "allow":
        return sorted(part.strip() for part in value.split(","))
    if name == "location":  # ours is relative, so that it works under a path prefix, too
        return "/" + urlsplit(value).path.lstrip("./")
    return normalise_text(value)


@dataclass(frozen=True, slots=True)
class _Overlooked:
    """``paths`` are not compared; the keys ``added`` may be there although none is expected."""

    paths: Set[str] = frozenset()
    added: Set[str] = frozenset()


def _walk(
    wanted: Any, got: Any, path: str, overlooked: _Overlooked = _Overlooked()
) -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in wanted.keys() | (got.keys() - overlooked.added):
            where = f"{path}.{key}"
            if where in overlooked.paths:
                continue
            if key not in got or key not in wanted:
                yield f"{where}: {'missing' if key in wanted else f'unexpected {got[key]!r}'}"
            else:
                yield from _walk(wanted[key], got[key], where, overlooked)
    elif isinstance(wanted, list) and isinstance(got, list):
        yield from _walk_list(wanted, got, path, overlooked)
    elif not _fits(wanted, got):
        yield f"{path}: expected {wanted!r}, got {got!r}"


def _walk_list(
    wanted: list[Any], got: list[Any], path: str, overlooked: _Overlooked
) -> Iterator[str]:
    cut = _CUT_LIST.search(wanted[-1]) if wanted and isinstance(wanted[-1], str) else None
    length = int(cut[1]) if cut else len(wanted)
    if len(got) != length:
        yield f"{path}: expected {length} items, got {len(got)}: {got!r:.300}"
    for one, other in zip(wanted[:-1] if cut else wanted, got, strict=False):
        yield from _walk(one, other, f"{path}[*]", overlooked)


def _fits(wanted: Any, got: Any) -> bool:
    if not isinstance(wanted, str):
        return type(wanted) is type(got) and bool(wanted == got)
    if wanted == "<PORT>":
        return isinstance(got, int)
    if not isinstance(got, str):
        return False
    cut = _CUT_TEXT.search(wanted)
    start = wanted[: cut.start()] if cut else wanted
    pattern = ".*?".join(re.escape(part) for part in _MARK.split(start))
    if cut and len(got) != int(cut[1]):
        return False
    return re.fullmatch(pattern + (".*" if cut else ""), got, re.DOTALL) is not None


def _member_mismatches(wanted: Mapping[str, str | None], body: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        got = {name: archive.read(name) for name in archive.namelist() if name[-1] != "/"}
    got.pop("export_report.json", None)  # what the others leave out, 0.8.2 did not tell
    names = {name for name in wanted if name[-1] != "/"}
    if names != got.keys():
        yield f"zip: expected {sorted(names)}, got {sorted(got)}"
    for name in names & got.keys():
        text = wanted[name]
        if text is not None:
            records = _records(name, got[name].decode())
            yield from _walk(_records(name, text), records, f"{name}:$")


def _records(name: str, text: str) -> Any:
    """A member's records in an order that does not depend on the file system."""
    if name.endswith(".json"):
        records = normalise(json.loads(text))
        return sorted(records, key=repr) if isinstance(records, list) else records
    if name.endswith(".csv"):
        tab = "\t" in text.partition("\n")[0]
        rows = list(csv.reader(io.StringIO(text), delimiter="\t" if tab else ","))
        return [*rows[:1], *sorted(rows[1:])]
    head, *blocks = text.rstrip("\n").split("\n\n")  # CoNLL: a block for each task
    start, _, first = head.partition("\n")
    return [start, *sorted([first, *blocks])]
