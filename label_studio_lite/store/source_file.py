"""``source.json``: the ids that 0.8.x ever gave, ``{"<id>": {"key": "…/tasks.json/<id>", …}, …}``.

0.8.x remembers ids there also after a person took their tasks out of ``tasks.json``, and counts on
above them. So do we, lest a new task be taken for one that is gone. Ours to read, never to write.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

NAME = "source.json"


def next_id(folder: Path) -> int:
    """The first id above all that it names; 0 without the file. Raises ``ValueError``."""
    try:
        content = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return 0
    known = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    return max((int(key) + 1 for key in known if key.isdecimal()), default=0)
