"""The clients of backends: what they make of answers, and of backends that do not play."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from label_studio_lite.core.model import Json
from label_studio_lite.errors import BackendFailed, Invalid
from label_studio_lite.ml.backend import Backend
from label_studio_lite.ml.base import (
    BadAnswer,
    Generation,
    Options,
    Rejected,
    Subject,
    TookTooLong,
    Unreachable,
    WrongCount,
)
from tests.ml import scripted
from tests.ml.scripted import Scripted, raw_backend

SUBJECT = Subject("<View>\n</View>", "<View></View>", "p", "/p", 3, 1700, "http://here", "secret")
TASK = {"id": 1, "data": {"text": "a"}, "predictions": []}
SHORT = 0.5  # seconds that a call gets


def backend_at(url: str, **options: Any) -> Backend:
    return Backend(Options(url, "m", **options))


class TestWhichProtocol:
    @pytest.mark.parametrize(
        ("health", "generation"),
        [
            ({"status": "UP", "model_dir": "d"}, "0.8"),
            ({"status": "UP", "model_dir": "d", "v2": False}, "1.x"),
            ({"status": "UP", "model_dir": "d", "v2": True}, "1.x"),
            ({"status": "UP", "model_class": "M"}, "1.x"),
        ],
    )
    def test_health_tells(
        self, backend: Scripted, health: dict[str, Any], generation: Generation
    ) -> None:
        backend.answers["/health"] = 200, health
        asked = backend_at(backend.url)
        before = asked.generation
        asked.health()
        assert (before, asked.generation) == (None, generation)
        assert backend.lines == ["GET /health"]

    @pytest.mark.parametrize(("status", "generation"), [(404, "0.8"), (405, "1.x")])
    def test_where_health_does_not_tell_the_webhook_does(
        self, backend: Scripted, status: int, generation: Generation
    ) -> None:
        backend.answers |= {"/health": (200, {"status": "UP"}), "/webhook": (status, {})}
        asked = backend_at(backend.url)
        asked.health()
        asked.health()
        assert asked.generation == generation
        assert backend.lines == ["GET /health", "GET /webhook", "GET /health"]

    def test_the_settings_win(self, backend: Scripted) -> None:
        asked = backend_at(backend.url, generation="1.x")
        asked.health()
        assert asked.generation == "1.x"

    def test_it_may_change_while_we_run(self, backend: Scripted) -> None:
        asked = backend_at(backend.url)
        asked.health()
        backend.answers["/health"] = 200, scripted.HEALTH_1X
        asked.health()
        assert asked.generation == "1.x"


class TestBodies08:
    def test_setup_and_predict(self, backend: Scripted) -> None:
        asked = backend_at(backend.url)
        version = asked.setup(SUBJECT)
        found = asked.predict(SUBJECT, [TASK], version)
        assert found == [[{"result": [scripted.mood()], "score": 0.77, "model_version": "v1"}]]
        assert backend.bodies("/setup") == [{"project": "m", "schema": "<View></View>"}]
        assert backend.bodies("/predict") == [
            {
                "tasks": [TASK],
                "model_version": "v1",
                "project": "m",
                "label_config": "<View></View>",
                "params": {"force_load": True, "login": "", "password": ""},
            }
        ]

    def test_interactive(self, backend: Scripted) -> None:
        answer = backend_at(backend.url).interactive(SUBJECT, TASK, {"result": [1]})
        assert answer["result"] == [scripted.mood()]
        assert backend.bodies("/predict")[0]["params"]["context"] == {"result": [1]}

    def test_training(self, backend: Scripted) -> None:
        works = ({"id": n, "completions": []} for n in range(3))
        assert backend_at(backend.url).train(SUBJECT, works) == "job-1"
        assert backend.bodies("/train")[0]["completions"] == [
            {"id": n, "completions": []} for n in range(3)
        ]
        assert "Transfer-Encoding" not in backend.calls[-1].headers  # old servers cannot read it

    @pytest.mark.parametrize("body", [b"", {}, {"job": None}])
    def test_a_training_without_a_job(self, backend: Scripted, body: Any) -> None:
        backend.answers["/train"] = 201, body
        assert backend_at(backend.url).train(SUBJECT, []) is None

    def test_a_refused_training(self, backend: Scripted) -> None:
        backend.answers["/train"] = 400, "No completions found."
        with pytest.raises(BackendFailed) as raised:
            backend_at(backend.url).train(SUBJECT, [])
        text = "Can't update model: ML backend returns an error: No completions found."
        assert raised.value.detail == text

    def test_what_the_server_of_0_8_2_does_not_know(self, backend: Scripted) -> None:
        del backend.answers["/job_status"], backend.answers["/delete"]
        asked = backend_at(backend.url)
        assert asked.job_status("j") is None
        asked.delete(SUBJECT)
        assert asked.versions(SUBJECT) == ["v1"]
        asked.event(SUBJECT, "ANNOTATION_CREATED", {})
        assert "/webhook" not in {call.path for call in backend.calls}


class TestBodies1:
    @pytest.fixture(autouse=True)
    def newer(self, backend: Scripted) -> None:
        backend.speak_1x()

    def test_setup_and_predict(self, backend: Scripted) -> None:
        asked = backend_at(backend.url, extra_params={"size": 2})
        version = asked.setup(SUBJECT)
        completion = {"id": 1001, "result": [], "created_at": 1700000000, "honeypot": True}
        asked.predict(SUBJECT, [{**TASK, "completions": [completion]}], version)
        assert backend.bodies("/setup") == [
            {
                "project": "3.1700",
                "schema": "<View>\n</View>",
                "hostname": "http://here",
                "access_token": "secret",
                "extra_params": '{"size":2}',
            }
        ]
        annotation = {
            "id": 200_000_001_001,
            "result": [],
            "task": 200_000_001,
            "project": 3,
            "created_at": "2023-11-14T22:13:20.000000Z",
            "updated_at": "2023-11-14T22:13:20.000000Z",
            "lead_time": None,
            "was_cancelled": False,
            "ground_truth": True,
        }
        assert backend.bodies("/predict") == [
            {
                "tasks": [{**TASK, "id": 200_000_001, "project": 3, "annotations": [annotation]}],
                "project": "3.1700",
                "label_config": "<View>\n</View>",
                "params": {"login": None, "password": None, "context": None},
            }
        ]

    def test_several_predictions_for_a_task(self, backend: Scripted) -> None:
        several = [{"result": [], "model_version": "a"}, {"result": [], "score": 1}]
        backend.answers["/predict"] = 200, {"results": [several, {}], "model_version": 7}
        found = backend_at(backend.url).predict(SUBJECT, [TASK, TASK], "1")
        first = {"result": [], "model_version": "a"}
        assert found == [[first, {"result": [], "score": 1, "model_version": "7"}], []]

    def test_predictions_that_name_their_task(self, backend: Scripted) -> None:
        named: list[Json] = [
            {"result": [], "score": n, "task": 200_000_000 + n} for n in (2, 1, 9)
        ]
        backend.answers["/predict"] = 200, {"results": named, "model_version": "v"}
        tasks = [{**TASK, "id": n} for n in (1, 2, 3)]
        found = backend_at(backend.url).predict(SUBJECT, tasks, "1")
        assert [[one["score"] for one in items] for items in found] == [[1], [2], [9]]
        assert not any("task" in one for items in found for one in items)

    def test_training(self, backend: Scripted) -> None:
        asked = backend_at(backend.url)
        assert asked.train(SUBJECT, []) == "17"
        assert backend.bodies("/webhook") == [{"action": "START_TRAINING", "project": {}}]
        assert asked.is_training(SUBJECT).running is None

    def test_events(self, backend: Scripted) -> None:
        backend_at(backend.url).event(SUBJECT, "ANNOTATION_CREATED", {"task": {"id": 1}})
        assert backend.bodies("/webhook") == [
            {"action": "ANNOTATION_CREATED", "task": {"id": 1}, "project": {}}
        ]

    @pytest.mark.parametrize(
        ("answer", "versions"),
        [((200, {"versions": [1, "b"]}), ["1", "b"]), ((404, {}), ["v1"]), ((405, {}), ["v1"])],
    )
    def test_versions(
        self, backend: Scripted, answer: tuple[int, Any], versions: list[str]
    ) -> None:
        backend.answers["/versions"] = answer
        assert backend_at(backend.url).versions(SUBJECT) == versions

    def test_versions_of_1_0_9(self, backend: Scripted) -> None:
        backend.answers["/versions"] = lambda call: (
            (405, {}) if call.method == "GET" else (200, {"versions": [call.body["project"]]})
        )
        assert backend_at(backend.url).versions(SUBJECT) == ["3.1700"]


NONSENSE: list[tuple[str, Any, str]] = [
    ("no JSON", b"<html>", "did not answer with JSON"),
    ("not UTF-8", b'{"results": ["\xff"]}', "did not answer with JSON"),
    ("nested too deeply", b"[" * 100_000, "did not answer with JSON"),
    ("a list", [], "no JSON object"),
    ("no results", {"model_version": "v"}, '"results" is not a list'),
    ("results are an object", {"results": {}}, '"results" is not a list'),
    ("too few", {"results": []}, "0 results for 1 task"),
    ("too many", {"results": [{"result": []}] * 2}, "2 results for 1 task"),
    ("a text", {"results": ["x"]}, "result 0 is no object"),
    ("no result", {"results": [{"score": 1}]}, '"result" is not a list'),
    ("result is an object", {"results": [{"result": {}}]}, '"result" is not a list'),
    ("region is a number", {"results": [{"result": [1]}]}, "region 0: must be an object"),
    ("no value", {"results": [{"result": [{"from_name": "a"}]}]}, '"value" must be an object'),
    ("score is a text", {"results": [{"result": [], "score": "x"}]}, '"score" is not a number'),
    ("score is true", {"results": [{"result": [], "score": True}]}, '"score" is not a number'),
]


@pytest.mark.parametrize("generation", ["0.8", "1.x"])
class TestNonsense:
    @pytest.mark.parametrize(
        ("body", "message"), [n[1:] for n in NONSENSE], ids=[n[0] for n in NONSENSE]
    )
    def test_predictions(
        self, backend: Scripted, generation: Generation, body: Any, message: str
    ) -> None:
        backend.answers["/predict"] = 200, body
        asked = backend_at(backend.url, generation=generation)
        with pytest.raises(BadAnswer, match=message):
            asked.predict(SUBJECT, [TASK], "v")

    def test_wrong_counts_are_told_apart(self, backend: Scripted, generation: Generation) -> None:
        backend.answers["/predict"] = 200, {"results": []}
        with pytest.raises(WrongCount):
            backend_at(backend.url, generation=generation).predict(SUBJECT, [TASK], "v")

    def test_nan_is_no_score(self, backend: Scripted, generation: Generation) -> None:
        backend.answers["/predict"] = 200, b'{"results": [{"result": [], "score": NaN}]}'
        asked = backend_at(backend.url, generation=generation)
        assert asked.predict(SUBJECT, [TASK], "v") == [[{"result": [], "score": None}]]

    @pytest.mark.parametrize("body", [{}, {"model_version": None}, {"model_version": []}])
    def test_setup_without_a_version(
        self, backend: Scripted, generation: Generation, body: Any
    ) -> None:
        backend.answers["/setup"] = 200, body
        with pytest.raises(BadAnswer, match="model_version"):
            backend_at(backend.url, generation=generation).setup(SUBJECT)

    def test_what_the_backend_says_about_its_error(
        self, backend: Scripted, generation: Generation
    ) -> None:
        backend.answers["/setup"] = 500, {"detail": "out\n of memory"}
        with pytest.raises(Rejected) as raised:
            backend_at(backend.url, generation=generation).setup(SUBJECT)
        assert raised.value.detail == "ML backend m: POST /setup answered 500: out of memory"
        assert (raised.value.status, raised.value.text) == (500, "out of memory")


HOSTILE: list[tuple[Callable[[socket.socket], None], type[BackendFailed]]] = [
    (scripted.refuses_to_speak, TookTooLong),
    (scripted.drips_headers, TookTooLong),
    (scripted.drips_the_body, TookTooLong),
    (scripted.never_ends, BadAnswer),
    (scripted.hangs_up, BadAnswer),
    (scripted.speaks_another_language, BadAnswer),
    (scripted.promises_more, BadAnswer),
    (scripted.redirects, Rejected),
]


@pytest.mark.parametrize(("behaviour", "error"), HOSTILE, ids=[h[0].__name__ for h in HOSTILE])
def test_hostile_backends_end_in_time(
    behaviour: Callable[[socket.socket], None], error: type[BackendFailed]
) -> None:
    with raw_backend(behaviour) as url:
        asked = backend_at(url)
        started = time.monotonic()
        with pytest.raises(error) as raised:
            asked.health(SHORT)
        assert type(raised.value) is error
        assert time.monotonic() - started < SHORT + 1


def test_a_huge_answer_is_not_kept() -> None:
    with raw_backend(scripted.never_ends) as url:
        asked = backend_at(url, max_answer=1000, generation="0.8")
        with pytest.raises(BadAnswer, match="more than 1000 bytes"):
            asked.predict(SUBJECT, [TASK], "v")
        with pytest.raises(BadAnswer, match="more than 1048576 bytes"):
            asked.health()


class TestConnecting:
    def test_nobody_there(self) -> None:
        url = scripted.nobody()
        started = time.monotonic()
        with pytest.raises(Unreachable, match="nobody answers at"):
            backend_at(url).health(SHORT)
        assert time.monotonic() - started < SHORT

    def test_a_backend_that_is_just_starting(self) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            threading.Timer(0.3, listener.listen).start()
            with pytest.raises(TookTooLong):  # it was reached, and then said nothing
                backend_at(url, health_timeout=2.0).health()

    def test_credentials(self, backend: Scripted) -> None:
        backend_at(backend.url, user="me", password="pw").health()
        assert backend.calls[0].headers["Authorization"] == "Basic bWU6cHc="

    def test_no_credentials_of_this_account(
        self, backend: Scripted, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login me password secret")
        monkeypatch.setenv("NETRC", str(netrc))
        backend_at(backend.url).health()
        assert "Authorization" not in backend.calls[0].headers

    def test_a_password_in_the_address_is_not_told(self) -> None:
        url = scripted.nobody().replace("//", "//me:secret@")
        with pytest.raises(Unreachable) as raised:
            backend_at(url).health(SHORT)
        assert "secret" not in raised.value.detail
        assert "secret" not in repr(Options("http://x", password="secret"))

    def test_rules_on_where_to_connect(self, backend: Scripted) -> None:
        from requests.adapters import HTTPAdapter

        class Nowhere(HTTPAdapter):
            def send(self, *args: Any, **kwargs: Any) -> Any:
                raise Invalid("not there")

        with pytest.raises(BackendFailed, match="not there"):
            Backend(Options(backend.url), Nowhere).health()
        assert backend.calls == []

    def test_closing_ends_running_calls(self) -> None:
        with raw_backend(scripted.refuses_to_speak) as url:
            asked = backend_at(url, health_timeout=30.0)
            threading.Timer(0.3, asked.close).start()
            started = time.monotonic()
            with pytest.raises(TookTooLong):
                asked.health()
            assert time.monotonic() - started < 5

    def test_connections_are_used_again(self, backend: Scripted) -> None:
        asked = backend_at(backend.url)
        for _ in range(5):
            asked.health()
        assert len(backend.calls) == 5
        assert len({call.port for call in backend.calls}) == 1

    def test_many_threads(self, backend: Scripted) -> None:
        asked = backend_at(backend.url)
        found: list[str] = []
        threads = [
            threading.Thread(target=lambda: found.append(asked.setup(SUBJECT))) for _ in range(16)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == ["v1"] * 16


def test_nothing_heavy_is_imported_before_a_call() -> None:
    import subprocess
    import sys

    code = "import sys, label_studio_lite.ml.backend; print('requests' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_texts_of_errors_are_one_short_line(backend: Scripted) -> None:
    backend.answers["/health"] = 500, json.dumps("x\n" * 5000).encode()
    with pytest.raises(Rejected) as raised:
        backend_at(backend.url).health()
    assert "\n" not in raised.value.detail
    assert len(raised.value.detail) < 400
