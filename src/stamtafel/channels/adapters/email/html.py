"""The words of an HTML mail, and nothing else of it. Pure.

Nothing of the HTML is kept, so that nothing of it can be harmful: scripts, styles and pictures go, a link becomes its
words and its address, a quotation gets ``>`` before each line.
"""

import re
from html.parser import HTMLParser
from typing import Final

LONGEST: Final = 60_000
SILENT: Final = frozenset({
    "script", "style", "head", "title", "template", "noscript", "svg", "math", "object", "iframe", "select", "textarea",
})  # fmt: skip
VOID: Final = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "wbr", "area", "base", "embed", "source"})
BLOCKS: Final = frozenset({
    "p", "div", "section", "article", "header", "footer", "ul", "ol", "dl", "table", "tr", "h1", "h2", "h3", "h4", "h5",
    "h6", "pre", "form", "address", "center", "blockquote", "hr", "body", "html",
})  # fmt: skip
WITH_SPACE: Final = frozenset({"p", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"})
DEEPEST_QUOTE: Final = 5
SAFE_LINK: Final = re.compile(r"(https?://|mailto:)[^\s<>\"]{1,500}", re.IGNORECASE)
SPACES: Final = re.compile(r"[ \t\r\n\f\u00a0\u200b\ufeff]+")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line = ""
        self.silent: list[str] = []
        self.quotes = 0
        self.link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what the tag begins."""
        if self.silent or tag in SILENT:
            if tag not in VOID:
                self.silent.append(tag)
            return
        if tag == "br":
            self.end_line()
        elif tag == "li":
            self.end_block(tag)
            self.line = "- "
        elif tag in BLOCKS:
            self.end_block(tag)
        if tag == "blockquote":
            self.quotes += 1
        if tag == "a":
            href = next((value or "" for name, value in attrs if name == "href"), "").strip()
            self.link = (href, len(self.line)) if SAFE_LINK.fullmatch(href) else None

    def handle_endtag(self, tag: str) -> None:
        """End what the tag ends."""
        if self.silent:
            if tag in self.silent:
                del self.silent[self.silent.index(tag) :]
            return
        if tag == "a":
            self.end_link()
        if tag == "blockquote":
            self.end_block("")
            self.quotes = max(0, self.quotes - 1)
        if tag in BLOCKS or tag == "li":
            self.end_block(tag)
        if tag in {"td", "th"}:
            self.line += " "

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self.silent:
            words = SPACES.sub(" ", data)
            self.line += words.lstrip() if not self.line else words

    def end_link(self) -> None:
        """Put the address behind the words, where it says more than they do."""
        href, start = self.link or ("", 0)
        words = self.line[start:].strip()
        self.link = None
        bare = href.removeprefix("mailto:").removeprefix("https://").removeprefix("http://").rstrip("/")
        if words and bare and bare not in words:
            self.line = f"{self.line.rstrip()} ({href.removeprefix('mailto:')})"

    def end_line(self) -> None:
        """The line is done."""
        mark = "> " * min(self.quotes, DEEPEST_QUOTE)
        self.lines.append((mark + self.line.strip()).rstrip(" ") if self.line.strip() else mark.rstrip())
        self.line = ""

    def end_block(self, tag: str) -> None:
        """The block is done; some have air around them."""
        if self.line.strip():
            self.end_line()
        self.line = ""
        if tag in WITH_SPACE and self.lines and self.lines[-1].strip("> "):
            self.end_line()


def _closed(html: str) -> str:
    """Without comments, and with tags that end only: the parser looks for the end of each other one through all that
    follows, again and again (CVE-2025-6069).
    """
    pieces = []
    place = 0
    while (begin := html.find("<!--", place)) >= 0:
        pieces.append(html[place:begin])
        end = html.find("-->", begin)
        place = end + 3 if end >= 0 else len(html)
    pieces.append(html[place:])
    words, *tags = "".join(pieces).split("<")
    return words + "".join(f"<{tag}" if ">" in tag else f"&lt;{tag}" for tag in tags)


def as_text(html: str) -> str:
    """The words of HTML as plain text with short lines as they stand. Never raises."""
    parser = _Words()
    try:
        parser.feed(_closed(html[:LONGEST]))
        parser.close()
    except (AssertionError, ValueError, RecursionError):  # what came before it counts
        pass
    parser.end_line()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parser.lines)).strip()
