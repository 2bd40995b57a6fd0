"""The real program in a process of its own, as an administrator would start it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0
Found = TypeVar("Found")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def until(look: Callable[[], Found | None], what: str, seconds: float = PATIENCE_SECONDS) -> Found:
    """Look until something is there; the wait is for the condition, not for a guess at the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"Waited {seconds:.0f} seconds in vain for {what}.")


def until_copies_are_old(look: Callable[[], bool], what: str, seconds: float = 1.0) -> None:
    """Look until it is there; a look that begins later than a public page may be old must see it, however slow
    this machine is.
    """
    begun = time.monotonic()
    asked = 0.0
    while not look():
        assert asked <= seconds, f"Who looked {asked:.2f} seconds later did not see {what}."
        time.sleep(0.05)
        asked = time.monotonic() - begun


@dataclass(frozen=True, slots=True)
class Program:
    """A running installation: where it answers and where its data lies."""

    address: str
    data: Path
    environment: dict[str, str]

    def command(self, *words: str) -> str:
        """What ``stamtafel …`` prints."""
        done = subprocess.run(
            [sys.executable, "-m", "stamtafel", *words],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def mails(self, recipient: str) -> list[EmailMessage]:
        """All mails to one address, oldest first."""
        files = sorted((self.data / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime)
        read = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
        return [mail for mail in read if recipient in str(mail["To"]) and isinstance(mail, EmailMessage)]

    def mail(self, recipient: str, words: str) -> EmailMessage:
        """The first mail to this address with these words in it, as soon as it is there."""
        return until(
            lambda: next((mail for mail in self.mails(recipient) if words in str(mail["Subject"]) + plain(mail)), None),
            f"a mail to {recipient} with “{words}”", seconds=20,
        )  # fmt: skip


def plain(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def answers(address: str) -> bool:
    """Whether somebody answers there."""
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except (urllib.error.URLError, OSError):
        return False
    return True


def _environment(data: Path, address: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STAMTAFEL_", "DJANGO_"))}
    return {
        **kept, "STAMTAFEL_DATA": str(data), "STAMTAFEL_URL": address, "STAMTAFEL_DEVELOPMENT": "yes",
        "STAMTAFEL_FLOOD_LIMITS": "no", "STAMTAFEL_LOG_LEVEL": "WARNING", "STAMTAFEL_LEMMA_CACHE": str(ROOT / "build" / "lemmas"),
        "PYTHONPATH": str(ROOT / "src"),
    }  # fmt: skip


@contextmanager
def running(data: Path, *, demo: bool) -> Iterator[Program]:
    """Serve an installation with the demo municipality, or with nothing in it, and stop it by its own process id."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    program = Program(address, data, _environment(data, address))
    program.command(*(("demo", "--load-only") if demo else ("migrate",)))
    log = data / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "stamtafel", "serve", "--port", str(port)],
            env=program.environment, cwd=ROOT, stdout=out, stderr=out,
        )  # fmt: skip
        try:
            until(lambda: answers(address) or process.poll() is not None, f"{address}: see {log}")
            assert process.poll() is None, log.read_text()
            yield program
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
