"""The recorded requests to projects with damaged, hand-made or moved files."""

from __future__ import annotations

import json

from tests.http.legacy.transcript_states import (
    POSITIVE,
    SENTIMENT,
    Do,
    Scenario,
    done,
    ids,
    predicted,
    texts,
    work,
)

_ABC = texts("a", "b", "c")
_BARE = {"from_name": "sentiment", "to_name": "text", "type": "choices"}  # a region without value
_NO_RESULT = {0: work(_ABC[0], {"created_at": 1795245287, "id": 1})}
_NO_VALUE = {0: work(_ABC[0], {"created_at": 1795245287, "id": 1, "result": [_BARE]})}
_POISON = (
    Scenario("poison: no result", SENTIMENT, ids("poison", 1, 2)),
    Scenario(
        "poisoned: no result",
        SENTIMENT,
        ids("poison", 7, 8, 10, 12),
        tasks=_ABC,
        work=_NO_RESULT,
        late=True,
    ),
    Scenario("reopened: no result", SENTIMENT, ids("poison", 13), tasks=_ABC, work=_NO_RESULT),
    Scenario(
        "poisoned: no value",
        SENTIMENT,
        ids("poison", 52, 53, 54, 55, 56, 57, 58, 59, 60),
        tasks=_ABC,
        work=_NO_VALUE,
        late=True,
    ),
    Scenario(
        "reopened: no value",
        SENTIMENT,
        ids("poison", 61, 62, 63, 64),
        tasks=_ABC,
        work=_NO_VALUE,
    ),
    Scenario("poison: no names", SENTIMENT, ids("poison", 65, 66)),
    Scenario(
        "poisoned: no names",
        SENTIMENT,
        ids("poison", 67),
        tasks=_ABC,
        work={0: work(_ABC[0], {"created_at": 1795245291, "id": 1, "result": [{"foo": 1}]})},
    ),
    Scenario(
        "unknown label",
        SENTIMENT,
        (
            Do("POST", "/api/project/import", [{"text": "a"}, {"text": "b"}, {"text": "c"}]),
            *ids("poison", 82, 92),
        ),
    ),
)

_OLD = 1590712275
_EDGE_TASKS = {
    5: {"id": 5, "data": {"text": "five"}},
    2: {"id": 2, "data": {"text": "two"}},
    10: {
        "id": 10,
        "data": {"text": "ten"},
        "predictions": predicted(0.1),
        "completions": [{"id": 10001, "result": []}],
        "meta": {"x": 1},
    },
}
_EDGE_WORK = {
    5: {
        "id": 5,
        "data": {"text": "STALE COPY"},
        "completions": [{"id": 5001, "result": [], "created_at": _OLD, "skipped": True}],
    },
    77: {
        "id": 77,
        "data": {"text": "orphan"},
        "completions": [{"id": 77001, "result": [], "created_at": _OLD}],
    },
}
_EDGE = (
    Scenario(
        "made by hand",
        SENTIMENT,
        (
            *ids("edge", 1, 6, 9, 10, 12),
            Do("POST", "/api/tasks/10/completions", {"result": [POSITIVE]}),
            *ids("edge", 14),
        ),
        tasks=_EDGE_TASKS,
        work=_EDGE_WORK,
    ),
    Scenario(
        "edited while stopped",
        SENTIMENT,
        ids("edge", 18, 19),
        tasks={1: {"id": 1, "data": {"text": "edited on disk"}}},
        files={
            "source.json": json.dumps(
                {
                    n: {"key": f"./project/tasks.json/{n}", "exists": True}
                    for n in (1, 2, 5, 10, 11)
                }
            ).encode()
        },
    ),
    Scenario(
        "moved",
        SENTIMENT,
        ids("edge", 28),
        tasks=texts("a", "b"),
        work={1: work(texts("a", "b")[1], done(1, POSITIVE, at=1795245308))},
    ),
)

ODD_PROJECTS = (*_POISON, *_EDGE)
