"""A bucket becomes tasks, is labeled in the browser, and its results become objects."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from label_studio_lite.clouds.base import Storage, Values
from label_studio_lite.clouds.kinds import KINDS
from label_studio_lite.outgoing import Outgoing
from label_studio_lite.service.storage.legacy import TYPES, Role, params_of
from tests.browser.configs import BOXES
from tests.browser.conftest import MakeVisit, Serve
from tests.browser.serving import PATIENCE, ROOT, Server
from tests.browser.visiting import Visit
from tests.clouds.servers import Servers, folder_of

pytestmark = pytest.mark.timeout(600)  # seconds; the first run installs the servers
PICTURE = (ROOT / "static" / "samples" / "sample.jpg").read_bytes()
NAMES = ("a.jpg", "b c+é.jpg")
SHOWN = """name => [...document.images].some(
  image => decodeURIComponent(image.src).includes(name) && image.naturalWidth > 0)"""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with Servers(tmp_path_factory.mktemp("servers")) as made:
        yield made


def by_0_8(server: Server, kind: str, source: Values, target: Values) -> None:
    sides: dict[Role, Values] = {"source": source, "target": target}
    for role, values in sides.items():
        (name,) = (name for name, known in TYPES[role].items() if known == kind)
        names = params_of(KINDS[kind])
        form = {names.get(key, key): value for key, value in values.items()}
        form |= {"type": name, "data_key": "image"}
        server.post(f"api/project/storage-settings?storage_for={role}&type={name}", form)
    server.post("api/project/storage-sync?storage_for=source", {})


def by_1_x(server: Server, kind: str, source: Values, target: Values) -> None:
    given = {**source, "project": 1, "use_blob_urls": True}
    made = server.post(f"api/storages/{kind}/?project=1", given)
    server.post(f"api/storages/{kind}/{made['id']}/sync", {})
    server.post(f"api/storages/export/{kind}?project=1", {**target, "project": 1})


Connect = Callable[[Server, str, Values, Values], None]


@pytest.mark.parametrize(
    ("connect", "kind"),
    [*((by_0_8, kind) for kind in TYPES["source"].values()), *((by_1_x, kind) for kind in KINDS)],
)
def test_a_bucket(
    connect: Connect, kind: str, serve: Serve, visit: MakeVisit, servers: Servers
) -> None:
    place = servers.place(kind)
    source, target = (folder_of(kind, place, name) for name in ("pictures", "labels"))
    storage = KINDS[kind].open(place, Outgoing())
    for name in NAMES:
        storage.write(f"pictures/{name}", PICTURE, "image/jpeg")
    roots = {"local_files_roots": [place["path"]]} if kind == "localfiles" else {}
    server = serve(BOXES, [], roots)
    connect(server, kind, source, target)
    tab = visit(server)
    for field in ("s3_endpoint", "azure_endpoint"):  # where signed addresses lead
        host, _, port = urlsplit(str(place.get(field, ""))).netloc.partition(":")
        tab.named.add((host, port))
    tab.label()
    for number, name in enumerate(NAMES):
        label(tab, number, name)
    for completion in written(storage, len(NAMES)):
        assert "rectanglelabels" in json.dumps(completion)
    storage.close()


def label(tab: Visit, number: int, name: str) -> None:
    """Draw a box on the picture that is seen."""
    tab.wait_for_task(number)
    tab.page.wait_for_function(SHOWN, arg=name)
    tab.wait_idle()
    canvas = tab.page.locator("canvas").first.bounding_box()
    assert canvas is not None
    tab.press("1")
    x, y = canvas["x"], canvas["y"]
    tab.drag((x + 100, y + 100), (x + 300, y + 250))
    tab.submit()


def written(storage: Storage, count: int) -> list[dict[str, Any]]:
    """The objects of the target, when so many are there."""
    deadline = time.monotonic() + PATIENCE
    while len(found := list(storage.list("labels/"))) < count:
        assert time.monotonic() < deadline, "the results did not arrive"
        time.sleep(0.05)
    assert len(found) == count
    objects = []
    for entry in found:
        with storage.read(entry.key) as content:
            objects.append(json.loads(content.read(1 << 20)))
    return objects
