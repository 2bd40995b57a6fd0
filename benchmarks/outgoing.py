"""Announcements to six networks that answer after 200 ms each.

    python -m benchmarks.outgoing [--database sqlite|postgres] [--count 100]

First one announcement, planned for a moment: how long after that moment it is on all six. Then a hundred at once, and
the same again while one of the networks hangs. The worker is the product's own, in a process of its own. Each network
is the pretended one, with the latency of a call; every post is counted where it arrived.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

NETWORKS = 6
LATENCY = 0.2  # seconds
HANG = 20.0


def set_up(folder: Path, database: str) -> None:
    os.environ.update(
        STAMTAFEL_DEVELOPMENT="yes", STAMTAFEL_DATA=str(folder), DJANGO_SETTINGS_MODULE="stamtafel.settings"
    )  # fmt: skip
    if database == "postgres":
        from tests import cluster

        os.environ["STAMTAFEL_DATABASE"] = cluster.start(durable=True)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def connect(folder: Path) -> None:
    """Six accounts, each a network of its own."""
    from stamtafel.channels.models import Account

    for number in range(NETWORKS):
        options = {"folder": str(folder / f"network{number}"), "latency": LATENCY, "listen_seconds": 3600}
        Account.objects.create(kind="demo", name=f"network {number}", options=options)


def announce(many: int, round_: str, in_seconds: float = 0.0) -> float:
    """Publish as the desk does, for a moment to come or for now; returns that moment, in seconds since 1970."""
    from django.utils import timezone

    from stamtafel.announce import actions
    from stamtafel.announce.actions.telling import networks
    from stamtafel.announce.actions.write import begin_draft, save_tellings
    from stamtafel.announce.rules.content import Content
    from stamtafel.announce.rules.telling import Telling

    tellings = [Telling(account=each.pk, wanted=True) for each in networks()]
    moment = timezone.now() + timedelta(seconds=in_seconds)
    for number in range(many):
        now = timezone.now()
        content = Content(title=f"Bericht {round_} {number}", lead="Wij planten 24 bomen op het Stationsplein.")
        made = begin_draft(content=content, form_key=None, actor=None, now=now)
        made = save_tellings(announcement=made, tellings=tellings, version=made.version, actor=None, now=now)
        at = {"announcement": made, "version": made.version, "actor": None, "now": now}
        if in_seconds:
            actions.schedule(publish_at=moment, **at)
        else:
            actions.publish(**at)
    return moment.timestamp()


def posts(folder: Path, round_: str) -> Counter[str]:
    """Network → how many posts of this round it has; a post that came twice counts twice."""
    found: Counter[str] = Counter()
    for file in folder.glob("network*/posts.jsonl"):
        lines = (json.loads(line) for line in file.read_text().splitlines())
        found[file.parent.name] = sum(f"Bericht {round_} " in line["text"] for line in lines)
    return found


def wait_for(folder: Path, round_: str, each: int, networks: int = NETWORKS) -> None:
    """Wait until so many networks have all of it."""
    limit = time.monotonic() + 300
    while sum(n >= each for n in posts(folder, round_).values()) < networks:
        if time.monotonic() > limit:
            sys.exit(f"It did not all go out: {posts(folder, round_)}")
        time.sleep(0.02)


def left() -> dict[str, int]:
    from stamtafel.channels.models import Delivery

    return dict(Counter(Delivery.objects.filter(account__kind="demo").values_list("state", flat=True)))


def first(folder: Path) -> None:
    """One announcement at its moment, three times."""
    for number in range(3):
        moment = announce(1, f"een{number}", in_seconds=4.0)
        wait_for(folder, f"een{number}", 1)
        print(f"one announcement: on all {NETWORKS} networks {time.time() - moment:.2f} s after its moment")


def hundred(folder: Path, count: int) -> None:
    """Many at once."""
    started = time.monotonic()
    announce(count, "veel")
    print(f"{count} announcements published in {time.monotonic() - started:.1f} s (the worker sends meanwhile)")
    wait_for(folder, "veel", count)
    print(f"{count} × {NETWORKS}: all sent {time.monotonic() - started:.1f} s after the first was published")


def hanging(folder: Path, count: int) -> None:
    """The same while one network takes very long for each call."""
    from stamtafel.channels.models import Account

    slow = Account.objects.get(name="network 0")
    Account.objects.filter(pk=slow.pk).update(options={**slow.options, "latency": HANG})
    started = time.monotonic()
    announce(count, "traag")
    wait_for(folder, "traag", count, NETWORKS - 1)
    print(f"while one network hangs {HANG:.0f} s per call: the other five had all {count} after "
          f"{time.monotonic() - started:.1f} s")  # fmt: skip


def report(folder: Path) -> None:
    doubled = 0
    for file in folder.glob("network*/posts.jsonl"):
        keys = Counter(json.loads(line)["key"] for line in file.read_text().splitlines())
        doubled += sum(times - 1 for times in keys.values())
    print(f"posts that came twice: {doubled}; states: {left()}")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    options.add_argument("--count", type=int, default=100)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="stamtafel-outgoing-") as name:
        folder = Path(name)
        set_up(folder, chosen.database)
        connect(folder)
        print(f"── {chosen.database}")
        worker = subprocess.Popen([sys.executable, "-m", "stamtafel", "work"])
        try:
            first(folder)
            hundred(folder, chosen.count)
            hanging(folder, 10)
            report(folder)
        finally:
            worker.kill()
            worker.wait()


if __name__ == "__main__":
    main()
