"""Which recorded requests follow each other on which project."""

from __future__ import annotations

from tests.http.legacy.transcript_states import (
    BOXES,
    LABELLED,
    NER,
    POLYGONS,
    POSITIVE,
    SENTIMENT,
    SERIES,
    TEXT_AND_IMAGE,
    TWELVE,
    UPLOADED,
    Do,
    Scenario,
    done,
    ids,
    images,
    predicted,
    region,
    texts,
    up_to,
    work,
)

_ABC = texts("a", "b", "c")

_PROJECT = (
    Scenario(
        "fresh",
        POLYGONS,
        (
            *ids("project", 1, 2, 6, 7, 8, 9, 10, 11, 12, 15, 17, 21, 22, 23, 24, 25, 29),
            *ids("concurrency", 4, 6),
            *ids("pages", 1, 2, 11, 18, 19, 21),
            *ids("validate-config", 1, 4, 10, 13, 15, 20, 26, 27, 28, 29, 45),
            *ids("config", 28, 29, 30, 46, 54, 58, 60),
            *ids("import", 69),
            *ids("examples", 9, 11, 15, 19, 22, 34, 37),
        ),
    ),
    Scenario("config kept", BOXES, ids("config", 47), settings={"label_config_updated": True}),
    Scenario(
        "config set", BOXES, ids("config", 49, 50, 52), settings={"label_config_updated": True}
    ),
    Scenario(
        "config against work",
        BOXES,
        (
            *ids("config", 62),
            *ids("validate-config", 50),
            Do(
                "POST",
                "/api/tasks/0/completions",
                {
                    "result": [
                        region("label", "img", "rectanglelabels", {"rectanglelabels": ["Cat"]})
                    ]
                },
            ),
            *ids("config", 65, 67, 68, 70),
        ),
        tasks=images("http://a/1.jpg"),
    ),
    Scenario(
        "made by template",
        NER,
        ids("cli", 1),
        settings={"sampling": "uniform", "host": "localhost"},
    ),
    Scenario("made by -l", NER, ids("cli", 2, 5)),
    Scenario(
        "uploaded over https",
        BOXES,
        ids("cli", 4),
        tasks=images("https://localhost/data/upload/b7f2585a5268652806802d2d262f4df2-f"),
    ),
    Scenario(
        "storage",
        BOXES,
        ids("storage", 1, 4, 6, 9, 10, 15),
        tasks=images("http://a/1.jpg"),
        work={0: work(images("http://a/1.jpg")[0], done(0))},
    ),
    Scenario("one task", SENTIMENT, ids("pages", 20, 31), tasks=texts("a")),
)

_IMPORT = (
    Scenario(
        "import json",
        SENTIMENT,
        (
            *ids("import", 2),
            Do("POST", "/api/project/import", [{"text": "c"}, {"text": "d"}]),
            *ids("import", 5, 6, 7, 8, 9, 10, 11, 19, 20, 21, 22, 34),
        ),
    ),
    Scenario("import json as FileUpload", SENTIMENT, ids("import", 42), tasks=up_to(10)),
    Scenario("import csv", SENTIMENT, ids("import", 48), tasks=up_to(16)),
    Scenario("import csv as FileUpload", SENTIMENT, ids("import", 49), tasks=up_to(18)),
    Scenario("import txt", SENTIMENT, ids("import", 55), tasks=up_to(22)),
    Scenario("import two as FileUpload", SENTIMENT, ids("import", 60), tasks=up_to(31)),
    Scenario("import zip", SENTIMENT, ids("import", 61), tasks=up_to(32)),
    Scenario("import by the old path", SENTIMENT, ids("deprecated", 3), tasks=up_to(36)),
    Scenario("import odd csv", SENTIMENT, ids("import", 117), tasks=up_to(3)),
    Scenario("list of imports", SENTIMENT, ids("import", 70), tasks=texts("a", "b", *"x" * 36)),
    Scenario("upload", BOXES, ids("import", 71)),
    Scenario("upload two", BOXES, ids("import", 73), tasks=up_to(1, "image")),
    Scenario("upload for two keys", TEXT_AND_IMAGE, ids("import", 89)),
    Scenario("examples for two keys", TEXT_AND_IMAGE, ids("examples", 2, 3)),
    Scenario("example for one key", SENTIMENT, ids("examples", 30)),
    Scenario("upload a series", SERIES, ids("import", 93)),
    Scenario(
        "list of series",
        SERIES,
        ids("import", 96),
        tasks={
            0: {
                "id": 0,
                "data": {
                    "csv": "http://localhost/data/upload/cf9d7a809f9cc0fec7dd4092e1e3a416-a.csv"
                },
            },
            1: {
                "id": 1,
                "data": {
                    "csv": "http://x",
                    "dialogue": [{"author": "a", "text": "b"}],
                    "table": {"a": 1},
                },
            },
        },
    ),
    Scenario(
        "list without a key",
        "<View></View>",
        ids("import", 109),
        tasks={
            0: {"id": 0, "data": {"anything": "goes"}},
            1: {"id": 1, "data": {}},
            2: {"id": 2, "data": {"$undefined$": "x"}},
            3: {
                "id": 3,
                "data": {
                    "$undefined$": "http://localhost/data/upload/"
                    "b7f2585a5268652806802d2d262f4df2-a.jpg"
                },
            },
        },
    ),
    Scenario(
        "uploads",
        BOXES,
        (*ids("data", 1, 3, 4, 5, 6), *ids("deprecated", 4)),
        files={f"upload/{UPLOADED}": b"\xff\xd8\xff\xe0\x00\x10JFIF".ljust(677, b"\0")},
    ),
)

