"""Ask the networks what people said."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from stamtafel.channels import hearing, queries, registry
from stamtafel.channels.contract import ChannelError, Listens, Temporary, Update
from stamtafel.channels.models import Account, Delivery
from stamtafel.channels.renewing import fresh_credentials
from stamtafel.channels.rules import ANSWERS
from stamtafel.work.models import DueState

TURN: Final = timedelta(minutes=5)  # longer than any one round of questions takes; after it, whoever had it is gone
RECENT: Final = 20  # posts whose answers are asked for
PAUSE, SHORTEST, LONGEST = 60, 10, 3600  # seconds between two rounds; ``listen_seconds`` of the account's options
DEAF: Final = "deaf"  # in ``Account.health``: since when listening fails, and what it wrote as the problem
_chance = random.SystemRandom().random


def listen_due(now: datetime) -> int:
    """Ask every account whose turn it is (job); returns how many were asked. One account never stops another.

    An error that nobody foresaw goes up at the end, after its account was given a later turn.
    """
    asked = 0
    errors: list[Exception] = []
    due = Account.objects.filter(Q(listen_due_at=None) | Q(listen_due_at__lte=now), enabled=True)
    for account in due.order_by("pk"):
        try:
            asked += _asked(account, now)
        except Exception as error:  # noqa: BLE001 - raised below
            errors.append(error)
    if errors:
        raise errors[0]
    return asked


def _asked(account: Account, now: datetime) -> bool:
    """Whether this account listens and it was our turn to ask."""
    if account.kind not in registry.kinds():
        return False
    channel, until = queries.channel_of(account), now + TURN
    if not isinstance(channel, Listens) or not _take_turn(account, until):
        return False
    try:
        credentials = fresh_credentials(account, channel, now)
        updates, cursor = channel.listen(account.cursor, credentials, recent_posts(account))
    except Temporary as error:
        _later(account, until, now, wish=error.retry_after)
    except ChannelError as error:
        _later(account, until, now, problem=str(error))
    except Exception:
        _later(account, until, now)
        raise
    else:
        _keep(account, updates, cursor, until=until, now=now)
    return True


def recent_posts(account: Account) -> list[str]:
    """The network's own ids of our newest posts that are still there."""
    out = Delivery.objects.filter(account=account, state=DueState.DONE, retracted_at=None)
    posts = out.exclude(remote_id="").exclude(purpose__in=ANSWERS)
    return list(posts.order_by("-pk").values_list("remote_id", flat=True)[:RECENT])


def _take_turn(account: Account, until: datetime) -> bool:
    """By compare-and-swap; the moment is ours and fences what we write afterwards."""
    mine = Account.objects.filter(pk=account.pk, enabled=True, listen_due_at=account.listen_due_at)
    return mine.update(listen_due_at=until) == 1


@transaction.atomic
def _keep(account: Account, updates: Sequence[Update], cursor: str, *, until: datetime, now: datetime) -> None:
    """What was heard and up to where, together: after a kill it is asked again from where it was kept."""
    hearing.keep_updates(account=account, updates=updates, now=now)
    held = Account.objects.select_for_update().filter(pk=account.pk, listen_due_at=until).first()
    if held is None:  # our turn was over and another asked: what we heard is kept, the cursor is theirs
        return
    deaf: dict[str, Any] = held.health.pop(DEAF, {})
    if deaf.get("problem") and deaf["problem"] == held.problem:
        held.problem = ""
    held.cursor, held.listened_at, held.listen_due_at = cursor, now, now + timedelta(seconds=pause(held))
    held.save(update_fields=["cursor", "listened_at", "listen_due_at", "health", "problem"])


@transaction.atomic
def _later(
    account: Account, until: datetime, now: datetime, *, wish: timedelta | None = None, problem: str = ""
) -> None:  # fmt: skip
    """Ask again after as long as it has failed already, at most an hour; the network's own wish comes first."""
    held = Account.objects.select_for_update().filter(pk=account.pk, listen_due_at=until).first()
    if held is None:
        return
    deaf: dict[str, Any] = held.health.get(DEAF, {})
    since = datetime.fromisoformat(deaf["since"]) if deaf else now
    held.health[DEAF] = {"since": since.isoformat(), "problem": problem or deaf.get("problem", "")}
    held.listen_due_at = now + max(back_off(pause(held), now - since, _chance()), wish or timedelta(0))
    held.problem = problem or held.problem
    held.save(update_fields=["listen_due_at", "health", "problem"])


def back_off(usual: int, failing_for: timedelta, chance: float) -> timedelta:
    """The wait after a failure: the usual seconds, doubling as long as it goes on; a quarter less or more by chance."""
    seconds = max(usual, min(failing_for.total_seconds(), LONGEST))
    return timedelta(seconds=seconds * (0.75 + chance / 2))


def pause(account: Account) -> int:
    """Seconds between two rounds: as the account's options say, within bounds."""
    said = str(account.options.get("listen_seconds", ""))
    return max(SHORTEST, int(said)) if said.isascii() and said.isdigit() and len(said) < 7 else PAUSE  # noqa: PLR2004
