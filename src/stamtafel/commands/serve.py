"""``stamtafel serve``: site, desk and worker on one host."""

import argparse
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress

from django.conf import settings
from granian import Granian
from granian.constants import Interfaces

from stamtafel.commands import check
from stamtafel.commands.migrate import prepare

RESPAWN_SECONDS = 1.0


class Worker:
    """The work loop as a child process that is started again when it dies."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.child = self.start()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def start(self) -> subprocess.Popen[bytes]:
        """A fresh process; it ends by itself when this one is gone."""
        return subprocess.Popen([sys.executable, "-m", "stamtafel", "work", "--with-parent"])

    def watch(self) -> None:
        """Start it again whenever it ended, until told to stop."""
        while not self.stopping.wait(RESPAWN_SECONDS):
            if self.child.poll() is not None and not self.stopping.is_set():
                self.child = self.start()

    def stop(self) -> None:
        """End it and wait."""
        self.stopping.set()
        self.thread.join()
        self.child.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.child.wait(10)


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="stamtafel serve", description=run.__doc__)
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--port", type=int, default=8000)
    made.add_argument("--no-work", action="store_true", help="leave the work loop to 'stamtafel work' elsewhere")
    return made


def is_taken(host: str, port: int) -> bool:
    """Whether somebody listens there; says so. The server itself would share the port with another, without a word."""
    family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as problem:
            print(
                f"Not started: {host}:{port} can't be used ({problem.strerror}). Choose another --port.",
                file=sys.stderr,
            )
            return True
    return False


def serve(*, host: str, port: int, work: bool) -> None:
    """Serve until interrupted. WSGI: ASGI with sync views was eight to ten times slower (docs/performance.md)."""
    os.environ["SERVER_PROCESS"] = str(os.getpid())  # by which its processes see that it is gone
    server = Granian(
        "stamtafel.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=settings.WORKERS,
        blocking_threads=settings.THREADS, respawn_failed_workers=True, websockets=False,
        log_access=False,
    )  # fmt: skip
    worker = Worker() if work else None
    try:
        server.serve()
    finally:
        if worker is not None:
            worker.stop()


def run(arguments: list[str]) -> int:
    """Bring the database up to date, then serve. Refuses to start on unsafe settings."""
    options = parser().parse_args(arguments)
    messages = check.complaints()
    check.show(messages)
    if check.refuses(messages):
        print(
            "Not started: mend what is above (or set STAMTAFEL_DEVELOPMENT=yes on your own machine).",
            file=sys.stderr,
        )
        return 1
    if is_taken(options.host, options.port):
        return 1
    prepare()
    serve(host=options.host, port=options.port, work=not options.no_work)
    return 0
