"""Where we answer otherwise than 0.8.2 on purpose, and which recorded requests cannot be sent.

CONTRACT §12 (of the reference notes) lists 0.8.2's bugs; numbers in the reasons point there.
"""

from __future__ import annotations

_CLIENT_ERROR = "a mistake of the client is a 4xx, not a 500 (12.3)"
_POISON = "a completion that would poison the project is refused (12.1)"
_POISONED = "an old poisoned file harms nothing else (12.1)"
_SEED = "the documented route, which 0.8.2 does not have (§0)"
_CONFIG = "a usable label config is accepted (12.8)"
_TIES = "0.8.2's order of equal times was an accident (§5)"
_SHOWN = "shown in the page; what could run in it is sent as an attachment (12.6)"
_STRANGERS = "strangers are not told which addresses exist"
_REAL_NAME = "the real file name counts, not the field's; its content is read (12.4)"

# id: (the status that we answer, why)
DELIBERATE: dict[str, tuple[int, str]] = {
    "project-006": (400, _CLIENT_ERROR),
    "project-009": (400, _CLIENT_ERROR),
    "project-010": (400, _CLIENT_ERROR),
    "project-011": (400, _CLIENT_ERROR),
    "project-012": (502, "the backend's failure, not ours (12.3)"),
    "config-046": (400, "entities are refused, and nothing is saved (12.8)"),
    "config-052": (201, _SEED),
    "config-028": (201, _CONFIG),
    "validate-config-020": (204, _CONFIG),
    "validate-config-028": (204, _CONFIG),
    "validate-config-045": (204, "JSON is read here, too"),
    "storage-015": (400, "a storage that does not exist is not set without a word"),
    "examples-022": (200, "a relative address works behind a path prefix, too"),
    "import-006": (200, "meta and unknown keys are kept (12.10)"),
    "import-034": (400, _CLIENT_ERROR),
    "import-042": (201, _REAL_NAME),
    "import-049": (201, _REAL_NAME),
    "import-060": (201, "every file counts, not the first of each field name (12.4)"),
    "import-071": (201, _REAL_NAME),
    "import-089": (400, _CLIENT_ERROR),
    "data-004": (404, _CLIENT_ERROR),
    "data-005": (404, "no way out of the upload folder (12.6)"),
    "data-006": (404, "no way out of the upload folder (12.6)"),
    "data-001": (200, _SHOWN),
    "data-003": (206, _SHOWN),
    "deprecated-004": (200, _SHOWN),
    "tasks-013": (400, _CLIENT_ERROR),
    "tasks-021": (200, _TIES),
    "tasks-022": (200, _TIES),
    "tasks-031": (200, "tasks may lack a field (12.11)"),
    "task-by-id-005": (404, _CLIENT_ERROR),
    "task-by-id-010": (200, _SEED),
    "task-by-id-011": (200, _SEED),
    "task-by-id-016": (404, _CLIENT_ERROR),
    "task-by-id-019": (201, "ids of tasks are never used twice"),
    "seeddoc-002": (200, _SEED),
    "seeddoc-023": (400, _CLIENT_ERROR),
    "seeddoc-024": (405, _SEED),
    "seeddoc-026": (200, _SEED),
    "seeddoc-033": (200, _SEED),
    "models-032": (200, _SEED),
    "completions-024": (400, _CLIENT_ERROR),
    "completions-027": (404, _CLIENT_ERROR),
    "completion-by-id-008": (200, "a skip stays one unless it is taken back (12.5)"),
    "completion-by-id-011": (404, "what does not exist is not changed (12.5)"),
    "completion-by-id-034": (200, "without its last completion a task is open again (12.5)"),
    "completion-by-id-025": (201, "ids of completions are never used twice (12.5)"),
    "completion-by-id-036": (200, "an empty list sorts like a task without completions (12.5)"),
    "next-045": (400, _CLIENT_ERROR),
    "export-020": (400, "without a format there is nothing to write (12.9)"),
    "export-028": (200, "what a format cannot hold is told, and stops nothing (12.3)"),
    "export-091": (200, "tags stay with their words where blanks are doubled (9)"),
    "export-014": (200, "the file of a TSV export is called .tsv (12.4)"),
    "export-090": (200, "the file of a TSV export is called .tsv (12.4)"),
    "edge-014": (200, "labels that came with a task stay beside new ones"),
    "edge-012": (201, "a new task is not given the completions of one that is gone"),
    "models-042": (409, "it is the state that forbids it, not a failure (12.3)"),
    "auth-025": (200, "passwords are not shown (12.6)"),
    "poison-002": (400, _POISON),
    "poison-066": (400, _POISON),
    "poison-007": (201, _POISONED),
    "poison-010": (204, _POISONED),
    "poison-012": (201, _POISONED),
    "poison-013": (200, _POISONED),
    "poison-055": (201, _POISONED),
    "poison-057": (200, _POISONED),
    "poison-058": (204, _POISONED),
    "poison-060": (201, _POISONED),
    "poison-061": (200, _POISONED),
    "poison-063": (201, _POISONED),
    "poison-064": (200, _POISONED),
    "pages-018": (404, "the static files of 0.8.2's own pages are not ours"),
    "auth-007": (404, "the static files of 0.8.2's own pages are not ours"),
    "auth-011": (401, _STRANGERS),
    "auth-012": (401, _STRANGERS),
    "auth-017": (401, "who sends a token speaks 1.x, and is answered in it"),
    "auth-020": (401, _STRANGERS),
}

