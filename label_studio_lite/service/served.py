"""Where a project is served, for those that have to find their way back to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from label_studio_lite.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Served:
    """``url`` is the address of the server, ``prefix`` the path below it for this project.

    ``token`` opens the API, where it asks for one; ``new_token`` gives one that does so now, after
    tokens were reset or switched off. ``outgoing`` says where the server connects to.
    """

    url: str = ""
    prefix: str = ""
    token: str = ""
    new_token: Callable[[], str] | None = None
    outgoing: Outgoing = field(default_factory=Outgoing)

    def access_token(self) -> str:
        """One that works at this moment; empty where none is asked for."""
        return self.token if self.new_token is None else self.new_token()
