"""The session ends while somebody writes: the text stays, and is kept once they are back."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.announce.builders import photo
from tests.e2e.conftest import ADMINISTRATOR, Contexts, sign_in
from tests.e2e.program import Program

pytestmark = pytest.mark.browser
WORDS = "Vanaf maandag rijdt de bus weer over de brug."
PATIENCE = 30_000


@pytest.fixture
def own(browser: Browser, program: Program, tmp_path: Path) -> Path:
    """A session that may end, without ending that of other tests."""
    return sign_in(browser, program, ADMINISTRATOR, tmp_path / "own.json")


def begin(page: Page, program: Program, title: str) -> str:
    """A draft; gives its address."""
    page.goto(f"{program.address}/desk/berichten/")
    page.locator("main input[name=title]").fill(title)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(re.compile(r"/desk/berichten/\d+/$"))
    return page.url


def end_session(context: BrowserContext) -> None:
    context.clear_cookies(name="stamtafel_desk")


def come_back(page: Page, program: Program) -> None:
    """Sign in again, in this tab."""
    page.goto(program.command("staff", "link", ADMINISTRATOR).splitlines()[-1])
    page.get_by_role("button", name="Inloggen").click()
    page.get_by_role("button", name="Later").click()
    expect(page).to_have_url(f"{program.address}/desk/")


def test_with_script_the_page_says_so_and_saves_when_somebody_is_back(
    program: Program, own: Path, contexts: Contexts
) -> None:
    context = contexts(state=own)
    page = context.new_page()
    address = begin(page, program, "De brug gaat open")
    state = page.locator("#bewaard")
    page.locator("#id_lead").fill("De brug is klaar.")
    expect(state).to_contain_text("Bewaard om", timeout=PATIENCE)
    end_session(context)
    page.locator("#id_body").press_sequentially(WORDS)
    expect(state).to_contain_text("Uw tekst staat nog hier", timeout=PATIENCE)
    expect(page.locator("#melding")).to_contain_text("Uw tekst staat nog hier")  # what the preview was told
    expect(page.locator("#id_body")).to_have_value(WORDS)
    with page.expect_popup() as opened:
        state.get_by_role("link").click()
    expect(opened.value).to_have_url(re.compile("/desk/sign-in/$"))
    come_back(opened.value, program)
    page.bring_to_front()
    expect(state).to_contain_text("Bewaard om", timeout=2 * PATIENCE)
    expect(page.locator("#melding [data-signed-out]")).to_have_count(0)
    page.get_by_role("button", name="Bewaren").click()  # the form is from before: it is taken all the same
    expect(page.get_by_role("status").filter(has_text="Bewaard")).to_be_visible()
    page.goto(address)
    expect(page.locator("#id_body")).to_have_value(WORDS)


def test_without_script_what_was_sent_waits_on_the_page(program: Program, own: Path, contexts: Contexts) -> None:
    context = contexts(script=False, state=own)
    page = context.new_page()
    address = begin(page, program, "De brug gaat dicht")
    page.locator("#id_body").fill(WORDS)
    end_session(context)
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("U bent uitgelogd")
    expect(page.locator("textarea[name=body]")).to_have_value(WORDS)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Inloggen op een nieuw tabblad").click()
    come_back(opened.value, program)
    page.get_by_role("button", name="Opnieuw versturen").click()
    expect(page).to_have_url(address)
    expect(page.locator("#id_body")).to_have_value(WORDS)


def test_text_of_this_moment_is_kept_before_another_form_of_the_page_is_sent(
    program: Program, own: Path, contexts: Contexts
) -> None:
    page = contexts(state=own).new_page()
    address = begin(page, program, "De brug is kapot")
    page.locator("#foto input[type=file]").set_input_files(
        {"name": "brug.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.locator("#foto #id_alt").fill("Een brug met een gat")
    page.locator("#id_body").fill(WORDS)
    page.locator("#foto details button").click()  # at once: nothing was saved by itself yet
    kept = page.locator(".st-photo img")
    expect(kept).to_have_attribute("alt", "Een brug met een gat", timeout=PATIENCE)
    expect(page.locator("#id_body")).to_have_value(WORDS)
    page.goto(address)
    expect(page.locator("#id_body")).to_have_value(WORDS)
