"""kill -9 at any moment, a hundred times per database: nothing sent in is lost, nothing goes out under two names."""

import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from stamtafel.dossier.actions.keys import new_form_key
from tests import cluster

pytestmark = [pytest.mark.durability, pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")]
ROOT = Path(__file__).resolve().parents[2]
WORKER_KILLS = 85
SERVER_KILLS = 15
MAILS = 2500
PATIENCE = 60.0
WORKER_PATIENCE = 10.0


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for a condition."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"waited in vain: {what}"
        threading.Event().wait(0.02)


class Helper:
    """The process beside the database."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.durability.helper"], cwd=ROOT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self.lock = threading.Lock()

    def ask(self, command: str) -> Any:
        with self.lock:
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())


class Server:
    """The whole site in granian; killed together with its workers."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.port = cluster.free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.log = Path(environment["STAMTAFEL_DATA"], "server.log").open("ab")  # noqa: SIM115 - lives as long as we

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port),
             "--workers", "1", "--no-ws", "--log-level", "error", "stamtafel.wsgi:application"],
            cwd=ROOT, env=self.environment, start_new_session=True, stdout=self.log, stderr=self.log,
        )  # fmt: skip
        until(self.listens, "the server to listen")

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        # its worker is no child of ours: while it dies, the port may still answer, and not for the next server
        until(lambda: not self.listens(), "the killed server to be gone")

    def state(self) -> str:
        """For a failing test: whether it runs and what it said last."""
        assert self.process is not None
        said = Path(self.environment["STAMTAFEL_DATA"], "server.log").read_text()[-3000:]
        return f"server exit code {self.process.poll()}: {said}"


