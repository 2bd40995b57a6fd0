"""What Meta's errors mean for us.

Sources: Graph API "Handle Errors", Graph API "Rate Limits", Messenger Platform "Common Error Codes" (2026-03-18),
Instagram Platform "Error Codes" (2026-06-02). An error is ``{"error": {"message", "type", "code",
"error_subcode", …}}``.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

from stamtafel.channels.adapters.calls import LONGEST_WAIT, retry_after
from stamtafel.channels.contract import ByHand, NeedsSignIn, OutcomeUnknown, Permanent, Temporary
from stamtafel.outbound import Answer

INBOX: Final = "https://business.facebook.com/latest/inbox"
SIGN_IN: Final = frozenset({102, 190})
PERMISSIONS: Final = frozenset({3, 10, *range(200, 300)})
# of the app, the user, the page, one call, and each of the business use cases (80000 to 80014)
LIMITS: Final = frozenset({4, 17, 32, 341, 613, *range(80000, 80015)})
QUIET_ACCOUNT: Final = frozenset(
    {80002}
)  # Instagram counts by how often we are seen: hardly any calls for a small town
PASSING: Final = frozenset({-2, -1, 1, 2})
GONE: Final = frozenset({(100, 33), (803, 0)})
ONE_WRONG_VALUE: Final = 100
WINDOW_CLOSED: Final = frozenset({2018065, 2018108, 2018278, 2534022})  # with code 10 or 100
NOT_AVAILABLE: Final = frozenset({1545041, 2018164})  # with code 200: they receive no messages
A_MINUTE: Final = timedelta(minutes=1)
A_WHILE: Final = timedelta(minutes=15)
AN_HOUR: Final = timedelta(hours=1)
# subcodes of publishing on Instagram
COME_BACK: Final = (
    (frozenset({2207008, 2207027}), A_MINUTE),
    (frozenset({2207042}), AN_HOUR),
)  # not ready; day is full
EXPIRED: Final = frozenset({2207020})
NOT_FOUND: Final = frozenset({2207006})  # when publishing: perhaps because it is out already
# errors of Instagram itself, and "restricted", which was seen of posts that were live all the same
MAY_BE_OUT: Final = NOT_FOUND | {2207001, 2207003, 2207032, 2207051, 2207053, 2207082}


class Gone(Permanent):
    """It is not there, or we may not see it: Meta does not say which."""


class NoPermission(NeedsSignIn):
    """We are known, and may not do this: a permission was never given, or was withdrawn."""


class WrongValue(Permanent):
    """One value in the call is wrong, or no longer known to Meta."""


class ContainerLost(Temporary):
    """What was made ready for Instagram is no longer there: make it anew."""


def explain(answer: Answer, *, harmless: bool) -> Exception | None:
    """The error behind an answer that is not 2xx; None where Meta did not give one in its own form.

    ``harmless``: the call may be made again, so what may have been done all the same is only Temporary.
    """
    said = answer.data.get("error") if isinstance(answer.data, Mapping) else None
    if not isinstance(said, Mapping) or not isinstance(said.get("code"), int):
        return None
    code, detail = said["code"], _number(said.get("error_subcode"))
    sentence = _sentence(said, code)
    return (
        _about_media(detail, sentence, harmless=harmless)
        or _about_us(answer, code, detail, sentence)
        or _passing(answer, said, sentence, harmless=harmless)
        or _refused(code, detail, sentence)
    )


def _about_media(detail: int, sentence: str, *, harmless: bool) -> Exception | None:
    later = next((wait for details, wait in COME_BACK if detail in details), None)
    if later:
        return Temporary(sentence, retry_after=later)
    if detail in EXPIRED or (harmless and detail in NOT_FOUND):
        return ContainerLost(sentence)
    if detail in MAY_BE_OUT:
        return Temporary(sentence, retry_after=A_WHILE) if harmless else OutcomeUnknown(sentence)
    return None


def _about_us(answer: Answer, code: int, detail: int, sentence: str) -> Exception | None:
    """Whether we may do it at all, now, there."""
    if detail in WINDOW_CLOSED:
        return ByHand(sentence, url=INBOX)
    if detail in NOT_AVAILABLE:
        return Permanent(sentence)
    if code in LIMITS:
        return Temporary(sentence, retry_after=wait(answer) or (AN_HOUR if code in QUIET_ACCOUNT else A_WHILE))
    if code in PERMISSIONS:
        return NoPermission(sentence)
    if code in SIGN_IN:
        return NeedsSignIn(sentence)
    return None


def _passing(answer: Answer, said: Mapping[str, Any], sentence: str, *, harmless: bool) -> Exception | None:
    """Something at Meta's side that passes; after a write nobody knows whether it was done."""
    passing = said["code"] in PASSING or said.get("is_transient") is True
    if not passing and answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    if harmless:
        return Temporary(sentence, retry_after=retry_after(answer))
    return OutcomeUnknown(sentence)


def _refused(code: int, detail: int, sentence: str) -> Exception:
    if (code, detail) in GONE or (code, 0) in GONE:
        return Gone(sentence)
    if code == ONE_WRONG_VALUE:
        return WrongValue(sentence)
    return Permanent(sentence)


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _sentence(said: Mapping[str, Any], code: int) -> str:
    """Meta's words for people where there are some, else its words for programmers, with the code to search for."""
    words = said.get("error_user_msg") or said.get("message") or "no reason given"
    detail = _number(said.get("error_subcode"))
    return f"{' '.join(str(words).split())[:400]} ({code}{f'/{detail}' if detail else ''})"


def wait(answer: Answer) -> timedelta | None:
    """How long until we may call again: ``Retry-After``, else the longest ``estimated_time_to_regain_access`` in
    ``X-Business-Use-Case-Usage``, in minutes (Graph API "Rate Limits").
    """
    try:
        usage = json.loads(answer.headers.get("x-business-use-case-usage", "{}"))
        minutes = [one["estimated_time_to_regain_access"] for many in usage.values() for one in many]
        longest = timedelta(minutes=max(map(float, minutes), default=0))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        longest = timedelta(0)
    return retry_after(answer) or (min(longest, LONGEST_WAIT) if longest > timedelta(0) else None)
