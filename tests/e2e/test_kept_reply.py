"""A reply that is half written is there again, until it is sent or somebody signs out."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import ADMINISTRATOR, Contexts, sign_in
from tests.e2e.program import Program

pytestmark = pytest.mark.browser
WORDS = "Wij bellen u maandag over de bank"
KEPT = "() => JSON.stringify(Object.entries(sessionStorage).concat(Object.entries(localStorage)))"


@pytest.fixture
def own(browser: Browser, program: Program, tmp_path: Path) -> Path:
    """A session that may end, without ending that of other tests."""
    return sign_in(browser, program, ADMINISTRATOR, tmp_path / "own.json")


def conversations(page: Page, program: Program) -> list[str]:
    """The addresses of two conversations that nobody answers."""
    page.goto(f"{program.address}/desk/inbox/?box=free")
    found: list[str] = page.eval_on_selector_all("[data-row] a[href]", "all => all.map(a => a.href)")
    return found[-2:]  # other tests look at the first


def begin(page: Page, address: str) -> None:
    """Open a conversation and begin to answer, where that was not done yet."""
    page.goto(address)
    answer = page.get_by_role("button", name="Ik antwoord")
    if answer.count():
        answer.click()
    expect(page.locator("#tekst")).to_be_visible()


def stop(page: Page) -> None:
    """Leave the demo as it was: no answer after all."""
    page.get_by_role("button", name="Toch niet").click()
    expect(page.locator("#tekst")).to_be_hidden()


def test_what_was_typed_is_there_again_and_only_there(program: Program, own: Path, contexts: Contexts) -> None:
    page = contexts(state=own).new_page()
    first, second = conversations(page, program)
    begin(page, first)
    page.locator("#tekst").press_sequentially(WORDS)
    page.locator(f".st-gesprek__list a[href^='{second.removeprefix(program.address).partition('?')[0]}']").click()
    expect(page).to_have_url(re.compile(re.escape(second.partition("?")[0])))
    begin(page, second)
    expect(page.locator("#tekst")).to_have_value("")
    stop(page)
    begin(page, first)
    expect(page.locator("#tekst")).to_have_value(WORDS)
    stop(page)  # not wanted after all: it does not come back
    begin(page, first)
    expect(page.locator("#tekst")).to_have_value("")
    stop(page)
    assert WORDS not in page.evaluate(KEPT)


def test_what_is_refused_stays_and_what_was_sent_is_forgotten(program: Program, own: Path, contexts: Contexts) -> None:
    page = contexts(state=own).new_page()
    first, _second = conversations(page, program)
    begin(page, first)
    page.locator("#tekst").press_sequentially(WORDS + " {naam_van_iemand}")
    page.locator("#antwoord button[value=send]").click()  # refused: something stands in braces
    expect(page.locator("#antwoord [role=alert]")).to_be_visible()
    begin(page, first)
    expect(page.locator("#tekst")).to_have_value(WORDS + " {naam_van_iemand}")
    page.locator("#tekst").fill(WORDS)
    page.locator("#antwoord button[value=send]").click()
    expect(page.locator(".st-message", has_text=WORDS).first).to_be_visible()
    begin(page, first)
    expect(page.locator("#tekst")).to_have_value("")
    assert WORDS not in page.evaluate(KEPT)
    stop(page)


def test_nothing_is_left_after_signing_out_in_any_tab(program: Program, own: Path, contexts: Contexts) -> None:
    context = contexts(state=own)
    page, other = context.new_page(), context.new_page()
    first, second = conversations(page, program)
    for tab, address in ((page, first), (other, second)):
        begin(tab, address)
        tab.locator("#tekst").press_sequentially(WORDS)
        assert WORDS in tab.evaluate(KEPT)
    page.get_by_role("button", name="Log uit").click()
    expect(page).to_have_url(re.compile("/desk/sign-in/"))
    assert WORDS not in page.evaluate(KEPT)
    other.wait_for_function(f"!({KEPT})().includes({WORDS!r})")
    context.clear_cookies()


def test_who_signs_in_next_in_the_same_tab_finds_nothing_of_the_one_before(
    program: Program, own: Path, administrator: Path, contexts: Contexts
) -> None:
    page = contexts(state=own).new_page()
    first, second = conversations(page, program)
    page.evaluate("words => sessionStorage.setItem('antwoord:0-1', words)", WORDS)
    begin(page, second)
    assert WORDS not in page.evaluate(KEPT)
    stop(page)
    assert first != second
