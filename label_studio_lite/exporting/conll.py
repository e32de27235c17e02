"""CoNLL 2003: a line for each token, a blank line behind each text.

Columns are the token, ``-X-`` and ``_`` in place of part of speech and chunk, and the tag: ``O``,
or ``B-`` and ``I-`` with a label. How text is cut into tokens says :mod:`.core.tokens`; where an
entity begins or ends inside a token, the token is cut there
(clips.uantwerpen.be/conll2003/ner).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from label_studio_lite.core import tokens
from label_studio_lite.core.label_config import LabelConfig
from label_studio_lite.core.model import Task
from label_studio_lite.exporting.base import Context
from label_studio_lite.exporting.output import Output
from label_studio_lite.exporting.passages import Entity, Passage, marks, passages

_BLANKS = re.compile(r"\s+")
_PIECE = 1 << 16  # characters written at once


class ConllExporter:
    name = "CONLL2003"
    title = "CoNLL 2003"
    description = "Tokens and their tags, one in a line, for named entity recognition."
    only_member = "result.conll"
    holds = "entities of texts, the first label of each"
    cannot = (
        "overlapping entities, relations, what was said of a whole text, blanks between tokens"
    )
    fetches = False

    def available(self, config: LabelConfig) -> bool:
        return marks(config)

    def write(self, tasks: Iterable[Task], out: Output, context: Context) -> None:
        rule = context.tokenizer
        list(tokens.tokens("", rule))  # an unknown one is refused before anything is written
        context.report.about["tokenizer"] = rule
        with out.open(self.only_member) as stream:
            pending, size = ["-DOCSTART- -X- O\n"], 0
            for task in tasks:
                for passage in passages(task, context, choices=False):
                    text = "".join(_block(passage, context))
                    pending.append(text)
                    size += len(text)
                if size > _PIECE:
                    stream.write("".join(pending).encode(errors="replace"))
                    pending, size = [], 0
            stream.write("".join(pending).encode(errors="replace"))


def _block(passage: Passage, context: Context) -> Iterator[str]:
    if any(_BLANKS.search(entity.label) for entity in passage.entities):
        context.report.change(passage.task, None, "blanks in a label are underscores")
    for start, end, tag in tagged(passage, context.tokenizer):
        yield f"{passage.text[start:end]} -X- _ {_BLANKS.sub('_', tag)}\n"
    yield "\n"


def tagged(passage: Passage, rule: str) -> Iterator[tuple[int, int, str]]:
    """Tokens with their tags: start, end in code points, and ``O``, ``B-…`` or ``I-…``."""
    borders = sorted({at for entity in passage.entities for at in (entity.start, entity.end)})
    entities = iter(passage.entities)
    entity: Entity | None = next(entities, None)
    begun = False
    for start, end in tokens.cut_at(tokens.tokens(passage.text, rule), borders):
        while entity is not None and entity.end <= start:
            entity, begun = next(entities, None), False
        if entity is None or entity.start >= end:
            yield start, end, "O"
        else:
            yield start, end, f"{'I' if begun else 'B'}-{entity.label}"
            begun = True


CONLL2003 = ConllExporter()
