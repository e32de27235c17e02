"""What the scenarios of recorded requests are made of: label configs, tasks, completions.

Of the recording only a third is at hand, so what the missing requests left behind is given as the
files of a project, or as requests (:class:`Do`) between two recorded ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

SENTIMENT = (
    '<View><Text name="text" value="$text"/>'
    '<Choices name="sentiment" toName="text" choice="single">'
    '<Choice value="Positive"/><Choice value="Negative"/></Choices></View>'
)
BOXES = (
    '<View>\n  <Image name="img" value="$image"/>\n  <RectangleLabels name="label" toName="img">\n'
    '    <Label value="Cat" background="red"/>\n    <Label value="Dog"/>\n'
    "  </RectangleLabels>\n</View>"
)
NER = (
    '<View><Labels name="ner" toName="text"><Label value="PER"/><Label value="ORG"/>'
    '<Label value="LOC"/></Labels><Text name="text" value="$text"/></View>'
)
TEXT_AND_IMAGE = (
    '<View><Text name="text" value="$text"/><Image name="img" value="$image"/>'
    '<Choices name="c" toName="text"><Choice value="A"/><Choice value="B"/></Choices>'
    '<RectangleLabels name="r" toName="img"><Label value="X"/></RectangleLabels></View>'
)
SERIES = (
    '<View><TimeSeries name="ts" value="$csv" valueType="url" timeColumn="t">'
    '<Channel column="v"/></TimeSeries></View>'
)
POLYGONS = (
    '<View><Image name="img" value="$image"/><PolygonLabels name="label" toName="img">'
    '<Label value="Cat"/><Label value="Dog"/></PolygonLabels></View>'
)
ELLIPSES = (
    '<View><Image name="img" value="$image"/>'
    '<EllipseLabels name="el" toName="img"><Label value="A"/><Label value="B"/></EllipseLabels>'
    '<KeyPointLabels name="kp" toName="img"><Label value="C"/><Label value="D"/></KeyPointLabels>'
    "</View>"
)
AUDIO = (
    '<View><Labels name="lab" toName="audio"><Label value="Speech"/><Label value="Noise"/>'
    '</Labels><AudioPlus name="audio" value="$audio"/><TextArea name="tr" toName="audio"/></View>'
)
PAIRS = (
    '<View><Text name="a" value="$a"/><Text name="b" value="$b"/>'
    '<Pairwise name="pw" toName="a,b"/><Rating name="rt" toName="a"/></View>'
)
POSITIVE = {
    "id": "abc",
    "from_name": "sentiment",
    "to_name": "text",
    "type": "choices",
    "value": {"choices": ["Positive"]},
}
NEGATIVE = {**POSITIVE, "value": {"choices": ["Negative"]}}
UPLOADED = "b7f2585a5268652806802d2d262f4df2-FileUpload"


class Do(NamedTuple):
    """A request that the recording had here, or one with the same effect."""

    method: str
    path: str
    body: Any = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """Steps (ids of recorded requests, or :class:`Do`) on a project that begins as told.

    ``tasks`` is the content of ``tasks.json``, ``work`` that of ``completions/*.json`` by task
    id, ``settings`` are keys of ``config.json`` beside the defaults, ``files`` further files of
    the project. With ``late``, the recorded server was running when ``work`` was written: 0.8.2
    cannot open such a project. ``login`` is the user and password of the server's command line.
    ``backend`` says how the ML backend at ``http://<ML>`` behaves
    (``transcript_backend.ML_MODES``); with none, nobody listens there.
    """

    name: str
    label_config: str
    steps: Sequence[str | Do]
    tasks: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    work: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    login: tuple[str, str] | None = None
    backend: str | None = None
    late: bool = False


def ids(group: str, *numbers: int) -> tuple[str, ...]:
    """``tasks-001`` and so on."""
    return tuple(f"{group}-{number:03}" for number in numbers)


def texts(*values: str) -> dict[int, dict[str, Any]]:
    """Tasks from 0 on with one text each."""
    return {number: {"id": number, "data": {"text": value}} for number, value in enumerate(values)}


def images(*urls: str) -> dict[int, dict[str, Any]]:
    return {number: {"id": number, "data": {"image": url}} for number, url in enumerate(urls)}


def up_to(last: int, key: str = "text") -> dict[int, dict[str, Any]]:
    """Tasks so that the next new one has the id ``last + 1``."""
    return {last: {"id": last, "data": {key: "x"}}}


def work(task: Mapping[str, Any], *completions: Mapping[str, Any]) -> dict[str, Any]:
    """The completion file of a task."""
    return {"completions": list(completions), "data": task["data"], "id": task["id"]}


def done(task_id: int, *result: Mapping[str, Any], at: int = 1795245268, **keys: Any) -> Any:
    """The first completion of a task."""
    return {"created_at": at, "id": task_id * 1000 + 1, "result": list(result), **keys}


def region(control: str, target: str, kind: str, value: Mapping[str, Any], **keys: Any) -> Any:
    return {"from_name": control, "to_name": target, "type": kind, "value": value, **keys}


def predicted(*scores: float, result: Sequence[Any] = ()) -> list[dict[str, Any]]:
    return [{"result": list(result), "score": score} for score in scores]


def _twelve() -> dict[int, dict[str, Any]]:
    """What tasks-004 imports: every third task has a prediction."""
    tasks = {}
    for n in range(12):
        predictions = predicted(round(0.05 * n, 2), result=[POSITIVE]) if n % 3 == 0 else []
        tasks[n] = {"id": n, "data": {"text": f"task {n}", "n": n}, "predictions": predictions}
    return tasks


def _labelled() -> dict[int, dict[str, Any]]:
    """Seven of them done, as they were when the lists were recorded."""
    third = [
        done(3, NEGATIVE, at=1600000000, lead_time=100),
        {"created_at": 1795245269, "id": 3003, "result": []},
    ]
    completions = {
        0: [done(0, POSITIVE, created_username=" u", ground_truth=True)],
        1: [done(1, POSITIVE)],
        3: third,
        4: [done(4, NEGATIVE, lead_time=3)],
        5: [done(5, POSITIVE, at=1795245267, lead_time=2, was_cancelled=False)],
        6: [done(6, at=1795245267, lead_time=2, was_cancelled=True)],
        7: [done(7, at=1795245267)],
    }
    return {n: work(TWELVE[n], *listed) for n, listed in completions.items()}


TWELVE = _twelve()
LABELLED = _labelled()
