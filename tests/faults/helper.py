"""The other side of the kill test: a process that knows one database and forks senders that can be killed.

Reads commands from stdin, answers each with one line of JSON.
"""

import json
import os
import signal
import sys
from datetime import timedelta
from typing import Any

import django
from django.utils import timezone

LEASE = timedelta(minutes=3)


def connect(kind: str, options: dict[str, Any], secrets: dict[str, str]) -> int:
    """Bring the database up to date and make the account; gives its number."""
    from django.core.management import call_command

    from stamtafel.channels.models import Account
    from stamtafel.channels.vault import keep_secrets
    from stamtafel.places.models import Municipality

    call_command("migrate", verbosity=0)
    Municipality.objects.get_or_create(id=1, defaults={"name": "Lindewaard"})
    account = Account.objects.create(kind=kind, name=kind, options=options)
    keep_secrets(account, secrets)
    return account.pk


def order(account: int, data: dict[str, Any]) -> int:
    """Put something on its way; gives the number of the delivery."""
    from stamtafel.channels.contract import Draft, Target
    from stamtafel.channels.models import Account
    from tests.faults.rig import Order, kept_picture

    for number, _picture in enumerate(data["draft"].get("pictures", ())):
        kept_picture(number)  # in the storage of this process
    target = Target.from_data(data["target"]) if data["target"] else None
    made = Order(data["number"], Draft.from_data(data["draft"]), target, data["in_private"])
    return made.place(Account.objects.get(pk=account)).pk


def send(account: int) -> int:
    """Fork a sender; gives its process id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.close(0)
        from stamtafel.channels.jobs.send import send_to
        from stamtafel.channels.models import Account

        send_to(Account.objects.get(pk=account), timezone.now(), [], lease=LEASE)
    finally:
        os._exit(0)


def settle(account: int, delivery: int) -> tuple[str, str]:
    """After the lease has ended: let the loop run on until the delivery stands still; its state and error."""
    from stamtafel.channels.jobs.send import send_to, settle_lost
    from stamtafel.channels.models import Account, Delivery

    now, looked = timezone.now(), 0
    for _round in range(40):
        now += timedelta(minutes=11)
        settle_lost(now)
        send_to(Account.objects.get(pk=account), now, [])
        row = Delivery.objects.get(pk=delivery)
        looked += row.state == "unsure"
        if row.state in {"done", "failed", "cancelled"} or looked > 3:
            break
    return row.state, row.last_error


def main() -> None:
    django.setup()
    from django.db import connections

    import stamtafel.wiring  # noqa: F401 - a sender killed while it still reads its own code proves nothing

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    commands: dict[str, Any] = {"connect": connect, "order": order, "send": send, "settle": settle}
    for line in sys.stdin:
        name, *words = json.loads(line)
        answer = commands[name](*words)
        connections.close_all()  # no connection may be shared with a sender
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
