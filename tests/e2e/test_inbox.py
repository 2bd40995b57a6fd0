"""The inbox in parts: with script one page stays and its parts change; without script every step is a page of its own."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Contexts
from tests.e2e.program import Program
from tests.e2e.visit import visit

pytestmark = pytest.mark.browser

CONVERSATION = re.compile(r"/desk/inbox/\d+/")


def rows(page: Page) -> list[str]:
    """The addresses of the conversations in the list."""
    found: list[str] = page.eval_on_selector_all("[data-row] a[href]", "all => all.map(a => a.getAttribute('href'))")
    return found


def shows(page: Page, path: str, title: str) -> None:
    """The conversation is there: in the address line, in the heading with the focus, and said aloud."""
    expect(page).to_have_url(re.compile(re.escape(path)))
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(title)
    expect(heading).to_be_focused()
    expect(page.locator("#gezegd")).to_have_text(title)


def test_with_script_the_parts_change_and_the_page_stays(
    program: Program, administrator: Path, contexts: Contexts
) -> None:
    seen = visit(contexts(state=administrator), program.address)
    page = seen.page
    page.goto(f"{program.address}/desk/inbox/?box=free")
    first, second = rows(page)[:2]
    titles = page.locator("[data-row] a[href]").all_inner_texts()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    shows(page, first, titles[0])
    page.keyboard.press("j")  # on in the list that stands beside it
    page.keyboard.press("Enter")
    shows(page, second, titles[1])

    page.keyboard.press("r")
    expect(page.locator("#tekst")).to_be_focused()
    page.locator("#antwoord button[value=send]").click()
    expect(page.locator("#antwoord [role=alert]")).to_be_visible()
    expect(page.locator("#gezegd")).to_contain_text("leeg")
    expect(page).to_have_url(re.compile(re.escape(second)))  # not the address that the form was sent to
    page.get_by_role("button", name="Toch niet").click()
    expect(page.locator("#tekst")).to_be_hidden()
    page.keyboard.press("n")
    page.locator("#notitie").fill("Ik bel Wijkbeheer.")
    page.get_by_role("button", name="Notitie bewaren").click()
    expect(page.locator("#gezegd")).to_contain_text("Uw notitie")
    expect(page.locator(".st-message--note").last).to_contain_text("Ik bel Wijkbeheer.")

    page.get_by_role("heading", level=1).focus()
    page.keyboard.press("m")  # now it is somebody's, so it leaves this list, and the next one comes
    expect(page.locator("#gezegd")).to_contain_text("Nu bij")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(titles[1])
    page.keyboard.press("u")
    expect(page.locator("#gezegd")).to_contain_text("Teruggedraaid")
    assert [one.resource_type for one in seen.requests].count("document") == 1
    assert seen.complaints == []


def test_the_way_back_and_the_list_go_in_parts_too(program: Program, administrator: Path, contexts: Contexts) -> None:
    seen = visit(contexts(state=administrator), program.address)
    page = seen.page
    page.goto(f"{program.address}/desk/inbox/?box=free")
    first, title = rows(page)[1], page.locator("[data-row] a[href]").nth(1).inner_text()
    page.locator("[data-row] a[href]").nth(1).click()
    shows(page, first, title)
    page.keyboard.press("b")
    expect(page.locator(f"[data-row] a[href='{first}']")).to_be_focused()  # the row of what was left
    page.go_back()
    expect(page).to_have_url(program.address + first)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text("Postvak")

    tab = page.get_by_role("navigation", name="Bakken").get_by_role("link", name="Gesloten")
    tab.click()
    expect(tab).to_be_focused()
    expect(tab).to_have_attribute("aria-current", "page")
    expect(page.locator("#gezegd")).to_contain_text("Gesloten")
    page.locator("#zoek").fill("qqqqqq")
    page.keyboard.press("Enter")
    expect(page.locator(".st-empty")).to_be_visible()
    expect(page.locator("#zoek")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("dialog#toetsen")).to_contain_text("Het gesprek aanvinken")
    assert [one.resource_type for one in seen.requests].count("document") == 1
    assert seen.complaints == []


def test_a_click_that_brings_nothing_says_so_and_loses_nothing(
    program: Program, administrator: Path, contexts: Contexts
) -> None:
    context = contexts(state=administrator)
    page = context.new_page()
    page.goto(f"{program.address}/desk/inbox/?box=free")
    page.goto(program.address + rows(page)[-1])
    page.locator("summary[data-key=n]").click()
    page.locator("#notitie").fill("Dit mag niet weg.")
    context.set_offline(True)
    page.get_by_role("button", name="Notitie bewaren").click()
    expect(page.locator("#melding [role=alert]")).to_contain_text("Dat lukte niet")
    expect(page.locator("#notitie")).to_have_value("Dit mag niet weg.")
    context.set_offline(False)
    page.get_by_role("button", name="Notitie bewaren").click()
    expect(page.locator(".st-message--note").last).to_contain_text("Dit mag niet weg.")
    expect(page.locator("#melding [role=alert]")).to_have_count(0)


def test_without_script_every_step_is_a_page(program: Program, administrator: Path, contexts: Contexts) -> None:
    page = contexts(state=administrator, script=False).new_page()

    def press(name: str) -> None:
        with page.expect_navigation():
            page.locator("main").get_by_role("button", name=name).first.click()

    page.goto(f"{program.address}/desk/inbox/?box=free")
    title = page.locator("[data-row] a[href]").nth(2).inner_text()
    page.goto(program.address + rows(page)[2])
    press("Ik antwoord")
    expect(page.locator("#tekst")).to_be_visible()
    press("Versturen")
    expect(page.locator("#antwoord [role=alert]")).to_be_visible()
    press("Toch niet")
    expect(page).to_have_url(CONVERSATION)
    page.locator("summary[data-key=n]").click()
    page.locator("#notitie").fill("Zonder script.")
    press("Notitie bewaren")
    expect(page.locator(".st-message--note").last).to_contain_text("Zonder script.")
    press("Later")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(title)
    press("Maak ongedaan")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    with page.expect_navigation():
        page.get_by_role("link", name="Postvak").last.click()
    expect(page.locator("[data-row]", has_text=title)).to_be_visible()
