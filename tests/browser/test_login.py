"""Logging in and out in a browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.configs import MOOD, TEXTS
from tests.browser.conftest import MakeVisit, Serve


def log_in(page: Page, password: str) -> None:
    page.get_by_label("User name").fill("me")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_in_with_the_password_and_out_again(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS, options=["--username", "me", "--password", "pw"])
    tab = visit(server)
    tab.excuse("401")
    tab.page.goto(f"{server.url}/import")
    log_in(tab.page, "no")
    expect(tab.page.get_by_role("alert")).to_have_text("Wrong user name or password.")
    expect(tab.page.get_by_label("User name")).to_have_value("me")
    log_in(tab.page, "pw")
    expect(tab.page).to_have_url(f"{server.url}/import")
    tab.page.goto(f"{server.url}/")
    tab.wait_for_task(0)
    tab.press("1")
    tab.submit()
    tab.page.get_by_role("button", name="Log out").click()
    expect(tab.page.get_by_role("heading", name="Log in")).to_be_visible()


def test_in_with_the_link(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS, options=["--host", "0.0.0.0"])
    log = (server.folder.parent / f"{server.folder.name}.log").read_text()
    link = urlsplit(log.partition("to log in, once: ")[2].split()[0])
    server.url = f"http://127.0.0.1:{link.port}"
    tab = visit(server)
    tab.excuse("401")
    tab.page.goto(f"{server.url}{link.path}?{link.query}")
    tab.wait_for_task(0)
    tab.page.get_by_role("button", name="Log out").click()
    expect(tab.page.get_by_label("Token")).to_be_visible()
    tab.page.goto(f"{server.url}{link.path}?{link.query}")
    expect(tab.page.get_by_role("alert")).to_contain_text("used already")
    tab.page.get_by_label("Token").fill(log.partition("API token: ")[2].split()[0])
    tab.page.get_by_role("button", name="Log in").click()
    tab.wait_for_task(0)
