"""Where a project is served, for those that have to find their way back to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Served:
    """``url`` is the address of the server, ``prefix`` the path below it for this project.

    ``token`` opens the API, where it asks for one. Without ``allow_private`` the server connects
    to public addresses only.
    """

    url: str = ""
    prefix: str = ""
    token: str = ""
    allow_private: bool = True
