"""Zeg het ons, as a browser without script sends it."""

import json
import re
from base64 import b64encode
from html import unescape
from io import BytesIO
from typing import Any

import altcha
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from stamtafel.announce.models import Announcement
from stamtafel.dossier.actions.submit import confirmation_token
from stamtafel.dossier.models import Contribution, Step
from stamtafel.people import flood
from stamtafel.people.models import Resident
from tests.builders import NOW, area, municipality, topic

pytestmark = pytest.mark.django_db
PAGE = "/zeg-het-ons/"
TEXT = "Kan er een bankje bij de bushalte?"


@pytest.fixture(autouse=True)
def _town() -> None:
    municipality(phone="0123 45 67 89", email="info@lindewaard.example")
    flood.forget()


def key_of(client: Client, query: str = "") -> str:
    return value_of(client.get(PAGE + query).content.decode(), "form_key")


def value_of(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return unescape(found[1])


def send(client: Client, **fields: Any) -> Any:
    fields = {"kind": "idea", "text": TEXT, "form_key": fields.pop("form_key", None) or key_of(client), **fields}
    return client.post(PAGE, {name: value for name, value in fields.items() if value is not None})


def jpeg(size: tuple[int, int] = (80, 60), **options: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "green").save(out, "JPEG", **options)
    return out.getvalue()


def noise() -> bytes:
    out = BytesIO()
    Image.effect_noise((600, 400), 80).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def upload(data: bytes, name: str = "foto.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def test_the_page_is_personal_and_says_what_it_needs(client: Client) -> None:
    response = client.get(PAGE)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "Wat wilt u ons zeggen?" in response.content.decode()


def test_after_sending_the_code_is_shown_and_told_to_nobody(client: Client) -> None:
    response = send(client, email="an@voorbeeld.example")
    assert response.status_code == 302
    assert re.fullmatch(r"/volg/LIND-[0-9A-Z]{4}-[0-9A-Z]{4}/\?nieuw=1", response.headers["Location"])
    thanks = client.get(response.headers["Location"])
    page = thanks.content.decode()
    assert response.headers["Location"].split("/")[2] in page
    assert "Dank u wel" in page
    assert thanks.headers["Referrer-Policy"] == "no-referrer"
    assert thanks.headers["Cache-Control"] == "no-store"
    assert "an@voorbeeld.example" not in page
    assert Contribution.objects.get().author == Resident.objects.get()


def test_english_has_the_whole_way_too(client: Client) -> None:
    page = client.get("/en/zeg-het-ons/").content.decode()
    assert "What do you want to tell us?" in page
    response = client.post("/en/zeg-het-ons/", {"kind": "idea", "text": TEXT, "form_key": value_of(page, "form_key")})
    assert response.headers["Location"].startswith("/en/volg/")
    assert "Thank you" in client.get(response.headers["Location"]).content.decode()
    assert Contribution.objects.get().language == "en"


def test_the_form_sent_twice_gives_the_same_code(client: Client) -> None:
    key = key_of(client)
    assert send(client, form_key=key).headers["Location"] == send(client, form_key=key).headers["Location"]
    assert Contribution.objects.count() == 1


def test_a_link_fills_in_subject_and_neighbourhood(client: Client) -> None:
    about, there = topic("Stationsplein"), area("Molenwijk")
    page = client.get(f"{PAGE}?onderwerp={about.slug}&buurt={there.code}&soort=question").content.decode()
    for value in (about.slug, there.code, "question"):
        assert re.search(rf'value="{value}" selected', page)


def test_a_reaction_to_an_announcement_remembers_it(client: Client) -> None:
    about = topic()
    news = Announcement.objects.create(slug="plein", title="Het plein gaat open", state="published", published_at=NOW)
    news.topics.add(about)
    page = client.get(f"{PAGE}?over=plein").content.decode()
    assert "Het plein gaat open" in page
    assert f'value="{about.slug}" selected' in page
    send(client, about="plein", topic=about.slug)
    assert "Het plein gaat open" in Step.objects.get().text


@pytest.mark.parametrize(
    "query", ["onderwerp=%00", "buurt=%00&over=%00", "over=%ff", "over=" + "a" * 3000, "soort=%00"]
)
def test_a_link_with_nonsense_fills_in_nothing(client: Client, query: str) -> None:
    assert client.get(f"{PAGE}?{query}").status_code == 200


@pytest.mark.parametrize("about", ["a b!", "\x00", "x" * 500, "bestaat-niet"])
def test_nonsense_that_nobody_sees_is_left_out(client: Client, about: str) -> None:
    assert send(client, about=about, photo_kept="").status_code == 302


def test_a_draft_announcement_is_not_told(client: Client) -> None:
    Announcement.objects.create(slug="geheim", title="Nog geheim", state="draft")
    assert "Nog geheim" not in client.get(f"{PAGE}?over=geheim").content.decode()


def test_personal_data_is_pointed_out_before_anything_is_kept(client: Client) -> None:
    response = send(client, text="Bel mij op 06-12345678 over de stoep.", email="an@voorbeeld.example")
    page = response.content.decode()
    assert response.status_code == 422
    assert not Contribution.objects.exists()
    assert not Resident.objects.exists()
    assert "<mark>06-12345678</mark>" in page
    assert "telefoonnummer" in page
    assert "an@voorbeeld.example" in page  # what was filled in is still there
    again = send(client, text="Bel mij op 06-12345678 over de stoep.", form_key=value_of(page, "form_key"), toch="1")
    assert again.status_code == 302
    assert "06-12345678" not in Contribution.objects.get().public_text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "Schrijf op wat u ons wilt zeggen"),
        ({"text": "\x00\x00"}, "Schrijf op wat u ons wilt zeggen"),
        ({"text": "x" * 5003}, "3 tekens te lang"),
        ({"text": "kapot \ufffd"}, "Sommige letters kwamen niet goed over"),
        ({"email": "geen adres"}, "Dit e-mailadres is niet compleet"),
        ({"email": "an@voorbeeld.example\nBcc: x@y.example"}, "Dit e-mailadres is niet compleet"),
        ({"email": "an@[127.0.0.1]"}, "Dit e-mailadres is niet compleet"),
        ({"email": "an@localhost"}, "Dit e-mailadres is niet compleet"),
        ({"email": "an@10.0.0.12"}, "Dit e-mailadres is niet compleet"),
        ({"kind": "bom"}, "Dit staat niet in de lijst"),
        ({"topic": "bestaat-niet"}, "Dit staat niet in de lijst"),
        ({"lon": "4.0", "lat": "50.0"}, "De speld ligt buiten onze gemeente"),
        ({"lon": "nan", "lat": "1"}, "De speld ligt buiten onze gemeente"),
        ({"lon": "1e400", "lat": "1"}, "De speld ligt buiten onze gemeente"),
        ({"lon": "abc"}, "De speld ligt buiten onze gemeente"),
        ({"lon": "5.3", "lat": ""}, "De speld ligt buiten onze gemeente"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client: Client, fields: dict[str, str], sentence: str) -> None:
    response = send(client, **{"email": "an@voorbeeld.example", "text": "Een bankje.", **fields})
    assert response.status_code == 422
    page = unescape(response.content.decode())
    assert sentence in page
    assert "an@voorbeeld.example" in page or "email" in fields
    assert "Een bankje." in page or "text" in fields
    assert not Contribution.objects.exists()


def test_broken_bytes_are_refused(client: Client) -> None:
    body = b"kind=idea&text=" + b"caf%E9%FF" + b"&form_key=" + key_of(client).encode()
    response = client.post(PAGE, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 422
    assert not Contribution.objects.exists()


def test_script_and_direction_tricks_are_only_text(client: Client) -> None:
    url = send(client, text="<script>alert(1)</script> \u202egnp.exe").headers["Location"]
    kept = Contribution.objects.get()
    for page in (client.get(url).content.decode(), client.get(f"/bijdragen/{kept.pk}/").content.decode()):
        assert "<script>alert" not in page
        assert "\u202e" not in page


def test_a_form_of_somebody_elses_making_is_asked_again(client: Client) -> None:
    response = send(client, form_key="verzonnen")
    assert response.status_code == 422
    page = unescape(response.content.decode())
    assert TEXT in page
    assert send(client, form_key=value_of(page, "form_key")).status_code == 302


def test_a_form_from_another_site_is_refused(client: Client) -> None:
    key = key_of(client)
    response = client.post(
        PAGE, {"kind": "idea", "text": TEXT, "form_key": key}, headers={"sec-fetch-site": "cross-site"}
    )
    assert response.status_code == 403
    assert not Contribution.objects.exists()


# ── photo ────────────────────────────────────────────────────────────────────────────────────────
def test_a_photo_is_kept_without_its_place(client: Client) -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (51.0, 58.0, 0.0)}
    send(client, photo=upload(jpeg(exif=exif)))
    kept = Contribution.objects.get()
    shown = b"".join(client.get(f"/bijdragen/{kept.pk}/foto").streaming_content)  # type: ignore[attr-defined]
    opened = Image.open(BytesIO(shown))
    assert (opened.format, dict(opened.getexif())) == ("WEBP", {})


def test_a_photo_stays_with_a_form_that_comes_back(client: Client) -> None:
    response = send(client, text="Bel 0612345678", photo=upload(jpeg((3000, 2000))))
    page = response.content.decode()
    assert "Uw foto zit nog bij uw tekst" in page
    send(client, text="Zonder nummer.", form_key=value_of(page, "form_key"), photo_kept=value_of(page, "photo_kept"))
    assert Contribution.objects.get().photo


def test_a_kept_photo_can_be_taken_away(client: Client) -> None:
    send(client, photo_kept=b64encode(jpeg()).decode(), photo_away="on")
    assert not Contribution.objects.get().photo


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"dit is geen foto", "geen foto die wij kunnen openen"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "tekening"),
        (noise()[:20_000], "beschadigd"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64, "HEIC"),
    ],
)
def test_a_photo_that_is_none_is_refused_and_the_text_stays(client: Client, data: bytes, sentence: str) -> None:
    response = send(client, photo=upload(data))
    assert not Contribution.objects.exists()
    assert response.status_code == 422
    page = unescape(response.content.decode())
    assert sentence in page
    assert TEXT in page


