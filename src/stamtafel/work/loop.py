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


@dataclass(frozen=True)
class Job:
    """One kind of work. ``run(now)`` does one small batch and says how much it did; 0 = nothing was due."""

    name: str
    run: Callable[[datetime], int]
    every_seconds: float = 1.0


def run_once(jobs: Sequence[Job], now: datetime) -> int:
    """Run every job one time; returns how much was done. A job that raises is logged and never stops the others."""
    return sum(_run(job, now, beat=True) for job in jobs)


def run_forever(jobs: Sequence[Job], stop: threading.Event, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Run until ``stop`` is set: a job with more to do runs again at once, else after its own pause.

    A stop is seen between two batches. Connections that broke are closed between rounds and opened anew.
    """
    due = {job.name: 0.0 for job in jobs}
    beats = {job.name: -PULSE_SECONDS for job in jobs}
    while not stop.is_set():
        for job in jobs:
            started = time.monotonic()
            if stop.is_set() or due[job.name] > started:
                continue
            beat = started - beats[job.name] >= PULSE_SECONDS
            did = _run(job, clock(), beat=beat)
            beats[job.name] = started if beat else beats[job.name]
            due[job.name] = 0.0 if did else time.monotonic() + job.every_seconds
        pause = min(due.values(), default=time.monotonic() + 1) - time.monotonic()
        stop.wait(min(max(pause, 0.0), 1.0))


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set: the loop ends after the batch it is in."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _run(job: Job, now: datetime, *, beat: bool) -> int:
    """Run one job and write its pulse; returns 0 when it raised, so that it waits before the next try."""
    did, error = 0, ""
    try:
        did = job.run(now)
    except Exception as problem:
        logger.exception("The job %s failed", job.name)
        error = f"{type(problem).__name__}: {problem}"[:1000]
    try:
        if beat or error:
            Pulse.objects.update_or_create(job=job.name, defaults={"beat_at": now, "error": error})
    except DatabaseError:
        logger.exception("The pulse of %s could not be written", job.name)
    if not any(connection.in_atomic_block for connection in connections.all(initialized_only=True)):
        close_old_connections()  # drops only what broke: CONN_MAX_AGE keeps the rest
    return did
