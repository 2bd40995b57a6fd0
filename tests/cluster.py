"""A private PostgreSQL cluster from Debian's binaries, gone when the process that started it ends."""

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path


def binaries() -> Path:
    """Folder of the newest installed server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: run 'make test', or 'apt-get install postgresql'.")
    return found[-1].parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(*, durable: bool = False) -> str:
    """Start a cluster on loopback and return its database URL. ``durable`` keeps fsync on."""
    folder = Path(tempfile.mkdtemp(prefix="stamtafel-pg-"))
    as_owner: dict[str, object] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "cwd": folder}
    port = free_port()
    where = binaries()

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, **as_owner)  # type: ignore[call-overload]

    run(
        str(where / "initdb"),
        "-D",
        str(folder / "data"),
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    )
    options = f"-p {port} -h 127.0.0.1 -k {folder} -c max_connections=200"
    if not durable:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    pg_ctl = str(where / "pg_ctl")
    run(pg_ctl, "-D", str(folder / "data"), "-w", "-l", str(folder / "log"), "-o", options, "start")
    pid = os.getpid()

    def stop() -> None:
        if os.getpid() != pid:
            return
        command = [pg_ctl, "-D", str(folder / "data"), "-m", "immediate", "stop"]
        subprocess.run(command, check=False, capture_output=True, **as_owner)  # type: ignore[call-overload]
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return f"postgres://postgres@127.0.0.1:{port}/postgres"
