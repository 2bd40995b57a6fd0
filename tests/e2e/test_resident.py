"""What a resident does, from the first word to the last mail, with script and without."""

import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Contexts
from tests.e2e.program import Program, plain, until_copies_are_old

pytestmark = pytest.mark.browser

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
LINK = re.compile(r"https?://\S+")


def submit(page: Page, name: str, within: str = "main") -> None:
    """Press a button that sends a form, and wait for the page after it."""
    with page.expect_navigation():
        page.locator(within).get_by_role("button", name=name).first.click()


def link_in(text: str, part: str) -> str:
    """The link of a mail with this part in it."""
    return next(link[0].rstrip(">).") for link in LINK.finditer(text) if part in link[0])


def tell(page: Page, program: Program, text: str, email: str = "") -> str:
    """Tell something; gives the follow code."""
    page.goto(f"{program.address}/zeg-het-ons/")
    page.get_by_label("Uw tekst").fill(text)
    if email:
        page.get_by_label("Uw e-mailadres").fill(email)
    submit(page, "Versturen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dank u wel")
    code = re.search(r"/volg/([A-Z0-9-]+)/", page.url)
    assert code
    return code[1]


@SCRIPT
def test_telling_with_a_phone_number_and_following_until_it_is_taken_back(
    script: bool, program: Program, contexts: Contexts
) -> None:
    page = contexts(script=script).new_page()
    words = f"De lantaarn bij het bankje is stuk ({'met' if script else 'zonder'} script)."
    page.goto(f"{program.address}/zeg-het-ons/")
    page.get_by_label("Uw tekst").fill(f"{words} Bel mij op 06 12345678.")
    page.get_by_label("Buurt", exact=True).select_option(label="Molenwijk")
    submit(page, "Versturen")
    warning = page.locator("#persoonsgegevens")
    expect(warning).to_contain_text("telefoonnummer")
    expect(warning.locator("mark")).to_have_text("06 12345678")
    expect(page.get_by_label("Buurt", exact=True)).to_have_value("BU99990201")  # nothing has to be typed again

    page.get_by_label("Uw tekst").fill(words)
    submit(page, "Versturen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dank u wel")
    code = page.url.split("/volg/")[1].split("/")[0]
    expect(page.locator("main")).to_contain_text(code)

    page.goto(f"{program.address}/volg/")
    page.locator("main input[name=code]").fill(code.lower().replace("-", " "))
    submit(page, "")
    expect(page.get_by_text(words).first).to_be_visible()
    page.locator("#aanvullen textarea").fill("Het is nu ook glad daar.")
    submit(page, "Versturen", within="#aanvullen")
    expect(page.get_by_role("status").first).to_contain_text("aanvulde")
    page.get_by_role("link", name="Intrekken").click()
    submit(page, "")
    expect(page.get_by_role("status").first).to_contain_text("trok uw bijdrage in")
    page.goto(f"{program.address}/bijdragen/?q=lantaarn")
    expect(page.locator("main")).not_to_contain_text(words)


@SCRIPT
def test_who_leaves_an_address_confirms_it_and_hears_the_next_step(
    script: bool, program: Program, contexts: Contexts
) -> None:
    page = contexts(script=script).new_page()
    email = f"bewoner{script}@voorbeeld.example".lower()
    code = tell(page, program, f"Mag er een fietspomp bij het station? ({script})", email)
    asked = program.mail(email, "/bevestig/")
    page.goto(link_in(plain(asked), "/bevestig/"))
    submit(page, "")
    expect(page.get_by_role("heading", level=1)).to_contain_text("bevestigd")
    page.goto(f"{program.address}/volg/{code}/wissen/")
    submit(page, "")
    expect(page.get_by_role("status").first).to_contain_text("gewist")
    assert len([mail for mail in program.mails(email) if "/bevestig/" in plain(mail)]) == 1


@SCRIPT
def test_support_counts_once_and_a_reaction_stands_under_it(script: bool, program: Program, contexts: Contexts) -> None:
    page = contexts(script=script).new_page()
    tell(page, program, f"Zet een picknicktafel in het park. ({script})")
    page.get_by_role("link", name="daar", exact=False).first.click()
    submit(page, "Ik steun dit")
    expect(page.locator("#steun")).to_contain_text("1 persoon steunt dit")
    address = page.url.partition("?")[0].partition("#")[0]
    page.goto(address)
    submit(page, "Ik steun dit")
    expect(page.locator("#steun")).to_contain_text("1 persoon steunt dit")
    page.get_by_label("Uw reactie").fill("Graag ook een prullenbak erbij.")
    submit(page, "Reageren")
    expect(page.locator("#reacties ~ ol")).to_contain_text("prullenbak")


@pytest.mark.parametrize(
    ("asked", "found"), [("huis", "huizen"), ("speelplaats", "kinderspeelplaats"), ("ideeën", "idee")]
)
def test_search_finds_other_forms_of_a_word(asked: str, found: str, program: Program, contexts: Contexts) -> None:
    page = contexts(script=False).new_page()
    words = {"huizen": "Verf de huizen aan de kade.", "kinderspeelplaats": "Een kinderspeelplaats bij de school, graag.",
             "idee": "Een goed idee: planten langs het spoor."}  # fmt: skip
    tell(page, program, words[found])
    page.goto(f"{program.address}/bijdragen/")
    page.locator("main input[name=q]").fill(asked)
    submit(page, "Zoeken")
    expect(page.get_by_text(words[found]).first).to_be_visible()


