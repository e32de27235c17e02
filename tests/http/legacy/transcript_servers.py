"""The recorded requests to servers with a password, and to servers with an ML backend."""

from __future__ import annotations

from tests.http.legacy.transcript_states import (
    POSITIVE,
    SENTIMENT,
    Do,
    Scenario,
    done,
    ids,
    texts,
    work,
)

_BACKEND = {"ml_backends": [{"url": "http://<ML>", "name": "mla078"}]}
_TASKS = {
    **texts("a", "b"),
    2: {
        "id": 2,
        "data": {"text": "c"},
        "predictions": [{"model_version": "imported", "result": [], "score": 0.1}],
    },
}
_REGION = {key: POSITIVE[key] for key in ("from_name", "to_name", "type", "value")}
_STORED = [
    {
        "result": [_REGION],
        "score": 0.77,
        "created_by": "m",
        "created_date": "2026-11-21T07:15:34.249647",
    }
]

SERVERS = (
    Scenario("password", SENTIMENT, ids("auth", *range(1, 21)), login=("bob", "s3cret")),
    Scenario("password only", SENTIMENT, ids("auth", 21, 22), login=("", "only")),
    Scenario("user only", SENTIMENT, ids("auth", 23), login=("bob", "")),
    Scenario(
        "password in config.json",
        SENTIMENT,
        ids("auth", 24, 25),
        settings={"username": "cfguser", "password": "cfgpass"},
    ),
    Scenario(
        "two passwords",
        SENTIMENT,
        ids("auth", 26, 27),
        settings={"username": "cfguser", "password": "cfgpass"},
        login=("cli", "clipw"),
    ),
    Scenario("no backend", SENTIMENT, ids("models", 1, 2), tasks=_TASKS),
    Scenario("backend added", SENTIMENT, ids("models", 11), tasks=_TASKS, backend="works"),
    Scenario(
        "backend",
        SENTIMENT,
        (
            *ids("models", 12, 20, 22, 23, 27, 28, 30),
            *ids("deprecated", 22),
            *ids("models", 32, 33),
            *ids("seeddoc", 33),
            *ids("models", 34, 36),
            Do("POST", "/api/tasks/2/completions", {"result": []}),
            *ids("models", 40, 42, 59),
        ),
        tasks=_TASKS,
        settings=_BACKEND,
        backend="works",
    ),
    Scenario(
        "stored predictions",
        SENTIMENT,
        ids("seeddoc", 42),
        tasks={n: {**task, "predictions": _STORED} for n, task in texts("a", "b", "c").items()},
        work={2: work(texts("a", "b", "c")[2], done(2, at=1795245333))},
    ),
    Scenario(
        "backend cannot predict",
        SENTIMENT,
        ids("models", 47),
        tasks=_TASKS,
        settings=_BACKEND,
        backend="predict fails",
    ),
    Scenario(
        "backend is ill",
        SENTIMENT,
        ids("models", 54),
        tasks=_TASKS,
        settings=_BACKEND,
        backend="health fails",
    ),
    Scenario("backend is down", SENTIMENT, ids("models", 66), tasks=_TASKS, settings=_BACKEND),
)
