"""Text that people wrote, as safe HTML."""

from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup, escape


@cache
def renderer() -> MarkdownIt:
    """Markdown without HTML and without pictures; only http(s), mailto and tel links pass."""
    made = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(["image", "html_block", "html_inline"])
    made.validateLink = lambda url: url.lower().startswith(("http://", "https://", "mailto:", "tel:", "/"))  # type: ignore[method-assign]
    return made


@lru_cache(maxsize=1000)
def prose(text: str) -> Markup:
    """Markdown by staff as HTML; headings start at h2."""
    html = renderer().render(text).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    return Markup(html)  # noqa: S704 - made by the renderer, which escapes


def lines(text: str) -> Markup:
    """Plain text by residents: escaped, blank lines part paragraphs, newlines are kept."""
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in part.split("\n")))
        for part in paragraphs
    )
