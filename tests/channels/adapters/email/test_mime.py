"""Whatever is broken in a mail: it is shown as far as it can be read, and nothing breaks."""

import base64
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.adapters.email import mime
from stamtafel.channels.adapters.email.arrive import mail_of, tags
from stamtafel.channels.adapters.email.nature import Nature, failures, nature
from tests.channels.adapters.email.mails import REPLY_TO, email, raw, said, update

HEAD = b"From: Fatima <fatima@voorbeeld.example>\r\nSubject: Water\r\nMessage-ID: <one@voorbeeld.example>\r\n"


def text_of(content: bytes) -> str:
    return said(HEAD + content).text


@pytest.mark.parametrize(
    ("claimed", "data", "shown"),
    [
        ("utf-8", "Café naïef".encode(), "Café naïef"),
        ("utf-8", "Café".encode("latin-1"), "Café"),  # says UTF-8 and is not
        ("us-ascii", "Café €".encode("cp1252"), "Café €"),
        ("iso-8859-1", "Café “zo”".encode("cp1252"), "Café “zo”"),
        ("iso-8859-1", "Café".encode(), "Café"),  # says Latin and is UTF-8
        ("bestaat-niet", "Café".encode(), "Café"),
        ("bestaat-niet", "Café".encode("latin-1"), "Café"),
        ("utf-16", b"Gewoon", "Gewoon"),
        ("utf-7", b"Gewoon", "Gewoon"),
        ("base64", "Café".encode("latin-1"), "Café"),  # a codec of Python, but none of text
        ('"', b"Gewoon", "Gewoon"),
        ("utf-8", b"Ge\x00woon\x1b", "Gewoon"),
        ("koi8-r", "привет".encode("koi8-r"), "привет"),
    ],
)
def test_a_charset_that_lies_is_found_out(claimed: str, data: bytes, shown: str) -> None:
    head = f"Content-Type: text/plain; charset={claimed}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    assert text_of(head.encode() + data) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("=?utf-8?q?Caf=C3=A9?=", "Café"),
        ("=?utf-8?b?Q2Fmw6k=?=", "Café"),
        ("=?utf-8?b?Q2Fmw6?=", "CafÃ"),
        ("=?utf-8?b?Q?=", "=?utf-8?b?Q?="),
        ("=?onzin?q?Caf=C3=A9?=", "Café"),
        ("=?utf-8?q?a=0D=0ABcc:_x@y.example?=", "a Bcc: x@y.example"),
        ("Water\r\n op het pad", "Water op het pad"),
        ("Re: Antw: RE[2]: Water", "Water"),
        ("", ""),
    ],
)
def test_headers_are_one_line_of_readable_words(written: str, shown: str) -> None:
    assert said(f"From: f@voorbeeld.example\r\nSubject: {written}\r\n\r\nTekst".encode()).subject == shown


def test_raw_bytes_in_a_header_are_read() -> None:
    assert said(b"From: f@voorbeeld.example\r\nSubject: Caf\xc3\xa9\r\n\r\nTekst").subject == "Café"
    assert said(b"From: f@voorbeeld.example\r\nSubject: Caf\xe9\r\n\r\nTekst").subject == "Café"


@pytest.mark.parametrize(
    ("sender", "author"),
    [
        ("Fatima <Fatima@Voorbeeld.example>", ("Fatima", "fatima@voorbeeld.example")),
        ("fatima@voorbeeld.example", ("", "fatima@voorbeeld.example")),
        ('"Yilmaz, Fatima" <fatima@voorbeeld.example>', ("Yilmaz, Fatima", "fatima@voorbeeld.example")),
        ("=?utf-8?q?F=C3=A1tima?= <f@voorbeeld.example>", ("Fátima", "f@voorbeeld.example")),
    ],
)
def test_who_wrote_it(sender: str, author: tuple[str, str]) -> None:
    found = said(f"From: {sender}\r\n\r\nTekst".encode()).author
    assert (found.name, found.id) == author


@pytest.mark.parametrize("sender", ["", "Fatima", "a@a.example, b@b.example", "<>", "undisclosed-recipients:;"])
def test_a_mail_of_nobody_or_of_several_is_of_no_concern(sender: str) -> None:
    assert email().read(update(f"From: {sender}\r\n\r\nTekst".encode())) == ()


def test_deep_nesting_is_read_as_far_as_is_harmless() -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\nContent-Type: text/plain\r\n\r\nlaag %d\r\n--b%d\r\n"
        % (number, number, number, number)
        for number in range(5_000)
    )
    assert text_of(nested).startswith("laag 0\nlaag 1\n")


