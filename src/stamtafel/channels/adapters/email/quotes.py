"""The new words of a mail: without what it quotes and without the signature. Pure; Dutch and English mail programs.

What is folded away is not lost: the raw mail is kept.
"""

import re
from typing import Final

LONGEST: Final = 20_000
MOST_LINES: Final = 5_000
FOLDED: Final = "[…]"
SIGNATURE: Final = "-- "  # RFC 3676 section 4.3
SHORT_SIGNATURE: Final = 8  # lines after a "--" whose space was lost
# such as: Op ma 23 nov. 2026 om 10:00 schreef Gemeente <…>:  or: On Mon, 23 Nov 2026 at 10:00, Gemeente wrote:
ATTRIBUTION: Final = re.compile(
    r"^(?:op|on|am|le)\b.{4,300}?\b(?:schreef|heeft geschreven|wrote|schrieb|a écrit)\b.{0,200}:\s*$|"
    r"^.{1,200}<[^<>@\s]+@[^<>\s]+>\s*(?:schreef|heeft .{0,60}geschreven|wrote)\s*.{0,80}:\s*$|"
    r"^(?:gemeente\b.{0,80}|.{2,80}) (?:schreef|wrote) (?:op|on) .{6,80}:\s*$",
    re.IGNORECASE,
)
LONGEST_ATTRIBUTION: Final = 500
# a person may write "Op 3 maart schreef u:" as well; a program names the address or the time
BY_A_PROGRAM: Final = re.compile(r"<[^<>@\s]+@[^<>\s]+>|\b[0-9]{1,2}[:.][0-9]{2}\b")
BEGINS: Final = re.compile(r"^(?:op|on)\s.{6,}", re.IGNORECASE)
DIVIDERS: Final = re.compile(
    r"^[-_ ]*(?:oorspronkelijk bericht|origineel bericht|original message|doorgestuurd bericht|forwarded message|"
    r"begin doorgestuurd bericht|begin forwarded message)[-_ :]*$|^_{20,}$",
    re.IGNORECASE,
)
FROM: Final = re.compile(r"^\*?(?:van|from)\s*:\*?\s*\S", re.IGNORECASE)
THEN: Final = re.compile(
    r"^\*?(?:verzonden|verstuurd|datum|sent|date|aan|to|onderwerp|subject|cc)\s*:\*?", re.IGNORECASE
)
PHONE: Final = re.compile(
    r"^(?:verstuurd|verzonden|sent) (?:vanaf|via|met|from|with) (?:mijn|my|outlook|yahoo|proton|samsung|android|"
    r"iphone|ipad|mail|gmail)\b.{0,60}$|"
    r"^(?:outlook voor (?:android|ios) downloaden|get outlook for (?:android|ios))\b.{0,80}$",
    re.IGNORECASE,
)


def new_words(text: str) -> str:
    """What is new in a mail; everything when nothing else is left. At most 20,000 characters."""
    lines = [line.rstrip("\n") for line in text.split("\n")[:MOST_LINES]]
    kept = _without_signature(_unquoted(_joined(lines)))
    found = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in kept)).strip()
    return _bounded(found.removeprefix(FOLDED).strip() or text.strip())


def _bounded(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _joined(lines: list[str]) -> list[str]:
    """Put an attribution that a mail program folded over two or three lines on one."""
    joined: list[str] = []
    number = 0
    while number < len(lines):
        step = _folded_over(lines, number)
        joined.append(_on_one_line(lines, number, step) if step > 1 else lines[number])
        number += step
    return joined


def _folded_over(lines: list[str], number: int) -> int:
    """Over how many lines an attribution goes that begins here; 1 for anything else."""
    if not BEGINS.match(lines[number]) or _attributes(lines[number]):
        return 1
    for more in (2, 3):
        whole = _on_one_line(lines, number, more)
        if _attributes(whole) and BY_A_PROGRAM.search(whole):
            return more
    return 1


def _on_one_line(lines: list[str], number: int, count: int) -> str:
    return " ".join(part.strip() for part in lines[number : number + count])


def _attributes(line: str) -> bool:
    return len(line) <= LONGEST_ATTRIBUTION and ATTRIBUTION.match(line.strip()) is not None


def _unquoted(lines: list[str]) -> list[str]:
    """Without quoted lines; what follows them is new again, except after the head of a whole mail."""
    kept: list[str] = []
    for number, line in enumerate(lines):
        if _whole_mail_follows(lines, number):
            break
        if line.lstrip().startswith(">") or _introduces(lines, number):
            if kept and kept[-1] != FOLDED:
                kept.append(FOLDED)
        elif line.strip() or not kept or kept[-1] != FOLDED:
            kept.append(line)
    while kept and kept[-1].strip() in {"", FOLDED}:
        kept.pop()
    return kept


def _introduces(lines: list[str], number: int) -> bool:
    """Whether the line is the "… schreef:" above a quotation."""
    if not _attributes(lines[number]):
        return False
    after = next((line for line in lines[number + 1 :] if line.strip()), ">")
    return after.lstrip().startswith(">")


def _whole_mail_follows(lines: list[str], number: int) -> bool:
    """Whether from here on it is the mail that was answered: "Van: … Verzonden: …", or an attribution without ``>``."""
    line = lines[number].strip()
    if DIVIDERS.match(line):
        return _is_head(lines, number + 1) or not line.startswith("___")
    if FROM.match(line):
        return _is_head(lines, number)
    return (
        _attributes(line) and line.endswith(":") and bool(BY_A_PROGRAM.search(line)) and not _introduces(lines, number)
    )


def _is_head(lines: list[str], number: int) -> bool:
    """Whether "Van:" and at least one of its companions stand in the next lines."""
    near = [line.strip() for line in lines[number : number + 8] if line.strip()][:6]
    return bool(near) and bool(FROM.match(near[0])) and any(THEN.match(line) for line in near[1:])


def _without_signature(lines: list[str]) -> list[str]:
    """Up to the sign for a signature, and without "Sent from my phone"."""
    for number, line in enumerate(lines):
        if line == SIGNATURE or (line.strip() == "--" and len(lines) - number <= SHORT_SIGNATURE + 1):
            lines = lines[:number]
            break
    while lines and (not lines[-1].strip() or PHONE.match(lines[-1].strip())):
        lines = lines[:-1]
    return lines
