"""Everything by keyboard: skip, reach, see where you are, and press."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Contexts
from tests.e2e.program import Program

pytestmark = pytest.mark.browser

MOST_TABS = 60
RING = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const s = getComputedStyle(e), p = getComputedStyle(e.closest("label, form[role=search]") || e);
  const after = getComputedStyle(e, "::after");
  const seen = [s, p, after].some(x => (x.outlineStyle !== "none" && parseFloat(x.outlineWidth) > 0) || x.boxShadow !== "none");
  let under = e;
  while (under && getComputedStyle(under).backgroundColor === "rgba(0, 0, 0, 0)") under = under.parentElement;
  const legible = !under || getComputedStyle(under).backgroundColor !== s.color;
  return {words: (e.innerText || e.getAttribute("aria-label") || e.id || e.name || "").trim(), seen, legible,
          inside: e.getBoundingClientRect().width > 0};
}"""


def walk(page: Page) -> list[str]:
    """The words of everything that Tab reaches, in order; each must show that it has the focus."""
    reached: list[str] = []
    page.evaluate("document.activeElement && document.activeElement.blur()")
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        here = page.evaluate(RING)
        if here is None:
            break
        assert here["seen"], f"no visible focus on {here['words']!r}"
        assert here["legible"], f"with the focus on it {here['words']!r} can't be read"
        reached.append(here["words"])
    return reached


@pytest.mark.parametrize("path", ["/", "/bijdragen/", "/berichten/", "/aanmelden/", "/vind-ons/"])
def test_the_focus_is_seen_wherever_it_goes(path: str, program: Program, contexts: Contexts) -> None:
    page = contexts().new_page()
    page.goto(program.address + path)
    reached = walk(page)
    assert reached[0] == "Ga naar de inhoud"
    assert len(reached) > 10


@pytest.mark.parametrize("path", ["", "inbox/", "berichten/", "besluiten/nieuw/"])
def test_the_focus_is_seen_at_the_desk(path: str, program: Program, administrator: Path, contexts: Contexts) -> None:
    page = contexts(state=administrator).new_page()
    page.goto(f"{program.address}/desk/{path}")
    assert len(walk(page)) > 10


def test_the_skip_link_goes_to_the_content(program: Program, contexts: Contexts) -> None:
    page = contexts().new_page()
    page.goto(f"{program.address}/bijdragen/")
    page.keyboard.press("Tab")
    expect(page.locator(".utrecht-skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#inhoud")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_telling_needs_no_mouse(program: Program, contexts: Contexts) -> None:
    page = contexts().new_page()
    page.goto(f"{program.address}/zeg-het-ons/")
    page.locator("#id_kind").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.locator("#id_text")).to_be_focused()
    page.keyboard.type("Alleen met het toetsenbord geschreven.")
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type === 'submit' && !!document.activeElement.closest('main')"):
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dank u wel")


def test_the_menu_of_a_phone_opens_and_closes_by_key(program: Program, contexts: Contexts) -> None:
    page = contexts(width=360, height=740).new_page()
    page.goto(program.address)
    menu = page.locator("summary.st-menu__button")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-menu__panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".st-menu__panel")).to_be_hidden()
    expect(menu).to_be_focused()


def test_the_desk_shows_its_keys_and_walks_by_them(program: Program, administrator: Path, contexts: Contexts) -> None:
    page = contexts(state=administrator).new_page()
    page.goto(f"{program.address}/desk/inbox/")
    page.keyboard.press("?")
    expect(page.locator("dialog#toetsen")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#toetsen")).to_be_hidden()
    rows = page.locator("[data-row] a[href]")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    second = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-row] input[type=checkbox]").first).to_be_checked()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{second}*")


def test_the_note_of_a_conversation_opens_with_n_and_can_be_typed_at_once(
    program: Program, administrator: Path, contexts: Contexts
) -> None:
    page = contexts(state=administrator).new_page()
    page.goto(f"{program.address}/desk/inbox/?box=all")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/inbox/*/**")
    page.wait_for_load_state()
    page.keyboard.press("n")
    expect(page.get_by_label("Notitie")).to_be_focused()
    page.keyboard.type("nu bellen")
    expect(page.get_by_label("Notitie")).to_have_value("nu bellen")


def test_a_slash_goes_to_the_search_line_of_the_desk(program: Program, administrator: Path, contexts: Contexts) -> None:
    page = contexts(state=administrator).new_page()
    page.goto(f"{program.address}/desk/people/")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("plein")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/search/?q=plein")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
