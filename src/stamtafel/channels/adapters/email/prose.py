"""Markdown as plain text that reads well, and as the simple HTML that mail programs show alike. Pure."""

import textwrap
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Final
from urllib.parse import urljoin

from markdown_it import MarkdownIt
from markdown_it.token import Token

WIDTH: Final = 72  # RFC 5322 advises at most 78
# mail programs drop style sheets, so the little style there is stands on each element
LINK: Final = "#0b5d3b"
"""The colour of a link where the municipality has none of its own."""
STYLES: Final = {
    "p": "margin:0 0 16px",
    "h2": "margin:28px 0 8px;font-size:21px;line-height:1.3",
    "h3": "margin:24px 0 8px;font-size:18px;line-height:1.3",
    "ul": "margin:0 0 16px;padding-left:24px",
    "ol": "margin:0 0 16px;padding-left:24px",
    "li": "margin:0 0 6px",
    "blockquote": "margin:0 0 16px;padding-left:16px;border-left:3px solid #c9c5bd",
}
SAFE: Final = ("http://", "https://", "mailto:", "tel:")


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])
    made.validateLink = lambda url: url.lower().startswith((*SAFE, "/"))  # type: ignore[method-assign]
    return made


def _tokens(markdown: str, base: str) -> list[Token]:
    """The parsed text, with links made absolute and headings starting at h2."""
    tokens = _markdown().parse(markdown)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = {"h1": "h2", "h2": "h2"}.get(token.tag, "h3")
        for child in token.children or ():
            if child.type == "link_open":
                child.attrs["href"] = urljoin(f"{base}/", str(child.attrs["href"]))
    return tokens


# ── as text ──────────────────────────────────────────────────────────────────────────────────────
def _link(words: str, href: str) -> str:
    shown = href.removeprefix("mailto:").removeprefix("tel:")
    return shown if words.strip() in {href, shown} else f"{words}: {shown}"


def _inline(children: Sequence[Token]) -> str:
    """Inline text; a link becomes ``words: address``."""
    out: list[str] = []
    links: list[tuple[int, str]] = []
    for child in children:
        if child.type == "link_open":
            links.append((len(out), str(child.attrs["href"])))
        elif child.type == "link_close":
            start, href = links.pop()
            out[start:] = [_link("".join(out[start:]), href)]
        elif child.type in {"softbreak", "hardbreak"}:
            out.append("\n")
        else:
            out.append(child.content)
    return "".join(out)


def _wrap(text: str, first: str, rest: str) -> str:
    """Fold each line; words longer than a line (addresses) stay whole so that they can be clicked."""
    lines = text.split("\n")
    folded = []
    for number, line in enumerate(lines):
        folded += textwrap.wrap(
            line, WIDTH, initial_indent=first if number == 0 else rest, subsequent_indent=rest,
            break_long_words=False, break_on_hyphens=False,
        ) or [rest.rstrip()]  # fmt: skip
    return "\n".join(folded)


class _Indent:
    """Where we are in nested lists and quotes."""

    def __init__(self) -> None:
        self.numbers: list[int | None] = []  # one per list: the next number, or None for bullets
        self.before = ""  # what every line starts with
        self.mark = ""  # what the first line of an item starts with instead
        self.stack: list[str] = []

    def open(self, token: Token) -> None:
        """Enter a list, an item or a quote."""
        if token.type == "ordered_list_open":
            self.numbers.append(int(token.attrs.get("start", 1)))
        elif token.type == "bullet_list_open":
            self.numbers.append(None)
        elif token.type == "list_item_open":
            number = self.numbers[-1]
            mark = "- " if number is None else f"{number}. "
            if number is not None:
                self.numbers[-1] = number + 1
            self._push(" " * len(mark), mark)
        elif token.type == "blockquote_open":
            self._push("> ", "> ")

    def close(self, token: Token) -> None:
        """Leave it again."""
        if token.type in {"list_item_close", "blockquote_close"}:
            self.before = self.stack.pop()
            self.mark = ""
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            self.numbers.pop()

    def _push(self, every: str, first: str) -> None:
        self.stack.append(self.before)
        self.mark = (self.mark or self.before) + first
        self.before += every

    def first(self) -> str:
        """What the next line starts with; an item's mark is used once."""
        mark, self.mark = self.mark or self.before, ""
        return mark


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[str, bool]]:
    """Each block as text, and whether it follows the one before closely (items of a list)."""
    indent = _Indent()
    heading = ""
    close = False
    for token in tokens:
        indent.open(token)
        indent.close(token)
        if token.type == "heading_open":
            heading = token.tag
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            close = len(indent.numbers) > 1
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            close = bool(indent.numbers)
        elif token.type == "inline":
            text = _wrap(_inline(token.children or ()), indent.first(), indent.before)
            if heading == "h2":
                text += "\n" + "=" * min(WIDTH, max(len(line) for line in text.split("\n")))
            heading = ""
            yield text, close
            close = bool(indent.numbers)
        elif token.type in {"fence", "code_block"}:
            yield textwrap.indent(token.content.rstrip("\n"), indent.first() + "    "), False
        elif token.type == "hr":
            yield indent.first() + "-" * 20, False


@lru_cache(maxsize=64)
def as_text(markdown: str, base: str) -> str:
    """Plain text, lines of at most 72 signs unless an address is longer. ``base`` completes links like ``/x``."""
    out = ""
    for block, close in _blocks(_tokens(markdown, base)):
        out += ("\n" if close else "\n\n") + block
    return out.strip("\n")


# ── as HTML ──────────────────────────────────────────────────────────────────────────────────────
def link_style(colour: str) -> str:
    """The style of a link."""
    return f"color:{colour};text-decoration:underline"


@lru_cache(maxsize=64)
def as_html(markdown: str, base: str, link: str = LINK) -> str:
    """Simple HTML with its style on each element; everything a person typed is escaped by the parser."""
    styles = {**STYLES, "a": link_style(link)}
    tokens = _tokens(markdown, base)
    for token in tokens:
        for part in (token, *(token.children or ())):
            if part.nesting == 1 and part.tag in styles:
                part.attrs["style"] = styles[part.tag]
    return str(_markdown().renderer.render(tokens, _markdown().options, {}))
