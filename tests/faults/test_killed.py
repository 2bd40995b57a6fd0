"""kill -9 of the sender at each call, before and after the network did it: there once, or we say that we are not sure."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from tests.fakes.base import HangUp, Request, Response
from tests.faults.rig import OUTCOMES, Order, Rig
from tests.faults.rigs import RIGS

pytestmark = [pytest.mark.django_db, pytest.mark.faults]
ROOT = Path(__file__).resolve().parents[2]


class Helper:
    """The process that sends."""

    def __init__(self, folder: Path, rig: Rig) -> None:
        env = {
            **os.environ, "STAMTAFEL_DEVELOPMENT": "yes", "STAMTAFEL_DATA": str(folder), "STAMTAFEL_OUTBOUND_ALLOW": ",".join(rig.hosts),
            "STAMTAFEL_LOG_LEVEL": "CRITICAL", "STAMTAFEL_DATABASE": f"sqlite:///{folder}/db.sqlite3",
            "DJANGO_SETTINGS_MODULE": "stamtafel.settings",
            **({"STAMTAFEL_URL": rig.site.address} if rig.site else {}),
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.helper"], cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, *words: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)


@pytest.fixture
def rig(request: pytest.FixtureRequest, settings: Any) -> Iterator[Rig]:
    made = RIGS[request.param](settings)
    with made.up():
        yield made


@pytest.fixture
def helper(rig: Rig, tmp_path: Path) -> Iterator[Helper]:
    started = Helper(tmp_path, rig)
    yield started
    started.stop()


class Gate:
    """Stops the sender at call number ``at``: before the network does it, or after, before it answers."""

    def __init__(self, rig: Rig, at: int, *, after: bool) -> None:
        self.reached, self.gone, self.left = threading.Event(), threading.Event(), at
        self.rig, self.after, self.answer = rig, after, type(rig.fake).answer

    def __enter__(self) -> Self:
        self.rig.fake.answer = self.handle  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        del self.rig.fake.answer  # type: ignore[attr-defined]

    def handle(self, request: Request) -> Response:
        self.left -= 1
        if self.left != -1:
            return self.answer(self.rig.fake, request)
        if self.after:
            self.answer(self.rig.fake, request)
        self.reached.set()
        self.gone.wait(20)
        raise HangUp


@pytest.mark.parametrize("rig", RIGS, indirect=True)
def test_killed_at_each_call(rig: Rig, helper: Helper) -> None:
    account = helper.ask("connect", rig.kind, rig.options, rig.secrets)
    killed = 0
    for name, deed in rig.deeds.items():
        order, before = deed(), len(rig.fake.calls)
        row = helper.ask("order", account, order.as_data())
        assert helper.ask("settle", account, row)[0] == "done", (rig.kind, name)
        once, calls = rig.seen(order), len(rig.fake.calls) - before
        for at in range(calls):
            for after in (False, True):
                rig.before()
                killed += kill_at(rig, helper, account, deed(), at=at, after=after, once=once)
    assert killed


def kill_at(rig: Rig, helper: Helper, account: int, order: Order, *, at: int, after: bool, once: int) -> int:
    """Kill the sender there, let the loop go on, and look; whether it came that far."""
    row = helper.ask("order", account, order.as_data())
    with Gate(rig, at, after=after) as gate:
        pid = helper.ask("send", account)
        reached = gate.reached.wait(5)
        os.kill(pid, signal.SIGKILL) if reached else None
        gate.gone.set()
    end, error = helper.ask("settle", account, row)
    seen, where = rig.seen(order), (rig.kind, at, after, end, error)
    assert seen <= once, ("doubled", seen, where)
    assert end in {"done", "failed", "unsure"}, ("stuck", where)
    assert end != "done" or seen == once, ("lost", seen, where)
    assert end != "failed" or seen == 0, ("out, and we say it failed", where)
    if reached:
        OUTCOMES[rig.kind, f"kill -9, {'after' if after else 'before'} it was done", end] += 1
    return int(reached)
