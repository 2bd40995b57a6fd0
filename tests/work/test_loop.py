"""The loop: nothing stops the others, a stop is quick, the pulse is written."""

import itertools
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime

import pytest
from django.db import connection

from stamtafel.work.loop import Job, run_forever, run_once
from stamtafel.work.models import Pulse
from tests.builders import NOW


def broken(_now: datetime) -> int:
    raise RuntimeError("poison")


@pytest.mark.django_db
def test_a_job_that_raises_is_written_down_and_stops_nobody(caplog) -> None:
    jobs = [Job("broken", broken), Job("good", lambda now: 3)]
    assert run_once(jobs, NOW) == 3
    pulses = {pulse.job: pulse for pulse in Pulse.objects.all()}
    assert pulses["broken"].error == "RuntimeError: poison"
    assert (pulses["good"].error, pulses["good"].beat_at) == ("", NOW)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    run_once([Job("broken", lambda now: 0)], NOW)
    assert Pulse.objects.get(job="broken").error == ""


@pytest.mark.django_db
def test_a_job_with_more_to_do_runs_again_at_once_and_others_wait() -> None:
    stop = threading.Event()
    left = [3, 2, 1, 0]
    quiet: list[datetime] = []

    def busy(_now: datetime) -> int:
        if len(left) == 1:
            stop.set()
        return left.pop(0)

    started = time.monotonic()

    def slow(now: datetime) -> int:
        quiet.append(now)
        return 0

    run_forever([Job("quiet", slow, every_seconds=30), Job("busy", busy, every_seconds=30)], stop, clock=lambda: NOW)
    assert left == []
    assert quiet == [NOW]
    assert time.monotonic() - started < 1
    assert set(Pulse.objects.values_list("job", flat=True)) == {"busy", "quiet"}


@pytest.mark.django_db
def test_a_job_of_which_a_little_is_always_due_runs_again_at_once_only_after_a_full_batch() -> None:
    stop = threading.Event()
    did, ran = iter([9, 5, 1, 1, 1]), threading.Event()
    counts: list[int] = []

    def steady(_now: datetime) -> int:
        counts.append(next(did))
        if counts[-1] == 1:
            ran.set()
        return counts[-1]

    def watch(_now: datetime) -> int:
        stop.set() if ran.is_set() else None
        return 0

    jobs = [Job("steady", steady, every_seconds=30, full=5), Job("watch", watch, every_seconds=0.01)]
    run_forever(jobs, stop, clock=lambda: NOW)
    assert counts == [9, 5, 1]


@pytest.mark.django_db
def test_a_pulse_that_cannot_be_written_does_not_stop_the_loop(monkeypatch, caplog) -> None:
    from django.db import Error

    def no(**_fields: object) -> None:
        raise Error("gone")

    monkeypatch.setattr(Pulse.objects, "update_or_create", no)
    assert run_once([Job("good", lambda now: 1)], NOW) == 1
    assert "could not be written" in caplog.text


@pytest.mark.django_db
def test_a_stop_before_the_next_job_is_seen() -> None:
    stop = threading.Event()

    def first(_now: datetime) -> int:
        stop.set()
        return 0

    ran: list[datetime] = []

    def second(now: datetime) -> int:
        ran.append(now)
        return 0

    jobs = [Job("first", first), Job("second", second)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pulse.objects, "update_or_create", lambda **fields: None)
        run_forever(jobs, stop, clock=lambda: NOW)
    assert ran == []


@pytest.mark.django_db
def test_a_lane_that_stalls_stops_no_other() -> None:
    """A mail server that never answers may not keep a contribution from its conversation."""
    stop, stalled, let_go = threading.Event(), threading.Event(), threading.Event()
    ran: list[datetime] = []

    def stall(_now: datetime) -> int:
        stalled.set()
        assert let_go.wait(20)
        return 0

    def quick(now: datetime) -> int:
        assert stalled.wait(20)
        ran.append(now)
        if len(ran) == 3:
            stop.set()
            let_go.set()
        return 1

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pulse.objects, "update_or_create", lambda **fields: None)
        run_forever([Job("quick", quick), Job("send", stall, lane="network")], stop, clock=lambda: NOW)
    assert ran == [NOW] * 3


@pytest.mark.django_db
def test_a_job_that_keeps_failing_is_tried_less_often_and_said_in_one_line(caplog) -> None:
    """A database that is away for a night may not fill the disk with tracebacks."""
    stop, tries = threading.Event(), []

    def away(_now: datetime) -> int:
        tries.append(time.monotonic())
        if len(tries) == 5:
            stop.set()
        raise RuntimeError("away")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pulse.objects, "update_or_create", lambda **fields: None)
        run_forever([Job("away", away, every_seconds=0.02)], stop, clock=lambda: NOW)
    pauses = [later - sooner for sooner, later in itertools.pairwise(tries)]
    assert pauses == sorted(pauses)
    assert pauses[-1] > 4 * pauses[0]
    assert [bool(record.exc_info) for record in caplog.records] == [True, False, False, False, False]


def test_sigterm_ends_the_loop_in_its_pause(tmp_path) -> None:
    script = (
        "import django; django.setup()\n"
        "from stamtafel.work.loop import Job, run_forever, stop_on_signals\n"
        "stop = stop_on_signals()\n"
        "run_forever([Job('x', lambda now: print('ran', flush=True) or 0, every_seconds=60)], stop)\n"
        "print('clean', flush=True)\n"
    )
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "stamtafel.settings", "STAMTAFEL_DATA": str(tmp_path),
        "STAMTAFEL_DATABASE": f"sqlite:///{tmp_path}/empty.sqlite3", "STAMTAFEL_DEVELOPMENT": "yes",
    }  # fmt: skip
    child = subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True,
                             stderr=subprocess.DEVNULL)  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == "ran\n"
    started = time.monotonic()
    child.send_signal(signal.SIGTERM)
    assert child.stdout.read() == "clean\n"
    assert child.wait(5) == 0
    assert time.monotonic() - started < 20  # the job's own pause is a minute


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_is_opened_anew() -> None:
    def cut(_now: datetime) -> int:
        connection.connection.close()  # as after a restart of the database
        return 1

    run_once([Job("cut", cut), Job("after", lambda now: Pulse.objects.count() or 1)], NOW)
    run_once([Job("after", lambda now: Pulse.objects.count() or 1)], NOW)
    assert Pulse.objects.get(job="after").error == ""
