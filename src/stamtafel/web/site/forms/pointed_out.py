"""Personal data in what somebody is about to send: shown to them first, and sent only when they say so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from stamtafel.dossier.rules import personal_data
from stamtafel.dossier.rules.personal_data import Finding

ALL_THE_SAME: Final = "toch"  # the button that sends it as it is


@dataclass(frozen=True, slots=True)
class PointedOut:
    """What was found: the kinds, each once, and the text in pieces of (words, kind of personal data or "")."""

    kinds: tuple[str, ...]
    pieces: tuple[tuple[str, str], ...]


def pointed_out(sent: Mapping[str, object], text: str) -> PointedOut | None:
    """What to point out in ``text`` before it is kept; None where there is nothing, or who sent it knows."""
    findings = [] if ALL_THE_SAME in sent else personal_data.find(text)
    if not findings:
        return None
    kinds = tuple(dict.fromkeys(finding.kind.value for finding in findings))
    return PointedOut(kinds, tuple(_pieces(text, findings)))


def _pieces(text: str, findings: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    at = 0
    for finding in findings:
        if text[at : finding.start]:
            yield text[at : finding.start], ""
        yield finding.text, finding.kind.value
        at = finding.end
    if text[at:]:
        yield text[at:], ""
