"""``python -m bench``; see the package."""

from __future__ import annotations

import argparse
import platform
import shlex
import sys
import tempfile
from pathlib import Path

from bench import data_manager, exports
from bench.budgets import budgets
from bench.legacy import Row, measure
from bench.server import OURS

RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", default="1000,100000,1000000", help="numbers of tasks")
    parser.add_argument(
        "--peer",
        help="a command that starts the real 0.8.2, with {folder} and {port}",
    )
    parser.add_argument("--peer-limit", type=int, default=100_000, help="largest size for it")
    parser.add_argument("--exports", type=int, metavar="TASKS", help="measure exports instead")
    parser.add_argument("--data-manager", action="store_true", help="measure lists of 1.x instead")
    parser.add_argument("--peer-1x", metavar="URL", help="a running 1.x for the data manager")
    parser.add_argument("--token", help="an API token of it")
    given = parser.parse_args()
    if given.exports:
        exports.run(given.exports)
        return
    sizes = [int(word) for word in given.sizes.split(",")]
    if given.data_manager:
        peer_1x = (given.peer_1x, given.token) if given.peer_1x else None
        data_manager.run(sizes, peer_1x, given.peer_limit, _heading())
        return
    parts, measured = [_heading()], {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            ours = measured[size] = measure(OURS, Path(folder) / "ours", size)
            peer = None
            if given.peer and size <= given.peer_limit:
                peer = measure(given.peer, Path(folder) / "peer", size)
        parts.append(_table(size, ours, peer))
        print(parts[-1], flush=True)
    parts.append(_held(measured))
    print(parts[-1], flush=True)
    RESULTS.write_text("\n".join(parts))


def _heading() -> str:
    given = list(sys.argv[1:])
    if "--token" in given:
        given[given.index("--token") + 1] = "TOKEN"
    command = " ".join(["python -m bench", *map(shlex.quote, given)])
    return (
        "# Measurements\n\nMade by `" + command + "` on "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}. Times are"
        " medians in milliseconds unless another unit is named; the machine was shared, so compare"
        " columns, not days.\n"
    )


def _table(size: int, ours: Row, peer: Row | None) -> str:
    head = ["", "ours", *(["0.8.2", "0.8.2 ÷ ours"] if peer else [])]
    lines = [f"## {size:,} tasks\n", _line(head), _line(["---"] * len(head))]
    for name, value in ours.items():
        cells = [name, _shown(name, value)]
        if peer:
            cells += [_shown(name, peer[name]), f"{peer[name] / value:,.1f}" if value else ""]
        lines.append(_line(cells))
    return "\n".join(lines) + "\n"


def _held(measured: dict[int, Row]) -> str:
    head = ["budget", "measured", "bar", ""]
    lines = ["## Budgets\n", _line(head), _line(["---"] * len(head))]
    return "\n".join([*lines, *(_line(one.cells()) for one in budgets(measured))]) + "\n"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(name: str, value: float) -> str:
    if name.startswith("memory"):
        return f"{value / 1e6:,.0f} MB"
    return f"{value:,.2f} s" if value >= 1 else f"{value * 1000:,.2f}"


if __name__ == "__main__":
    main()
