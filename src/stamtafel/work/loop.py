"""The loop: every job in turn, once or for ever."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from django.utils import timezone

from stamtafel.work.models import Pulse

logger = logging.getLogger(__name__)
PULSE_SECONDS = 15.0  # how often a job that runs well says so; the desk calls it late after minutes
LONGEST_PAUSE = 60.0  # seconds between two tries of a job that fails


@dataclass(frozen=True)
class Job:
    """One kind of work. ``run(now)`` does one small batch and says how much it did; 0 = nothing was due.

    It runs again at once after ``full`` or more: a job of which a little is always due need not come back for each.
    Jobs of one ``lane`` run after each other; lanes do not wait for one another. What talks to other machines has a
    lane of its own, so that a mail server that stalls stops nothing here.
    """

    name: str
    run: Callable[[datetime], int]
    every_seconds: float = 1.0
    lane: str = ""
    full: int = 1


def run_once(jobs: Sequence[Job], now: datetime) -> int:
    """Run every job one time; returns how much was done. A job that raises is logged and never stops the others."""
    return sum(_run(job, now, beat=True, quiet=False) or 0 for job in jobs)


def run_forever(jobs: Sequence[Job], stop: threading.Event, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Run until ``stop`` is set: a job with more to do runs again at once, else after its own pause.

    A stop is seen between two batches. Connections that broke are closed between rounds and opened anew.
    """
    lanes = {job.lane: [other for other in jobs if other.lane == job.lane] for job in jobs}
    here, *elsewhere = lanes.values() or [[]]
    threads = [threading.Thread(target=_run_beside, args=(lane, stop, clock), name=lane[0].lane) for lane in elsewhere]
    for thread in threads:
        thread.start()
    _Lane(here, clock).run(stop)
    for thread in threads:
        thread.join()


def _run_beside(lane: Sequence[Job], stop: threading.Event, clock: Callable[[], datetime]) -> None:
    try:
        _Lane(lane, clock).run(stop)
    finally:
        connections.close_all()


class _Lane:
    """Jobs that run after each other, each with its own time."""

    def __init__(self, jobs: Sequence[Job], clock: Callable[[], datetime]) -> None:
        self.jobs, self.clock = jobs, clock
        self.due = {job.name: 0.0 for job in jobs}
        self.beats = {job.name: -PULSE_SECONDS for job in jobs}
        self.failures = {job.name: 0 for job in jobs}

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``."""
        while not stop.is_set():
            for job in self.jobs:
                if not stop.is_set() and self.due[job.name] <= time.monotonic():
                    self.run_job(job)
            pause = min(self.due.values(), default=time.monotonic() + 1) - time.monotonic()
            stop.wait(min(max(pause, 0.0), 1.0))

    def run_job(self, job: Job) -> None:
        """Once; one that keeps failing waits longer each time, to a minute: a log is not filled in a night."""
        started, failed = time.monotonic(), self.failures[job.name]
        beat = started - self.beats[job.name] >= PULSE_SECONDS
        did = _run(job, self.clock(), beat=beat, quiet=failed > 0)
        self.beats[job.name] = started if beat else self.beats[job.name]
        self.failures[job.name] = failed + 1 if did is None else 0
        pause = min(job.every_seconds * 2 ** min(self.failures[job.name], 10), max(LONGEST_PAUSE, job.every_seconds))
        self.due[job.name] = 0.0 if did and did >= job.full else time.monotonic() + pause


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set: the loop ends after the batch it is in."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _run(job: Job, now: datetime, *, beat: bool, quiet: bool) -> int | None:
    """Run one job and write its pulse. None when it raised; ``quiet`` says so in one line, without the traceback."""
    did, error, broken = None, "", False
    try:
        did = job.run(now)
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"[:1000]
        logger.log(logging.ERROR, "The job %s failed: %s", job.name, error, exc_info=not quiet)
        broken = isinstance(problem, DatabaseError)
    try:
        if beat or error:
            Pulse.objects.update_or_create(job=job.name, defaults={"beat_at": now, "error": error})
    except DatabaseError as problem:
        logger.log(logging.ERROR, "The pulse of %s could not be written: %s", job.name, type(problem).__name__)
        broken = True
    if not any(connection.in_atomic_block for connection in connections.all(initialized_only=True)):
        if broken:
            connections.close_all()  # the next job opens it anew: Django can't see that SQLite's is gone
        close_old_connections()  # drops only what broke: CONN_MAX_AGE keeps the rest
    return did
