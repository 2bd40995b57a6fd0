"""What a channel can do: small protocols, found with ``isinstance``. An adapter never has a method that only raises."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, runtime_checkable

from stamtafel.channels.contract.incoming import Health, Incoming, Metric, Quota, Update, Window
from stamtafel.channels.contract.outgoing import Attempt, Draft, Limits, Receipt, Rendered, Target

Credentials = Mapping[str, str]


@runtime_checkable
class Kind(Protocol):
    """A way to tell or hear."""

    kind: str


@runtime_checkable
class Channel(Kind, Protocol):
    """A kind that publishes.

    ``repeatable``: publishing the same key again is harmless (the network or the recipient sees one), so an
    attempt with an unknown outcome may be made again. Everything else is looked up or left to a person.
    """

    limits: Limits
    repeatable: bool

    def render(self, draft: Draft) -> Rendered:
        """What it will look like. Pure: the preview shows the same."""
        ...

    def publish(self, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """Hand it over. Raises Temporary, Permanent, NeedsSignIn, ByHand or OutcomeUnknown."""
        ...

    def check(self, credentials: Credentials) -> Health | None:
        """Try whether publishing could work, without publishing; raises like ``publish``."""
        ...


Publish = Callable[[Rendered, str], Receipt]


@runtime_checkable
class Batches(Protocol):
    """Publishes many over one connection."""

    def batch(self, credentials: Credentials) -> AbstractContextManager[Publish]:
        """Open the connection; what it gives publishes (rendered, key) like ``publish``."""
        ...


class Progress(Protocol):
    """What the steps of one delivery reached so far, kept for good before the next step is tried."""

    def get(self, step: str) -> str:
        """What was kept of a step, "" when nothing was."""
        ...

    def keep(self, step: str, value: str) -> None:
        """Keep it, also when we are killed the next moment."""
        ...


@runtime_checkable
class InSteps(Protocol):
    """Publishes in several calls: pictures, a container, a chain of posts. A step that was kept is not made again."""

    def publish_in_steps(self, rendered: Rendered, credentials: Credentials, key: str, progress: Progress) -> Receipt:
        """Like ``publish``, going on where ``progress`` stands. Only the step that makes something public may end in
        OutcomeUnknown; what fails before it is Temporary.
        """
        ...


@runtime_checkable
class FindsByKey(Protocol):
    """Can look up what became of an attempt whose answer never came."""

    def find(self, attempt: Attempt, credentials: Credentials) -> Receipt | None:
        """The receipt of what is out, or None when nothing was found (which is no proof that nothing is)."""
        ...


@runtime_checkable
class Listens(Protocol):
    """Can fetch what people said."""

    def listen(self, cursor: str, credentials: Credentials, recent: Sequence[str]) -> tuple[Sequence[Update], str]:
        """What came in since the cursor ("" = begin now), and the next cursor. ``recent`` are the ids of our newest
        posts, for networks that must be asked for the answers to each.
        """
        ...

    def read(self, update: Update) -> Sequence[Incoming]:
        """What the raw thing says. Pure; empty for what is of no concern."""
        ...


@runtime_checkable
class Completes(Protocol):
    """Is told only that something was said, and has to ask what it was or who said it."""

    def complete(self, update: Update, credentials: Credentials) -> Update:
        """The same update with what it lacked; as it is where nothing lacks or the network does not tell. Asked before
        ``read``; raises like ``listen``.
        """
        ...


@runtime_checkable
class Webhooks(Protocol):
    """Is told by the network what people said."""

    def challenge(self, query: Mapping[str, str], credentials: Credentials) -> str | None:
        """The answer by which the network sees that the address is ours; None refuses."""
        ...

    def is_genuine(self, headers: Mapping[str, str], body: bytes, credentials: Credentials) -> bool:
        """Whether the network signed these very bytes. Header names are lower case."""
        ...

    def split(self, body: bytes) -> Sequence[Update]:
        """The things in one call. Raises ValueError for what is not the network's form."""
        ...


@runtime_checkable
class Replies(Protocol):
    """Can answer what somebody said, where they said it."""

    def window(self, to: Target, now: datetime) -> Window:
        """Until when and how long an answer may be. Pure."""
        ...

    def reply(self, to: Target, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """Answer it; raises like ``publish``."""
        ...


@runtime_checkable
class RepliesInPrivate(Protocol):
    """Can go on in private with who said something in public."""

    def reply_in_private(self, to: Target, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """Write to the author alone; raises like ``publish``."""
        ...


@runtime_checkable
class Hides(Protocol):
    """Can take what somebody said out of sight, and bring it back."""

    def hide(self, to: Target, credentials: Credentials, *, hidden: bool) -> None:
        """Hide or show; harmless when it is so already."""
        ...


@runtime_checkable
class Edits(Protocol):
    """Can change what was published."""

    def edit(self, remote_id: str, rendered: Rendered, credentials: Credentials) -> None:
        """Put other words in its place."""
        ...


@runtime_checkable
class Retracts(Protocol):
    """Can take back what was published."""

    def retract(self, remote_id: str, credentials: Credentials) -> None:
        """Take it away; harmless when it is already gone. Raises ByHand where only a person can."""
        ...


@runtime_checkable
class Measures(Protocol):
    """Can say how many saw it."""

    def measure(self, remote_id: str, credentials: Credentials) -> Sequence[Metric]:
        """The figures of one post as they are now."""
        ...


@runtime_checkable
class MeasuresAccount(Protocol):
    """Can say how the whole account is doing."""

    def measure_account(self, credentials: Credentials) -> Sequence[Metric]:
        """The figures of the account as they are now."""
        ...


@runtime_checkable
class HasQuota(Protocol):
    """The network takes a limited number from us."""

    def quota(self, credentials: Credentials) -> Quota:
        """How much is used."""
        ...


@runtime_checkable
class Costs(Protocol):
    """Each call costs money."""

    def cost(self, rendered: Rendered) -> int:
        """What publishing it costs, in thousandths of a dollar. Pure."""
        ...


@runtime_checkable
class Renews(Protocol):
    """What we come in with wears out and is exchanged for new."""

    def is_stale(self, credentials: Credentials, now: datetime) -> bool:
        """Whether it should be exchanged before it is used. Pure."""
        ...

    def renew(self, credentials: Credentials, now: datetime) -> Mapping[str, str]:
        """The new secrets, by name; kept before they are used. One caller at a time (the core sees to that)."""
        ...


@runtime_checkable
class KeepsSubscribed(Protocol):
    """The network may stop telling us; asking again is harmless."""

    def subscribe(self, credentials: Credentials, callback: str) -> None:
        """See to it that the network calls ``callback``."""
        ...


@runtime_checkable
class SignsIn(Protocol):
    """An account is connected by signing in at the network (RFC 6749 section 4.1, with PKCE, RFC 7636)."""

    def sign_in_address(self, credentials: Credentials, *, callback: str, state: str, verifier: str) -> str:
        """Where the browser goes; the network sends it back to ``callback`` with a code and ``state``."""
        ...

    def signed_in(
        self, code: str, credentials: Credentials, *, callback: str, verifier: str, now: datetime
    ) -> Mapping[str, str]:
        """The secrets for the code, by name; raises like ``check``."""
        ...
