"""From a draft to a whole mail: the two texts, the headers, the bytes. Pure; the date is an argument."""

from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from html import escape
from typing import Final

from django.utils.translation import gettext, override

from stamtafel.channels.adapters.email.prose import LINK, as_html, as_text, link_style
from stamtafel.channels.contract import Draft, Rendered, UnsafeHeader, safe_header

# what a draft may set; everything else (From, To, Bcc …) is ours alone
HEADERS: Final = frozenset({
    "auto-submitted", "list-id", "list-unsubscribe", "list-unsubscribe-post", "in-reply-to", "references", "precedence",
})  # fmt: skip
LONGEST: Final = 900  # RFC 5322 allows 998 in a line; links to unsubscribe may not be folded apart
BOUNDARY: Final = "=_stamtafel"
END: Final = f"--{BOUNDARY}--\r\n".encode()
PAGE: Final = (
    '<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{subject}</title></head>'
    '<body style="margin:0;background:#f6f4f0"><div role="article" aria-label="{subject}" lang="{language}" '
    'style="max-width:600px;margin:0 auto;padding:32px 24px;background:#ffffff;color:#1d1b18;'
    'font-family:Verdana,Arial,sans-serif;font-size:17px;line-height:1.55">'
    '<p style="margin:0 0 24px;font-weight:bold;color:#57534b">{sender}</p>'
    '<h1 style="margin:0 0 16px;font-size:26px;line-height:1.25">{subject}</h1>'
    "{body}{more}{footer}</div></body></html>"
)
MORE: Final = (
    '<p style="margin:24px 0"><a href="{link}" style="display:inline-block;padding:12px 20px;background:{button};'
    'color:{words_on_it};text-decoration:none;font-weight:bold;border-radius:6px">{words}</a></p>'
)
FOOT: Final = (
    '<div style="margin:40px 0 0;padding-top:16px;border-top:1px solid #dedad2;font-size:15px;color:#57534b">'
    "{lines}</div>"
)


@dataclass(frozen=True, slots=True)
class Colours:
    """What the municipality's theme says: of a link, of the button, and of the words on it."""

    link: str = LINK
    button: str = LINK
    on_button: str = "#ffffff"


OURS: Final = Colours()


def unsubscribe_address(draft: Draft) -> str:
    """The https address of a List-Unsubscribe header (RFC 8058), or nothing."""
    for part in draft.headers.get("List-Unsubscribe", "").split(","):
        address = part.strip().removeprefix("<").removesuffix(">")
        if address.startswith(("https://", "http://")):
            return address
    return ""


def texts(draft: Draft, base: str, colours: Colours = OURS) -> tuple[str, str]:
    """The mail as plain text and as HTML, both with the link, the footer and how to stop."""
    stop = unsubscribe_address(draft)
    with override(draft.language):
        words = draft.link_text or gettext("Read this on our website")
        stop_words = gettext("Stop these e-mails")
    return _plain(draft, base, words, (stop_words, stop)), _html(draft, base, (words, stop_words, stop), colours)


def _plain(draft: Draft, base: str, words: str, stop: tuple[str, str]) -> str:
    parts = [as_text(draft.body, base)]
    if draft.link:
        parts.append(f"{words}: {draft.link}")
    foot = [line for line in (draft.sender, as_text(draft.footer, base)) if line]
    if stop[1]:
        foot.append(f"{stop[0]}: {stop[1]}")
    if foot:
        parts.append("-- \n" + "\n\n".join(foot))  # the sign for "from here on it is the footer"
    return "\n\n".join(part for part in parts if part) + "\n"


def _html(draft: Draft, base: str, words: tuple[str, str, str], colours: Colours) -> str:
    more, stop_words, stop = words
    lines = as_html(draft.footer, base, colours.link)
    if stop:
        style = link_style(colours.link)
        lines += f'<p style="margin:0"><a href="{escape(stop)}" style="{style}">{escape(stop_words)}</a></p>'
    return PAGE.format(
        language=escape(draft.language),
        subject=escape(draft.subject),
        sender=escape(draft.sender),
        body=as_html(draft.body, base, colours.link),
        more=MORE.format(
            link=escape(draft.link), words=escape(more), button=colours.button, words_on_it=colours.on_button
        )
        if draft.link
        else "",
        footer=FOOT.format(lines=lines) if lines else "",
    )


def render(draft: Draft, base: str, colours: Colours = OURS) -> Rendered:
    """The draft as a mail; ``base`` is the address of the website, for links like ``/x``."""
    for name in draft.headers:
        if name.lower() not in HEADERS:
            raise UnsafeHeader(f"{name} is not for a draft to set")
    text, html = texts(draft, base, colours)
    return Rendered(
        subject=draft.subject, text=text, html=html, link=draft.link, language=draft.language,
        headers=dict(draft.headers), reply_to=draft.reply_to, sender=draft.sender,
    )  # fmt: skip


def ascii_address(address: str) -> str:
    """The address as servers without SMTPUTF8 take it: the domain in punycode (RFC 5891). Raises UnsafeHeader."""
    local, _, domain = safe_header("recipient", address).rpartition("@")
    if not local or not local.isascii() or any(sign in address for sign in ",;<> "):
        raise UnsafeHeader("not an address that mail can be sent to")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise UnsafeHeader("the domain of the address cannot be written") from error


def message(rendered: Rendered, *, sender: str, date: datetime) -> bytes:
    """The mail as it goes over the wire. ``sender`` is ``Name <address>``; the municipality's own name wins.

    Made by hand and not with EmailMessage, which takes ten times as long: a newsletter is 20,000 of these.
    """
    name, address = parseaddr(sender)
    headers = {
        "From": formataddr((rendered.sender or name, address)),
        "To": ascii_address(rendered.recipient),
        "Subject": rendered.subject,
        "Date": format_datetime(date),
        "Message-ID": rendered.message_id,
        "Reply-To": rendered.reply_to,
        **rendered.headers,
        "Content-Language": rendered.language,
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{BOUNDARY}"',
    }
    lines = b"".join(_header(key, value) for key, value in headers.items() if value)
    return lines + b"\r\n" + _part("plain", rendered.text) + _part("html", rendered.html) + END


def _header(name: str, value: str) -> bytes:
    """One header; RFC 2047 words where it is not plain ASCII. UnsafeHeader when it could start another."""
    safe_header(name, value)
    if not value.isascii() or len(value) > LONGEST:
        value = Header(value, "utf-8", header_name=name).encode(linesep="\r\n")
    return f"{name}: {value}\r\n".encode("ascii")


def _part(subtype: str, text: str) -> bytes:
    """One of the two texts as quoted-printable (RFC 2045 section 6.7), which cannot hold the boundary (``=_``)."""
    # the encoder breaks lines as the first line in the text ends: without one it would write bare LFs,
    # which SMTP forbids (RFC 5321 section 2.3.8) and by which a mail could hide a second one
    lines = (text.replace("\r", "").rstrip("\n") + "\n").replace("\n", "\r\n").encode()
    kind = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"
    head = f"--{BOUNDARY}\r\n{kind}\r\n\r\n"
    return head.encode() + b2a_qp(lines, istext=True) + b"\r\n"
