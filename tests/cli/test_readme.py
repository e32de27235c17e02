"""The README's session works as printed."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from tests.cli.conftest import Serve

README = Path(__file__).parents[2] / "README.md"


def test_the_curl_session(serve: Serve, tmp_path: Path) -> None:
    script = re.search(r"<!-- session: .*?```sh\n(.*?)```", README.read_text(), re.DOTALL)
    assert script is not None
    server = serve("start", "my_project", "--init")
    commands = script[1].replace("http://localhost:8080", server.url)
    done = subprocess.run(
        ["bash", "-euc", commands.replace("curl ", "curl -sS --fail-with-body -w '\\n' ")],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answers, export = done.stdout.split("[\n", 1)
    imported, following, saved = (json.loads(line) for line in answers.split("\n") if line)
    assert imported["new_task_ids"] == [0, 1]
    assert following["data"] == {"text": "What a day"}
    assert saved == {"id": 1}
    assert json.loads(f"[{export}") == [{"text": "What a day", "id": 0, "mood": "good"}]
