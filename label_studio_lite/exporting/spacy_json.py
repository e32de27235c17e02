"""spaCy's JSON, which ``python -m spacy convert result.json .`` makes training data of.

A list of documents: ``{"id", "paragraphs": [{"raw": text, "sentences": [{"tokens": [{"id", "orth",
"space", "ner"}], "brackets": []}], "cats": [{"label", "value"}]}]}``, with entities in the BILUO
scheme (spacy.io/api/data-formats).
"""

from __future__ import annotations

from collections.abc import Iterable

from label_studio_lite.core import tokens
from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Json, Task
from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.conll import tagged
from label_studio_lite.exporting.json_list import json_list
from label_studio_lite.exporting.output import Output
from label_studio_lite.exporting.passages import Passage, marks, passages, text_tags


class SpacyExporter:
    name = "SPACY"
    title = "spaCy"
    description = "Texts with entities and categories, for 'spacy convert'."
    only_member = "result.json"
    holds = "entities of texts, the first label of each; choices as categories"
    cannot = "overlapping entities, relations, other things said of a whole text"
    fetches = False

    def available(self, config: LabelConfig) -> bool:
        return marks(config) or bool(_categories(config))

    def write(self, tasks: Iterable[Task], out: Output, context: Context) -> None:
        list(tokens.tokens("", context.tokenizer))
        context.report.about["tokenizer"] = context.tokenizer
        categories = _categories(context.config)
        with out.open(self.only_member) as stream, json_list(stream) as append:
            for task in tasks:
                shown = [
                    _paragraph(passage, categories, context)
                    for passage in passages(task, context, choices=True)
                ]
                if shown:
                    append({"id": context.wording.task_id(task.id), "paragraphs": shown})


def _categories(config: LabelConfig) -> list[str]:
    """All that can be chosen for a whole text."""
    texts = {tag.name for tag in text_tags(config)}
    found = (
        label
        for control in config.controls.values()
        if control.tag == "Choices" and texts.intersection(control.to_names)
        for label in control.labels
    )
    return list(dict.fromkeys(found))


def _paragraph(passage: Passage, categories: list[str], context: Context) -> Json:
    marked = list(tagged(passage, context.tokenizer))
    afters = [tag for _, _, tag in marked[1:]] + ["O"]
    found = [
        {
            "id": at,
            "orth": passage.text[start:end],
            "space": " " if passage.text[end : end + 1] == " " else "",
            "ner": _biluo(tag, after),
        }
        for at, ((start, end, tag), after) in enumerate(zip(marked, afters, strict=False))
    ]
    chosen = {label for labels in passage.choices.values() for label in labels}
    known = dict.fromkeys([*categories, *sorted(chosen)])
    return {
        "raw": passage.text,
        "sentences": [{"tokens": found, "brackets": []}],
        "cats": [{"label": label, "value": float(label in chosen)} for label in known],
    }


def _biluo(tag: str, after: str) -> str:
    """The tag in the scheme that also says where an entity ends."""
    if tag == "O":
        return tag
    goes_on = after.startswith("I-")
    return ({"B": "B", "I": "I"} if goes_on else {"B": "U", "I": "L"})[tag[0]] + tag[1:]


SPACY = SpacyExporter()
