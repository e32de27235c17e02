"""``python -m tests.api_v1`` writes the operations in docs/api-v1.md from the route table."""

from __future__ import annotations

from collections.abc import Iterator

from tests.coverage import PROJECT, v1_routes

DOCUMENT = PROJECT / "docs" / "api-v1.md"
MARK = "<!-- what follows is written by `python -m tests.api_v1` -->\n"


def operations() -> str:
    """Tables of all operations by topic."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    tags = dict.fromkeys(r.operation.tag for r in v1_routes() if r.operation)
    for tag in tags:
        yield from ("", f"### {tag}", "", "| operation | does | answers |", "| --- | --- | --- |")
        for route in v1_routes():
            if route.operation and route.operation.tag == tag:
                rule = route.rule.replace("<int:", "<").replace("<path:", "<")
                answer = f"{route.operation.status}"
                yield f"| `{route.method} {rule}` | {route.operation.summary} | {answer} |"


def main() -> None:
    text = DOCUMENT.read_text("utf-8")
    DOCUMENT.write_text(text.partition(MARK)[0] + MARK + operations(), "utf-8")


if __name__ == "__main__":
    main()
