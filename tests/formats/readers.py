"""Programs that others read our exports with, in a virtual environment of their own.

It lives in the user's cache folder, named by a digest of ``requirements.txt``; building it takes a
minute and needs a package index. What runs in it is ``reading.py``.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "requirements.txt"


class Unavailable(Exception):
    """The environment cannot be built here; the text says why."""


@functools.cache
def python() -> Path:
    """Its interpreter. Processes that ask at the same time wait for the first."""
    facts = [REQUIREMENTS.read_text(), platform.python_version(), platform.machine()]
    digest = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]
    base = os.environ.get("XDG_CACHE_HOME")
    cache = (Path(base) if base else Path.home() / ".cache") / "label-studio-lite-tests"
    cache.mkdir(parents=True, exist_ok=True)
    target = cache / f"formats-{digest}"
    with (cache / f"{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (target / "complete").exists():
            _build(target)
    return target / "bin" / "python"


def ask(what: str, **given: Any) -> Any:
    """The answer of the function ``what`` of ``reading.py``; all values are JSON."""
    question = json.dumps({"what": what, "given": given})
    done = subprocess.run(
        [python(), HERE / "reading.py"], input=question, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def _build(target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    pip = [target / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install"]
    for command in (
        [sys.executable, "-m", "venv", target],
        [*pip, "--quiet", "-r", REQUIREMENTS],
    ):
        words = list(map(str, command))
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            shutil.rmtree(target, ignore_errors=True)
            raise Unavailable(f"the readers cannot be installed: {done.stdout[-500:]}")
    (target / "complete").touch()
