"""The pictures of the README, made from the running program; only where STAMTAFEL_SCREENSHOTS=1 asks for them."""

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.e2e.conftest import Contexts
from tests.e2e.program import ROOT, Program
from tests.e2e.test_every_page import first_link

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(os.environ.get("STAMTAFEL_SCREENSHOTS") != "1", reason="set STAMTAFEL_SCREENSHOTS=1"),
]

IMAGES = ROOT / "docs" / "images"
LARGEST = 250_000  # bytes
# name → (page, link on it to follow, width, height, whether staff)
PICTURES: dict[str, tuple[str, str, int, int, bool]] = {
    "home-1280.png": ("/", "", 1280, 1400, False),
    "home-360.png": ("/", "", 360, 1400, False),
    "dossier-1280.png": ("/onderwerpen/", r"/onderwerpen/[^/?]+/$", 1280, 1400, False),
    "inbox-1280.png": ("/desk/inbox/", r"/desk/inbox/\d+/", 1280, 900, True),
    "compose-1280.png": ("/desk/berichten/?staat=draft", r"/desk/berichten/\d+/$", 1280, 900, True),
}


def keep(page: Page, file: Path) -> int:
    """Keep the visible part in as few colours as it needs to stay small; gives its size in bytes."""
    shown = Image.open(BytesIO(page.screenshot())).convert("RGB")
    for colours in (256, 128, 64, 32):
        shown.quantize(colours, dither=Image.Dither.NONE).save(file, optimize=True)
        if file.stat().st_size <= LARGEST:
            break
    return file.stat().st_size


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_for_the_readme(name: str, program: Program, administrator: Path, contexts: Contexts) -> None:
    path, follow, width, height, staff = PICTURES[name]
    page = contexts(width=width, height=height, state=administrator if staff else None).new_page()
    page.goto(program.address + path)
    if follow:
        page.goto(program.address + first_link(page, follow))
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    IMAGES.mkdir(parents=True, exist_ok=True)
    assert keep(page, IMAGES / name) <= LARGEST
