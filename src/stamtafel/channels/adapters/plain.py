"""Markdown as the plain text of a network post: words only, lists with a sign, links as ``words: address``. Pure."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Final
from urllib.parse import urljoin

from markdown_it import MarkdownIt
from markdown_it.token import Token

from stamtafel.channels.contract import Draft

SAFE: Final = ("http://", "https://", "mailto:", "tel:", "/")


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])
    made.validateLink = lambda url: url.lower().startswith(SAFE)  # type: ignore[method-assign]
    return made


@lru_cache(maxsize=64)
def as_plain(markdown: str, base: str = "") -> str:
    """Markdown as plain text, without folding lines. ``base`` completes links like ``/x``."""
    out = ""
    for block, close in _blocks(_markdown().parse(markdown), base):
        out += ("\n" if close else "\n\n") + block
    return out.strip("\n")


def _blocks(tokens: Sequence[Token], base: str) -> Iterator[tuple[str, bool]]:
    """Each block, and whether it follows the one before closely (items of a list)."""
    numbers: list[int | None] = []  # one per open list: the next number, or None for bullets
    mark = ""
    close = False
    for token in tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            numbers.append(None if token.type == "bullet_list_open" else int(token.attrs.get("start", 1)))
            close = len(numbers) > 1
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            numbers.pop()
            close = bool(numbers)
        elif token.type == "list_item_open":
            mark = "  " * (len(numbers) - 1) + ("- " if numbers[-1] is None else f"{numbers[-1]}. ")
            numbers[-1] = None if numbers[-1] is None else numbers[-1] + 1
        elif token.type in {"inline", "fence", "code_block"}:
            yield mark + (_inline(token.children or (), base) or token.content).rstrip("\n"), close
            mark, close = "", bool(numbers)


def _inline(children: Sequence[Token], base: str) -> str:
    out: list[str] = []
    links: list[tuple[int, str]] = []
    for child in children:
        if child.type == "link_open":
            links.append(
                (len(out), urljoin(f"{base}/", str(child.attrs["href"])) if base else str(child.attrs["href"]))
            )
        elif child.type == "link_close":
            start, href = links.pop()
            out[start:] = [_link("".join(out[start:]), href)]
        else:
            out.append("\n" if child.type in {"softbreak", "hardbreak"} else child.content)
    return "".join(out)


def _link(words: str, href: str) -> str:
    shown = href.removeprefix("mailto:").removeprefix("tel:")
    return shown if words.strip() in {href, shown} else f"{words}: {shown}"


def told(draft: Draft, *, link: str = "", base: str = "") -> str:
    """The whole text: subject, body, the link as it is shown, and the closing line that invites to answer."""
    parts = (draft.subject, as_plain(draft.body, base), link, draft.invitation)
    return "\n\n".join(part.strip() for part in parts if part.strip())
