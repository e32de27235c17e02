"""The Storage page is there; its calls are tested with the dialect."""

from __future__ import annotations

from tests.client import Client


def test_the_page_says_whether_storages_can_be_synced(client: Client) -> None:
    rules = {rule.rule for rule in client.application.url_map.iter_rules()}
    can = "true" if "/api/project/storage-sync" in rules else "false"
    assert f'"canSync": {can}' in client.get("/storage").text
