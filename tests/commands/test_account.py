"""``stamtafel account``, ``announce`` and ``inbox``: the same actions as the desk, from a script."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from stamtafel.announce.models import Announcement
from stamtafel.channels.adapters.demo.channel import Demo
from stamtafel.channels.jobs.send import send_due
from stamtafel.channels.models import Account, Delivery
from stamtafel.channels.vault import CannotOpen, secrets_of
from stamtafel.commands import account, announce, inbox
from stamtafel.inbox.actions.intake import open_conversations
from stamtafel.inbox.models import Conversation, Message
from stamtafel.people.rules import Role
from tests.builders import area, municipality, staff, topic
from tests.commands.program import stamtafel

pytestmark = pytest.mark.django_db
CANARY = "kanariegeheim"
ADD = ["add", "demo", "--name", "Gemeente"]


@pytest.fixture(autouse=True)
def _town(settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    municipality()


def added(folder: Path, *more: str) -> Account:
    file = folder / "secret.txt"
    file.write_text(f"{CANARY}\n")
    assert account.run([*ADD, "--secret", f"secret=@{file}", *more]) == 0
    return Account.objects.get()


# ── accounts ─────────────────────────────────────────────────────────────────────────────────────
def test_an_account_is_added_from_a_file_and_listed_without_its_secret(tmp_path: Path, capsys) -> None:
    one = added(
        tmp_path, "--api-url", "http://127.0.0.1:9", "--option", "price=15", "--option", "expires_at=2020-01-01"
    )
    assert secrets_of(one) == {"secret": CANARY}
    assert one.options["api_url"] == "http://127.0.0.1:9"
    assert account.run(["list"]) == 0
    assert account.run(["check"]) == 0
    assert account.run(["check", "Gemeente"]) == 0
    said = capsys.readouterr()
    assert "Gemeente" in said.out
    assert "expired" in said.out
    assert "access ends 2020-01-01" in said.out
    assert "$0.00 this month" in said.out
    assert "works" in said.out
    assert CANARY not in said.out + said.err


def test_a_secret_comes_from_standard_input_too(monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{CANARY}\n"))
    assert account.run([*ADD, "--secret", "secret=@-"]) == 0
    assert secrets_of(Account.objects.get()) == {"secret": CANARY}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "Fill in “Secret”."),
        (["--secret", f"secret=wrong {CANARY}"], "does not know this secret"),
        (["--secret", CANARY], "KEY=VALUE or KEY=@FILE"),
        (["--secret", "secret=@/nowhere/at/all"], "The file of the secret secret can't be read"),
        (["--option", "price"], "KEY=VALUE"),
        (["--secret", f"secret={CANARY}", "--option", "behaviour=fly"], "can't be used"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(capsys, more: list[str], said: str) -> None:
    assert account.run([*ADD, *more]) == 1
    told = capsys.readouterr()
    assert said in told.err
    assert CANARY not in told.out + told.err
    assert not Account.objects.exists()


def test_an_unknown_kind_and_an_unknown_name_are_said(capsys) -> None:
    assert account.run(["add", "pigeon", "--name", "x"]) == 1
    assert account.run(["check", "niemand"]) == 1
    said = capsys.readouterr().err
    assert "'pigeon' can't be connected" in said
    assert "no account 'niemand'" in said


def test_check_says_by_its_exit_code_that_one_is_not_let_in(tmp_path: Path, capsys) -> None:
    added(tmp_path)
    Account.objects.update(options={"behaviour": "stall"})
    assert account.run(["check"]) == 1
    assert "busy" in capsys.readouterr().out
    Account.objects.update(enabled=False)
    assert account.run(["check"]) == 0


def test_keys_are_changed_by_locking_anew(tmp_path: Path, settings, capsys) -> None:
    one = added(tmp_path)
    old = list(settings.VAULT_KEYS)
    settings.VAULT_KEYS = ["the new key of the vault", *old]
    assert account.run(["lock-anew"]) == 0
    settings.VAULT_KEYS = ["the new key of the vault"]
    assert secrets_of(one) == {"secret": CANARY}
    settings.VAULT_KEYS = old
    with pytest.raises(CannotOpen):
        secrets_of(one)
    assert account.run(["lock-anew"]) == 1
    assert CANARY not in "".join(capsys.readouterr())


def test_the_program_knows_these_commands(tmp_path: Path) -> None:
    assert stamtafel("migrate", folder=tmp_path).returncode == 0
    done = stamtafel("account", "add", "demo", "--name", "G", "--secret", f"secret={CANARY}", folder=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "Connected: demo G."), done.stderr
    assert CANARY.encode() not in (tmp_path / "stamtafel.sqlite3").read_bytes()
    file = tmp_path / "a.md"
    file.write_text("# De brug is open\n\nU kunt er weer over.")
    told = stamtafel("announce", str(file), "--to", "demo", folder=tmp_path)
    assert told.returncode == 0, told.stderr
    worked = stamtafel("work", "--once", folder=tmp_path)
    assert worked.returncode == 0, worked.stderr
    [line] = (tmp_path / "demo" / "posts.jsonl").read_text().splitlines()
    assert "De brug is open" in line


# ── announcing ───────────────────────────────────────────────────────────────────────────────────
def told(folder: Path, text: str, *more: str) -> int:
    file = folder / "bericht.md"
    file.write_text(text, encoding="utf-8")
    return announce.run([str(file), *more])


def test_a_file_is_told_once_on_the_site_and_on_the_networks(tmp_path: Path, capsys) -> None:
    one = added(tmp_path)
    place, subject = area("Molenwijk"), topic("Stationsplein")
    text = f"---\ntitle: De brug is open\nlead: U kunt er weer over.\ntopics: {subject.slug}\nareas: [{place.code}]\n---\nDe brug."
    for _ in range(2):
        assert told(tmp_path, text, "--to", "demo,website") == 0
    while send_due(timezone.now()):
        pass
    made = Announcement.objects.get()
    assert (made.state, made.title, made.body) == ("published", "De brug is open", "De brug.")
    assert ([*made.topics.all()], [*made.areas.all()]) == ([subject], [place])
    [post] = Demo({**one.options, "folder": str(tmp_path / "demo")}).posts()
    assert "De brug is open" in post["text"]
    assert "was here already" in capsys.readouterr().out


def test_at_a_moment_it_is_planned_and_with_four_eyes_it_waits(tmp_path: Path) -> None:
    later = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert told(tmp_path, "# Later\n\nTekst.", "--at", later) == 0
    assert Announcement.objects.get(title="Later").state == "scheduled"
    municipality(four_eyes=True)
    from stamtafel.places.queries import forget_municipality

    forget_municipality()
    assert told(tmp_path, "# Vier ogen\n\nTekst.", "--at", later) == 0
    waiting = Announcement.objects.get(title="Vier ogen")
    assert waiting.state == "waiting"
    assert waiting.publish_at is not None
    assert told(tmp_path, "# Concept\n\nTekst.", "--draft") == 0
    assert Announcement.objects.get(title="Concept").state == "draft"


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        ("geen titel", [], "no title"),
        ("# T\n\nx", ["--to", "facebook"], "Not connected: facebook"),
        ("# T\n\nx", ["--at", "morgen"], "no moment"),
        ("# T\n\nx", ["--at", "2020-01-01T10:00"], "has passed"),
        ("# T\n\nx", ["--by", "niemand@lindewaard.example"], "niemand@"),
        ("---\nkleur: rood\n---\n# T\n\nx", [], "“kleur: rood” is not one of"),
        ("---\ntitle: T\ntopics: bestaat-niet\n---\nx", [], "bestaat-niet"),
        ("# Leeg\n", [], "no text"),
        ("# Te lang\n\n" + "woord " * 200, ["--to", "demo"], "too long"),
    ],
)
def test_what_can_not_be_told_is_said_and_nothing_stays(
    tmp_path: Path, capsys, text: str, more: list[str], said: str
) -> None:
    added(tmp_path)
    assert told(tmp_path, text, *more) == 1
    assert said in capsys.readouterr().err
    assert not Announcement.objects.exists()
    assert not Delivery.objects.exists()


def test_a_file_that_is_not_there_and_one_from_standard_input(monkeypatch, capsys, tmp_path: Path) -> None:
    assert announce.run([str(tmp_path / "weg.md")]) == 1
    assert "can't be read" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("# Van buiten\n\nTekst."))
    boss = staff(Role.ADMINISTRATOR)
    assert announce.run(["-", "--by", boss.email.upper()]) == 0
    assert Announcement.objects.get().author == boss
    monkeypatch.setattr("sys.stdin", io.StringIO("# Mag niet\n\nTekst."))
    assert announce.run(["-", "--by", staff(Role.ANALYST).email]) == 1


# ── the inbox ────────────────────────────────────────────────────────────────────────────────────
def conversation() -> Conversation:
    from stamtafel.dossier.actions.submit import submit_contribution
    from stamtafel.dossier.models import Kind

    submit_contribution(
        text="Wanneer komt de brug?", kind=Kind.QUESTION, device="d", now=timezone.now(), topic=None, area=None
    )
    open_conversations(timezone.now())
    return Conversation.objects.get()


def test_conversations_are_listed_as_json_and_as_lines(capsys) -> None:
    one = conversation()
    assert inbox.run(["list", "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert (row["id"], row["state"], row["kind"], row["channel"]) == (one.pk, "open", "question", one.channel)
    assert row["answer_due_at"] == one.answer_due_at.isoformat()  # type: ignore[union-attr]
    assert inbox.run(["list", "--box", "answered", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert inbox.run(["list"]) == 0
    assert "brug" in capsys.readouterr().out


def test_without_a_name_who_has_it_answers_else_an_administrator(capsys) -> None:
    one = conversation()
    staff(Role.CONVERSATIONALIST)
    boss, other = staff(Role.ADMINISTRATOR), staff(Role.CONVERSATIONALIST)
    assert inbox.run(["reply", str(one.pk), "Morgen."]) == 0
    assert Message.objects.get(direction="out").by == boss
    Conversation.objects.update(assignee=other)
    assert inbox.run(["reply", str(one.pk), "Overmorgen."]) == 0
    assert Message.objects.get(text="Overmorgen.").by == other
    assert other.name in capsys.readouterr().out


def test_an_answer_has_somebody_under_it(capsys, monkeypatch) -> None:
    one = conversation()
    assert inbox.run(["reply", str(one.pk), "Morgen."]) == 1
    assert "--by EMAIL" in capsys.readouterr().err
    who = staff(Role.CONVERSATIONALIST)
    assert inbox.run(["reply", str(one.pk), "Morgen."]) == 0
    assert (Message.objects.get(direction="out").text, Message.objects.get(direction="out").by) == ("Morgen.", who)
    other = staff(Role.CONVERSATIONALIST)
    monkeypatch.setattr("sys.stdin", io.StringIO("Overmorgen toch."))
    assert inbox.run(["reply", str(one.pk), "-", "--by", other.email]) == 0
    assert Message.objects.filter(direction="out").last().by == other  # type: ignore[union-attr]
    for arguments, said in (
        (["reply", "0", "x", "--by", other.email], "no conversation 0"),
        (["reply", str(one.pk), " ", "--by", other.email], "empty"),
        (["reply", str(one.pk), "x", "--by", "niemand@x.example"], "niemand@"),
        (["reply", str(one.pk), "x", "--by", staff(Role.ANALYST).email], "right"),
    ):
        assert inbox.run(arguments) == 1
        assert said in capsys.readouterr().err
