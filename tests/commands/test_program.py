"""The program itself: what it lists, what it refuses, what it starts."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from stamtafel.__main__ import COMMANDS, main
from stamtafel.people.models import StaffMember
from tests.cluster import free_port
from tests.commands.program import SOUND, stamtafel

PAUSE = Event()


def test_without_words_it_lists_the_commands(capsys) -> None:
    assert main([]) == 2
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"\n  {name} " in said for name in COMMANDS)


def test_an_unknown_command_is_named(capsys) -> None:
    assert main(["brew"]) == 2
    assert "there is no command 'brew'" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str, capsys) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([name, "--help"])
    assert stopped.value.code == 0
    assert f"usage: stamtafel {name}" in capsys.readouterr().out


def test_serve_refuses_unsafe_settings(tmp_path: Path) -> None:
    told = stamtafel("serve", "--port", str(free_port()), folder=tmp_path, env={"STAMTAFEL_DEVELOPMENT": "no"})
    assert told.returncode == 1
    for name in ("stamtafel.E001", "stamtafel.E002", "stamtafel.E005", "stamtafel.E006"):
        assert name in told.stderr
    assert "Not started" in told.stderr
    assert not (tmp_path / "stamtafel.sqlite3").exists()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("STAMTAFEL_WORKERS", "two", "stamtafel: STAMTAFEL_WORKERS is not a whole number: 'two'.\n"),
        ("STAMTAFEL_SESSION_HOURS", "-1", "stamtafel: STAMTAFEL_SESSION_HOURS is not a whole number: '-1'.\n"),
        (
            "STAMTAFEL_DATABASE",
            "mysql://root:pw@host/x",
            "stamtafel: STAMTAFEL_DATABASE begins with sqlite:// or postgres://.\n",
        ),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(name: str, value: str, said: str, tmp_path: Path) -> None:
    told = stamtafel("check", folder=tmp_path, env={name: value})
    assert (told.returncode, told.stderr) == (1, said)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo municipality."""
    folder = tmp_path_factory.mktemp("demo")
    first = stamtafel("demo", "--load-only", folder=folder, seconds=120)
    assert (first.returncode, first.stderr) == (0, "Loading the demo municipality …\n")
    return folder


def test_demo_loads_once_and_keeps_what_is_there(demo: Path) -> None:
    database = demo / "stamtafel.sqlite3"
    assert stat.S_IMODE(database.stat().st_mode) == 0o640

    def counts() -> list[int]:
        tables = ("dossier_contribution", "announce_announcement", "dossier_decision", "people_staffmember")
        with sqlite3.connect(database) as connection:
            return [connection.execute(f"select count(*) from {table}").fetchone()[0] for table in tables]

    loaded = counts()
    assert loaded[0] >= 150
    assert loaded[1] >= 15
    again = stamtafel("demo", "--load-only", folder=demo)
    assert (again.returncode, again.stderr) == (0, "")
    assert counts() == loaded

    assert stamtafel("work", "--once", folder=demo).stdout.endswith("things done.\n")
    assert stamtafel("export", "contributions", folder=demo).stdout.count("\n") > 150
    link = stamtafel("staff", "link", "niemand@nergens.example", folder=demo)
    assert (link.returncode, link.stdout) == (1, "")


def test_a_pipe_that_closes_early_is_no_mistake(demo: Path) -> None:
    env = {**os.environ, "STAMTAFEL_DATA": str(demo), "DJANGO_SETTINGS_MODULE": "stamtafel.settings"}
    env.pop("STAMTAFEL_DATABASE", None)
    with subprocess.Popen(
        [sys.executable, "-m", "stamtafel", "export", "contributions"],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert (process.stderr.read(), process.wait(30)) == (b"", 0)


def start_server(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    env = {name: value for name, value in os.environ.items() if not name.startswith(("STAMTAFEL_", "DJANGO_"))}
    env |= {**SOUND, "STAMTAFEL_DATA": str(folder), "STAMTAFEL_WORKERS": "1", "PYTHONUNBUFFERED": "1"}
    with (folder / "log").open("a") as log:
        command = [sys.executable, "-m", "stamtafel", "serve", "--port", str(port)]
        return subprocess.Popen(command, env=env, stdout=log, stderr=log)


def robots(port: int) -> urllib.request.Request:
    return urllib.request.Request(f"http://127.0.0.1:{port}/robots.txt", headers={"Host": "praat.lindewaard.example"})


def test_serve_serves_works_and_stops(tmp_path: Path) -> None:
    port = free_port()
    server = start_server(tmp_path, port)
    try:
        assert answer(robots(port), server) == 200
        pulses = "select count(*) from work_pulse"
        until(lambda: sqlite3.connect(tmp_path / "stamtafel.sqlite3").execute(pulses).fetchone()[0] > 3, server)
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_port_in_use_is_refused_and_a_killed_server_lets_it_go(tmp_path: Path) -> None:
    """The server's processes would share a port with those of another installation, each answering half."""
    port = free_port()
    first = start_server(tmp_path, port)
    try:
        assert answer(robots(port), first) == 200
        (tmp_path / "other").mkdir()
        second = start_server(tmp_path / "other", port)
        assert second.wait(60) == 1
        assert f"127.0.0.1:{port} can't be used" in (tmp_path / "other" / "log").read_text()
    finally:
        first.kill()
        first.wait(30)
    for _try in range(300):
        try:
            urllib.request.urlopen(robots(port), timeout=5).close()
        except OSError:
            return
        PAUSE.wait(0.1)
    raise AssertionError("somebody still answers")


def answer(ask: urllib.request.Request, server: "subprocess.Popen[bytes]") -> int:
    """Ask until there is an answer."""
    status = 0

    def asked() -> bool:
        nonlocal status
        try:
            with urllib.request.urlopen(ask, timeout=5) as response:
                status = response.status
        except OSError:
            return False
        return True

    until(asked, server)
    return status


def until(true: Callable[[], bool], server: "subprocess.Popen[bytes]", *, tries: int = 300) -> None:
    """Look again ten times a second; fails when the server is gone or it takes too long."""
    for _try in range(tries):
        if true():
            return
        assert server.poll() is None, "the server stopped"
        PAUSE.wait(0.1)
    raise AssertionError("it took too long")


@pytest.mark.django_db
def test_the_first_administrator_comes_in_by_the_link(capsys, client) -> None:
    assert main(["staff", "add", "an@lindewaard.example", "--name", "An", "--role", "administrator"]) == 0
    link = capsys.readouterr().out.strip()
    assert StaffMember.objects.get().email == "an@lindewaard.example"
    assert client.get(link.partition(":8000")[2]).status_code == 200
    assert main(["staff", "add", "an@lindewaard.example", "--name", "An", "--role", "editor"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert main(["staff", "link", "an@lindewaard.example"]) == 0
    assert capsys.readouterr().out.startswith("http://127.0.0.1:8000/desk/")


@pytest.mark.django_db
def test_one_round_of_work_on_an_empty_house(capsys) -> None:
    assert main(["work", "--once"]) == 0
    assert capsys.readouterr().out.endswith("things done.\n")
