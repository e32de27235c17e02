"""Every format makes of every case what ``golden/`` has, and accounts for all that it read."""

from __future__ import annotations

import json

import pytest

from label_studio_lite.core.label_config import parse
from label_studio_lite.exporting.base import Exporter
from label_studio_lite.exporting.registry import LEGACY, V1
from tests.formats import stored
from tests.formats.cases import CASES

PAIRS = list(stored.pairs())


@pytest.mark.parametrize(
    ("folder", "exporter", "case"), PAIRS, ids=[f"{folder}-{case}" for folder, _, case in PAIRS]
)
def test_as_stored(folder: str, exporter: Exporter, case: str) -> None:
    members = stored.without_copies(stored.exported(exporter, CASES[case]))
    assert members == stored.content(folder, case)


def test_nothing_else_is_stored() -> None:
    found = {f"{path.parent.name}/{path.name}" for path in stored.FOLDER.glob("*/*")}
    assert found == {f"{folder}/{case}" for folder, _, case in PAIRS}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    "exporter",
    [*LEGACY.all(), *(each for each in V1.all() if each not in LEGACY.all())],
    ids=lambda exporter: exporter.name,
)
def test_read_is_written_or_reported(exporter: Exporter, case: str) -> None:
    """Also for cases that a format is not made for."""
    members = stored.exported(exporter, CASES[case])
    tasks = CASES[case].tasks
    if "export_report.json" not in members:
        return
    report = json.loads(members["export_report.json"])
    told = {"task": 0, "completion": 0, "region": 0}
    left_out = set()
    for item in report["items"]:
        if item["kind"] in told:
            told[item["kind"]] += item.get("count", 1)
        if item["kind"] == "task":
            left_out.add(item["task"])
    told["completion"] += sum(len(task.completions) for task in tasks if task.id in left_out)
    assert report["tasks"]["read"] == len(tasks)
    assert report["tasks"]["left_out"] == told["task"]
    for kind in ("completion", "region"):
        tally = report.get(f"{kind}s", {"left_out": 0, "read": 0, "written": 0})
        assert tally["read"] == tally["written"] + tally["left_out"]
        assert tally["left_out"] == told[kind], kind


@pytest.mark.parametrize("case", CASES)
def test_the_formats_offered_for_a_case(case: str) -> None:
    config = parse(CASES[case].label_config)
    offered = {exporter.name for exporter in LEGACY.available(config)}
    assert {"JSON", "JSON_MIN", "CSV", "TSV"} <= offered