def test_a_bomb_is_refused_before_it_is_unpacked(client: Client) -> None:
    out = BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    response = send(client, photo=upload(out.getvalue(), "bom.png"))
    assert response.status_code == 422
    assert "te groot om te openen" in response.content.decode()


def test_fifty_million_bytes_are_refused_and_the_text_stays(client: Client) -> None:
    response = send(client, photo=upload(b"\xff\xd8" + b"0" * 50_000_001))
    assert response.status_code == 422
    page = unescape(response.content.decode())
    assert "mag 50 MB zijn" in page
    assert TEXT in page


def test_a_text_of_megabytes_is_refused_with_a_sentence(client: Client) -> None:
    response = client.post(PAGE, {"kind": "idea", "text": "x" * 1_200_000, "form_key": key_of(client)})
    assert response.status_code == 413
    assert "was te groot" in response.content.decode()


@pytest.mark.parametrize("kept", ["geen base64!", "AAAA", "é"])
def test_a_kept_photo_from_elsewhere_is_judged_again(client: Client, kept: str) -> None:
    assert send(client, photo_kept=kept).status_code == 422


# ── floods ───────────────────────────────────────────────────────────────────────────────────────
def test_a_flood_is_asked_to_wait_and_keeps_its_text(client: Client) -> None:
    statuses = [send(client, text=f"Bericht {n}.").status_code for n in range(32)]
    assert statuses.count(302) == 30
    response = send(client, text="Nog een.")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    page = unescape(response.content.decode())
    assert "Wacht" in page
    assert "Nog een." in page


