"""Every page, full and empty and refused: accessible, narrow enough, light enough, and quiet."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Contexts
from tests.e2e.program import Program
from tests.e2e.visit import visit

pytestmark = pytest.mark.browser

MOST_WORDS = 36_000  # bytes of page, style and script, zipped
MOST_FONTS = 40_000
LISTS = ("", "berichten/", "bijdragen/", "bijdragen/kaart/", "onderwerpen/", "besluiten/", "vind-ons/", "aanmelden/",
         "buurten/", "zeg-het-ons/", "volg/", "toegankelijkheid/", "privacy/", "contact/", "logboek/", "open-data/")  # fmt: skip
FULL = (
    *LISTS, "bijdragen/?q=huizen", "bijdragen/?soort=idea&volgorde=steun", "bijdragen/?q=qqqqqq",
    "berichten/?onderwerp=bestaat-niet", "buurten/?postcode=0000", "bijdragen/kaart/?soort=idea",
    "aanmelden/kijk-in-uw-mail/",
)  # fmt: skip
# an address that is known only when its list is read: list → the first link in it that looks so
ONE_OF = {
    "berichten/": r"/berichten/[^/?]+/$",
    "bijdragen/?stand=met-antwoord": r"/bijdragen/\d+/$",
    "bijdragen/": r"/bijdragen/\d+/$",
    "onderwerpen/": r"/onderwerpen/[^/?]+/$",
    "besluiten/": r"/besluiten/[^/?]+/$",
    "buurten/": r"/buurten/BU[^/]+/$",
}
GONE = ("bestaat-niet/", "berichten/bestaat-niet/", "bijdragen/999999/", "volg/XXXX-0000-0000/", "bevestig/onzin/",
        "aanmelden/ja/onzin/", "aanmelden/stop/onzin/", "aanmelden/wijzig/onzin/", "onderwerpen/bestaat-niet/",
        "besluiten/bestaat-niet/", "buurten/BU00000000/")  # fmt: skip
LANGUAGES = ("nl", "en")


def prefix(language: str) -> str:
    return "/en/" if language == "en" else "/"


def first_link(page: Page, pattern: str) -> str:
    """The first link on the page whose address looks so."""
    links: list[str] = page.eval_on_selector_all("main a[href]", "all => all.map(a => a.getAttribute('href'))")
    return next(link for link in links if re.search(pattern, link))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", FULL)
def test_a_page_with_everything_on_it(path: str, language: str, program: Program, contexts: Contexts) -> None:
    seen = visit(contexts(), program.address)
    seen.page.goto(program.address + prefix(language) + path, wait_until="networkidle")
    words, fonts = seen.weight()
    assert words <= MOST_WORDS
    assert fonts <= MOST_FONTS
    assert seen.problems(language) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("listed", ONE_OF)
def test_one_of_a_list(listed: str, language: str, program: Program, contexts: Contexts) -> None:
    context = contexts()
    finder = context.new_page()
    finder.goto(program.address + prefix(language) + listed)
    link = first_link(finder, ONE_OF[listed])
    finder.close()
    seen = visit(contexts(), program.address)
    seen.page.goto(program.address + link, wait_until="networkidle")
    words, fonts = seen.weight()
    assert words <= MOST_WORDS
    assert fonts <= MOST_FONTS
    assert seen.problems(language) == []


@pytest.mark.parametrize("language", ["nl"])
@pytest.mark.parametrize("path", LISTS)
def test_a_page_on_the_first_day(path: str, language: str, empty_program: Program, contexts: Contexts) -> None:
    seen = visit(contexts(), empty_program.address)
    seen.page.goto(empty_program.address + prefix(language) + path)
    assert seen.problems(language) == []


@pytest.mark.parametrize("language", ["nl"])
@pytest.mark.parametrize("path", GONE)
def test_a_page_that_is_not_there(path: str, language: str, program: Program, contexts: Contexts) -> None:
    seen = visit(contexts(), program.address)
    answer = seen.page.goto(program.address + prefix(language) + path)
    assert answer is not None
    assert 400 <= answer.status < 500
    assert seen.problems(language) == []


def _press_first_form(page: Page) -> None:
    """Send the page's own form as it stands."""
    with page.expect_navigation():
        page.locator('main form[method="post"] button[type="submit"]').last.click()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["zeg-het-ons/", "volg/", "aanmelden/"])
def test_a_form_sent_empty(path: str, language: str, program: Program, contexts: Contexts) -> None:
    seen = visit(contexts(), program.address)
    seen.page.goto(program.address + prefix(language) + path)
    _press_first_form(seen.page)
    assert seen.page.locator('[role="alert"], .st-errors, .utrecht-form-field-error-message').first.is_visible()
    assert seen.problems(language) == []


