"""Calls to a network's API, with what can go wrong in the words of the contract.

Reading is harmless: whatever goes wrong is Temporary. Writing is not: when it was sent and nobody knows what became of
it (no answer, a broken answer, 5xx) it is OutcomeUnknown; when nothing was sent, or the network says no, it is not.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, NoReturn

from stamtafel import outbound
from stamtafel.channels.contract import NeedsSignIn, OutcomeUnknown, Permanent, Temporary
from stamtafel.outbound import Answer

Explain = Callable[[Answer], Exception | None]
LONGEST_WAIT: Final = timedelta(hours=24)


class Calls:
    """One network's API at one address.

    ``explain`` looks first at every answer that is not 2xx and gives the error it stands for, or None for the general
    rule: 401 NeedsSignIn, 429 Temporary with the network's own wish, other 4xx Permanent, 5xx by what was asked.
    """

    def __init__(self, base: str, *, headers: Mapping[str, str] | None = None, explain: Explain | None = None) -> None:
        self.base = base.rstrip("/")
        self.headers = dict(headers or {})
        self.explain = explain

    def read(self, method: str, path: str, **sent: Any) -> Answer:
        """A call that changes nothing, or nothing that anybody sees: it may be made again."""
        try:
            answer = self._call(method, path, sent)
        except outbound.OutboundError as error:
            raise Temporary(str(error)) from error
        return answer if answer.ok else self._refuse(answer, harmless=True)

    def write(self, method: str, path: str, **sent: Any) -> Answer:
        """A call that makes something public or sends it to somebody: never made again blindly."""
        try:
            answer = self._call(method, path, sent)
        except (outbound.Refused, outbound.NotReached) as error:
            raise Temporary(str(error)) from error
        except outbound.OutboundError as error:
            raise OutcomeUnknown(str(error)) from error
        return answer if answer.ok else self._refuse(answer, harmless=False)

    def _call(self, method: str, path: str, sent: dict[str, Any]) -> Answer:
        url = path if path.startswith(("https://", "http://")) else self.base + path
        headers = {**self.headers, **sent.pop("headers", {})}
        return outbound.call(method, url, headers=headers, **sent)

    def _refuse(self, answer: Answer, *, harmless: bool) -> NoReturn:
        known = self.explain(answer) if self.explain else None
        raise known or general(answer, harmless=harmless)


def general(answer: Answer, *, harmless: bool) -> Exception:
    """What a status stands for where the network has no words of its own (RFC 9110, RFC 6585)."""
    said = f"HTTP {answer.status}: {short(answer.text)}"
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return NeedsSignIn(said)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Temporary(said, retry_after=retry_after(answer))
    if answer.status == HTTPStatus.REQUEST_TIMEOUT or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        if harmless or (answer.status == HTTPStatus.SERVICE_UNAVAILABLE and retry_after(answer)):
            return Temporary(said, retry_after=retry_after(answer))
        return OutcomeUnknown(said)
    return Permanent(said)


def field(answer: Answer, *path: str) -> Any:
    """A value in the JSON of an answer to a write. Raises OutcomeUnknown where it is missing: was it done?"""
    found = answer.data
    for name in path:
        if not isinstance(found, Mapping) or name not in found:
            raise OutcomeUnknown(f"The answer lacks {'.'.join(path)}: {short(answer.text)}")
        found = found[name]
    return found


def retry_after(answer: Answer, *, now: datetime | None = None) -> timedelta | None:
    """``Retry-After`` in seconds or as a date (RFC 9110 section 10.2.3), at most a day."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isdigit():
        return min(timedelta(seconds=int(said[:9])), LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(said) - (now or datetime.now(UTC))
    except (ValueError, TypeError):
        return None
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def until(epoch: str, *, now: datetime | None = None) -> timedelta | None:
    """How long until a moment in seconds since 1970, as in ``x-rate-limit-reset``; None for anything else."""
    if not epoch.strip().isdigit():
        return None
    moment = datetime.fromtimestamp(min(int(epoch), 4_102_444_800), UTC)
    return min(max(moment - (now or datetime.now(UTC)), timedelta(0)), LONGEST_WAIT)


def short(text: str, longest: int = 300) -> str:
    """The beginning of what a network said, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
