"""The Setup page: text, findings, preview, templates, and what becomes of results."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Dialog, Page, expect

from label_studio_lite.service.editors import settings_for
from label_studio_lite.service.gallery import gallery
from tests.browser.axe import faults
from tests.browser.configs import BOXES, MOOD, PICTURE, TEXTS
from tests.browser.conftest import MakeVisit, Serve
from tests.browser.serving import Server
from tests.browser.visiting import Visit


def setup(tab: Visit, path: str = "setup") -> Page:
    tab.go(path)
    expect(tab.page.locator("#findings")).not_to_be_empty()
    return tab.page


def write(page: Page, xml: str) -> None:
    """Another text in the place of what is there."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(xml)


def answer(server: Server, *answers: str) -> None:
    for task_id, value in enumerate(answers):
        region: dict[str, Any] = {"from_name": "mood", "to_name": "text", "type": "choices"}
        region["value"] = {"choices": [value]}
        server.post(f"api/tasks/{task_id}/completions", {"result": [region]})


def choices(server: Server, task_id: int = 0) -> list[str]:
    [value] = server.values(task_id)
    listed: list[str] = value["choices"]
    return listed


def test_a_change_is_previewed_and_saved(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    page = setup(visit(server))
    frame = page.frame_locator(".stage iframe:not(.coming)")
    expect(frame.get_by_text("Anna Adams went to Rome.")).to_be_visible()
    expect(page.locator("#state")).to_have_text("Saved")
    xml = MOOD.replace('"bad"/>', '"bad"/><Choice value="neither"/>')
    write(page, xml)
    expect(frame.get_by_text("neither")).to_be_visible()
    page.keyboard.press("Control+S")
    expect(page.locator("#state")).to_have_text("Saved")
    assert (server.folder / "config.xml").read_text() == xml


def test_one_can_write_and_save_while_the_tags_are_on_their_way(
    serve: Serve, visit: MakeVisit
) -> None:
    server = serve(MOOD, TEXTS)
    tab = visit(server)
    xml = MOOD.replace('"bad"/>', '"bad"/><Choice value="neither"/>')
    with tab.held("**/api/label-config/tags"):
        page = tab.go("setup").page
        write(page, xml)
        page.keyboard.press("Control+S")
        expect(page.locator("#state")).to_have_text("Saved")
        assert (server.folder / "config.xml").read_text() == xml
    expect(page.locator("#stepper")).not_to_be_empty()  # which is drawn when the tags are there
    write(page, "<Vie")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("View")


def test_the_preview_goes_through_the_tasks(serve: Serve, visit: MakeVisit) -> None:
    page = setup(visit(serve(MOOD, TEXTS)))
    frame = page.frame_locator(".stage iframe:not(.coming)")
    page.get_by_role("button", name="Next task").click()
    expect(frame.get_by_text("Anna Brown went to Rome.")).to_be_visible()
    expect(page.locator("#stepper")).to_contain_text("Task 1")


def test_what_the_preview_labels_is_shown_as_stored(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    page = setup(visit(server))
    page.frame_locator(".stage iframe:not(.coming)").get_by_text("good").click()
    page.get_by_text("What is stored").click()
    expect(page.locator(".result pre")).to_contain_text('"choices": [\n        "good"')
    assert server.completions() == []


def test_faults_are_shown_at_their_line(serve: Serve, visit: MakeVisit) -> None:
    page = setup(visit(serve(MOOD, TEXTS)))
    write(page, '<View>\n<Text name="text" value="$text"/>\n<Choices name="c" toName="x">')
    page.keyboard.insert_text('\n<Choice value="a"/></Choices>\n</View>')
    finding = page.get_by_role("button", name="Line 3").first
    expect(finding).to_contain_text("not found in names")
    expect(page.locator(".cm-lint-marker-error")).to_have_count(1)
    assert faults(page) == []
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    finding.click()
    expect(page.locator(".cm-activeLine")).to_contain_text("<Choices")


def test_tags_attributes_and_names_are_completed(serve: Serve, visit: MakeVisit) -> None:
    page = setup(visit(serve(MOOD, TEXTS)))
    write(page, '<View>\n<Text name="text" value="$text"/>\n</View>')
    page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    page.keyboard.type("\n<TextA")
    options = page.locator(".cm-tooltip-autocomplete li")
    expect(options.first).to_have_text("TextArea")
    page.keyboard.type("rea placehol")
    expect(options.first).to_have_text("placeholder")
    page.keyboard.press("Escape")
    page.keyboard.type('der="" toName="')
    expect(options.first).to_have_text("text")
    page.wait_for_timeout(100)  # a list that has just opened takes no keys
    page.keyboard.press("Enter")
    expect(page.locator(".cm-content")).to_contain_text('toName="text"')


def test_a_renamed_label_is_renamed_in_results(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    answer(server, "bad", "good")
    page = setup(visit(server))
    write(page, MOOD.replace('"bad"', '"poor"'))
    expect(page.locator("#state")).to_have_text("Not saved yet")
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Label bad of mood")
    expect(dialog).to_contain_text("1 result in 1 completion")
    expect(dialog.get_by_role("combobox")).to_have_value("to:poor")
    assert faults(page) == []
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("#state")).to_have_text("Saved")
    assert choices(server, 0) == ["poor"] and choices(server, 1) == ["good"]


def test_a_missing_label_can_be_kept_or_removed(serve: Serve, visit: MakeVisit) -> None:
    server = serve(MOOD, TEXTS)
    answer(server, "bad")
    page = setup(visit(server))
    without = (
        '<View>\n  <Text name="text" value="$text"/>\n  <Choices name="mood" toName="text">\n'
    )
    without += '    <Choice value="good"/>\n  </Choices>\n</View>'
    write(page, without)
    expect(page.locator("#state")).to_have_text("Not saved yet")
    page.keyboard.press("Control+S")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("combobox")).to_have_value("keep")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("#state")).to_have_text("Saved")
    assert '    <Choice value="bad"/>\n  </Choices>' in (server.folder / "config.xml").read_text()
    assert choices(server) == ["bad"]

    write(page, without)
    expect(page.locator("#state")).to_have_text("Not saved yet")
    page.keyboard.press("Control+S")
    dialog.get_by_role("combobox").select_option("remove")
    expect(dialog).to_contain_text("1 result will be removed")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("#state")).to_have_text("Saved")
    assert server.result() == []


