"""Sending: what becomes of a delivery, whatever the network does."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import translation

from stamtafel.channels import actions, queries, rules
from stamtafel.channels.adapters.demo.channel import Demo
from stamtafel.channels.adapters.email.channel import Email
from stamtafel.channels.contract import NeedsSignIn, OutcomeUnknown, Permanent, Temporary, UnsafeHeader
from stamtafel.channels.jobs import send_due, settle_lost
from stamtafel.channels.models import Account, Delivery
from stamtafel.channels.rules import Cause
from stamtafel.channels.words import WORDS
from stamtafel.ledger.models import Entry
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from stamtafel.work.models import Pulse
from tests.builders import NOW, municipality, resident, staff
from tests.channels.builders import demo_account, draft, mail, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.EMAIL_URL = ""


def fresh(row: Delivery) -> Delivery:
    return Delivery.objects.get(pk=row.pk)


def posts(account: Account) -> list[dict[str, str]]:
    return Demo(account.options).posts()


def test_mail_goes_out_once_with_the_name_of_the_municipality() -> None:
    municipality()
    row = mail(reply_to="g@lindewaard.example")
    assert (send_due(NOW), send_due(NOW)) == (1, 0)
    done = fresh(row)
    assert (done.state, done.done_at, done.remote_id) == ("done", NOW, row.message_id)
    [kept] = queries.kept_mails(viewer=None)
    assert (kept.to, kept.subject) == ("fatima@voorbeeld.example", "Het plein wordt groen")
    assert "Lindewaard" in kept.text
    text = next(queries.mail_folder().glob("*.eml")).read_text()
    assert "Auto-Submitted: auto-generated" in text
    assert f"Message-ID: {row.message_id}" in text


def test_an_answer_of_a_person_does_not_say_that_a_machine_sent_it() -> None:
    mail(purpose="reply")
    send_due(NOW)
    assert "Auto-Submitted" not in next(queries.mail_folder().glob("*.eml")).read_text()


def test_the_same_key_is_one_delivery() -> None:
    first, second = mail(key="notice:1"), mail(key="notice:1", subject="Iets anders")
    assert first.pk == second.pk
    assert second.draft["subject"] == "Het plein wordt groen"


@pytest.mark.parametrize("address", ["a@b.nl,c@d.nl", "a@b.nl\nBcc: c@d.nl", "<a@b.nl>"])
def test_a_recipient_is_one_plain_address(address: str) -> None:
    with pytest.raises(UnsafeHeader):
        mail(address)


def test_nothing_can_be_sent_to_a_kind_that_only_listens() -> None:
    with pytest.raises(actions.CannotPublish):
        actions.deliver(kind="cafe", key="k", purpose="announcement", draft=draft(), due_at=NOW)
    assert not queries.publishes(actions.account("cafe"))
    with pytest.raises(Account.DoesNotExist):
        actions.account("demo")


@pytest.mark.parametrize("kind", ["website", "feed"])
def test_our_own_pages_are_published_by_being_there(kind: str) -> None:
    link = "https://lindewaard.example/berichten/plein/"
    row = actions.deliver(kind=kind, key="k", purpose="announcement", draft=draft(link=link), due_at=NOW)
    send_due(NOW)
    assert (fresh(row).state, fresh(row).remote_url) == ("done", link)
    queries.channel_of(row.account).check({})  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("behaviour", "state", "published"),
    [("succeed", "done", 1), ("double", "done", 2), ("stall", "waiting", 0), ("refuse", "failed", 0)],
)
def test_what_the_network_does_is_on_the_row(tmp_path: Path, behaviour: str, state: str, published: int) -> None:
    account = demo_account(tmp_path, behaviour)
    row = post(account)
    send_due(NOW)
    assert (fresh(row).state, len(posts(account))) == (state, published)
    if behaviour == "stall":
        assert fresh(row).due_at >= NOW + timedelta(minutes=10)


def test_a_crash_after_publishing_is_looked_up_and_never_repeated(tmp_path: Path) -> None:
    account = demo_account(tmp_path, "crash")
    row = post(account)
    with pytest.raises(RuntimeError):
        send_due(NOW)
    assert fresh(row).state == "unsure"
    assert send_due(NOW + timedelta(days=1)) == 0
    assert settle_lost(NOW) == 1
    assert (fresh(row).state, fresh(row).remote_id, len(posts(account))) == ("done", "demo-1", 1)


def test_what_is_not_found_stays_unsure_and_is_looked_up_later(tmp_path: Path) -> None:
    row = post(demo_account(tmp_path))
    Delivery.objects.update(state="sending", lease_until=NOW, attempts=1)
    assert settle_lost(NOW + timedelta(seconds=1)) == 1
    assert fresh(row).state == "unsure"
    assert fresh(row).due_at == NOW + timedelta(minutes=10, seconds=1)


def test_mail_whose_sender_was_killed_goes_again_under_the_same_message_id() -> None:
    row = mail()
    Delivery.objects.update(state="sending", lease_until=NOW, attempts=1)
    settle_lost(NOW + timedelta(seconds=1))
    send_due(NOW + timedelta(seconds=1))
    assert (fresh(row).state, fresh(row).message_id, fresh(row).attempts) == ("done", row.message_id, 2)


def test_a_poisoned_row_blocks_nobody() -> None:
    first, second = mail(due_at=NOW - timedelta(hours=1)), mail()
    Delivery.objects.filter(pk=first.pk).update(draft={"subject": "a"})
    with pytest.raises(TypeError):
        send_due(NOW)
    assert (fresh(first).state, fresh(second).state) == ("waiting", "done")
    assert fresh(first).due_at > NOW
    assert "TypeError" in fresh(first).last_error


def test_an_account_of_a_removed_package_blocks_nobody() -> None:
    Account.objects.create(kind="pigeon", name="a")
    row = mail()
    with pytest.raises(LookupError):
        send_due(NOW)
    assert fresh(row).state == "done"


def test_a_server_that_is_away_postpones_all_and_is_named_on_the_account(settings) -> None:
    rows = [mail(), mail()]
    settings.EMAIL_URL = "smtp://127.0.0.1:1?tls=none"
    send_due(NOW)
    assert [fresh(row).state for row in rows] == ["waiting", "waiting"]
    assert "cannot be reached" in Account.objects.get(kind="email").problem
    settings.EMAIL_URL = ""
    send_due(NOW + timedelta(hours=1))
    assert [fresh(row).state for row in rows] == ["done", "done"]
    assert Account.objects.get(kind="email").problem == ""


def test_what_does_not_fit_in_half_the_lease_is_given_back() -> None:
    rows = [mail(), mail()]
    assert send_due(NOW, lease=timedelta(0)) == 2
    assert [fresh(row).state for row in rows] == ["waiting", "waiting"]


# ── what a person can do ─────────────────────────────────────────────────────────────────────────
def in_state(state: str, **fields: object) -> Delivery:
    row = mail()
    Delivery.objects.filter(pk=row.pk).update(state=state, **fields)
    return fresh(row)


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        (actions.retry_delivery, "failed", "waiting"),
        (actions.retry_delivery, "unsure", "waiting"),
        (actions.cancel_delivery, "waiting", "cancelled"),
        (actions.cancel_delivery, "held", "cancelled"),
        (actions.mark_sent, "unsure", "done"),
    ],
)
def test_by_hand(action, before: str, after: str) -> None:
    row = in_state(before)
    actor = staff(Role.ADMINISTRATOR)
    action(actor=actor, delivery_id=row.pk, now=NOW)
    assert (fresh(row).state, fresh(row).handled_by) == (after, actor)
    assert Entry.objects.get().subject == f"delivery:{row.pk}"
    with pytest.raises(actions.AlreadyMoved):
        action(actor=actor, delivery_id=row.pk, now=NOW)


def test_only_who_may_can_retry_hold_or_look() -> None:
    row, actor = in_state("failed"), staff(Role.FIELD_WORKER)
    for action in (actions.retry_delivery, actions.cancel_delivery, actions.mark_sent):
        with pytest.raises(Forbidden):
            action(actor=actor, delivery_id=row.pk, now=NOW)
    for hold in (actions.hold_account, actions.resume_account):
        with pytest.raises(Forbidden):
            hold(actor=actor, account_id=row.account_id, now=NOW)
    for look in (queries.deliveries, queries.accounts, queries.kept_mails):
        with pytest.raises(Forbidden):
            look(viewer=actor)


def test_on_hold_nothing_leaves_until_it_is_resumed() -> None:
    before = mail()
    account = before.account
    actions.hold_account(actor=None, account_id=account.pk, now=NOW)
    after = mail()
    assert send_due(NOW) == 0
    assert {fresh(before).state, fresh(after).state} == {"held"}
    with pytest.raises(actions.AlreadyMoved):
        actions.hold_account(actor=None, account_id=account.pk, now=NOW)
    actions.resume_account(actor=None, account_id=account.pk, now=NOW)
    assert send_due(NOW) == 2
    with pytest.raises(actions.AlreadyMoved):
        actions.resume_account(actor=None, account_id=account.pk, now=NOW)


def test_an_address_is_forgotten_everywhere() -> None:
    waiting, done, other = mail(), in_state("done"), mail("x@y.example")
    assert actions.forget_recipient(recipient="fatima@voorbeeld.example") == 2
    assert (fresh(waiting).state, fresh(done).state, fresh(other).state) == ("cancelled", "done", "waiting")
    assert not Delivery.objects.filter(recipient__contains="fatima").exists()
    assert fresh(done).draft["body"] == ""


# ── the desk ─────────────────────────────────────────────────────────────────────────────────────
def test_the_list_costs_one_query_for_three_and_for_thirty(django_assert_num_queries) -> None:
    for number in (3, 27):
        for _ in range(number):
            mail()
        with django_assert_num_queries(1):
            page = queries.deliveries(viewer=None)
    assert len(page.lines) == 30
    line = page.lines[0]
    assert (line.recipient, line.subject, line.actions) == (
        "f…@voorbeeld.example",
        "Het plein wordt groen",
        ("cancel",),
    )
    with translation.override("en"):
        assert str(line.what) == "This waits for its turn."


def test_pages_follow_each_other_and_filters_hold(tmp_path: Path) -> None:
    rows = [mail(), mail(purpose="digest"), post(demo_account(tmp_path))]
    first = queries.deliveries(viewer=None, limit=2)
    second = queries.deliveries(viewer=None, limit=2, after=first.after)
    assert [line.pk for line in first.lines + second.lines] == [row.pk for row in reversed(rows)]
    assert second.after is None
    found = queries.deliveries(viewer=None, filters={"purpose": "digest", "state": "", "other": "x"})
    assert [line.pk for line in found.lines] == [rows[1].pk]
    found = queries.deliveries(viewer=None, filters={"account": str(rows[2].account_id)})
    assert [line.pk for line in found.lines] == [rows[2].pk]
    assert queries.deliveries(viewer=None, filters={"account": "x"}).lines == []


def test_the_watchdog_sees_what_stands_still() -> None:
    assert queries.health(now=NOW).good
    mail(due_at=NOW - timedelta(hours=1))
    in_state("sending", lease_until=NOW - timedelta(hours=1))
    in_state("unsure")
    Pulse.objects.create(job="channels.send", beat_at=NOW - timedelta(minutes=3), error="boom")
    found = queries.health(now=NOW)
    assert (found.stuck, found.trouble, found.stuck_since) == (2, 1, NOW - timedelta(hours=1))
    assert (found.late_jobs, found.failing_jobs, found.good) == (["channels.send"], {"channels.send": "boom"}, False)


def test_a_bounce_is_on_the_resident(monkeypatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise Permanent("550 5.1.1 unknown", bounced=True)

    monkeypatch.setattr(Email, "_keep", refuse)
    someone = resident(email="fatima@voorbeeld.example")
    row = mail()
    send_due(NOW)
    someone.refresh_from_db()
    assert (fresh(row).state, someone.bounced_at) == ("failed", NOW)
    assert "kent dit adres niet" in str(queries.deliveries(viewer=None).lines[0].what)


def test_a_sign_in_that_fails_is_named_on_the_account(settings) -> None:
    row = mail()
    settings.EMAIL_URL = "http://nonsense"
    send_due(NOW)
    assert fresh(row).state == "waiting"
    assert "smtp://" in Account.objects.get(kind="email").problem


@pytest.mark.parametrize(
    ("error", "state"), [(NeedsSignIn("535 no"), "waiting"), (OutcomeUnknown("no answer"), "waiting")]
)
def test_what_one_mail_met_is_on_its_row(monkeypatch, error: Exception, state: str) -> None:
    def meet(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(Email, "_keep", meet)
    row = mail()
    send_due(NOW)
    assert (fresh(row).state, fresh(row).last_error) == (state, str(error))
    assert Account.objects.get(kind="email").problem == (str(error) if isinstance(error, NeedsSignIn) else "")


def test_an_unknown_outcome_on_a_network_that_doubles_is_left_to_a_person(monkeypatch, tmp_path: Path) -> None:
    def silent(*_arguments: object) -> None:
        raise OutcomeUnknown("no answer")

    monkeypatch.setattr(Demo, "publish", silent)
    row = post(demo_account(tmp_path))
    send_due(NOW)
    assert fresh(row).state == "unsure"


def test_an_account_can_be_looked_at_before_anything_is_sent(tmp_path: Path) -> None:
    account = demo_account(tmp_path, "stall")
    channel = queries.channel_of(account)
    assert isinstance(channel, Demo)
    with pytest.raises(Temporary):
        channel.check({})
    Demo({"folder": str(tmp_path)}).check({})
    assert [found.kind for found in queries.accounts(viewer=None)] == ["demo"]
    assert queries.mail_is_kept()


@pytest.mark.parametrize(
    ("state", "error", "held", "meant"),
    [
        ("waiting", "", False, Cause.WAITS),
        ("waiting", "", True, Cause.HELD),
        ("waiting", "450 greylisted", False, Cause.LATER),
        ("waiting", "RuntimeError: x", False, Cause.LATER),
        ("waiting", "The mail server a cannot be reached: x", False, Cause.UNREACHABLE),
        ("failed", "550 5.1.1 unknown", False, Cause.NO_ADDRESS),
        ("failed", "550 5.7.1 blocked", False, Cause.REFUSED),
        ("failed", "552 5.2.2 over quota", False, Cause.MAILBOX_FULL),
        ("failed", "535 5.7.8 bad", False, Cause.SIGN_IN),
        ("failed", "anything", False, Cause.REFUSED),
        ("unsure", "550", True, Cause.UNSURE),
    ],
)
def test_why_it_stands_where_it_stands(state: str, error: str, held: bool, meant: Cause) -> None:
    assert rules.cause(state=state, error=error, held=held) is meant


def test_every_cause_has_words_and_an_address_without_a_name_stays() -> None:
    assert set(WORDS) == set(Cause)
    assert rules.shortened("") == ""
