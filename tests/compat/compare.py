"""Says precisely in what two answers to the same request differ."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from werkzeug.test import TestResponse

from tests.compat.normalising import Rules, normalise, normalise_text


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, whoever gave it. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of(cls, response: requests.Response) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return cls(response.status_code, headers, response.content)

    @classmethod
    def of_test_client(cls, response: TestResponse) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return cls(response.status_code, headers, response.get_data())

    @property
    def declared(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def family(self) -> str:
        """``empty``, ``json``, ``zip``, ``html``, ``text`` or the media type.

        JSON sent as text/html, which 0.8.2 does on some routes, is ``json``.
        """
        if not self.body:
            return "empty"
        if self.declared in ("application/json", "text/html", "text/plain"):
            if _is_json(self.body) and self.body.lstrip()[:1] in b'{["':
                return "json"
            looks_html = self.body.lstrip()[:1] == b"<"
            return "html" if self.declared == "text/html" and looks_html else "text"
        return "zip" if self.declared == "application/zip" else self.declared


def differences(real: Answer, ours: Answer, rules: Rules | None = None) -> list[str]:
    """One line for each difference; empty when the answers are the same."""
    rules = rules or Rules()
    found = []
    if real.status != ours.status:
        found.append(f"status: real {real.status}, ours {ours.status}")
    if rules.declared and real.declared != ours.declared:
        found.append(f"content-type: real {real.declared!r}, ours {ours.declared!r}")
    for name in sorted(rules.headers):
        theirs, own = (_header(answer, name, rules) for answer in (real, ours))
        if theirs != own:
            found.append(f"header {name}: real {theirs!r}, ours {own!r}")
    if real.family != ours.family:
        found.append(f"body: real {_glimpse(real)}, ours {_glimpse(ours)}")
        return found
    return found + list(_BODIES.get(real.family, _compare_bytes)(real.body, ours.body, rules))


def assert_same(real: Answer, ours: Answer, rules: Rules | None = None) -> None:
    """Fails with every difference in the message."""
    found = differences(real, ours, rules)
    assert not found, "\n".join(found)


def json_differences(real: Any, ours: Any, rules: Rules | None = None) -> list[str]:
    """Differences of two decoded JSON values, each with its path."""
    rules = rules or Rules()
    return list(_walk(normalise(real, rules), normalise(ours, rules), "$", rules.key_order))


def _walk(real: Any, ours: Any, path: str, key_order: bool) -> Iterator[str]:
    if isinstance(real, dict) and isinstance(ours, dict):
        yield from (f"{path}.{key}: missing in ours" for key in real if key not in ours)
        yield from (f"{path}.{key}: only in ours" for key in ours if key not in real)
        shared = [key for key in real if key in ours]
        if key_order and shared != (order := [key for key in ours if key in real]):
            yield f"{path}: keys are ordered {shared} in real, {order} in ours"
        for key in shared:
            yield from _walk(real[key], ours[key], f"{path}.{key}", key_order)
    elif isinstance(real, list) and isinstance(ours, list):
        if len(real) != len(ours):
            yield f"{path}: {len(real)} items in real, {len(ours)} in ours"
        for number, (one, other) in enumerate(zip(real, ours, strict=False)):
            yield from _walk(one, other, f"{path}[{number}]", key_order)
    elif type(real) is not type(ours) or real != ours:
        yield f"{path}: real {_shown(real)}, ours {_shown(ours)}"


def _compare_json(real: bytes, ours: bytes, rules: Rules) -> Iterator[str]:
    yield from json_differences(json.loads(real), json.loads(ours), rules)


def _compare_text(real: bytes, ours: bytes, rules: Rules) -> Iterator[str]:
    theirs, own = (
        normalise_text(body.decode(errors="replace"), rules.names).splitlines()
        for body in (real, ours)
    )
    if len(theirs) != len(own):
        yield f"text: {len(theirs)} lines in real, {len(own)} in ours"
    for number, (one, other) in enumerate(zip(theirs, own, strict=False), start=1):
        if one != other:
            yield f"text line {number}: real {_shown(one)}, ours {_shown(other)}"


def _compare_zip(real: bytes, ours: bytes, rules: Rules) -> Iterator[str]:
    theirs, own = _members(real, rules), _members(ours, rules)
    yield from (f"zip: {name} is missing in ours" for name in theirs if name not in own)
    yield from (f"zip: {name} is only in ours" for name in own if name not in theirs)
    for name in (name for name in theirs if name in own):
        for line in _member_differences(theirs[name], own[name], rules):
            yield f"zip {name}: {line}"


def _member_differences(real: bytes, ours: bytes, rules: Rules) -> Iterator[str]:
    if _is_json(real) and _is_json(ours):
        return _compare_json(real, ours, rules)
    is_text = b"\0" not in real + ours
    return (_compare_text if is_text else _compare_bytes)(real, ours, rules)


def _compare_bytes(real: bytes, ours: bytes, rules: Rules) -> Iterator[str]:
    if real != ours:
        theirs, own = (hashlib.sha256(body).hexdigest()[:12] for body in (real, ours))
        yield f"bytes: {len(real)} ({theirs}…) in real, {len(ours)} ({own}…) in ours"


def _same_kind(real: bytes, ours: bytes, rules: Rules) -> Iterator[str]:
    """Pages are each program's own."""
    return iter(())


_BODIES: dict[str, Callable[[bytes, bytes, Rules], Iterator[str]]] = {
    "json": _compare_json,
    "text": _compare_text,
    "zip": _compare_zip,
    "html": _same_kind,
}


def _members(body: bytes, rules: Rules) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {normalise_text(n, rules.names): archive.read(n) for n in archive.namelist()}


def _header(answer: Answer, name: str, rules: Rules) -> str | None:
    value = answer.headers.get(name)
    if value is None:
        return None
    if name == "allow":
        return ", ".join(sorted(part.strip() for part in value.split(",")))
    return normalise_text(value, rules.names)


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def _glimpse(answer: Answer) -> str:
    return f"{answer.family} {answer.body[:120]!r}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 160 else text[:159] + "…"
