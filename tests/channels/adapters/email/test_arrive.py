"""Which talk a mail belongs to, when it came, to which address of ours, and what makes two mails the same."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.adapters.email import arrive, webhook
from stamtafel.channels.adapters.email.arrive import Tag, mail_of, reply_address, tags
from stamtafel.channels.adapters.email.channel import Email
from stamtafel.channels.adapters.email.options import SETUP
from stamtafel.channels.contract import Draft, Listens, Permanent, Replies, Sort, Target, Update, Webhooks
from tests.channels.adapters.email.mails import AT, REPLY_TO, email, raw, said, update

SIGNED = "abcdefghijklmnopqrstuvwx"
SECRET = "een-geheim-van-genoeg-tekens"


def test_a_mail_is_a_private_message_of_who_wrote_it() -> None:
    found = said(b"Content-Language: nl-NL, en\r\n" + raw())
    assert (found.sort, found.private, found.author.name) == (Sort.MESSAGE, True, "Fatima")
    assert (found.author.id, found.author.handle) == ("fatima@voorbeeld.example", "")
    assert (found.subject, found.text, found.language) == (
        "Water op het fietspad", "Er staat water op het fietspad.", "nl-NL",
    )  # fmt: skip
    assert arrive.message_id(found.remote_id) == "<one@voorbeeld.example>"


def test_the_channel_has_the_abilities_of_one_that_listens() -> None:
    assert isinstance(email(), Listens)
    assert isinstance(email(), Webhooks)
    assert isinstance(email(), Replies)
    assert Email.setup is SETUP
    assert {one.name for one in SETUP.fields if one.secret} == {"imap", "webhook_secret"}
    assert all(str(one.label) for one in SETUP.fields)


# ── threads ──────────────────────────────────────────────────────────────────────────────────────
def test_answers_belong_to_the_first_mail_of_the_talk() -> None:
    first = said(raw()).thread
    second = raw(Message_ID="<two@voorbeeld.example>", In_Reply_To="<one@voorbeeld.example>")
    third = raw(Message_ID="<three@voorbeeld.example>", In_Reply_To="<two@voorbeeld.example>",
                References="<one@voorbeeld.example> <two@voorbeeld.example>")  # fmt: skip
    assert [said(second).thread, said(third).thread] == [first, first]
    assert said(third).in_reply_to == "<two@voorbeeld.example>"


def test_somebody_else_never_gets_into_a_talk_by_what_their_mail_says_of_itself() -> None:
    mine = said(raw()).thread
    theirs = raw(
        From="Een ander <ander@voorbeeld.example>", Message_ID="<x@x.example>", References="<one@voorbeeld.example>"
    )
    assert said(theirs).thread != mine


def test_mails_without_a_number_are_each_a_talk_of_their_own() -> None:
    one, two = said(raw("Een", Message_ID="")), said(raw("Twee", Message_ID=""))
    assert one.thread != two.thread
    assert one.remote_id != two.remote_id


def test_names_that_are_too_long_are_kept_as_a_digest() -> None:
    long = f"<{'a' * 180}@{'b' * 180}>"
    found = said(raw(Message_ID=long, References=long, In_Reply_To=long))
    assert found.thread.startswith("thread:")
    assert found.remote_id.startswith("no-id ")
    assert found.in_reply_to == ""


# ── the same mail ────────────────────────────────────────────────────────────────────────────────
def test_the_same_mail_has_one_key_whichever_way_it_comes() -> None:
    by_imap = b"Received: from mx by imap; Mon, 23 Nov 2026 11:00:00 +0100\r\n" + raw()
    by_hook = raw().replace(b"\r\n", b"\n")
    assert update(by_imap).remote_id == update(by_hook).remote_id


@pytest.mark.parametrize(
    "other",
    [
        {"Message_ID": "<two@voorbeeld.example>"},
        {"From": "iemand@anders.example"},
        {"Date": "Mon, 23 Nov 2026 10:58:01 +0100"},
        {"Subject": "Iets anders"},
    ],
)
def test_another_mail_has_another_key_also_under_the_same_number(other: dict[str, str]) -> None:
    assert update(raw(**other)).remote_id != update(raw()).remote_id
    assert said(raw(**other)).remote_id != said(raw()).remote_id


def test_without_a_number_the_words_count() -> None:
    keys = {update(raw(text, Message_ID="")).remote_id for text in ("Een", "Twee", "Een")}
    assert len(keys) == 2


# ── when ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("kept", "at"),
    [
        ("2026-11-23T10:00:00+00:00", AT),
        ("2026-11-23T10:00:00", AT),
        ("onzin", datetime(2026, 11, 23, 9, 58, tzinfo=UTC)),
    ],
)
def test_it_came_when_our_server_got_it(kept: str, at: datetime) -> None:
    one = update(raw())
    [found] = email().read(replace(one, payload={**one.payload, "at": kept}))
    assert found.at == at


def test_a_mail_that_knows_no_moment_at_all_is_old() -> None:
    one = update(raw(Date=""))
    [found] = email().read(Update(remote_id=one.remote_id, payload={"raw": one.payload["raw"]}))
    assert found.at.year == 1970


# ── the reply address ────────────────────────────────────────────────────────────────────────────
def tags_of(content: bytes, to: str = "", base: str = REPLY_TO) -> tuple[Tag, ...]:
    payload = update(content, to).payload
    return tags(payload, mail_of(payload), base)


def test_a_reply_address_is_made_and_found_again() -> None:
    address = reply_address(f"Gemeente <{REPLY_TO}>", Tag(12, SIGNED))
    assert address == f"reacties+12.{SIGNED}@lindewaard.example"
    for header in ("To", "Cc", "Delivered_To", "X_Original_To", "Envelope_To"):
        assert tags_of(raw(**{"To": "iemand@x.example", header: f"Gemeente <{address.upper()}>"})) == (Tag(12, SIGNED),)
    assert tags_of(raw(), to=address) == (Tag(12, SIGNED),)
    assert reply_address("", Tag(12, SIGNED)) == ""


@pytest.mark.parametrize(
    "address",
    [
        REPLY_TO,
        f"reacties+12.{SIGNED}@elders.example",
        f"ander+12.{SIGNED}@lindewaard.example",
        f"reacties+12.{SIGNED[:-1]}@lindewaard.example",
        f"reacties+12.{SIGNED}x@lindewaard.example",
        f"reacties+x.{SIGNED}@lindewaard.example",
        f"reacties+12{SIGNED}@lindewaard.example",
        f"reacties+{'9' * 19}.{SIGNED}@lindewaard.example",
    ],
)
def test_any_other_address_is_none_of_ours(address: str) -> None:
    assert tags_of(raw(To=address)) == ()


def test_without_a_base_no_address_is_ours() -> None:
    assert tags_of(raw(To=f"reacties+12.{SIGNED}@lindewaard.example"), base="") == ()


def test_a_base_may_have_a_plus_of_its_own() -> None:
    address = reply_address("post+reacties@a.example", Tag(7, SIGNED))
    assert tags_of(raw(To=address), base="post+reacties@a.example") == (Tag(7, SIGNED),)


def test_of_many_addresses_ten_are_looked_at() -> None:
    many = ", ".join(f"reacties+{number}.{SIGNED}@lindewaard.example" for number in range(40))
    assert len(tags_of(raw(To=many))) == 10


# ── handed over by a mail server ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "body",
    [
        raw("Café 🌳"),
        b'{"raw": "From: fatima@voorbeeld.example\\r\\nSubject: x\\r\\n\\r\\nCaf\\u00e9 \\ud83c\\udf33"}',
        b'{"encoding": "base64", "recipient": "r@x.example", "raw": "RnJvbTogZmF0aW1hQHZvb3JiZWVsZC5leGFtcGxlDQoNCkNhZsOpIPCfjLM="}',
    ],
)
def test_a_mail_that_is_handed_over_is_read(body: bytes) -> None:
    [one] = email().split(body)
    [found] = email().read(one)
    assert (found.text, found.at) == ("Café 🌳", AT)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{}", b'{"raw": 1}', b"[]", b"geen mail", b'{"raw":"x:","encoding":"base64"}']
)
def test_what_is_no_mail_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        email().split(body)


def test_only_who_knows_the_secret_hands_something_over() -> None:
    body = raw("Café 🌳 \\u00e9")
    good = {"x-stamtafel-signature": webhook.signature(body, SECRET)}
    known = {"webhook_secret": SECRET}
    assert email().is_genuine(good, body, known)
    assert email().is_genuine(good, body, known)  # the same call again: it has the same key
    assert not email().is_genuine(good, body + b" ", known)
    assert not email().is_genuine(
        {"x-stamtafel-signature": webhook.signature(body, "iets-anders-van-lengte")}, body, known
    )
    assert not email().is_genuine({"x-stamtafel-signature": "é"}, body, known)
    assert not email().is_genuine({}, body, known)
    assert email().challenge({"hub.challenge": "1"}, known) is None


@pytest.mark.parametrize("secret", ["", "te kort"])
def test_without_a_real_secret_nobody_gets_in(secret: str) -> None:
    good = {"x-stamtafel-signature": webhook.signature(b"a: b", secret)}
    assert not email().is_genuine(good, b"a: b", {"webhook_secret": secret})


# ── answering ────────────────────────────────────────────────────────────────────────────────────
def answered(tmp_path, to: Target, **draft: str) -> str:
    channel = email(folder=str(tmp_path))
    rendered = replace(
        channel.render(Draft(subject="Re: Water", body="Wij kijken.", **draft)), message_id="<a@l.example>"
    )
    assert channel.reply(to, rendered, {}, "answer:1").remote_id == "<a@l.example>"
    [kept] = tmp_path.glob("*.eml")
    return str(kept.read_text())


def target(found, **other: str) -> Target:
    return Target(**{"remote_id": found.remote_id, "thread": found.thread, "author_id": found.author.id, **other})


def test_an_answer_stands_under_what_it_answers(tmp_path) -> None:
    second = said(raw(Message_ID="<two@voorbeeld.example>", In_Reply_To="<one@voorbeeld.example>"))
    mail = answered(tmp_path, target(second), reply_to=f"reacties+1.{SIGNED}@lindewaard.example")
    assert "To: fatima@voorbeeld.example\n" in mail
    assert "In-Reply-To: <two@voorbeeld.example>\n" in mail
    assert "References: <one@voorbeeld.example> <two@voorbeeld.example>\n" in mail
    assert f"Reply-To: reacties+1.{SIGNED}@lindewaard.example\n" in mail


def test_an_answer_to_a_mail_without_a_number_has_no_reference(tmp_path) -> None:
    mail = answered(tmp_path, target(said(raw(Message_ID=""))))
    assert "In-Reply-To" not in mail
    assert "References" not in mail


def test_an_answer_to_an_address_that_would_break_out_is_refused(tmp_path) -> None:
    with pytest.raises(Permanent):
        answered(tmp_path, Target(remote_id="x", author_id="a@a.example\r\nBcc: b@b.example"))


def test_an_answer_may_always_be_given_where_there_is_an_address() -> None:
    assert email().window(target(said(raw())), AT).closed == ""
    assert email().window(Target(remote_id="x"), AT).closed


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_address_makes_a_tag_that_we_did_not_make(local: str, domain: str) -> None:
    payload = {"to": f"{local}@{domain}"}
    assert all(len(one.signature) == 24 for one in tags(payload, mail_of(payload), REPLY_TO))
