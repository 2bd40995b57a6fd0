"""What staff do all day: tell, answer, decide; and what residents see of it."""

import re
import urllib.request
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ADMINISTRATOR, Contexts
from tests.e2e.program import Program, plain, until, until_copies_are_old
from tests.e2e.test_resident import SCRIPT, link_in, submit, tell

pytestmark = pytest.mark.browser


def photo() -> bytes:
    """A picture of a small bridge, drawn here."""
    made = Image.new("RGB", (800, 600), "#cfe3ef")
    draw = ImageDraw.Draw(made)
    draw.rectangle((0, 400, 800, 600), fill="#5b8fa8")
    draw.arc((100, 200, 700, 600), 180, 360, fill="#7a4b2a", width=30)
    out = BytesIO()
    made.save(out, "JPEG")
    return out.getvalue()


def confirmed(page: Page, program: Program, text: str, email: str) -> str:
    """A resident who told something and confirmed an address; gives the follow code."""
    code = tell(page, program, text, email)
    page.goto(link_in(plain(program.mail(email, "/bevestig/")), "/bevestig/"))
    submit(page, "")
    return code


def test_a_sign_in_link_works_once_and_the_second_factor_may_wait_in_the_demo(
    program: Program, contexts: Contexts
) -> None:
    page = contexts().new_page()
    link = program.command("staff", "link", ADMINISTRATOR).splitlines()[-1]
    page.goto(link)
    page.get_by_role("button", name="Inloggen").click()
    page.get_by_role("button", name="Later").click()
    expect(page).to_have_url(f"{program.address}/desk/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("button", name="Log uit").click()
    other = contexts().new_page()
    other.goto(link)
    other.get_by_role("button", name="Inloggen").click()
    expect(other.get_by_role("alert").first).to_be_visible()
    other.goto(f"{program.address}/desk/")
    expect(other).to_have_url(re.compile("/desk/sign-in/"))


@SCRIPT
def test_an_announcement_with_a_picture_is_on_the_site_and_in_the_feed_at_once(
    script: bool, program: Program, administrator: Path, contexts: Contexts
) -> None:
    page = contexts(script=script, state=administrator).new_page()
    title = f"De Molenbrug gaat {'maandag' if script else 'dinsdag'} open"
    page.goto(f"{program.address}/desk/berichten/")
    page.locator("main input[name=title]").fill(title)
    submit(page, "Begin")
    page.locator("#id_body").fill("De brug is klaar. U kunt er weer over.")
    if script:
        expect(page.locator("#voorbeeld")).to_contain_text("De brug is klaar.")  # the preview follows the text
    submit(page, "Bewaren")
    page.locator("#foto input[type=file]").set_input_files(
        {"name": "brug.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    submit(page, "Toevoegen", within="#foto")
    expect(page.locator("#foto [role=alert], #foto .utrecht-form-field--invalid").first).to_be_visible()  # alt is asked
    page.locator("#foto input[type=file]").set_input_files(
        {"name": "brug.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.locator("#foto details #id_alt").fill("Een houten brug over het water")
    submit(page, "Toevoegen", within="#foto")
    if page.get_by_role("button", name="Nu publiceren").count():
        submit(page, "Nu publiceren")
    else:  # four eyes: an administrator may not approve what is their own
        pytest.fail("the demo asks for four eyes")
    address = page.get_by_role("link", name="Bekijk de pagina").get_attribute("href") or ""

    reader = contexts(script=False).new_page()
    answer = reader.goto(program.address + address.removeprefix(program.address))
    assert answer is not None
    assert answer.status == 200
    expect(reader.get_by_role("heading", level=1)).to_have_text(title)
    expect(reader.locator("main img").first).to_have_attribute("alt", "Een houten brug over het water")

    def listed() -> bool:
        reader.goto(f"{program.address}/berichten/")
        with urllib.request.urlopen(f"{program.address}/feeds/berichten.rss") as feed:
            return title in reader.content() and title in feed.read().decode()

    until_copies_are_old(listed, "the announcement in the list and the feed")


@SCRIPT
def test_a_resident_reads_the_answer_on_the_page_and_in_the_mail(
    script: bool, program: Program, administrator: Path, contexts: Contexts
) -> None:
    resident = contexts(script=False).new_page()
    email = f"vrager{script}@voorbeeld.example".lower()
    street = "Merelstraat" if script else "Lijsterstraat"
    question = f"Wanneer komt de vuilniswagen in de {street}?"
    code = confirmed(resident, program, question, email)

    page = contexts(script=script, state=administrator).new_page()
    rows = page.locator("[data-row] a[href]", has_text=street)

    def waits() -> bool:
        page.goto(f"{program.address}/desk/inbox/?text={street}")
        return rows.count() > 0

    until(waits, "the question in the inbox", seconds=10)
    rows.first.click()
    page.wait_for_url("**/inbox/*/*")
    submit(page, "Ik antwoord", within="body")
    said = f"Dag, elke dinsdag om acht uur. {'met' if script else 'zonder'} script"
    page.locator("#tekst").fill(said)
    submit(page, "Versturen", within="#antwoord")

    resident.goto(f"{program.address}/volg/{code}/")
    expect(resident.locator("#gesprek")).to_contain_text(said)
    mail = program.mail(email, "elke dinsdag")
    assert said in plain(mail)
    assert len([one for one in program.mails(email) if "elke dinsdag" in plain(one)]) == 1


def test_a_decision_answers_everybody_it_rests_on(program: Program, administrator: Path, contexts: Contexts) -> None:
    resident = contexts(script=False).new_page()
    email = "zwemmer@voorbeeld.example"
    code = confirmed(resident, program, "Maak een zwemtrap bij het Zandgat.", email)

    page = contexts(state=administrator).new_page()
    page.goto(f"{program.address}/desk/besluiten/nieuw/")
    page.locator("#id_onderwerp").select_option(index=1)
    page.locator("#id_title").fill("Er komt een zwemtrap bij het Zandgat")
    page.locator("#id_decided_by").fill("College")
    page.locator("#id_decided_on").fill("2026-11-20")
    page.locator("#id_decided").fill("In april komt er een trap met een leuning.")
    submit(page, "Bewaar")
    until(lambda: _offered(page, "Zandgat"), "the contribution among those to choose from", seconds=10)
    page.locator("#kies [data-row]", has_text="Zandgat").locator("input[type=checkbox]").check()
    page.locator("aside input[name=outcome][value=used]").check()
    page.locator("aside textarea[name=text]").fill("Wij maken de trap, in april.")
    with page.expect_navigation():
        page.locator("aside button[type=submit]").first.click()
    page.goto(re.sub(r"(besluiten/\d+/).*", r"\1voorbeeld/", page.url))
    with page.expect_navigation():
        page.locator("main form[action*='publiceer'] button[type=submit]").first.click()

    mail = program.mail(email, "Wij maken de trap")
    assert "Wij maken de trap, in april." in plain(mail)
    resident.goto(f"{program.address}/volg/{code}/")
    expect(resident.locator("#antwoord")).to_contain_text("Wij maken de trap, in april.")
    resident.goto(f"{program.address}/besluiten/")
    until(lambda: _reads(resident, "zwemtrap bij het Zandgat"), "the decision on the site", seconds=3)


def _offered(page: Page, words: str) -> bool:
    page.goto(re.sub(r"(besluiten/\d+/).*", r"\1kies/?topic=&text=" + words, page.url))
    return page.locator("#kies [data-row]", has_text=words).count() > 0


def _reads(page: Page, words: str) -> bool:
    page.reload()
    return words in page.content()
