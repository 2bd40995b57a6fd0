"""What is attached is kept only where it is harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.adapters.email.attached import LARGEST, attachments, safe_name
from stamtafel.channels.adapters.email.mime import Part
from tests.channels.adapters.email.mails import said, written

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 5_000
PDF = b"%PDF-1.7 x"


def attached(*files: tuple[str, str, bytes]) -> bytes:
    mail = written("Zie de foto.")
    for media_type, name, data in files:
        main, _slash, sub = media_type.partition("/")
        mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


def kept(*files: tuple[str, str, bytes]) -> list[tuple[str, str, bool]]:
    return [(one.media_type, one.name, bool(one.data)) for one in said(attached(*files)).attachments]


def test_a_photo_and_a_letter_are_kept() -> None:
    found = said(attached(("image/jpeg", "plas.jpg", JPEG), ("application/pdf", "brief é.pdf", PDF))).attachments
    assert [(one.media_type, one.name, one.data) for one in found] == [
        ("image/jpeg", "plas.jpg", JPEG),
        ("application/pdf", "brief é.pdf", PDF),
    ]


@pytest.mark.parametrize(
    ("media_type", "name", "data"),
    [
        ("application/x-msdownload", "plas.exe", b"MZ"),
        ("text/html", "plas.html", b"<script>"),
        ("image/svg+xml", "plas.svg", b"<svg onload=x>"),
        ("image/jpeg", "plas.jpg", b"MZ is geen foto"),
        ("image/webp", "plas.webp", b"RIFFxxxxWAVE"),
        ("application/vnd.ms-excel.sheet.macroEnabled.12", "plas.xlsm", b"PK\x03\x04"),
        ("application/octet-stream", "plas.exe", b"MZ"),
        ("text/plain", "plas.txt", b"\x00\x01"),
    ],
)
def test_of_everything_else_only_the_name_is_kept(media_type: str, name: str, data: bytes) -> None:
    assert kept((media_type, name, data)) == [("application/octet-stream", name, False)]


def test_a_type_that_says_nothing_is_looked_up_by_its_ending_and_its_bytes() -> None:
    assert kept(("application/octet-stream", "plas.JPEG", JPEG)) == [("image/jpeg", "plas.JPEG", True)]
    assert kept(("application/octet-stream", "plas.jpg", PDF)) == [("application/octet-stream", "plas.jpg", False)]
    assert kept(("image/jpg", "plas.jpg", JPEG)) == [("image/jpeg", "plas.jpg", True)]
    assert kept(("image/webp", "p.webp", b"RIFF0000WEBP")) == [("image/webp", "p.webp", True)]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\f\\plas.jpg", "plas.jpg"),
        ("foto.jpg.exe", "foto.jpg.exe.jpg"),
        ("foto\u202egpj.exe", "fotogpj.exe.jpg"),
        ("con<>:|?*.jpg", "con_.jpg"),
        ("  .jpg", "jpg.jpg"),
        ("a" * 300 + ".jpg", "a" * 76 + ".jpg"),
        ("\r\nSet-Cookie: x.jpg", "Set-Cookie_ x.jpg"),
        ("", "bijlage-1.jpg"),
        ("...", "bijlage-1.jpg"),
    ],
)
def test_a_name_is_one_file_and_ends_as_what_it_is(name: str, safe: str) -> None:
    assert attachments([Part("image/jpeg", name, JPEG)])[0].name == safe


@given(st.text(max_size=200))
def test_no_name_leads_anywhere(name: str) -> None:
    safe = safe_name(name)
    assert not set('/\\<>:"|?*%\x00\r\n') & set(safe)
    assert not safe.startswith(".")
    assert len(safe) <= 80


def test_of_fifty_attachments_twenty_are_kept() -> None:
    assert len(kept(*[("image/jpeg", f"{number}.jpg", JPEG) for number in range(50)])) == 20


def test_a_size_is_the_most_for_one_and_for_all_together() -> None:
    large, half = b"\xff\xd8\xff" + b"x" * LARGEST, b"\xff\xd8\xff" + b"x" * (LARGEST - 3)
    found = attachments([Part("image/jpeg", "a.jpg", data) for data in (large, half, half, half, JPEG[:9])])
    assert [bool(one.data) for one in found] == [False, True, True, False, False]


def test_logos_in_the_text_are_left_out_and_photos_in_it_are_not() -> None:
    parts = [
        Part("image/png", "logo.png", b"\x89PNG\r\n\x1a\n", inline=True),
        Part("image/jpeg", "", JPEG, inline=True),
    ]
    assert [one.name for one in attachments(parts)] == ["bijlage-1.jpg"]


def test_a_mail_with_only_a_photo_is_something_said() -> None:
    mail = written("")
    mail.add_attachment(JPEG, maintype="image", subtype="jpeg", filename="plas.jpg")
    assert (said(mail.as_bytes()).text, said(mail.as_bytes()).attachments[0].name) == ("", "plas.jpg")


def test_a_forwarded_mail_is_named_and_not_opened() -> None:
    mail = written("Zie hieronder.")
    mail.add_attachment(written("Geheim", Subject="Van een ander"))
    assert (said(mail.as_bytes()).text, kept_names(mail.as_bytes())) == ("Zie hieronder.", ["bijlage-1"])


def kept_names(content: bytes) -> list[str]:
    return [one.name for one in said(content).attachments]
