"""The pictures of the README: ``test-artifacts/pages`` → ``docs/pictures``."""

from __future__ import annotations

from pathlib import Path

from tests.browser.configs import PICTURE
from tests.browser.conftest import MakeVisit, Serve

EXAMPLE = Path(__file__).parents[2] / "examples" / "image_bbox" / "config.xml"
BOXES = [("1", (113, 366, 282, 458)), ("2", (72, 178, 248, 366)), ("1", (440, 410, 611, 505))]


def test_boxes_are_drawn(serve: Serve, visit: MakeVisit) -> None:
    server = serve(EXAMPLE.read_text(), [PICTURE] * 12, name="street")
    tab = visit(server).label()
    canvas = tab.page.locator("canvas").first.bounding_box()
    assert canvas is not None
    for key, (left, top, right, bottom) in BOXES:
        tab.press(key)
        x, y = canvas["x"], canvas["y"]
        tab.drag((x + left, y + top), (x + right, y + bottom))
        tab.press("Escape")
    tab.picture("pages/readme-label")
    tab.submit()
    assert len(server.values(0)) == len(BOXES)
    tab.go("tasks")
    tab.wait_idle()
    tab.picture("pages/readme-tasks")
