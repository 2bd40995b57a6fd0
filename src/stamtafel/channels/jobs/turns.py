"""Sending to the networks of others, each account by hands of its own: one that stalls stops no other.

What goes out on our own pages and by mail is sent by ``send_own``, so that a newsletter keeps its speed.
"""

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Final

from django.db import connections
from django.db.models import Count
from django.utils import timezone

from stamtafel.channels import registry, rules, standing_still
from stamtafel.channels.jobs.send import LEASE, send_to
from stamtafel.channels.models import Account, Delivery
from stamtafel.work.models import DueState

HANDS: Final = 4  # calls to one account at the same time, while there is that much to send
MOST_HANDS: Final = 32
TURN_SECONDS: Final = 5.0  # a turn takes up nothing new after this; a stop waits that long at most, and for one call
PATIENCE: Final = 0.2  # seconds until a round goes on without those who are not ready


class Turns:
    """The hands of one process. Several processes may run side by side: a claim decides who sends what."""

    def __init__(self, *, lease: timedelta = LEASE, clock: Callable[[], datetime] = timezone.now) -> None:
        self._lease, self._clock = lease, clock
        self._pool = ThreadPoolExecutor(max_workers=MOST_HANDS, thread_name_prefix="send")
        self._under_way: dict[Future[int], int] = {}  # → the account

    def run(self, now: datetime) -> int:
        """Give every account with something due its hands, gather those that are ready; returns how many were tried.

        Raises the first error that nobody foresaw, after its row was pushed forward.
        """
        self._begin(now)
        if self._under_way:
            wait(self._under_way, timeout=PATIENCE, return_when=FIRST_COMPLETED)
        return self._gather()

    def finish(self) -> None:
        """Wait for what is under way, and take up nothing more."""
        self._pool.shutdown(wait=True)

    def _begin(self, now: datetime) -> None:
        due = _due(now)
        each = max(1, min(HANDS, MOST_HANDS // max(len(due), 1)))
        for account, waiting in due.items():
            busy = sum(1 for other in self._under_way.values() if other == account)
            for _ in range(min(each, waiting) - busy):
                self._under_way[self._pool.submit(self._turn, account)] = account

    def _gather(self) -> int:
        ready = [future for future in self._under_way if future.done()]
        for future in ready:
            del self._under_way[future]
        broken = [error for future in ready if (error := future.exception()) is not None]
        if broken:
            raise broken[0]
        return sum(future.result() for future in ready)

    def _turn(self, pk: int) -> int:
        """Send one after the other until nothing is due or the turn is over."""
        tried, errors, over = 0, list[Exception](), time.monotonic() + TURN_SECONDS
        try:
            while time.monotonic() < over and not errors:
                account = Account.objects.filter(pk=pk, enabled=True, held=False).first()  # a hold counts at once
                did = send_to(account, self._clock(), errors, lease=self._lease) if account else 0
                if not did:
                    break
                tried += did
        finally:
            connections.close_all()  # the thread stays, and may have nothing to do for hours
        if errors:
            raise errors[0]
        return tried


def _due(now: datetime) -> dict[int, int]:
    """Account → how many wait for it now."""
    due = Delivery.objects.filter(state=DueState.WAITING, due_at__lte=now, account__enabled=True, account__held=False)
    networks = [kind for kind in registry.kinds() if kind not in rules.ONE_ACCOUNT]
    rows = standing_still.may_leave(due.filter(account__kind__in=networks))
    return dict(rows.values_list("account").annotate(waiting=Count("pk")).order_by())
