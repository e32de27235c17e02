"""An ML backend that behaves as the one of the recording did."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ML_MODES = ("works", "predict fails", "health fails")
_RESULT = {
    "from_name": "sentiment",
    "to_name": "text",
    "type": "choices",
    "value": {"choices": ["Positive"]},
}
_ANSWERS: dict[str, tuple[int, dict[str, Any]]] = {
    "/health": (200, {"status": "UP", "model_dir": "DIR"}),
    "/setup": (200, {"model_version": "v1"}),
    "/predict": (
        200,
        {"results": [{"result": [_RESULT], "score": 0.77}], "model_version": "v1"},
    ),
    "/is_training": (200, {"is_training": False, "backend": "none", "model_version": "v1"}),
    "/train": (201, {"job": "job-1"}),
    "/job_status": (200, {"job_status": "started"}),
    "/delete": (200, {}),
}


@contextmanager
def ml_backend(mode: str) -> Iterator[str]:
    """Its address; it works until the block ends."""
    answers = dict(_ANSWERS)
    if mode != "works":
        answers[f"/{mode.split()[0]}"] = (500, {"detail": "broken"})

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = answers.get(self.path.partition("?")[0], (404, {}))
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