class Residents:
    """Keep sending contributions; a form that was not acknowledged is sent again, as a person would."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.stop = threading.Event()
        self.acknowledged: list[str] = []
        self.refused: list[tuple[int, bytes]] = []
        self.threads = [threading.Thread(target=self.send, args=(number,)) for number in range(2)]

    def send(self, who: int) -> None:
        for number in count():
            text = f"Meer bomen op het plein, alstublieft ({who} en {number})."
            form = urlencode({
                "kind": "idea", "text": text, "form_key": new_form_key(), "toch": "1",
                "email": f"inwoner{who}x{number}@voorbeeld.example",
            })  # fmt: skip
            while not self.posted(form, text):
                if self.stop.wait(0.05):
                    return
            if self.stop.is_set():
                return

    def posted(self, form: str, text: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        origin = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
        try:
            connection.request(
                "POST", "/zeg-het-ons/", form, {"Content-Type": "application/x-www-form-urlencoded", **origin}
            )
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if answer.status == 302:
            self.acknowledged.append(text)
        else:
            self.refused.append((answer.status, body[:2000]))
        return answer.status == 302


@pytest.fixture(params=["sqlite", "postgres"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    if request.param == "postgres" and not shutil.which("pg_lsclusters") and not Path("/usr/lib/postgresql").exists():
        pytest.skip("needs PostgreSQL")
    own = {key: value for key, value in os.environ.items() if not key.startswith("STAMTAFEL_")}
    return {
        **own,
        "DJANGO_SETTINGS_MODULE": "stamtafel.settings",
        "STAMTAFEL_DEVELOPMENT": "yes",
        "STAMTAFEL_FLOOD_LIMITS": "no",
        "STAMTAFEL_LOG_LEVEL": "ERROR",
        "STAMTAFEL_DATA": str(tmp_path),
        "STAMTAFEL_DATABASE": cluster.start() if request.param == "postgres" else f"sqlite:///{tmp_path}/s.sqlite3",
    }


@pytest.fixture
def sent(environment: dict[str, str], tmp_path: Path) -> Iterator[Path]:
    """The file in which the mail server counts."""
    path = tmp_path / "sent.txt"
    command = [sys.executable, "-m", "benchmarks.smtp_sink", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as sink:
        assert sink.stdout is not None
        environment["STAMTAFEL_EMAIL"] = f"smtp://127.0.0.1:{sink.stdout.readline().strip()}?tls=none"
        yield path
        sink.kill()


class Workers:
    """Worker after worker, each killed: every other one at a random moment, the rest while its mails go out."""

    def __init__(self, helper: Helper, sent: Path, chance: random.Random) -> None:
        self.helper, self.sent, self.chance = helper, sent, chance
        self.killed_while_sending = 0
        self.pause = threading.Event()

    def kill_all(self) -> None:
        for number in range(WORKER_KILLS):
            pid = self.helper.ask("start")
            if number % 2:
                self.pause.wait(self.chance.uniform(0.02, 0.5))
            else:
                self.killed_while_sending += self.sends()
                self.pause.wait(self.chance.uniform(0, 0.05))
            os.kill(pid, signal.SIGKILL)

    def sends(self) -> bool:
        """Whether a mail arrives, while there are any."""
        if self.helper.ask("left") == 0:
            return False
        before, end = self.sent.stat().st_size, time.monotonic() + WORKER_PATIENCE
        while self.sent.stat().st_size == before and time.monotonic() < end:
            self.pause.wait(0.002)
        return self.sent.stat().st_size > before


def kill_servers(server: Server, residents: Residents, chance: random.Random) -> None:
    pause = threading.Event()
    for _ in range(SERVER_KILLS):
        heard = len(residents.acknowledged)
        try:
            until(lambda heard=heard: len(residents.acknowledged) > heard + 1, "an answer")  # type: ignore[misc]
        except AssertionError:
            pytest.fail(f"{server.state()} {residents.refused[-1:]}")
        pause.wait(chance.uniform(0, 0.05))
        server.kill()
        server.start()


@pytest.fixture
def helper(environment: dict[str, str], sent: Path) -> Iterator[Helper]:
    made = Helper(environment)
    yield made
    os.killpg(made.process.pid, signal.SIGKILL)  # its workers too: they hold the pipe that we read to its end
    made.process.communicate()


@pytest.fixture
def server(environment: dict[str, str], helper: Helper) -> Iterator[Server]:
    made = Server(environment)
    yield made
    made.kill()
    made.log.close()


def test_a_hundred_kills_lose_nothing_and_double_nothing(helper: Helper, server: Server, sent: Path) -> None:
    chance = random.Random(4)
    helper.ask(f"fill {MAILS}")
    server.start()
    residents = Residents(server.port)
    for thread in residents.threads:
        thread.start()
    workers = Workers(helper, sent, chance)
    killing = threading.Thread(target=workers.kill_all)
    killing.start()
    try:
        kill_servers(server, residents, chance)
    finally:
        killing.join()
        residents.stop.set()
        for thread in residents.threads:
            thread.join()
    quiet = helper.ask("start")
    until(lambda: helper.ask("left") == 0, "everything to be out")
    os.kill(quiet, signal.SIGTERM)
    assert workers.killed_while_sending > WORKER_KILLS / 3, "kills that hit nothing prove nothing"
    compare(helper.ask("report"), residents, sent)


def compare(found: dict[str, Any], residents: Residents, sent: Path) -> None:
    assert set(found["states"]) == {"done"}, found["errors"]
    assert found["log"] == []
    assert residents.acknowledged
    assert {found["texts"].get(text, 0) for text in residents.acknowledged} == {1}
    assert set(found["texts"].values()) == {1}
    assert found["halves"] == []
    mails = [line.split("\t") for line in sent.read_text().splitlines()]
    names: dict[str, set[str]] = {}
    for message_id, recipient in mails:
        names.setdefault(recipient, set()).add(message_id)
    assert max(len(ids) for ids in names.values()) == 1
    assert {message_id for message_id, _ in mails} == set(found["message_ids"])
    assert set(names) >= {f"lezer{number}@voorbeeld.example" for number in range(MAILS)} | set(found["asked"])
    assert len(found["asked"]) >= len(residents.acknowledged)
    # at most the one mail that was under way when a worker died came again, under the same name
    assert len(mails) - len(names) <= WORKER_KILLS
