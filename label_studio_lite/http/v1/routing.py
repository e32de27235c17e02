"""Routes of this dialect, with what the OpenAPI document says about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from flask import Response

from label_studio_lite.http import answers
from label_studio_lite.http.routes import Operation, Route, View

F = TypeVar("F", bound=View)


class Table:
    """The routes of one module: ``table = Table("Tasks")``, then ``@table.add(method, rule, …)``.

    The first line of a view's docstring is the summary of the operation. ``query``, ``body`` and
    ``answer`` are structures of ``models`` (or lists of them), ``status`` that of success.
    """

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.routes: list[Route] = []

    def add(
        self,
        method: str,
        rule: str,
        *,
        query: Any = None,
        body: Any = None,
        answer: Any = None,
        status: int = 200,
        summary: str = "",
    ) -> Callable[[F], F]:
        """A decorator; it gives the view back as it is, so that it can stand on others."""

        def register(view: F) -> F:
            said = summary or (view.__doc__ or "").partition("\n")[0].rstrip(".")
            operation = Operation(said, self.tag, query, body, answer, status)
            self.routes.append(Route(method, rule, view, "v1", operation))
            return view

        return register


def shown(value: Any, status: int = 200) -> Response:
    """A structure, a list or an object as JSON."""
    return answers.ordered_json(msgspec.to_builtins(value), status)


def only(value: Any, names: str | msgspec.UnsetType) -> Any:
    """The fields that ``include`` names, if it names any."""
    if not names:
        return value
    wanted = {name.strip() for name in str(names).split(",")} | {"id"}
    fields = msgspec.structs.asdict(value) if isinstance(value, msgspec.Struct) else value
    return {key: item for key, item in fields.items() if key in wanted}


def nothing() -> Response:
    """204 without a body."""
    return Response(b"", 204)
