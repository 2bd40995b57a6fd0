"""A newsletter to 20,000 people over a local mail server.

    python -m benchmarks.newsletter [--database sqlite|postgres]

The sender is killed (kill -9) half way and started again. Prints the mails per second and how often a mail came twice.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path

BODY = (
    """
# Het plein wordt groen

Beste lezer, in maart planten wij 24 bomen op het Stationsplein. [Bekijk het plan](/berichten/het-plein-wordt-groen/).

## Wat betekent dit voor u?

- Van 3 tot 14 maart is het plein dicht voor auto's.
- De markt staat dan op de Kerkstraat.
- U kunt uw fiets kwijt bij de bibliotheek.

Heeft u een vraag? Kom op dinsdag tussen 10 en 12 uur naar café De Linde. Wij zitten aan de grote tafel.

"""
    + "Dit besloten wij na 312 reacties van bewoners. U leest bij het besluit wat wij met elke reactie deden. " * 8
)
LEASE = timedelta(seconds=4)


def set_up(folder: Path, database: str) -> None:
    os.environ.update(
        STAMTAFEL_DEVELOPMENT="yes", STAMTAFEL_DATA=str(folder), DJANGO_SETTINGS_MODULE="stamtafel.settings",
        STAMTAFEL_EMAIL_FROM="Gemeente Lindewaard <noreply@lindewaard.example>",
    )  # fmt: skip
    if database == "postgres":
        from tests import cluster

        os.environ["STAMTAFEL_DATABASE"] = cluster.start(durable=True)


def fill(count: int) -> float:
    """Put the newsletter on its way; returns the seconds it took."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction
    from django.utils import timezone

    from stamtafel.channels.actions import Outgoing, account, deliver_many
    from stamtafel.channels.contract import Draft

    call_command("migrate", verbosity=0)
    started = time.perf_counter()
    items = (
        Outgoing(
            key=f"announcement:1:email:{number}",
            recipient=f"inwoner{number}@voorbeeld.example",
            draft=Draft(
                subject="Het plein wordt groen", body=BODY, link="https://lindewaard.example/berichten/plein/",
                headers={
                    "List-Unsubscribe": f"<https://lindewaard.example/afmelden/{number}-{'k' * 43}/>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                },
            ),
        )
        for number in range(count)
    )  # fmt: skip
    with transaction.atomic():
        deliver_many(to=account("email"), purpose="announcement", items=items, due_at=timezone.now())
    return time.perf_counter() - started


def work() -> None:
    """The sender, until told to stop."""
    import django

    django.setup()
    from stamtafel.channels import jobs
    from stamtafel.work.loop import Job, run_forever, stop_on_signals

    run_forever([Job("send", partial(jobs.send_due, lease=LEASE)), Job("settle", jobs.settle_lost)], stop_on_signals())


def lines(sent: Path) -> int:
    return sent.read_bytes().count(b"\n") if sent.exists() else 0


def wait_for(sent: Path, count: int) -> float:
    """Wait until the server has so many mails; returns the seconds."""
    started = time.perf_counter()
    while lines(sent) < count:
        time.sleep(0.05)
    return time.perf_counter() - started


def start(*words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-m", *words], stdout=subprocess.PIPE, text=True)


def states() -> dict[str, int]:
    from stamtafel.channels.models import Delivery

    return dict(Counter(Delivery.objects.values_list("state", flat=True)))


def left() -> bool:
    from stamtafel.channels.models import Delivery

    return Delivery.objects.filter(state__in=["waiting", "sending"]).exists()


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    options.add_argument("--count", type=int, default=20_000)
    options.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.worker:
        work()
        return
    with tempfile.TemporaryDirectory(prefix="stamtafel-newsletter-") as name:
        run(Path(name), chosen.database, chosen.count)


def run(folder: Path, database: str, count: int) -> None:
    set_up(folder, database)
    seconds = fill(count)
    print(f"{database}: {count} rows written in {seconds:.1f} s")
    if database == "sqlite":
        print(f"database file: {(folder / 'stamtafel.sqlite3').stat().st_size / count / 1000:.1f} kB per mail")
    sent = folder / "sent.txt"
    sink = start("benchmarks.smtp_sink", str(sent))
    assert sink.stdout is not None
    os.environ["STAMTAFEL_EMAIL"] = f"smtp://127.0.0.1:{sink.stdout.readline().strip()}?tls=none"
    first = start("benchmarks.newsletter", "--worker")
    try:
        wait_for(sent, 1)
        half = wait_for(sent, count // 2)
        print(f"first half: {count // 2 / half:.0f} mails/s")
        first.send_signal(signal.SIGKILL)
        first.wait()
        before = lines(sent)
        second = start("benchmarks.newsletter", "--worker")
        began = time.perf_counter()
        while left():
            time.sleep(0.2)
        took = time.perf_counter() - began
        print(f"after kill -9, with start and lease of {LEASE.seconds} s: {(count - before) / took:.0f} mails/s")
        second.terminate()
        second.wait(5)
    finally:
        first.kill()
        sink.kill()
    report(sent, count)


def report(sent: Path, count: int) -> None:
    rows = [line.split("\t") for line in sent.read_text().splitlines()]
    per_person: dict[str, set[str]] = {}
    for message_id, recipient in rows:
        per_person.setdefault(recipient, set()).add(message_id)
    doubled = sum(len(ids) > 1 for ids in per_person.values())
    print(f"people reached: {len(per_person)} of {count}; with two different mails: {doubled}")
    print(f"same mail (same Message-ID) handed over again because of the kill: {len(rows) - len(per_person)}")
    print(f"states: {states()}")


if __name__ == "__main__":
    main()
