"""The HTML in which Mastodon gives what people wrote, as plain text. Pure."""

from html.parser import HTMLParser
from typing import Final

AFTER: Final = {"p": "\n\n", "li": "\n", "ul": "\n", "ol": "\n", "blockquote": "\n\n", "pre": "\n\n"}


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        """A line break; the ends of paragraphs are made where they end."""
        if tag == "br":
            self.out.append("\n")
        elif tag == "li":
            self.out.append("- ")

    def handle_endtag(self, tag: str) -> None:
        """The end of a paragraph."""
        self.out.append(AFTER.get(tag, ""))

    def handle_data(self, data: str) -> None:
        """Words; a shortened address stands whole in the text, with parts that are only made invisible."""
        self.out.append(data)


def as_text(html: str) -> str:
    """The words, with paragraphs apart."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    return "".join(parser.out).strip()
