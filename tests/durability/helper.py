"""The other side of the durability test: a process that knows one database and starts workers that can be killed.

Reads commands from stdin, answers each with one line. Workers are forked: a whole process of their own, without
the second that starting Django takes.
"""

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import django
from django.utils import timezone

LEASE = timedelta(seconds=1)


def fill(count: str) -> int:
    """Bring the database up to date and put mails on their way."""
    from django.core.management import call_command

    from stamtafel.channels.actions import Outgoing, account, deliver_many
    from stamtafel.channels.contract import Draft

    call_command("migrate", verbosity=0)
    items = [
        Outgoing(key=f"news:{n}", recipient=f"lezer{n}@voorbeeld.example", draft=Draft(subject="Nieuws", body="Dag"))
        for n in range(int(count))
    ]
    deliver_many(to=account("email"), purpose="announcement", items=items, due_at=timezone.now())
    return len(items)


def work() -> None:
    """All jobs of the product, with a short lease so that the test need not wait for minutes."""
    from stamtafel.channels.jobs import send_due
    from stamtafel.wiring import jobs
    from stamtafel.work.loop import run_forever, stop_on_signals

    quick: dict[str, dict[str, Any]] = {
        "channels.send": {"run": partial(send_due, lease=LEASE, batch=20)},
        "channels.settle_lost": {"every_seconds": 0.5},
    }
    run_forever([replace(job, **quick.get(job.name, {})) for job in jobs()], stop_on_signals())


def start() -> int:
    """Fork a worker; returns its process id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.close(0)
        work()
    finally:
        os._exit(0)


def left() -> int:
    """How much is not yet out or not yet taken up, whatever it waits for."""
    from stamtafel.channels.models import Delivery
    from stamtafel.dossier.models import Contribution, Step

    waiting = Delivery.objects.filter(state__in=["waiting", "sending"]).count()
    untold = Step.objects.filter(tell=True).count()
    return waiting + untold + Contribution.objects.filter(conversation=None).count()


def halves() -> list[Any]:
    """Contributions that are there without all that belongs to them, or with some of it twice."""
    from stamtafel.dossier.models import Contribution
    from stamtafel.ledger.models import Entry

    logged = Counter(Entry.objects.filter(kind="contribution.received").values_list("subject", flat=True))
    wrong = []
    for one in Contribution.objects.prefetch_related("steps__notice", "conversation__messages"):
        told = [hasattr(step, "notice") and step.notice.delivery_id is not None for step in one.steps.all()]
        parts = (told, len(one.conversation.messages.all()), logged[f"contribution:{one.pk}"])
        wrong += [] if parts == ([True], 1, 1) else [(one.text, *parts)]
    return wrong


def report() -> dict[str, Any]:
    """Everything that the test compares."""
    from stamtafel.channels.models import Delivery
    from stamtafel.dossier.models import Contribution
    from stamtafel.ledger.jobs import place_entries
    from stamtafel.ledger.queries import verify_all
    from stamtafel.people.models import Resident

    while place_entries(timezone.now()):
        pass
    mails = Delivery.objects.filter(account__kind="email")
    return {
        "states": Counter(mails.values_list("state", flat=True)),
        "message_ids": dict(mails.values_list("message_id", "recipient")),
        "texts": Counter(Contribution.objects.values_list("text", flat=True)),
        "halves": halves(),
        "asked": list(Resident.objects.values_list("email", flat=True)),
        "log": verify_all().problems,
        "errors": list(mails.exclude(last_error="").values_list("last_error", flat=True)[:5]),
    }


def main() -> None:
    django.setup()
    from django.db import connections

    import stamtafel.wiring  # noqa: F401 - a worker killed while it still reads its own code proves nothing

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system clears dead workers away
    commands: dict[str, Callable[..., Any]] = {"fill": fill, "start": start, "left": left, "report": report}
    for line in sys.stdin:
        name, *words = line.split()
        answer = commands[name](*words)
        connections.close_all()  # no connection may be shared with a worker
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