_TASKS = (
    Scenario(
        "a life",
        SENTIMENT,
        (
            *ids("tasks", 1),
            *ids("next", 1),
            *ids("completions", 1),
            *ids("tasks", 4),
            *ids("next", 2),
            *ids("completions", 2, 3, 6, 7, 8),
            Do("POST", "/api/tasks/9/completions", {"result": [POSITIVE]}),
            *ids("completions", 12),
            *ids("completions", 15, 20, 21, 24, 27, 30, 32),
            *ids("completion-by-id", 1, 2),
            Do("PATCH", "/api/tasks/3/completions/3001", {"lead_time": 100}),
            *ids("completion-by-id", 5, 6, 7, 8),
            Do("POST", "/api/tasks/3/completions", {"result": []}),
            *ids("completion-by-id", 12, 23),
            Do("POST", "/api/tasks/8/completions", {"result": []}),
            Do("DELETE", "/api/tasks/8/completions/8001"),
            *ids("completion-by-id", 34, 36),
            *ids("completions", 37),
            *ids("completions", 42),
            *ids("tasks", 43, 46),
        ),
    ),
    Scenario(
        "no such completion",
        SENTIMENT,
        ids("completion-by-id", 11),
        tasks={3: TWELVE[3]},
        work={3: LABELLED[3]},
    ),
    Scenario(
        "id after a deletion",
        SENTIMENT,
        ids("completion-by-id", 25),
        tasks={3: TWELVE[3]},
        work={3: LABELLED[3]},
    ),
    Scenario(
        "lists",
        SENTIMENT,
        (
            *ids("tasks", 7, 10, 13, 19, 21, 22, 23, 29, 30, 31, 37, 42),
            *ids("task-by-id", 1, 3, 4, 5),
            *ids("task-by-id", 13, 16),
            Do("DELETE", "/api/tasks/11"),
            Do("DELETE", "/api/tasks/10"),
            *ids("task-by-id", 19),
            *ids("task-by-id", 10, 11),
        ),
        tasks=TWELVE,
        work=LABELLED,
    ),
    Scenario(
        "no deleting",
        SENTIMENT,
        ids("completions", 49),
        tasks=texts("first after wipe"),
        work={0: work(texts("first after wipe")[0], done(0))},
        settings={"allow_delete_completions": False},
    ),
    Scenario(
        "old paths",
        SENTIMENT,
        (*ids("deprecated", 9, 11, 14, 18, 20),),
        tasks=texts("first after wipe"),
        work={
            0: work(
                texts("first after wipe")[0],
                done(0, POSITIVE),
                {"created_at": 1795245274, "id": 2, "result": [POSITIVE]},
            )
        },
    ),
    Scenario(
        "seed document",
        SENTIMENT,
        ids("seeddoc", 25, 27, 28, 29, 30, 31),
        tasks={
            **texts("a", "b"),
            2: {"id": 2, "data": {"text": "c"}, "predictions": predicted(0.1)},
        },
    ),
    Scenario(
        "task rewritten",
        SENTIMENT,
        (
            *ids("seeddoc", 2, 23, 24),
            Do("POST", "/api/tasks/2/completions", {"result": [POSITIVE]}),
            *ids("seeddoc", 26),
        ),
        tasks=_ABC,
    ),
)

_SAMPLED = {
    0: predicted(0.5),
    1: predicted(0.1, 0.3),
    2: predicted(0.9),
    4: predicted(0.15),
}
_FIVE = {
    n: {"id": n, "data": {"text": f"t{n}"}}
    | ({"predictions": p} if (p := _SAMPLED.get(n)) else {})
    for n in range(5)
}
_NEXT = (
    Scenario(
        "sequential",
        SENTIMENT,
        (
            *ids("next", 5, 6),
            *(Do("POST", f"/api/tasks/{n}/completions", {"result": []}) for n in (1, 2, 3, 4)),
            *ids("next", 15),
        ),
        tasks=_FIVE,
    ),
    Scenario(
        "uniform",
        SENTIMENT,
        ids("next", 24, 25, 26),
        tasks=_FIVE,
        work={n: work(_FIVE[n], done(n)) for n in (0, 1, 3, 4)},
        settings={"sampling": "uniform"},
    ),
    Scenario(
        "lowest score",
        SENTIMENT,
        (
            *ids("next", 27),
            Do("POST", "/api/tasks/4/completions", {"result": []}),
            *ids("next", 29),
        ),
        tasks=_FIVE,
        settings={"sampling": "prediction-score-min"},
    ),
    Scenario(
        "unknown sampling",
        SENTIMENT,
        ids("next", 45),
        tasks=_FIVE,
        settings={"sampling": "prediction-score-foo"},
    ),
)

SCENARIOS = (*_PROJECT, *_IMPORT, *_TASKS, *_NEXT)