def test_a_template_is_found_and_opened(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD))
    tab.go("setup?gallery")
    page = tab.page
    page.get_by_role("searchbox", name="Find a template").fill("ellipses")
    cards = page.locator(".template")
    expect(cards).to_have_count(1)
    cards.first.click()
    expect(page.locator(".cm-content")).to_contain_text("EllipseLabels")
    expect(page.locator("#state")).to_have_text("Not saved yet")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#state")).to_have_text("Saved")
    assert "EllipseLabels" in tab.server.get("api/project")["label_config_line"]


def test_every_template_has_its_picture(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD))
    tab.go("setup?gallery")
    expect(tab.page.locator(".template")).to_have_count(len(gallery()))
    drawn = (
        "[...document.querySelectorAll('.template use')].every((use) => use.getBBox().width > 50)"
    )
    tab.page.wait_for_function(f"() => {drawn}")  # an expression would be refused by the policy
    assert faults(tab.page) == []
    tab.picture("gallery")


def save_in_dialog(page: Page, words: str) -> None:
    """Save what is asked about first."""
    page.keyboard.press("Control+S")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(words)
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("#state")).to_have_text("Saved")


def test_a_template_for_the_modern_editor_switches(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD, settings=settings_for("classic")))
    page = setup(tab, "setup?template=form_fields")
    expect(page.locator("#build")).to_have_text("modern editor")
    save_in_dialog(page, "The classic editor lacks")
    assert tab.server.get("api/editor")["build"] == "modern"


def test_a_template_for_the_classic_editor_offers_it(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD))
    tab.excuse("sample.pdf' as a plugin")  # which the modern editor keeps in a frame of its own
    page = setup(tab, "setup?template=html_pdf")
    expect(page.locator("#build")).to_have_text("modern editor")
    page.get_by_role("button", name="Switch to the classic editor").click()
    expect(page.locator("#build")).to_have_text("classic editor")
    assert tab.server.get("api/editor")["build"] == "classic"


def test_a_config_for_the_classic_editor_switches(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD))
    page = setup(tab)
    page.locator(".cm-content").fill('<View><Ranker name="r" value="$items"/></View>')
    expect(page.locator("#build")).to_have_text("classic editor")
    save_in_dialog(page, "The modern editor lacks Ranker without a List")
    assert tab.server.get("api/editor")["build"] == "classic"


def test_a_task_that_lacks_a_key_is_not_previewed(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(MOOD, TEXTS))
    page = setup(tab)
    write(page, BOXES)
    expect(page.get_by_role("status").filter(has_text="has no “image”")).to_be_visible()
    expect(page.get_by_role("button", name="Line 1")).to_contain_text("'image'")


def test_a_link_leaves_unsaved_text_only_when_asked(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(serve(BOXES, [PICTURE]))
    page = setup(tab)
    page.locator(".cm-content").click()
    page.keyboard.type("x")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.get_by_role("link", name="Label", exact=True).click()
    tab.wait_for_task(0)
    assert asked == ["beforeunload"]


def test_dark_and_on_a_tablet(serve: Serve, visit: MakeVisit) -> None:
    tab = visit(
        serve(BOXES, [PICTURE]), viewport={"width": 820, "height": 1180}, color_scheme="dark"
    )
    page = setup(tab)
    frame = page.frame_locator(".stage iframe:not(.coming)")
    expect(frame.get_by_text("Dog")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 820
    tab.picture("setup-dark-tablet")
