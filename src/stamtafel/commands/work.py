"""``stamtafel work``: do what is due, for ever or once."""

import argparse
import os
import threading

from django.utils import timezone

from stamtafel.wiring import jobs
from stamtafel.work.loop import run_forever, run_once, stop_on_signals


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="stamtafel work", description=run.__doc__)
    made.add_argument("--once", action="store_true", help="one round of every job, then stop")
    made.add_argument("--with-parent", action="store_true", help="stop when the process that started this one is gone")
    return made


def stop_with_parent(stop: threading.Event) -> None:
    """Set ``stop`` as soon as the parent process changed: a killed server leaves no orphan that sends mail."""
    parent = os.getppid()

    def watch() -> None:
        while not stop.wait(0.5):
            if os.getppid() != parent:
                stop.set()

    threading.Thread(target=watch, daemon=True).start()


def run(arguments: list[str]) -> int:
    """Do what is due: send, tell, publish, wake. Several may run side by side."""
    options = parser().parse_args(arguments)
    if options.once:
        print(f"{run_once(jobs(), timezone.now())} things done.")
        return 0
    stop = stop_on_signals()
    if options.with_parent:
        stop_with_parent(stop)
    run_forever(jobs(beside=True), stop)
    return 0