@SCRIPT
def test_news_by_mail_is_asked_for_confirmed_and_ended_with_one_click(
    script: bool, program: Program, contexts: Contexts
) -> None:
    page = contexts(script=script).new_page()
    email = f"lezer{script}@voorbeeld.example".lower()
    page.goto(f"{program.address}/aanmelden/")
    page.get_by_label("Uw e-mailadres").fill(email)
    page.locator("input[name=rhythm][value=daily]").check()
    submit(page, "")
    page.goto(link_in(plain(program.mail(email, "/aanmelden/ja/")), "/aanmelden/ja/"))
    submit(page, "")
    stop = page.locator("a[href*='/aanmelden/wijzig/']").first.get_attribute("href")
    assert stop
    page.goto(program.address + stop.removeprefix(program.address))
    with page.expect_navigation():
        page.locator("main button[name=end]").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def subscribed(page: Page, program: Program, email: str) -> str:
    """Ask for every announcement and say yes; gives the page on which it can be changed."""
    page.goto(f"{program.address}/aanmelden/")
    page.get_by_label("Uw e-mailadres").fill(email)
    page.locator("input[name=rhythm][value=direct]").check()
    submit(page, "")
    page.goto(link_in(plain(program.mail(email, "/aanmelden/ja/")), "/aanmelden/ja/"))
    submit(page, "")
    manage = page.locator("a[href*='/aanmelden/wijzig/']").first.get_attribute("href") or ""
    assert manage
    return program.address + manage.removeprefix(program.address)


def published(page: Page, program: Program, title: str) -> None:
    """An announcement, by somebody of the municipality."""
    page.goto(f"{program.address}/desk/berichten/")
    page.locator("main input[name=title]").fill(title)
    submit(page, "Begin")
    page.locator("#id_body").fill("De brug is klaar. U kunt er weer over.")
    submit(page, "Bewaren")
    submit(page, "Nu publiceren")


def test_a_mail_program_ends_the_news_by_itself(program: Program, administrator: Path, contexts: Contexts) -> None:
    """RFC 8058: a POST from elsewhere, without a page, a cookie or a word of the reader."""
    page, desk = contexts().new_page(), contexts(state=administrator).new_page()
    email, other = "eenklik@voorbeeld.example", "blijft@voorbeeld.example"
    manage = subscribed(page, program, email)
    subscribed(page, program, other)
    published(desk, program, "De Zwaaibrug is klaar")
    mail = program.mail(email, "De Zwaaibrug is klaar")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(mail["List-Unsubscribe"]).partition(">")[0].strip("< ")
    asked = urllib.request.Request(
        address, data=b"List-Unsubscribe=One-Click", method="POST",
        headers={"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 200
    page.goto(manage)
    expect(page.locator("main")).to_contain_text("U bent gestopt met deze mail")
    published(desk, program, "De Zwaaibrug is geverfd")
    program.mail(other, "De Zwaaibrug is geverfd")
    assert [str(one["Subject"]) for one in program.mails(email) if "geverfd" in str(one["Subject"])] == []


@pytest.mark.parametrize("how", ["list", "postcode"])
def test_home_remembers_the_neighbourhood_on_the_device_alone(how: str, program: Program, contexts: Contexts) -> None:
    context = contexts()
    page = context.new_page()
    page.goto(f"{program.address}/buurten/")
    if how == "list":
        page.locator("section[aria-labelledby=lijst]").get_by_role("link", name="Molenwijk").click()
    else:
        page.get_by_label("Uw postcode").fill("3951")
        submit(page, "")
        page.locator("main a[href*='/buurten/BU']").first.click()
    name = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="Onthoud deze buurt").click()
    page.goto(f"{program.address}/")
    expect(page.locator("[data-block]")).to_contain_text(name)
    assert context.cookies() == []


def test_without_script_the_neighbourhood_is_one_click_away(program: Program, contexts: Contexts) -> None:
    page = contexts(script=False).new_page()
    page.goto(f"{program.address}/")
    page.get_by_role("link", name="In mijn buurt").first.click()
    page.locator("section[aria-labelledby=lijst]").get_by_role("link", name="Tuindorp").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tuindorp")
    expect(page.get_by_role("button", name="Onthoud deze buurt")).to_be_hidden()


def test_who_looks_a_second_later_finds_a_new_contribution_on_the_list(program: Program, contexts: Contexts) -> None:
    page = contexts(script=False).new_page()
    look = contexts(script=False).new_page()
    look.goto(f"{program.address}/bijdragen/")  # there is a copy of the list without it
    tell(page, program, "Kan de kerkklok een kwartier later slaan?")

    def there() -> bool:
        look.goto(f"{program.address}/bijdragen/")
        return "kerkklok" in look.content()

    until_copies_are_old(there, "the new contribution on the list")
