"""No task stops an export, whatever old and hand-made files hold; all is accounted for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from label_studio_lite.core.model import Task
from label_studio_lite.core.offsets import Units
from label_studio_lite.exporting.base import Exporter
from label_studio_lite.exporting.choosing import Wish
from label_studio_lite.exporting.registry import LEGACY, V1
from tests.formats.cases import CASES, UPLOADED, Case, completion, png, task
from tests.formats.stored import exported

CONFIG = """<View><Text name="text" value="$text"/><Image name="img" value="$image"/>
<Audio name="audio" value="$audio"/>
<RectangleLabels name="box" toName="img"><Label value="Cat"/></RectangleLabels>
<PolygonLabels name="poly" toName="img"><Label value="Cat"/></PolygonLabels>
<EllipseLabels name="oval" toName="img"><Label value="Cat"/></EllipseLabels>
<KeyPointLabels name="tip" toName="img"><Label value="Cat"/></KeyPointLabels>
<BrushLabels name="mask" toName="img"><Label value="Cat"/></BrushLabels>
<Labels name="ner" toName="text"><Label value="PER"/></Labels>
<Choices name="mood" toName="text"><Choice value="good"/></Choices>
<TextArea name="said" toName="audio"/></View>"""
EVERY = [*LEGACY.all(), *(each for each in V1.all() if each not in LEGACY.all())]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
numbers = (
    st.floats() | st.integers(-(10**400), 10**400) | st.sampled_from([0, 5, 10, 50, 100, "7"])
)
labels = st.lists(st.sampled_from(["Cat", "PER", "", "a b", "\ud800", "\0<&>"]), max_size=2)
values = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("x", "y", "width", "height", "rotation", "radiusX", "radiusY"), numbers),
        **dict.fromkeys(("start", "end"), numbers | st.integers(-3, 9)),
        "points": st.lists(st.tuples(numbers, numbers), max_size=4) | anything,
        "rle": st.lists(st.integers(-1, 300), max_size=30) | anything,
        "text": anything,
        **dict.fromkeys(
            ("rectanglelabels", "polygonlabels", "brushlabels", "labels", "choices", "rating"),
            labels | anything,
        ),
    },
)
names = st.sampled_from(["box", "poly", "oval", "tip", "mask", "ner", "mood", "said", "gone"])
regions = st.fixed_dictionaries(
    {"value": values | anything},
    optional={
        "id": st.sampled_from(["a", "b"]) | anything,
        "from_name": names | anything,
        "to_name": st.sampled_from(["img", "text", "audio"]) | anything,
        "type": st.sampled_from(
            ["rectanglelabels", "polygonlabels", "brushlabels", "labels", "choices", "textarea",
             "keypointlabels", "ellipselabels", "relation", "rectangle"]
        ) | anything,
        "original_width": numbers | st.just(20),
        "original_height": numbers | st.just(10),
        "original_length": numbers,
        "item_index": anything,
    },
)  # fmt: skip
completions = st.fixed_dictionaries(
    {"result": st.lists(regions | anything, max_size=3) | anything},
    optional={
        **dict.fromkeys(("id", "created_at", "was_cancelled", "completed_by"), anything),
        **dict.fromkeys(("honeypot", "lead_time", "updated_at", "created_username"), anything),
    },
)
media = st.sampled_from([UPLOADED, "a.png", "data:image/png;base64,x", "http://[", "../a/"])
data = st.fixed_dictionaries(
    {},
    optional={
        "text": st.sampled_from(["abc 👍 d", "\ud800 x", ""]) | anything,
        "image": media | st.lists(media, max_size=2) | anything,
        "audio": media | anything,
    },
)
works = st.none() | st.fixed_dictionaries(
    {"data": data | anything, "completions": st.lists(completions, max_size=2) | anything}
)
wishes = st.builds(Wish, *(st.none() | st.booleans() for _ in range(3)))


@pytest.mark.parametrize("exporter", EVERY, ids=lambda exporter: exporter.name)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(works, min_size=1, max_size=3), wishes, st.sampled_from(["utf16", "codepoints"]))
def test_no_task_stops_an_export(
    exporter: Exporter, found: list[Any], wish: Wish, units: Units
) -> None:
    tasks = [Task(n, {"id": n, "data": {"text": "t"}}, work) for n, work in enumerate(found)]
    case = Case(CONFIG, tasks, units, {UPLOADED: png(20, 10)})
    members = exported(exporter, case, wish=wish)
    for name, content in members.items():
        if name.endswith(".json") and name != "manifest.json":
            json.loads(content)
    if "export_report.json" not in members:
        return
    report = json.loads(members["export_report.json"])
    items = report["items"]
    assert report["tasks"]["read"] == len(tasks)
    assert report["tasks"]["left_out"] == sum(item["kind"] == "task" for item in items)
    lost = sum(item.get("count", 1) for item in items if item["kind"] == "region")
    assert report.get("regions", {"left_out": 0})["left_out"] == lost


def test_names_that_clash_or_no_file_system_takes() -> None:
    addresses = ["a/b.png", "c/B.PNG", "d/b.jpg", "x/<:>.png", f"y/{'long' * 80}.png", "z/"]
    tasks = [task(n, {"image": a}, completion(n)) for n, a in enumerate(addresses)]
    members = exported(LEGACY.find("YOLO"), Case(CASES["boxes"].label_config, tasks))
    found = sorted(name for name in members if name.startswith("labels/"))
    assert {"B-1", "___", "b", "b-2", "z"} < {name[7:-4] for name in found}
    assert all(len(name) < 180 for name in found)
    assert len(found) == len(addresses)
