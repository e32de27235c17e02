"""What can go wrong, in the words of the domain.

Nothing here knows HTTP: ``http/errors.py`` turns each class into a status and a body, once for
each dialect, and the command line turns each into one line and an exit code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class LabelStudioError(Exception):
    """Any failure that a user is told about; ``detail`` is a full sentence or phrase."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotFound(LabelStudioError):
    """The named thing (project, task, completion, file…) does not exist."""


class Invalid(LabelStudioError):
    """Bad input; nothing was changed."""


class OutOfRange(Invalid):
    """A part of a file was asked for that begins after its end."""


class FieldsInvalid(Invalid):
    """Some fields of a form are bad; ``errors`` has the messages by field."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__("; ".join(f"{field}: {' '.join(m)}" for field, m in errors.items()))
        self.errors = {field: list(messages) for field, messages in errors.items()}


class InvalidItems(Invalid):
    """Several items are bad; ``messages`` names each of them with its reason."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__(messages[0] if messages else "invalid")
        self.messages = list(messages)


class LabelConfigInvalid(InvalidItems):
    """A label config that cannot be used, or that would orphan existing work."""


class ImportInvalid(InvalidItems):
    """Items of an import that cannot become tasks; one message for each."""


class NotAllowed(LabelStudioError):
    """The project's settings forbid it."""


class Unauthorized(LabelStudioError):
    """Credentials are missing, wrong, or no longer valid."""


class TooManyAttempts(Unauthorized):
    """Wrong credentials again and again; ``wait`` seconds must pass before the next attempt."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"too many attempts; try again in {wait} seconds")
        self.wait = wait


class Conflict(LabelStudioError):
    """It cannot be done in the present state (already there, still running…)."""


class TooLarge(LabelStudioError):
    """Input beyond a stated limit."""


class ReadOnly(LabelStudioError):
    """The project can be read but not changed now; ``detail`` says why."""


class StorageFull(LabelStudioError):
    """No space left for the change; nothing was changed."""


class Locked(LabelStudioError):
    """Another server has this project open."""


class Damaged(LabelStudioError):
    """Files of the project contradict themselves and nothing may be overwritten."""


class BackendFailed(LabelStudioError):
    """An ML backend, a storage or a remote address did not do its part."""


class MissingExtra(LabelStudioError):
    """An optional package is needed; ``detail`` names the extra to install."""
