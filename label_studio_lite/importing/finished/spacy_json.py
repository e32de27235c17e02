"""Texts for spaCy, in each of the forms that are in use (spacy.io/api/data-formats).

The JSON that ``spacy convert`` takes (documents with paragraphs, tokens with ``ner`` in BILUO); a
list or lines of ``{"text", "entities": [[start, end, label]] | "spans": [{"start", "end",
"label"}], "cats": {label: number}}``; and a list of ``[text, {"entities": …, "cats": …}]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from label_studio_lite.core import jsontext
from label_studio_lite.core.model import Json
from label_studio_lite.core.spans import Span
from label_studio_lite.errors import Invalid
from label_studio_lite.importing.finished.base import Chosen, Finding, Mark
from label_studio_lite.importing.finished.files import Files

_CHOSEN_FROM = 0.5  # of a category's number


class SpacyReader:
    name = "SPACY"
    title = "spaCy"
    description = "Entities and categories; JSON or JSON lines."

    def findings(self, files: Files) -> Iterator[Finding]:
        names = files.ending(".json", ".jsonl", ".ndjson") or files.ending("")
        if not names:
            raise Invalid("there is no file that ends in .json or .jsonl")
        for name in names:
            for at, item in enumerate(_items(files, name)):
                where = f"{name}: item {at}"
                try:
                    yield from _findings(item, where)
                except (TypeError, ValueError, KeyError, IndexError) as error:
                    raise Invalid(f"{where}: it is no text of spaCy's: {error}") from error


def _items(files: Files, name: str) -> Iterator[Any]:
    with files.open(name) as upload:
        content = upload.stream.read()
    try:
        if content.lstrip()[:1] == b"[":
            yield from jsontext.loads(content)
            return
        for line in content.splitlines():
            if line.strip():
                yield jsontext.loads(line)
    except ValueError as error:
        raise Invalid(f"{name}: it is not valid JSON: {error}") from error


def _findings(item: Any, where: str) -> Iterator[Finding]:
    if isinstance(item, list):
        text, said = item
        item = {**said, "text": text}
    if "paragraphs" in item:
        for paragraph in item["paragraphs"]:
            yield _of_tokens(paragraph, where)
    else:
        entities = item.get("entities") or item.get("spans") or []
        marks = [_entity(entity, item["text"]) for entity in entities]
        cats = item.get("cats") or {}
        yield _finding(item["text"], marks, cats.items(), where)


def _entity(entity: Any, text: str) -> Mark:
    if isinstance(entity, dict):
        entity = (entity["start"], entity["end"], entity["label"])
    start, end, label = entity[:3]
    if not 0 <= start < end <= len(text):
        raise ValueError(f"an entity from {start} to {end} is not in the text")
    return Mark(Span(start, end), (str(label),))


def _of_tokens(paragraph: Json, where: str) -> Finding:
    text = paragraph["raw"]
    marks: list[Mark] = []
    at = start = 0
    for token in (token for sentence in paragraph["sentences"] for token in sentence["tokens"]):
        at = text.index(token["orth"], at)
        tag = str(token.get("ner") or "O")
        if tag[0] in "BU":
            start = at
        at += len(token["orth"])
        if tag[0] in "LU":
            marks.append(Mark(Span(start, at), (tag[2:],)))
    cats = [(cat["label"], cat["value"]) for cat in paragraph.get("cats") or []]
    return _finding(text, marks, cats, where)


def _finding(text: Any, marks: list[Mark], cats: Iterable[tuple[str, Any]], where: str) -> Finding:
    if not isinstance(text, str):
        raise TypeError("its text is no text")
    chosen = tuple(str(label) for label, value in cats if float(value) >= _CHOSEN_FROM)
    if chosen:
        marks = [*marks, Mark(Chosen(), chosen)]
    return Finding(where, "Text", text, marks=marks)


SPACY = SpacyReader()