_SESSION = "its cookie is signed by the recorded server; sessions have tests of their own"
_S3 = "needs the S3 server of the recording"
_DISK = "the recorded files are not at hand"
_NO_TASKS_FILE = "about a project that does not load; ours says so when it is opened"

# id: why it cannot be sent again
UNREPLAYABLE: dict[str, str] = {
    **{f"multi-session-{n:03}": _SESSION for n in (1, 7, *range(10, 21), 22, 24, 28)},
    **{f"s3mock-{n:03}": _S3 for n in (2, 7, 8, 9, 11, 14, 16, 19)},
    **{f"ml-real-{n:03}": "sent to the real ML server" for n in (1, 3, 4, 5, 13, 16)},
    **{f"edge-{n:03}": _NO_TASKS_FILE for n in (23, 24, 25)},
    **{f"concurrency-{n:03}": "what a race left over" for n in (1, 2)},
    "import-088": "a list of hosted files and of pages fetched from the recording's web server",
    "data-009": _DISK,
    "data-013": "reads /etc of the recording's machine",
    "storage-012": "needs the network",
    "export-011": "only its beginning was kept; export-012 to 014 have the same data",
    "export-016": _DISK,
    "export-017": _DISK,
    "export-029": "a mixture of two exports of the same second",
    "export-041": _DISK,
    "export-076": _DISK,
    "export-077": _DISK,
    "export-078": _DISK,
    "export-087": "only its beginning was kept; export-088 to 091 have the same data",
    "export-163": _DISK,
    "export-164": _DISK,
}

_EXAMPLE = frozenset({"$.label_config_line"})  # of an example config, which is not at hand
# id: paths in the answer that are not compared
IGNORED: dict[str, frozenset[str]] = {
    **{f"project-{n:03}": _EXAMPLE for n in (1, 2, 7, 8, 23)},
    "cli-001": _EXAMPLE,
    "config-047": _EXAMPLE,  # 0.8.2 had taken half of a config that it refused (12.8)
    "models-011": frozenset({"$.config.ml_backends[*].name"}),
    "project-015": frozenset({"$"}),  # which version this is
    "examples-034": frozenset({"$"}),  # random numbers
    "examples-037": frozenset({"$"}),
    "examples-019": frozenset({"$.d"}),  # the sentences are its own
    "storage-001": frozenset({"$"}),  # only its beginning was kept
}
# paths whose values differ in every answer that has them
CHANGED: dict[str, str] = {
    "$.multi_session_mode": "0.8.2's is inverted (12.7)",
}
# keys that our answers have beside 0.8.2's
ADDED: dict[str, str] = {
    "updated_at": "when a result was changed, so that lists can be ordered by it (12.5)",
    "model_version": "which version of a model predicted",
}
