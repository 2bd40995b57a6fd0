"""One program, one empty program and one browser for all tests here."""

from base64 import b32decode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django_otp.oath import totp
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.e2e.program import ROOT, Program, running

ADMINISTRATOR = "ruud.kamerling@lindewaard.example"
CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE_MILLISECONDS = 15_000
Contexts = Callable[..., BrowserContext]


@pytest.fixture(scope="package")
def built() -> None:
    """The front end, the catalogues and the static files are there."""
    static = ROOT / "src" / "stamtafel" / "web" / "static"
    needed = {
        static / "build" / "manifest.json": "the front end",
        static / "collected" / "build" / "manifest.json": "the static files",
        ROOT / "src" / "stamtafel" / "web" / "site" / "locale" / "nl" / "LC_MESSAGES" / "django.mo": "the Dutch words",
        ROOT / "node_modules" / "axe-core" / "axe.min.js": "axe-core",
    }
    missing = [what for file, what in needed.items() if not file.is_file()]
    if missing:
        pytest.fail(f"Not built: {', '.join(missing)}. Run 'make build' first.", pytrace=False)
    manifest = Path("build") / "manifest.json"
    if (static / manifest).read_bytes() != (static / "collected" / manifest).read_bytes():
        pytest.fail("The static files are older than the front end. Run 'make build' first.", pytrace=False)
    if not CHROMIUM.exists():
        pytest.fail("Chromium is missing. Run 'make system' first.", pytrace=False)


@pytest.fixture(scope="package")
def program(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The demo municipality, served with its worker."""
    with running(tmp_path_factory.mktemp("demo"), demo=True) as started:
        yield started


@pytest.fixture(scope="package")
def empty_program(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """An installation as it is on its first day: nothing in it but one administrator."""
    with running(tmp_path_factory.mktemp("empty"), demo=False) as started:
        yield started


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; closed before other tests run, because its loop bars Django from the database."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Contexts]:
    """Make fresh visitors: no memory of earlier ones."""
    made: list[BrowserContext] = []

    def make(
        *, script: bool = True, width: int = 1280, height: int = 900, state: Path | None = None, locale: str = "nl-NL"
    ) -> BrowserContext:
        context = browser.new_context(
            java_script_enabled=script, viewport={"width": width, "height": height}, storage_state=state,
            reduced_motion="reduce", locale=locale, timezone_id="Europe/Amsterdam",
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


def sign_in(browser: Browser, program: Program, email: str, keep: Path) -> Path:
    """Come in by the link that the command prints, and keep what the browser got.

    The demo lets the second factor wait; elsewhere it is set up here, as the app on a phone would.
    """
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()
    page.goto(program.command("staff", "link", email).splitlines()[-1])
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/sign-in/app/**")  # from here on in the member's own language
    later = page.get_by_role("button", name="Later")
    if later.count():
        later.click()
    else:
        secret = page.locator("details code").text_content() or ""
        page.locator("#id_code").fill(f"{totp(b32decode(secret.replace(' ', ''))):06}")
        page.get_by_role("button", name="Bevestigen").click()
        page.wait_for_load_state()
        page.goto(f"{program.address}/desk/")
    page.wait_for_url(f"{program.address}/desk/")
    context.storage_state(path=keep)
    context.close()
    return keep


@pytest.fixture(scope="package")
def administrator(browser: Browser, program: Program) -> Path:
    """The signed-in state of somebody who may do everything."""
    return sign_in(browser, program, ADMINISTRATOR, program.data / "administrator.json")


@pytest.fixture(scope="package")
def english_administrator(browser: Browser, program: Program) -> Path:
    """The same for a colleague who reads English."""
    email = "emma.english@lindewaard.example"
    program.command("staff", "add", email, "--name", "Emma", "--role", "administrator", "--language", "en")
    return sign_in(browser, program, email, program.data / "english.json")


@pytest.fixture(scope="package")
def first_administrator(browser: Browser, empty_program: Program) -> Path:
    """The same where there is nothing yet."""
    empty_program.command("staff", "add", "eerste@gemeente.example", "--name", "Eerste", "--role", "administrator")
    return sign_in(browser, empty_program, "eerste@gemeente.example", empty_program.data / "administrator.json")
