"""Starts the Bluesky network of npm's @atproto/dev-env on this machine, and installs it where it is not yet."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from select import select

import pytest

from tests import cluster

VERSION = "0.3.215"  # the last whose server runs on Node 20
HERE = Path(sys.prefix) / "bluesky-network"  # inside .venv: gone with it, and never in our package.json
NATIVE = ("better-sqlite3", "sharp")
SCRIPT = Path(__file__).with_suffix(".cjs")


class CannotInstall(RuntimeError):
    """npm, a compiler or the network is missing."""


def _npm(*words: str, must: bool = True) -> None:
    headers = {"npm_config_nodedir": "/usr"} if Path("/usr/include/node/node.h").exists() else {}
    try:
        done = subprocess.run(
            ["npm", *words, "--no-audit", "--no-fund"], cwd=HERE, env={**os.environ, **headers}, capture_output=True,
            text=True, timeout=900, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotInstall(str(error)) from error
    if must and done.returncode:
        raise CannotInstall(done.stderr[-2000:])


def _install() -> None:
    """Once; takes minutes. npm 11 runs no install scripts that nobody approved, so the native parts are built after."""
    if (HERE / f"installed-{VERSION}").exists():
        return
    HERE.mkdir(exist_ok=True)
    (HERE / "package.json").write_text('{"private": true}')
    _npm("install", f"@atproto/dev-env@{VERSION}")
    _npm("install-scripts", "approve", *NATIVE, must=False)  # older npm has no such command and needs none
    _npm("rebuild", *NATIVE)
    (HERE / f"installed-{VERSION}").touch()


@contextlib.contextmanager
def running() -> Iterator[str]:
    """The address of the server while the block lasts. Outsiders who can't install it skip, CI may not."""
    try:
        _install()
    except CannotInstall as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"The Bluesky network could not be installed: {error}")
        pytest.skip(f"needs @atproto/dev-env from npm, Node 20 and a C++ compiler: {error}")
    address = cluster.start().replace("postgres://", "postgresql://")
    environment = {**os.environ, "DB_POSTGRES_URL": address, "LOG_ENABLED": "false", "NODE_NO_WARNINGS": "1"}
    with (HERE / "log").open("wb") as log:
        network = subprocess.Popen(
            ["node", str(SCRIPT)], cwd=HERE, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        )
        try:
            ready, _, _ = select([network.stdout], [], [], 120)
            line = network.stdout.readline() if ready else b""
            assert line, f"The network did not start: {(HERE / 'log').read_text()[-2000:]}"
            yield json.loads(line)["pds"]
        finally:
            network.stdin.close()  # its sign to end
            try:
                network.wait(10)
            except subprocess.TimeoutExpired:
                network.kill()
                network.wait(10)
            network.stdout.close()