def test_mails_in_mails_without_end_are_no_trouble() -> None:
    began = time.monotonic()
    assert email().read(update(HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 20_000)) is not None
    many_lines = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\ntekst\r\n' + b"\n" * 3_000_000
    assert text_of(many_lines) == "tekst"
    assert text_of(b"X-Regel: y\r\n" * 200_000 + b"\r\ntekst") == "tekst"
    assert time.monotonic() - began < 20


def test_what_python_can_not_parse_is_read_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(mime.email, "message_from_bytes", broken)
    mail = mime.read(b"From: f@voorbeeld.example\r\nSubject: Lang\r\n en breed\r\nzomaar iets\r\n\r\nTekst")
    assert (mail.sender, mail.header("subject"), mail.text) == (("", "f@voorbeeld.example"), "Lang en breed", "Tekst")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Mon, 23 Nov 2026 10:58:00 +0100", datetime(2026, 11, 23, 9, 58, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:58:00", datetime(2026, 11, 23, 10, 58, tzinfo=UTC)),
        ("gisteren", None),
        ("Mon, 99 Nov 99999 99:58:00 +9999", None),
    ],
)
def test_the_date_where_there_is_one(written: str, read: datetime | None) -> None:
    assert mime.read(f"Date: {written}\r\n\r\n".encode()).date == read


def test_of_a_mail_of_very_many_parts_the_first_are_read() -> None:
    parts = b"".join(b"--b\r\nContent-Type: text/plain\r\n\r\n%d\r\n" % number for number in range(1_000))
    shown = text_of(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts).split()
    assert shown[:2] == ["0", "1"]
    assert 200 < len(shown) < 300


def test_a_mail_that_was_cut_off_is_read_up_to_there() -> None:
    whole = raw("Het eerste deel.", "<p>Het tweede</p>")
    assert said(whole[: whole.index(b"<p>")]).text == "Het eerste deel."


def test_a_payload_that_holds_no_mail_gives_nothing() -> None:
    assert mail_of({}).headers == {}
    assert mail_of({"raw": "geen base64!"}).text == ""
    assert mail_of({"raw": "é"}).text == ""


def test_a_mail_is_kept_whole_up_to_a_size() -> None:
    huge = raw("Tekst") + b"x" * 12_000_000
    kept = update(huge)
    assert len(base64.b64decode(kept.payload["raw"])) == 10_000_000
    assert kept.payload["size"] == len(huge)


PIECES = st.sampled_from([
    b"From: a@a.example\r\n", b"From: =?x?b?=\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n", b"--b\r\n", b"--b--",
    b"Content-Type: text/html; charset=\r\n", b"Content-Type: message/rfc822\r\n", b"\r\n", b"\n", b"\r", b"\x00\xff",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: uuencode\r\n", b"begin 666 x\n", b"=?utf-8?q?",
    b"Content-Disposition: attachment; filename*0*=x''%ff; filename*1=y\r\n", b"Content-Type: message/delivery-status\r\n",
    b"Content-Type: multipart/report\r\n", b"Message-ID: <a@b>\r\n", b"Date: 1 2 3\r\n", b"References: <<<>>>\r\n", b"<p>",
    b"Content-Type: message/external-body\r\n", b"Content-Type: ;;;\r\n", b"To: a:b;,@,<\r\n", b"> tekst\r\n", b": \r\n",
    b"Action: failed\r\n", b"Final-Recipient: ;\r\n", b"Auto-Submitted: \r\n", b"Subject: \xe9\r\n", b"Content-Type: text/rfc822-headers\r\n",
])  # fmt: skip


@given(st.lists(PIECES | st.binary(max_size=30), max_size=25).map(b"".join))
def test_any_bytes_are_kept_and_read_without_a_crash(content: bytes) -> None:
    kept = update(content)
    assert base64.b64decode(kept.payload["raw"]) == content
    mail = mail_of(kept.payload)
    assert nature(mail) in Nature
    assert all(failure.said[:1] in "245" and failure.message_id for failure in failures(mail))
    assert tags(kept.payload, mail, REPLY_TO) == ()
    for found in email().read(kept):
        whole = f"{found.text}{found.subject}{found.thread}{found.author.id}{found.author.name}{found.remote_id}"
        whole.encode()  # no half characters
        assert "\x00" not in whole
        assert "\n" not in found.subject + found.thread + found.author.name
        assert max(map(len, (found.thread, found.remote_id))) <= 250
