"""What a visit to a page is held to, whoever makes it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from tests.e2e.program import ROOT

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = f"""async () => {{
  const found = await axe.run(document, {{runOnly: {json.dumps(TAGS)}, resultTypes: ["violations"]}});
  return found.violations.flatMap(v => v.nodes.map(n => `${{v.id}}: ${{n.target.join(" ")}}: ${{n.failureSummary}}`));
}}"""
TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > wide + 1);
  return [`the page is ${document.documentElement.scrollWidth} wide`, ...out.slice(0, 5).map(e => e.outerHTML.slice(0, 120))];
}"""
NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 900}


@dataclass
class Visit:
    """One page of a browser and everything that went wrong or over the line on it."""

    page: Page
    host: str
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """A line on the console; a form that is refused answers 4xx, and the browser says so: that is no error."""
        if message.type in {"error", "warning"} and "the server responded with a status of 4" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def note(self, request: Request) -> None:
        """A request; none may go to another host."""
        self.requests.append(request)
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != self.host:
            self.complaints.append(f"asks another host: {request.url}")

    def axe(self) -> list[str]:
        """What axe-core finds."""
        self.page.evaluate(AXE)
        found: list[str] = self.page.evaluate(RUN_AXE)
        return found

    def problems(self, language: str) -> list[str]:
        """Everything wrong with the page as it stands, on a wide and on the narrowest screen."""
        problems = [*self.complaints, *self.axe()]
        headings = self.page.locator("h1").count()
        if headings != 1:
            problems.append(f"{headings} first headings")
        said = self.page.locator("html").get_attribute("lang")
        if said != language:
            problems.append(f"says its language is {said}")
        if not self.page.title().strip(" -"):
            problems.append("has no title")
        return [*problems, *self.problems_when_narrow()]

    def problems_when_narrow(self) -> list[str]:
        """At 320 px nothing scrolls sideways."""
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        found: list[str] = self.page.evaluate(TOO_WIDE)
        return [f"320 px: {line}" for line in found]

    def weight(self) -> tuple[int, int]:
        """(bytes of page, style and script; bytes of fonts) as they came over the line."""
        words, fonts = 0, 0
        for request in self.requests:
            if request.failure or urlsplit(request.url).scheme in {"data", "blob"}:
                continue
            size = request.sizes()["responseBodySize"]
            if request.resource_type == "font":
                fonts += size
            elif request.resource_type in {"document", "stylesheet", "script", "fetch", "xhr"}:
                words += size
        return words, fonts


def visit(context: BrowserContext, address: str) -> Visit:
    """Open a fresh page of this context that writes down what happens on it."""
    made = Visit(context.new_page(), urlsplit(address).netloc)
    made.page.on("console", made.hear)
    made.page.on("pageerror", lambda error: made.complaints.append(f"script: {error}"))
    made.page.on("request", made.note)
    return made


def picture(page: Page, file: Path, width: int, height: int = 900) -> None:
    """Keep the whole page as a picture."""
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("document.fonts.ready")
    page.screenshot(path=file, full_page=True)
