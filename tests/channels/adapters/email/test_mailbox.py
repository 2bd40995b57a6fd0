"""Reading a mailbox: each mail once, nothing marked, nothing lost, and never over an open line by surprise."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from stamtafel.channels.adapters.email import mailbox
from stamtafel.channels.adapters.email.mailbox import Cursor
from stamtafel.channels.contract import ChannelError, NeedsSignIn, Permanent, Temporary
from tests.channels.adapters import test_email_client as sending
from tests.channels.adapters.email.mails import AT, email, raw
from tests.fakes.imap import FakeMailbox, serving

LOCAL = "127.0.0.1"
pem = sending.certificate  # the fixture


@pytest.fixture(autouse=True)
def _allow_loopback(settings) -> None:
    settings.OUTBOUND_ALLOW = [LOCAL, "localhost"]


@pytest.fixture
def box() -> Iterator[FakeMailbox]:
    with serving(FakeMailbox()) as made:
        yield made


def at(box: FakeMailbox, *, tls: str = "none", host: str = LOCAL, user: str = "reacties:geheim") -> dict[str, str]:
    return {"imap": f"imap://{user}@{host}:{box.port}?tls={tls}"}


def listened(box: FakeMailbox, cursor: str, **options: str) -> tuple[list[str], str]:
    """The words of what is new, and the next cursor."""
    channel = email(**options)
    updates, after = channel.listen(cursor, at(box), ())
    return [said.text for update in updates for said in channel.read(update)], after


def mail(number: int) -> bytes:
    return raw(f"Mail {number}", Message_ID=f"<{number}@voorbeeld.example>")


def test_each_mail_that_arrives_comes_once_and_in_its_order(box: FakeMailbox) -> None:
    box.deliver(mail(0))
    nothing, cursor = listened(box, "")
    assert nothing == []  # what lay there before stays there
    box.deliver(mail(1))
    box.deliver(mail(2))
    found, after = listened(box, cursor)
    assert found == ["Mail 1", "Mail 2"]
    assert listened(box, cursor)[0] == found  # a cursor that was not kept: the same again
    assert listened(box, after) == ([], after)


def test_nothing_in_the_mailbox_is_touched(box: FakeMailbox) -> None:
    cursor = listened(box, "")[1]
    box.deliver(mail(1))
    listened(box, cursor)
    commands = {command.upper().removeprefix("UID ").partition(" ")[0] for command in box.asked}
    assert commands <= {"CAPABILITY", "LOGIN", "EXAMINE", "SEARCH", "FETCH", "LOGOUT"}
    assert all("PEEK" in command for command in box.asked if "FETCH" in command.upper())


def test_a_mail_came_when_the_server_got_it(box: FakeMailbox) -> None:
    cursor = listened(box, "")[1]
    box.deliver(raw(Date="Thu, 1 Jan 1970 00:00:00 +0000"))
    channel = email()
    [update], _after = channel.listen(cursor, at(box), ())
    assert channel.read(update)[0].at.isoformat() == "2026-11-23T09:58:30+00:00"
    box.dated = "99-Foo-2026 99:58:30 +0000"
    [update], _after = channel.listen(cursor, at(box), ())
    assert channel.read(update)[0].at == AT


def test_where_the_server_numbers_anew_mails_come_again_and_have_the_same_key(box: FakeMailbox) -> None:
    cursor = listened(box, "")[1]
    box.deliver(mail(1))
    before, cursor = email().listen(cursor, at(box), ())
    box.deliver(mail(2))
    box.build_anew()
    again, after = email().listen(cursor, at(box), ())
    assert [one.remote_id for one in again[:1]] == [one.remote_id for one in before]
    assert len(again) == 2
    assert any("SINCE 22-Nov-2026" in command for command in box.asked)
    assert email().listen(after, at(box), ())[0] == []


def test_a_server_that_does_not_tell_its_next_number_is_looked_through(box: FakeMailbox) -> None:
    box.tells_next = False
    assert json.loads(listened(box, "")[1])["uid"] == 0
    box.deliver(mail(1))
    assert json.loads(listened(box, "")[1])["uid"] == 1


def test_many_mails_come_in_rounds(box: FakeMailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    cursor = listened(box, "")[1]
    for number in range(5):
        box.deliver(mail(number))
    monkeypatch.setattr(mailbox, "AT_ONCE", 2)
    seen: list[str] = []
    for _round in range(3):
        found, cursor = listened(box, cursor)
        assert len(found) <= 2
        seen += found
    assert seen == [f"Mail {number}" for number in range(5)]
    monkeypatch.setattr(mailbox, "AT_ONCE", 200)
    monkeypatch.setattr(mailbox, "BYTES_AT_ONCE", 1)
    box.deliver(mail(6))
    box.deliver(mail(7))
    assert listened(box, cursor)[0] == ["Mail 6"]


def test_a_slow_server_gives_what_it_could_and_the_rest_in_the_next_round(
    box: FakeMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    cursor = listened(box, "")[1]
    for number in range(3):
        box.deliver(mail(number))
    passed = iter([0.0, 1.0, 130.0])
    with monkeypatch.context() as patched:
        patched.setattr(mailbox.time, "monotonic", lambda: next(passed))
        found, cursor = listened(box, cursor)
    assert found == ["Mail 0"]
    assert listened(box, cursor)[0] == ["Mail 1", "Mail 2"]


def test_a_server_that_sends_more_than_was_asked_for_is_left(box: FakeMailbox) -> None:
    cursor = listened(box, "")[1]
    box.deliver(mail(1))
    box.claims = 2_000_000_000
    with pytest.raises(Temporary, match="more than it was asked for"):
        listened(box, cursor)


def test_of_a_huge_mail_only_the_beginning_comes_over_the_line(
    box: FakeMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(mailbox, "LARGEST", 5_000)
    cursor = listened(box, "")[1]
    box.deliver(mail(1) + b"x" * 100_000)
    [update], _after = email().listen(cursor, at(box), ())
    assert update.payload["size"] > 100_000
    assert len(update.payload["raw"]) < 7_000


def test_a_mail_that_somebody_deletes_meanwhile_is_passed_over(box: FakeMailbox, monkeypatch) -> None:
    cursor = listened(box, "")[1]
    box.deliver(mail(1))
    box.deliver(mail(2))
    ours = mailbox._uids
    monkeypatch.setattr(mailbox, "_uids", lambda *args: [*ours(*args), 99])
    found, after = listened(box, cursor)
    assert found == ["Mail 1", "Mail 2"]
    assert json.loads(after)["uid"] == 99


@pytest.mark.parametrize("cursor", ["onzin", "[]", '{"validity": "x"}', "{}"])
def test_a_cursor_that_is_none_begins_now(box: FakeMailbox, cursor: str) -> None:
    box.deliver(mail(1))
    assert listened(box, cursor)[0] == []
    assert Cursor.read(cursor) is None


def test_without_a_mailbox_nothing_is_asked() -> None:
    assert email().listen("x", {}, ()) == ((), "x")


# ── getting in ───────────────────────────────────────────────────────────────────────────────────
def test_a_wrong_password_asks_for_somebody_and_is_not_repeated_in_words(box: FakeMailbox) -> None:
    with pytest.raises(NeedsSignIn) as found:
        email().listen("", at(box, user="reacties:fout-wachtwoord"), ())
    assert "fout-wachtwoord" not in str(found.value)


def test_a_password_with_accents_is_sent_as_such(box: FakeMailbox) -> None:
    assert email().listen("", at(box, user="reacties:gehe%C3%AFm"), ())[0] == []
    assert "AUTHENTICATE" in box.asked


def test_a_folder_that_is_not_there_is_said(box: FakeMailbox) -> None:
    with pytest.raises(Permanent, match="no folder “Archief”"):
        listened(box, "", mailbox_folder="Archief")
    box.folder = "Reacties"
    assert listened(box, "", mailbox_folder="Reacties")[0] == []


@pytest.mark.parametrize("where", ["LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT"])
def test_a_line_that_breaks_is_tried_again_later_and_loses_nothing(box: FakeMailbox, where: str) -> None:
    cursor = listened(box, "")[1]
    box.deliver(mail(1))
    box.breaks = where
    if where == "LOGOUT":  # all was read
        assert listened(box, cursor)[0] == ["Mail 1"]
    else:
        with pytest.raises(Temporary):
            listened(box, cursor)
    box.breaks = ""
    assert listened(box, cursor)[0] == ["Mail 1"]


@pytest.mark.parametrize("what", ["UID SEARCH", "UID FETCH"])
def test_a_server_that_refuses_is_asked_again_later(box: FakeMailbox, what: str) -> None:
    cursor = listened(box, "")[1]
    box.deliver(mail(1))
    box.refuses = what
    with pytest.raises(Temporary, match="broke off"):
        listened(box, cursor)


def test_a_server_that_is_not_there_is_asked_again_later(box: FakeMailbox) -> None:
    with pytest.raises(Temporary, match="cannot be reached"):
        email().listen("", {"imap": f"imap://u:p@{LOCAL}:1?tls=none"}, ())
    with pytest.raises(Temporary, match="cannot be reached"):
        email().listen("", {"imap": "imap://u:p@bestaat-niet.invalid"}, ())


@pytest.mark.parametrize("address", ["smtp://u:p@mail.example", "imap://", "imap://[::1", "imap://u:p@h?tls=x", "x"])
def test_an_address_that_is_none_needs_somebody(address: str) -> None:
    with pytest.raises(NeedsSignIn) as found:
        email().check({"imap": address})
    assert "u:p" not in str(found.value)


# ── only where we may ────────────────────────────────────────────────────────────────────────────
def test_a_private_host_is_refused_unless_it_is_named(box: FakeMailbox, settings) -> None:
    settings.OUTBOUND_ALLOW = []
    for tls in ("implicit", "starttls"):
        with pytest.raises(Permanent, match="private network"):
            email().listen("", at(box, tls=tls), ())
    assert box.asked == []
    settings.OUTBOUND_ALLOW = [f"{LOCAL}:{box.port}"]
    assert email().listen("", at(box), ())[0] == []


def test_mail_is_not_read_in_the_clear_from_a_host_that_is_not_named(box: FakeMailbox, settings) -> None:
    settings.OUTBOUND_ALLOW = []
    with pytest.raises(Permanent, match="in the clear"):
        email().listen("", at(box), ())


@pytest.mark.parametrize(("tls", "implicit"), [("implicit", True), ("starttls", False)])
def test_an_encrypted_line_is_one(
    tmp_path: Path, pem: Path, tls: str, implicit: bool, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    with serving(FakeMailbox(tls=sending.context(pem)), implicit=implicit) as box:
        with pytest.raises(Temporary, match="CERTIFICATE_VERIFY_FAILED"):
            email().check(at(box, tls=tls, host="localhost"))
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        health = email(folder=str(tmp_path)).check(at(box, tls=tls, host="localhost"))
        assert health.name == "noreply@lindewaard.example"


def test_a_server_without_encryption_is_not_spoken_to_in_the_clear(box: FakeMailbox) -> None:
    with pytest.raises(Temporary):
        email().check(at(box, tls="starttls"))
    assert "LOGIN" not in box.asked


def test_every_error_is_one_of_the_contract(box: FakeMailbox) -> None:
    for wrong in ("CAPABILITY", "LOGIN", "EXAMINE"):
        box.breaks = wrong
        with pytest.raises(ChannelError):
            email().listen("", at(box), ())


def test_the_day_to_look_back_to_is_the_one_before() -> None:
    cursor = Cursor(1, 2, (AT - timedelta(days=1)).date().isoformat())
    assert Cursor.read(cursor.write()) == cursor
