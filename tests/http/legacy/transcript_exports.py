"""The recorded exports: what was labelled, as far as their results tell."""

from __future__ import annotations

from tests.http.legacy.transcript_states import (
    AUDIO,
    BOXES,
    ELLIPSES,
    NER,
    PAIRS,
    POLYGONS,
    SENTIMENT,
    TEXT_AND_IMAGE,
    Do,
    Scenario,
    done,
    ids,
    images,
    region,
    texts,
    work,
)

_CAT = {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0, "rectanglelabels": ["Cat"]}
_SMALL = {"x": 5, "y": 5, "width": 5, "height": 5, "rotation": 0, "rectanglelabels": ["Cat"]}
_WIDE = {"original_width": 200, "original_height": 100, "image_rotation": 0}
_NARROW = {"original_width": 100, "original_height": 50, "image_rotation": 0}
_BOX_TASKS = images(
    "http://<FILES>/a.jpg",
    "http://<FILES>/b.png",
    "http://<FILES>/b.png",
    "http://<FILES>/404.jpg",
    "http://<FILES>/a.jpg",
)


def _box(value: dict[str, object], **size: int) -> dict[str, object]:
    return {"id": "r", **region("label", "img", "rectanglelabels", value, **size)}


def _span(start: int, end: int, text: str, label: str) -> dict[str, object]:
    value = {"start": start, "end": end, "text": text, "labels": [label]}
    return {"id": f"s{start}", **region("ner", "text", "labels", value)}


_NER_TASKS = texts(
    "John Smith works at Acme Corp in Paris.",
    "Nothing here",
    "Double  space then Bob\nnew line Alice",
    "skip me",
)
_SPANS = {
    0: [
        _span(20, 29, "Acme Corp", "ORG"),
        _span(0, 10, "John Smith", "PER"),
        _span(33, 38, "Paris", "LOC"),
    ],
    1: [],
    2: [_span(19, 22, "Bob", "PER"), _span(32, 37, "Alice", "PER")],
}
_CHOICE_TASKS = texts('good, "q"', "bad", "Ünï")
_CHOSEN = {0: ["Positive"], 1: ["Positive", "Negative"], 2: []}
EXPORTS = (
    Scenario("export nothing", BOXES, ids("export", 1)),
    Scenario(
        "export boxes",
        BOXES,
        (
            *ids("export", 4, 5),
            Do(
                "POST",
                "/api/tasks/1/completions",
                {"lead_time": 2.0, "result": [_box(_SMALL, **_NARROW)]},
            ),
            Do(
                "POST",
                "/api/tasks/3/completions",
                {"lead_time": 2.0, "result": [_box(_CAT, **_WIDE)]},
            ),
            Do("POST", "/api/tasks/4/completions", {"lead_time": 2.0, "result": []}),
            *ids("export", 12, 13, 14, 20, 28, 30),
        ),
        tasks=_BOX_TASKS,
    ),
    Scenario(
        "export polygons",
        POLYGONS,
        ids("export", 36, 37, 45),
        tasks=images("http://<FILES>/a.jpg"),
        work={
            0: work(
                images("http://<FILES>/a.jpg")[0],
                done(
                    0,
                    {
                        "id": "p",
                        **region(
                            "label",
                            "img",
                            "polygonlabels",
                            {
                                "points": [[10, 10], [50, 10], [30, 60.5]],
                                "polygonlabels": ["Cat"],
                            },
                            **_WIDE,
                        ),
                    },
                    lead_time=2.0,
                ),
            )
        },
    ),
    Scenario(
        "export ellipses",
        ELLIPSES,
        ids("export", 52),
        tasks=images("http://<FILES>/a.jpg"),
        work={
            0: work(
                images("http://<FILES>/a.jpg")[0],
                done(
                    0,
                    region(
                        "el",
                        "img",
                        "ellipselabels",
                        {
                            "x": 50,
                            "y": 50,
                            "radiusX": 10,
                            "radiusY": 5,
                            "rotation": 0,
                            "ellipselabels": ["A"],
                        },
                        **_WIDE,
                    ),
                    region(
                        "kp",
                        "img",
                        "keypointlabels",
                        {"x": 3, "y": 4, "width": 1, "keypointlabels": ["C"]},
                        **_WIDE,
                    ),
                ),
            )
        },
    ),
    Scenario(
        "export entities",
        NER,
        ids("export", 86, 88, 89, 90, 91, 96),
        tasks=_NER_TASKS,
        work={n: work(_NER_TASKS[n], done(n, *spans)) for n, spans in _SPANS.items()},
    ),
    Scenario(
        "export choices",
        SENTIMENT,
        ids("export", 104, 105, 106),
        tasks=_CHOICE_TASKS,
        work={
            n: work(
                _CHOICE_TASKS[n],
                done(
                    n,
                    *(
                        [region("sentiment", "text", "choices", {"choices": names})]
                        if names
                        else []
                    ),
                    lead_time=2.0,
                ),
            )
            for n, names in _CHOSEN.items()
        },
    ),
    Scenario(
        "export audio",
        AUDIO,
        ids("export", 119, 120),
        tasks={0: {"id": 0, "data": {"audio": "http://x/a.wav"}}},
        work={
            0: work(
                {"id": 0, "data": {"audio": "http://x/a.wav"}},
                done(
                    0,
                    {
                        "id": "a1",
                        "original_length": 10.0,
                        **region(
                            "lab",
                            "audio",
                            "labels",
                            {"start": 0.5, "end": 1.25, "labels": ["Speech"]},
                        ),
                    },
                    {
                        "id": "a2",
                        **region("tr", "audio", "textarea", {"text": ["hello", "world"]}),
                    },
                    lead_time=2.0,
                ),
            )
        },
    ),
    Scenario(
        "export two keys",
        TEXT_AND_IMAGE,
        ids("export", 135),
        tasks={0: {"id": 0, "data": {"image": "http://<FILES>/a.jpg", "text": "t"}}},
        work={
            0: work(
                {"id": 0, "data": {"image": "http://<FILES>/a.jpg", "text": "t"}},
                done(
                    0,
                    region(
                        "r", "img", "rectanglelabels", {**_CAT, "rectanglelabels": ["X"]}, **_WIDE
                    ),
                    region("c", "text", "choices", {"choices": ["A"]}),
                ),
            )
        },
    ),
    Scenario(
        "export pairs",
        PAIRS,
        ids("export", 150),
        tasks={0: {"id": 0, "data": {"a": "x", "b": "y"}}},
        work={
            0: work(
                {"id": 0, "data": {"a": "x", "b": "y"}},
                done(
                    0,
                    region("rt", "a", "rating", {"rating": 4}),
                    region("pw", "a,b", "pairwise", {"selected": "left"}),
                ),
            )
        },
    ),
)
