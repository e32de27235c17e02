"""What a page may load: the Content-Security-Policy of each kind of page.

Nothing of ours is inline, and nothing comes from another host. The labeling editor sets styles
itself, so where it runs styles may be inline; and there the media of the user's own tasks may
come from the sites that the tasks name.
"""

from __future__ import annotations

from collections.abc import Iterable

_STRICT: dict[str, list[str]] = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:", "blob:"],
    "font-src": ["'self'", "data:"],
    "media-src": ["'self'", "data:", "blob:"],
    "connect-src": ["'self'"],
    "frame-src": ["'self'"],
    "object-src": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'self'"],
    "base-uri": ["'none'"],
}
_LOADING = ("img-src", "media-src", "connect-src", "frame-src", "object-src")


def plain(nonce: str | None = None) -> str:
    """For pages without the editor. ``nonce`` marks style elements that a library makes."""
    rules = {name: list(sources) for name, sources in _STRICT.items()}
    if nonce:
        rules["style-src"].append(f"'nonce-{nonce}'")
    return _written(rules)


def with_media(sites: Iterable[str]) -> str:
    """For pages that show media of tasks, from ``sites``, without the editor."""
    rules = {name: list(sources) for name, sources in _STRICT.items()}
    listed = sorted(sites)
    for name in ("img-src", "media-src"):
        rules[name] += listed
    return _written(rules)


def with_typing(nonce: str) -> str:
    """Like :func:`plain`, for a page with an editor of text: what is typed over a selection,
    browsers give a style attribute of their own."""
    return f"{plain(nonce)}; style-src-attr 'unsafe-inline'"


def with_editor(sites: Iterable[str]) -> str:
    """For pages that run the labeling editor on tasks whose media come from ``sites``."""
    rules = {name: list(sources) for name, sources in _STRICT.items()}
    rules["style-src"].append("'unsafe-inline'")
    rules["script-src"].append("'wasm-unsafe-eval'")  # decodes audio
    rules["worker-src"] = ["'self'", "blob:"]
    rules["frame-src"] += ["blob:", "data:"]
    rules["connect-src"] += ["data:", "blob:"]
    rules["object-src"] = ["'self'"]
    listed = sorted(sites)
    for name in _LOADING:
        rules[name] += listed
    return _written(rules)


def _written(rules: dict[str, list[str]]) -> str:
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())
