"""The Storage page: forms made from what the API says, and errors at their fields."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.axe import faults
from tests.browser.configs import MOOD, TEXTS
from tests.browser.conftest import MakeVisit, Serve


def test_the_local_files_are_in_use_at_first(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD, TEXTS)).go("storage")
    for role, title, path in (
        ("source", "Tasks come from", "tasks.json"),
        ("target", "Completions go to", "completions"),
    ):
        card = tab.page.locator(f"#{role}")
        expect(card.get_by_role("heading", name=title)).to_be_visible()
        expect(card.locator(".present code")).to_contain_text(path)
        expect(card.get_by_role("button", name="Save")).to_be_disabled()
    tab.picture("storage")


def test_the_form_of_each_type_has_its_fields(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    page = visit(server).go("storage").page
    for role, kinds in server.get("api/project/storage-settings").items():
        card = page.locator(f"#{role}")
        for kind, about in kinds.items():
            own = about["description"].partition('"')[2].partition('"')[0]
            shown = f"This project's folder: {own}" if own else about["description"]
            card.get_by_role("radio", name=shown, exact=True).check()
            for field in about["fields"]:
                expect(card.locator(f"#{role}-{field['name']}")).to_be_visible()
            assert card.locator("form .field").count() == len(about["fields"]), kind


def test_a_bad_field_is_told_beside_it(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server).go("storage")
    tab.excuse("status of 400")
    card = tab.page.locator("#source")
    card.get_by_role("radio", name="Amazon S3", exact=True).check()
    card.get_by_role("button", name="Use it").click()
    expect(card.locator(".field", has=tab.page.locator("#source-path"))).to_contain_text(
        "This field is required."
    )
    expect(card.locator("#source-path")).to_be_focused()
    shown = server.get("api/project/storage-settings")["source"]
    assert shown["tasks-json"]["current"]
    assert faults(tab.page) == []
    tab.picture("storage-error")


def test_dark_and_on_a_tablet(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD), viewport={"width": 820, "height": 1180}, color_scheme="dark")
    tab.go("storage")
    tab.page.locator("#source").get_by_role("radio", name="Amazon S3", exact=True).check()
    expect(tab.page.locator("#source-path")).to_be_visible()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 820
    tab.picture("storage-dark-tablet")
