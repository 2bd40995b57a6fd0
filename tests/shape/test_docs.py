"""The documentation is complete and leads nowhere that is not there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLResolver, get_resolver

from stamtafel import settings
from stamtafel.__main__ import COMMANDS
from stamtafel.channels.registry import CHANNELS
from stamtafel.commands.tables import TABLES

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "src/stamtafel/web/design/README.md"])
LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)\)")
# of the machine where something was written, not of one where it runs
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|root|home|Users|mnt|tmp/[a-z_]+jobs)/")


def first_column(page: str, pattern: str) -> list[str]:
    return re.findall(rf"^\| `({pattern})` \|", (REFERENCE / page).read_text(), re.MULTILINE)


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert sorted(first_column("settings.md", "STAMTAFEL_[A-Z_]+")) == sorted(settings.ENVIRONMENT)


def test_no_page_names_a_setting_that_is_not_there() -> None:
    named = {name for page in PAGES for name in re.findall(r"\bSTAMTAFEL_[A-Z_]+\b", page.read_text())}
    assert named - settings.ENVIRONMENT.keys() <= {"STAMTAFEL_TEST_DB", "STAMTAFEL_TEST_DATA", "STAMTAFEL_SCREENSHOTS"}


def test_every_command_is_documented() -> None:
    headings = re.findall(r"^## `stamtafel (\w+)", (REFERENCE / "commands.md").read_text(), re.MULTILINE)
    assert set(headings) == COMMANDS.keys()
    assert f"export {'|'.join(TABLES)}" in (REFERENCE / "commands.md").read_text()


def test_every_system_check_is_documented() -> None:
    sources = (ROOT / "src" / "stamtafel" / "commands").glob("*.py")
    raised = {name for source in sources for name in re.findall(r"stamtafel\.[EW]\d{3}", source.read_text())}
    assert raised == set(first_column("checks.md", r"stamtafel\.[EW]\d{3}"))


def test_every_kind_of_channel_is_documented() -> None:
    assert first_column("channels.md", "[a-z]+") == list(CHANNELS)


@pytest.mark.parametrize("name", ["README.md", "README.nl.md"])
def test_the_readme_names_the_two_commands_first(name: str) -> None:
    code = re.findall(r"```\w*\n(.*?)```", (ROOT / name).read_text(), re.DOTALL)[0]
    assert re.findall(r"^make \w+", code, re.MULTILINE) == ["make demo", "make test"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    wrong = []
    for target in [*LINK.findall(page.read_text()), *re.findall(r'src="([^"]+)"', page.read_text())]:
        if re.match(r"[a-z]+:", target):
            continue
        path, _sign, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        if not found.exists() or (anchor and anchor not in anchors(found)):
            wrong.append(target)
    assert wrong == []


def secret_addresses(patterns: list[Any] | None = None, before: str = "/") -> Iterator[str]:
    """Addresses that let somebody do something: those with a follow code or a signed link in them."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from secret_addresses(pattern.url_patterns, route)
        elif re.search(r"<str:(code|token)>", route):
            yield re.sub(r"<[^>]+>", "geheim", route)


def test_the_logs_that_the_install_page_offers_hold_no_codes() -> None:
    page = (DOCS / "how-to" / "install.md").read_text()
    nginx = re.search(r'"~(\^\S+)" "\$begin', page)
    caddy = re.search(r'request>uri regexp "(\S+)"', page)
    assert nginx is not None
    assert caddy is not None
    hidden = [re.compile(nginx[1].replace("(?<", "(?P<")), re.compile(caddy[1])]
    addresses = list(secret_addresses())
    assert {"/volg/geheim/wissen/", "/desk/sign-in/link/geheim/"} <= set(addresses)
    for address in [*addresses, *(f"/en{address}" for address in addresses if not address.startswith("/desk"))]:
        assert all(pattern.match(address) for pattern in hidden), address
        assert all("geheim" not in pattern.match(address)[1] for pattern in hidden), address  # type: ignore[index]
    assert not any(pattern.match("/volg/") for pattern in hidden)


def test_no_page_names_a_path_of_somebodys_machine() -> None:
    assert [str(page) for page in PAGES if MACHINE_PATH.search(page.read_text())] == []


def test_every_decision_has_its_number_and_fits_a_page() -> None:
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    assert [page.name for page in pages if len(page.read_text().splitlines()) > 60] == []
