"""The pictures of the README: ``test-artifacts/pages`` → ``docs/pictures``."""

from __future__ import annotations

from pathlib import Path

from tests.browser.configs import PICTURE
from tests.browser.conftest import MakeVisit, Serve

EXAMPLE = Path(__file__).parents[2] / "examples" / "image_bbox" / "config.xml"
# left, top, right, bottom in parts of the picture's width
BOXES = [
    ("1", (0.143, 0.48, 0.408, 0.625)),
    ("2", (0.088, 0.228, 0.34, 0.495)),
    ("1", (0.58, 0.543, 0.823, 0.682)),
]


def test_boxes_are_drawn(serve: Serve, visit: MakeVisit) -> None:
    server = serve(EXAMPLE.read_text(), [PICTURE] * 12, name="street")
    tab = visit(server).label()
    image = tab.page.locator("#label-studio img[src*=sample]").first.bounding_box()
    assert image is not None
    for key, (left, top, right, bottom) in BOXES:
        tab.press(key)
        x, y, width = image["x"], image["y"], image["width"]
        tab.drag((x + left * width, y + top * width), (x + right * width, y + bottom * width))
        tab.press("Escape")
    tab.picture("pages/readme-label")
    tab.submit()
    assert len(server.values(0)) == len(BOXES)
    tab.go("tasks")
    tab.wait_idle()
    tab.picture("pages/readme-tasks")
