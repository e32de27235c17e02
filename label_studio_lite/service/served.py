"""Where a project is served, for those that have to find their way back to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from label_studio_lite.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Served:
    """``url`` is the address of the server, ``prefix`` the path below it for this project.

    ``token`` opens the API, where it asks for one. ``outgoing`` says where the server connects to.
    """

    url: str = ""
    prefix: str = ""
    token: str = ""
    outgoing: Outgoing = field(default_factory=Outgoing)
