"""Exports of the cases beside what they should be: ``golden/<format>/<case>/<member>``.

``python -m tests.formats.stored`` writes them anew; the difference is then for a person to read.
Formats of 1.x that differ from 0.8.x's have ``-1x`` behind their name.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from label_studio_lite.core.label_config import parse
from label_studio_lite.exporting.base import Context, Exporter
from label_studio_lite.exporting.media import Media
from label_studio_lite.exporting.output import ZipOutput
from label_studio_lite.exporting.registry import LEGACY, V1
from label_studio_lite.exporting.report import MEMBER, Report
from tests.formats.cases import CASES, Case

FOLDER = Path(__file__).with_name("golden")
NOW = 1_700_000_000.0
_COPIES = ("images/", "audio/")  # of files that the case has itself


def pairs() -> Iterator[tuple[str, Exporter, str]]:
    """``(name of the folder, format, case)`` for every case that a format is made for."""
    for case_name, case in CASES.items():
        config = parse(case.label_config)
        legacy = {id(exporter) for exporter in LEGACY.all()}
        newer = [exporter for exporter in V1.all() if id(exporter) not in legacy]
        for exporter in LEGACY.available(config):
            yield exporter.name, exporter, case_name
        for exporter in newer:
            if exporter.available(config):
                yield f"{exporter.name}-1x", exporter, case_name


def exported(exporter: Exporter, case: Case, **context: Any) -> dict[str, bytes]:
    """The members of the export of a case, with its report."""
    stream = io.BytesIO()
    report = Report()
    with tempfile.TemporaryDirectory() as folder, ZipOutput(stream) as out:
        media = Media(case.local(Path(folder)))
        given = Context(
            parse(case.label_config),
            units=case.units,
            now=NOW,
            media=media,
            report=report,
            **context,
        )
        exporter.write(case.tasks, out, given)
        if not report.empty:
            with out.open(MEMBER) as member:
                report.write(member, {"format": exporter.name})
    report.close()
    with zipfile.ZipFile(stream) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def content(folder: str, case: str) -> dict[str, bytes]:
    root = FOLDER / folder / case
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def without_copies(members: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in members.items() if not name.startswith(_COPIES)}


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    for folder, exporter, case in pairs():
        for name, content in without_copies(exported(exporter, CASES[case])).items():
            path = FOLDER / folder / case / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


if __name__ == "__main__":
    main()
