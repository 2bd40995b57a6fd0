"""Starting the real server, loading it with wrk, and reading what it cost."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
# ANALYZE: PostgreSQL does so by itself a minute after so many new rows; before it, it reads whole tables
FILL = """
import django; django.setup()
from stamtafel.commands.migrate import prepare; prepare()
from benchmarks.world import fill; fill()
from django.db import connection
connection.cursor().execute("ANALYZE")
"""


@dataclass(frozen=True)
class Load:
    """What wrk saw: requests per second, milliseconds, errors; and CPU milliseconds of the server per request."""

    rate: float
    p50: float
    p99: float
    errors: int
    cpu_ms: float
    requests: int


def free_port() -> int:
    """A port on loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [one for child in task.read_text().split() for one in children(int(child))]
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and all below it."""
    total = 0
    for one in children(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory_mb(pid: int) -> list[float]:
    """Resident memory of a process and each below it."""
    found = []
    for one in children(pid):
        with contextlib.suppress(OSError):
            pages = int(Path(f"/proc/{one}/statm").read_text().split()[1])
            found.append(pages * os.sysconf("SC_PAGESIZE") / 1e6)
    return found


def proportional_mb(pid: int) -> list[float]:
    """The same, where a page that several processes share counts for its part in each (PSS, proc(5))."""
    found = []
    for one in children(pid):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            found.append(sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6)
    return found


def environment(folder: Path, database: str, **extra: str) -> dict[str, str]:
    """The environment of one installation for measuring."""
    values = {
        "STAMTAFEL_DEVELOPMENT": "yes", "STAMTAFEL_DATA": str(folder), "STAMTAFEL_FLOOD_LIMITS": "no",
        "STAMTAFEL_LOG_LEVEL": "WARNING", "STAMTAFEL_PAGE_COPY_MILLISECONDS": "0",
    }  # fmt: skip
    if database:
        values["STAMTAFEL_DATABASE"] = database
    return {**os.environ, **values, **extra}


@contextlib.contextmanager
def serving(env: dict[str, str], *options: str) -> Iterator[tuple[str, int]]:
    """The real server on a port of its own: (address, process id)."""
    port = free_port()
    command = [sys.executable, "-m", "stamtafel", "serve", "--port", str(port), *(options or ("--no-work",))]
    process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address + "/robots.txt")
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(20)


def wait_for(url: str, seconds: float = 30) -> None:
    """Until it answers."""
    until = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def wrk(
    url: str, *, pid: int, connections: int = 16, seconds: int = 5, headers: tuple[str, ...] = (), script: str = ""
) -> Load:
    """Load one address with wrk and read the server's CPU time around it."""
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "30s"]
    for header in headers:
        command += ["-H", header]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        if script:
            file.write(script)
            file.flush()
            command += ["-s", file.name]
        before = cpu_seconds(pid)
        out = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
        spent = cpu_seconds(pid) - before
    return read_wrk(out, spent)


def read_wrk(out: str, spent: float) -> Load:
    """wrk's own words as numbers."""

    def number(pattern: str, default: str = "0") -> str:
        match = re.search(pattern, out)
        return match.group(1) if match else default

    def milliseconds(text: str) -> float:
        factor = {"us": 0.001, "ms": 1.0, "s": 1000.0}
        match = re.match(r"([\d.]+)(us|ms|s)", text)
        return float(match.group(1)) * factor[match.group(2)] if match else 0.0

    requests = int(number(r"(\d+) requests in"))
    bad = int(number(r"Non-2xx or 3xx responses: (\d+)")) + sum(
        int(part) for part in re.findall(r"(?:connect|read|write|timeout) (\d+)", number(r"Socket errors: (.*)", ""))
    )
    return Load(
        rate=float(number(r"Requests/sec:\s+([\d.]+)")), p50=milliseconds(number(r"50%\s+(\S+)")),
        p99=milliseconds(number(r"99%\s+(\S+)")), errors=bad, cpu_ms=spent * 1000 / max(requests, 1), requests=requests,
    )  # fmt: skip


def needs(*programs: str) -> None:
    """Stop with plain words when a program is not here."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        sys.exit(f"This benchmark needs {', '.join(missing)}: apt-get install {' '.join(missing)}")


@contextlib.contextmanager
def installation(database: str) -> Iterator[tuple[dict[str, str], Path]]:
    """A folder and database of its own, filled: "sqlite" or "postgres". Yields (environment, folder)."""
    sys.path.insert(0, str(ROOT))
    folder = Path(tempfile.mkdtemp(prefix="stamtafel-bench-"))
    url = ""
    if database == "postgres":
        from tests import cluster

        url = cluster.start(durable=True)
    env = environment(folder, url)
    subprocess.run(
        [sys.executable, "-c", FILL], check=True, cwd=ROOT, env={**env, "DJANGO_SETTINGS_MODULE": "stamtafel.settings"}
    )
    try:
        yield env, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
