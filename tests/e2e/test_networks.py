"""Telling on networks with a browser: the preview that counts while somebody types, and the calendar by key and mouse."""

import re
import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Contexts
from tests.e2e.program import Program

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def network(program: Program) -> str:
    """The demo network, connected once as an administrator would from a script; gives the number of its account."""
    program.command("account", "add", "demo", "--name", "oefenen", "--secret", "secret=geheim")
    (database,) = program.data.glob("*.sqlite3")
    with sqlite3.connect(database) as rows:
        (number,) = rows.execute("SELECT id FROM channels_account WHERE kind = 'demo' AND name = 'oefenen'").fetchone()
    return str(number)


def begin(page: Page, program: Program, title: str) -> None:
    page.goto(f"{program.address}/desk/berichten/")
    page.locator("input[name=title]").fill(title)
    page.locator("main form[method=post] button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/desk/berichten/\d+/"))


def own_text(page: Page, network: str) -> Locator:
    page.locator(f"#kanaal-{network}-aan").check()
    page.locator(f"details:has(#kanaal-{network}-tekst) > summary").click()
    return page.locator(f"#kanaal-{network}-tekst")


def test_the_preview_counts_as_somebody_types(
    network: str, program: Program, administrator: Path, contexts: Contexts
) -> None:
    page = contexts(state=administrator).new_page()
    begin(page, program, "De brug gaat open")
    counter = page.locator(f"#teller-{network}")
    field = own_text(page, network)
    field.press_sequentially("De brug is weer open.")
    post = page.locator("#voorbeeld .st-post")
    expect(post).to_contain_text("De brug is weer open.")
    expect(post).to_contain_text("utm_source=demo")
    expect(post).to_contain_text("Laat het ons hier weten.")
    expect(counter).to_contain_text("van 500")
    field.fill("x" * 490)
    expect(counter).to_contain_text(re.compile(r"\d+ te lang voor Demo"))
    expect(field).to_be_focused()  # what comes in does not take the field away
    page.locator(f"#kanaal-{network}-link").uncheck()
    page.locator(f"#kanaal-{network}-slot").uncheck()
    expect(counter).to_contain_text("490 van 500")


def test_without_script_a_button_shows_the_preview(
    network: str, program: Program, administrator: Path, contexts: Contexts
) -> None:
    page = contexts(state=administrator, script=False).new_page()
    begin(page, program, "De sluis gaat dicht")
    own_text(page, network).fill("De sluis is een week dicht.")
    page.get_by_role("button", name="Voorbeeld").click()
    expect(page.locator("#voorbeeld .st-post")).to_contain_text("De sluis is een week dicht.")
    expect(page.locator(f"#kanaal-{network}-tekst")).to_have_value("De sluis is een week dicht.")


# ── the calendar ─────────────────────────────────────────────────────────────────────────────────
def plan(page: Page, program: Program, title: str, day: date) -> None:
    begin(page, program, title)
    page.locator("#id_publish_at").fill(f"{day.isoformat()}T10:15")
    page.locator("#id_body").fill("Kom kijken.")
    page.get_by_role("button", name=re.compile("Inplannen|Bewaar dit moment|Plan")).first.click()
    page.wait_for_load_state()


def a_monday() -> date:
    """In a month of which all days are still to come, so that arrows never meet yesterday."""
    day = datetime.now().date() + timedelta(days=40)
    return day + timedelta(days=-day.weekday() % 7)


def on_day(page: Page, day: date) -> Locator:
    return page.locator(f"[data-day='{day.isoformat()}']:not([data-entry])")


@pytest.mark.parametrize("form", ["week", "maand"])
def test_an_announcement_moves_with_the_arrow_keys(
    form: str, program: Program, administrator: Path, contexts: Contexts
) -> None:
    page = contexts(state=administrator).new_page()
    monday, title = a_monday(), f"Markt op maandag, {form}"
    plan(page, program, title, monday)
    page.goto(f"{program.address}/desk/kalender/?vorm={form}&dag={monday.isoformat()}")
    entry = page.locator(".st-entry", has_text=title)
    expect(on_day(page, monday)).to_contain_text(title)
    entry.locator("summary").focus()
    page.keyboard.press("Enter")
    arrows = entry.get_by_role("button", name=re.compile("pijltjes"))
    arrows.focus()
    page.keyboard.press("Enter")
    expect(arrows).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-said]")).to_contain_text("woensdag")
    expect(on_day(page, monday + timedelta(days=2))).to_have_attribute("data-target", "")
    page.keyboard.press("Enter")
    expect(on_day(page, monday + timedelta(days=2))).to_contain_text(title)
    expect(page.locator(".st-entry", has_text=title)).to_contain_text("10:15")


def test_escape_leaves_it_where_it_was(program: Program, administrator: Path, contexts: Contexts) -> None:
    page = contexts(state=administrator).new_page()
    monday = a_monday()
    plan(page, program, "Blijft staan", monday)
    page.goto(f"{program.address}/desk/kalender/?vorm=week&dag={monday.isoformat()}")
    entry = page.locator(".st-entry", has_text="Blijft staan")
    entry.locator("summary").click()
    entry.get_by_role("button", name=re.compile("pijltjes")).click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("[data-said]")).to_have_text("Niet verplaatst.")
    page.reload()
    expect(on_day(page, monday)).to_contain_text("Blijft staan")


def test_an_announcement_moves_with_the_mouse(program: Program, administrator: Path, contexts: Contexts) -> None:
    page = contexts(state=administrator).new_page()
    monday = a_monday()
    plan(page, program, "Te slepen", monday)
    page.goto(f"{program.address}/desk/kalender/?vorm=week&dag={monday.isoformat()}")
    target = on_day(page, monday + timedelta(days=3))
    page.locator(".st-entry", has_text="Te slepen").locator("time").drag_to(target)
    expect(target).to_contain_text("Te slepen")


def test_without_script_a_date_field_moves_it(program: Program, administrator: Path, contexts: Contexts) -> None:
    page = contexts(state=administrator, script=False).new_page()
    monday = a_monday()
    plan(page, program, "Met een datum", monday)
    page.goto(f"{program.address}/desk/kalender/?vorm=week&dag={monday.isoformat()}")
    entry = page.locator(".st-entry", has_text="Met een datum")
    entry.locator("summary").click()
    entry.locator("input[name=dag]").fill((monday + timedelta(days=4)).isoformat())
    entry.get_by_role("button", name="Verplaats").click()
    expect(on_day(page, monday + timedelta(days=4))).to_contain_text("Met een datum")