DESK = (
    "", "inbox/", "inbox/?box=closed", "inbox/?text=qqqqqq", "berichten/", "bijdragen/", "bijdragen/?q=qqqqqq",
    "onderwerpen/", "onderwerpen/nieuw/", "besluiten/", "besluiten/nieuw/", "deliveries/", "deliveries/mails/",
    "people/", "people/invite/", "settings/", "account/", "search/", "search/?q=plein", "search/?q=qqqqqq",
    "accounts/", "accounts/new/facebook/", "accounts/new/x/", "kalender/", "crisis/", "figures/", "bestaat-niet/",
)  # fmt: skip
# on the first day only what lists something looks different
DESK_LISTS = ("accounts/", "kalender/", "crisis/", "figures/", "", "inbox/", "inbox/?box=closed", "berichten/", "bijdragen/", "onderwerpen/", "besluiten/",
              "besluiten/?lijst=openbaar", "deliveries/", "people/", "search/?q=plein")  # fmt: skip
# list → the first link in it that looks so, and the pages under that
DESK_ONE_OF = {
    "inbox/": (r"/desk/inbox/\d+/", ""),
    "inbox/?channel=demo": (r"/desk/inbox/\d+/", ""),
    "accounts/": (r"/desk/accounts/\d+/$", ""),
    "berichten/": (r"/desk/berichten/\d+/$", ""),
    "berichten/?staat=published": (r"/desk/berichten/\d+/$", "versies/"),
    "bijdragen/": (r"/desk/bijdragen/\d+/", ""),
    "onderwerpen/": (r"/desk/onderwerpen/(?!nieuw)[^/?]+/$", ""),
    "besluiten/?lijst=openbaar": (r"/desk/besluiten/\d+/", ""),
    "besluiten/": (r"/desk/besluiten/\d+/$", "kies/"),
    "besluiten/?": (r"/desk/besluiten/\d+/$", "antwoorden/"),
    "besluiten/?lijst=": (r"/desk/besluiten/\d+/$", "voorbeeld/"),
    "people/": (r"/desk/people/\d+/$", ""),
}
Desks = dict[str, Path]


@pytest.fixture
def desks(administrator: Path, english_administrator: Path) -> Desks:
    """Who reads the desk in which language."""
    return {"nl": administrator, "en": english_administrator}


@pytest.mark.parametrize("path", DESK)
def test_a_page_of_the_desk(path: str, program: Program, desks: Desks, contexts: Contexts) -> None:
    for language, state in desks.items():
        seen = visit(contexts(state=state), program.address)
        seen.page.goto(f"{program.address}/desk/{path}")
        assert seen.problems(language) == []


@pytest.mark.parametrize("listed", DESK_ONE_OF)
def test_one_of_a_list_of_the_desk(listed: str, program: Program, desks: Desks, contexts: Contexts) -> None:
    pattern, under = DESK_ONE_OF[listed]
    for language, state in desks.items():
        seen = visit(contexts(state=state), program.address)
        seen.page.goto(f"{program.address}/desk/{listed}")
        seen.page.goto(program.address + first_link(seen.page, pattern) + under)
        assert seen.problems(language) == []


@pytest.mark.parametrize("path", DESK_LISTS)
def test_the_desk_on_the_first_day(
    path: str, empty_program: Program, first_administrator: Path, contexts: Contexts
) -> None:
    seen = visit(contexts(state=first_administrator), empty_program.address)
    seen.page.goto(f"{empty_program.address}/desk/{path}")
    assert seen.problems("nl") == []


@pytest.mark.parametrize("path", ["onderwerpen/nieuw/", "besluiten/nieuw/", "people/invite/"])
def test_a_form_of_the_desk_sent_empty(path: str, program: Program, desks: Desks, contexts: Contexts) -> None:
    for language, state in desks.items():
        seen = visit(contexts(state=state), program.address)
        seen.page.goto(f"{program.address}/desk/{path}")
        _press_first_form(seen.page)
        assert seen.page.locator("main .utrecht-form-field-error-message").first.is_visible()
        assert seen.problems(language) == []


@pytest.mark.parametrize("path", ["sign-in/", "sign-in/?sent=1", "sign-in/link/onzin/", "inbox/"])
def test_the_door_of_the_desk(path: str, program: Program, contexts: Contexts) -> None:
    for language, locale in (("nl", "nl-NL"), ("en", "en-GB")):
        seen = visit(contexts(locale=locale), program.address)
        seen.page.goto(f"{program.address}/desk/{path}")
        assert seen.problems(language) == []


def test_the_second_factor_is_set_up_in_both_languages(program: Program, contexts: Contexts) -> None:
    for language, email in (("nl", "samira.bouali@lindewaard.example"), ("en", "evan@lindewaard.example")):
        if language == "en":
            program.command("staff", "add", email, "--name", "Evan", "--role", "analyst", "--language", "en")
        seen = visit(contexts(), program.address)
        seen.page.goto(program.command("staff", "link", email).splitlines()[-1])
        assert seen.problems("nl") == []  # the browser's language, until we know who it is
        seen.page.get_by_role("button", name="Inloggen").click()
        seen.page.wait_for_url("**/sign-in/app/**")
        assert seen.problems(language) == []
