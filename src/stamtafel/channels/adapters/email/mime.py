"""A mail from its bytes: headers, texts and what is attached, whatever is broken in it. Pure; never raises.

The parser of the standard library nests and backtracks as deep as a mail asks of it, so it gets only as much as is
harmless: a bounded number of lines, and the part before the first part that lies too deep.
"""

import base64
import binascii
import contextlib
import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from itertools import islice
from typing import Final

from stamtafel.channels.contract import one_line

MOST_LINES: Final = 250_000
DEEPEST: Final = 30  # multiparts and mails in mails, together
MOST_PARTS: Final = 300
MOST_HEADERS: Final = 500
LONGEST_TEXT: Final = 200_000  # bytes of one text part; a person does not write more
LONGEST_HEADER: Final = 4_000
MOST_REFERENCES: Final = 100
NESTS: Final = re.compile(rb"boundary\*?[0-9]*\*?\s*=|message\s*/", re.IGNORECASE)
MESSAGE_ID: Final = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
# names that mail programs put in the place of the real one (RFC 1345, RFC 2046)
MEANT: Final = {"us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-1": "cp1252", "latin-1": "cp1252", "": "utf-8"}
UNREADABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a mail: its type as it says itself, its name, and its bytes, decoded."""

    media_type: str
    name: str
    data: bytes
    inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What a mail says, read as far as it can be. Header names are lower case; a header may stand there more often."""

    headers: dict[str, tuple[str, ...]]
    text: str = ""
    html: str = ""
    parts: tuple[Part, ...] = ()
    report: tuple[tuple[tuple[str, str], ...], ...] = ()  # fields of message/delivery-status, one block per recipient
    original: dict[str, tuple[str, ...]] = field(default_factory=dict)  # headers of the mail that came back

    def header(self, name: str) -> str:
        """The first header of that name on one line, "" when there is none."""
        return self.headers.get(name, ("",))[0]

    def ids(self, name: str) -> tuple[str, ...]:
        """The Message-IDs in a header, in order."""
        return tuple(MESSAGE_ID.findall(" ".join(self.headers.get(name, ())))[:MOST_REFERENCES])

    def addresses(self, *names: str) -> tuple[tuple[str, str], ...]:
        """(name, address) of everybody in these headers; the address in lower case, "" where it is none."""
        values = [value for name in names for value in self.headers.get(name, ())]
        found = getaddresses([value[:LONGEST_HEADER] for value in values])
        return tuple((one_line(name), one_line(address).lower()) for name, address in found if "@" in address)

    @property
    def sender(self) -> tuple[str, str]:
        """Name and address of who wrote it; ("", "") when the mail does not say, or says several."""
        found = self.addresses("from")
        return found[0] if len(found) == 1 else ("", "")

    @property
    def date(self) -> datetime | None:
        """When it says that it was written."""
        try:
            made = parsedate_to_datetime(self.header("date"))
            return (made if made.tzinfo else made.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            return None


def read(raw: bytes) -> Mail:
    """Read a mail as far as it is readable."""
    try:
        message = email.message_from_bytes(harmless(raw), policy=policy.compat32)
        return _mail(message)
    except Exception:  # noqa: BLE001 - the parser has bugs that only broken mails find; the words are still ours to show
        head, _empty, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
        return Mail(headers=_by_hand(head), text=decoded(body[:LONGEST_TEXT], ""))


def harmless(raw: bytes) -> bytes:
    """The mail up to the line, or the part, from which on reading it could take for ever."""
    end = len(raw)
    for number, found in enumerate(NESTS.finditer(raw)):
        if number == DEEPEST:
            end = found.start()
            break
    lines = 0
    place = -1
    while lines < MOST_LINES:
        place = raw.find(b"\n", place + 1, end)
        if place < 0:
            return raw[:end]
        lines += 1
    return raw[:place]


def _by_hand(head: bytes) -> dict[str, tuple[str, ...]]:
    """Headers without any parser: the lines that look like one."""
    found: dict[str, tuple[str, ...]] = {}
    for line in re.sub(r"\n[ \t]+", " ", decoded(head[:LONGEST_TEXT], "")).split("\n")[:MOST_HEADERS]:
        name, colon, value = line.partition(":")
        if colon and name.strip() and " " not in name:
            key = name.lower()
            found[key] = (*found.get(key, ()), one_line(value)[:LONGEST_HEADER])
    return found


# ── words ────────────────────────────────────────────────────────────────────────────────────────
def decoded(data: bytes, charset: str) -> str:
    """Bytes as text: in the charset they claim if that is true, else in the one that fits. Never raises."""
    claimed = charset.strip().strip("\"'").lower()
    for name in ("utf-8", MEANT.get(claimed, claimed)):  # UTF-8 hardly ever fits by accident
        try:
            return clean(data.decode(name))
        except (LookupError, ValueError, UnicodeError):
            continue
    return clean(data.decode("cp1252", "replace"))


def clean(text: str) -> str:
    """Text without what no table can hold and no person can read; lines end in a line feed."""
    return UNREADABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def header_text(value: object) -> str:
    """A header's value with its RFC 2047 words decoded, on one line."""
    # bytes above 127 stand there as surrogates
    raw = decoded(str(value)[:LONGEST_HEADER].encode("utf-8", "surrogateescape"), "")
    try:
        pieces = decode_header(re.sub(r"[\r\n]+", "", raw))
    except (HeaderParseError, ValueError):  # a word that claims to be base64 and is not
        return one_line(clean(raw))
    words = [piece if isinstance(piece, str) else decoded(piece, charset or "") for piece, charset in pieces]
    return one_line(clean("".join(words)))


def _headers(message: Message) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in islice(message.raw_items(), MOST_HEADERS):
        key = name.lower()
        found[key] = (*found.get(key, ()), header_text(value))
    return found


# ── parts ────────────────────────────────────────────────────────────────────────────────────────
def _leaves(message: Message) -> Iterator[Message]:
    """The leaves in their order; a mail that is attached is a leaf. No recursion: the order of a stack."""
    waiting = [message]
    for _count in range(MOST_PARTS):
        if not waiting:
            return
        one = waiting.pop()
        inside = one.get_payload()
        if one.is_multipart() and isinstance(inside, list) and one.get_content_maintype() != "message":
            waiting += [part for part in reversed(inside) if isinstance(part, Message)]
        else:
            yield one


def _mail(message: Message) -> Mail:
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    parts: list[Part] = []
    report: tuple[tuple[tuple[str, str], ...], ...] = ()
    original: dict[str, tuple[str, ...]] = {}
    for leaf in _leaves(message):
        kind = leaf.get_content_type()
        attached = leaf.get_content_disposition() == "attachment"
        if kind in texts and not attached and not _name(leaf):
            texts[kind].append(decoded(_bytes(leaf)[:LONGEST_TEXT], _charset(leaf)))
        elif kind == "message/delivery-status":
            report = report or _report(leaf)
        elif kind in {"message/rfc822", "text/rfc822-headers"} and report:
            original = original or _original(leaf)
        else:
            parts.append(Part(kind, _name(leaf), _bytes(leaf), inline=not attached))
    return Mail(
        headers=_headers(message), text="\n".join(texts["text/plain"])[:LONGEST_TEXT],
        html="\n".join(texts["text/html"])[:LONGEST_TEXT], parts=tuple(parts), report=report, original=original,
    )  # fmt: skip


def _charset(leaf: Message) -> str:
    found = leaf.get_param("charset", "")
    return found[-1] if isinstance(found, tuple) else str(found)


def _name(leaf: Message) -> str:
    return header_text(leaf.get_filename() or "")


def _bytes(leaf: Message) -> bytes:
    """The content, decoded; a mail in a mail as it stands there."""
    inside = leaf.get_payload()
    if isinstance(inside, list):
        return b"\n".join(part.as_bytes() for part in inside if isinstance(part, Message))
    content = leaf.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _report(leaf: Message) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The blocks of a delivery report (RFC 3464 section 2.1): about the mail, then about each recipient."""
    said = _bytes(leaf)
    if str(leaf.get("content-transfer-encoding", "")).strip().lower() == "base64":  # the parser does not look at that
        with contextlib.suppress(binascii.Error):
            said = base64.b64decode(said)
    blocks = re.split("\n{2,}", decoded(said[:LONGEST_TEXT], ""))
    read = [[(name, value) for name, (value, *_) in _by_hand(block.encode()).items()] for block in blocks]
    return tuple(tuple(block) for block in read if block)


def _original(leaf: Message) -> dict[str, tuple[str, ...]]:
    inside = leaf.get_payload()
    if isinstance(inside, list):
        return _headers(inside[0]) if inside and isinstance(inside[0], Message) else {}
    return _by_hand(_bytes(leaf).replace(b"\r\n", b"\n").partition(b"\n\n")[0])