def test_an_attacked_topic_asks_for_a_sum_and_takes_it_once(client: Client) -> None:
    attacked = topic(attacked=True)
    page = client.get(f"{PAGE}?onderwerp={attacked.slug}").content.decode()
    key, asked = value_of(page, "form_key"), asked_in(page)
    assert "0123 45 67 89" in page  # the way without script
    refused = send(client, topic=attacked.slug, form_key=key)
    assert refused.status_code == 422
    assert not Contribution.objects.exists()
    proof = solved(asked)
    assert send(client, topic=attacked.slug, form_key=key, proof=proof).status_code == 302
    second = send(client, text="Iets anders.", topic=attacked.slug, form_key=key, proof=proof)
    assert second.status_code == 422
    assert value_of(second.content.decode(), "form_key") != key
    assert Contribution.objects.count() == 1


@pytest.mark.parametrize(
    "proof", ["", "x", "e30=", b64encode(b'{"salt": 1}').decode(), b64encode(b"[]").decode(), "é" * 3000]
)
def test_a_made_up_proof_is_none(client: Client, proof: str) -> None:
    attacked = topic(attacked=True)
    assert send(client, topic=attacked.slug, proof=proof).status_code == 422


def test_a_proof_for_another_form_is_none(client: Client) -> None:
    attacked = topic(attacked=True)
    other = solved(asked_in(client.get(f"{PAGE}?onderwerp={attacked.slug}").content.decode()))
    assert send(client, topic=attacked.slug, proof=other).status_code == 422


def asked_in(page: str) -> dict[str, Any]:
    found = re.search(r'data-proof="([^"]+)"', page)
    assert found
    return dict(json.loads(unescape(found[1])))


def solved(asked: dict[str, Any]) -> str:
    number = next(n for n in range(asked["maxNumber"] + 1)
                  if altcha.hash_hex("SHA-256", f"{asked['salt']}{n}".encode()) == asked["challenge"])  # fmt: skip
    return b64encode(json.dumps({**asked, "number": number}).encode()).decode()


# ── confirming an address ────────────────────────────────────────────────────────────────────────
def test_an_address_is_confirmed_by_a_button_and_not_by_opening_the_link(client: Client) -> None:
    resident = Resident.objects.create(email="an@voorbeeld.example")
    link = f"/bevestig/{confirmation_token(resident)}/"
    page = client.get(link)
    resident.refresh_from_db()
    assert (page.status_code, resident.confirmed_at) == (200, None)
    assert "an@voorbeeld.example" not in page.content.decode()
    assert client.post(link).status_code == client.post(link).status_code == 200
    resident.refresh_from_db()
    assert resident.confirmed_at is not None


def test_a_wrong_link_is_explained(client: Client) -> None:
    response = client.get("/bevestig/1:x:y/")
    assert response.status_code == 410
    assert "werkt niet meer" in response.content.decode()


# ── whatever is sent ─────────────────────────────────────────────────────────────────────────────
@given(st.dictionaries(
    st.sampled_from(["kind", "text", "topic", "area", "lon", "lat", "email", "about", "form_key", "proof", "photo_kept", "toch"]),
    st.text(max_size=60), max_size=12,
))  # fmt: skip
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_form_breaks_it(fields: dict[str, str]) -> None:
    flood.forget()
    clean = {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}
    response = Client().post(PAGE, clean)
    assert response.status_code in {302, 422}
