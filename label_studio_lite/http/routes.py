"""The table of routes: which path and method goes to which function, in which dialect.

Each module of a dialect ends in a list ``ROUTES``; the application registers them all here. Where
both dialects have a path, the request tells which one is meant (``http/dialect.py``). The same
table is what ``docs/COVERAGE.md`` and the OpenAPI documents are made from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed

Dialect = Literal["legacy", "v1", "page"]
View = Callable[..., ResponseReturnValue]


class Operation(NamedTuple):
    """What the OpenAPI document says about a route, besides what the route itself says.

    ``query``, ``body`` and ``answer`` are types that msgspec understands, None for nothing;
    ``status`` is that of success.
    """

    summary: str
    tag: str
    query: Any = None
    body: Any = None
    answer: Any = None
    status: int = 200


class Route(NamedTuple):
    """One operation. ``rule`` has no final slash; requests may have one."""

    method: str
    rule: str
    view: View
    dialect: Dialect = "legacy"
    operation: Operation | None = None

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"


class _Views(dict[tuple[Dialect, str], View]):
    """The functions behind one rule, by dialect and method."""

    def dialect(self, wanted: Dialect) -> Dialect:
        """The one that answers: ``wanted``, or the only one that there is."""
        dialects: list[Dialect] = sorted({dialect for dialect, _ in self})
        return wanted if wanted in dialects else dialects[0]

    def __call__(self, **values: Any) -> ResponseReturnValue:
        dialect = self.dialect(g.dialect)
        method = "GET" if request.method == "HEAD" else request.method
        view = self.get((dialect, method))
        if view is None:
            raise MethodNotAllowed([m for d, m in self if d == dialect])
        return view(**values)


def settled(app: Flask, wanted: Dialect) -> Dialect:
    """The dialect in which this request is answered, errors included."""
    rule = request.url_rule
    views = app.view_functions.get(rule.endpoint) if rule is not None else None
    found = views.dialect(wanted) if isinstance(views, _Views) else wanted
    return wanted if found == "page" else found


def register(app: Flask, routes: Iterable[Route]) -> None:
    """Make the application answer these routes, with and without a final slash."""
    by_rule: dict[str, _Views] = {}
    for route in routes:
        views = by_rule.setdefault(route.rule, _Views())
        if (route.dialect, route.method) in views:
            raise ValueError(f"{route.name} is in the table twice")
        views[route.dialect, route.method] = route.view
    for rule, views in by_rule.items():
        methods = sorted({method for _, method in views})
        app.add_url_rule(
            rule, endpoint=rule, view_func=views, methods=methods, strict_slashes=False
        )
