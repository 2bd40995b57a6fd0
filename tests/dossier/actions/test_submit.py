"""What a resident says is kept once, and never lost."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from stamtafel.dossier.actions.keys import code_digest, follow_code
from stamtafel.dossier.actions.submit import (
    FormUsed,
    LinkRefused,
    Submitted,
    confirm_address,
    confirmation_token,
    submit_contribution,
)
from stamtafel.dossier.models import Contribution, Kind, Step, StepKind, Topic
from stamtafel.dossier.rules.limits import TextRefused
from stamtafel.dossier.rules.pictures import CleanPicture, clean_picture
from stamtafel.ledger.models import Entry
from stamtafel.people.models import Resident
from tests.builders import NOW, area, municipality, topic

pytestmark = pytest.mark.django_db
TEXT = "Kan er een bankje bij de bushalte? Mijn moeder wacht daar vaak."


@pytest.fixture(autouse=True)
def _town() -> None:
    municipality()


def submit(text: str = TEXT, **fields: Any) -> Submitted:
    return submit_contribution(**{"kind": Kind.WISH, "text": text, "device": "192.0.2.7|Firefox", "now": NOW, **fields})


def photo() -> CleanPicture:
    out = BytesIO()
    Image.new("RGB", (60, 40), "green").save(out, "JPEG")
    return clean_picture(out.getvalue())


def test_what_was_said_is_kept_with_its_code_step_and_log_entry() -> None:
    submitted = submit()
    kept = Contribution.objects.get()
    assert submitted.is_new
    assert (kept.text, kept.kind, kept.title) == (TEXT, "wish", "Kan er een bankje bij de bushalte?")
    assert submitted.code.startswith("LIND-")
    assert submitted.code == follow_code(kept)
    assert kept.code_digest == code_digest(submitted.code.lower().replace("-", " "))
    assert "bankje" in kept.terms.split()
    assert kept.published_at == NOW
    assert [(s.kind, s.tell) for s in Step.objects.all()] == [(StepKind.RECEIVED, False)]
    entry = Entry.objects.get()
    assert (entry.kind, entry.subject) == ("contribution.received", f"contribution:{kept.pk}")
    assert "bankje" not in str(entry.data)


def test_the_code_itself_is_nowhere_in_the_table() -> None:
    submitted = submit()
    row = Contribution.objects.values().get()
    secret = submitted.code.removeprefix("LIND-")
    assert not [value for value in row.values() if secret in str(value) or secret.replace("-", "") in str(value)]


def test_personal_data_is_masked_everywhere_but_in_the_text_for_staff() -> None:
    submit("Bel mij op 06-12345678. De stoep ligt los.")
    kept = Contribution.objects.get()
    assert "06-12345678" in kept.text
    for public in (kept.public_text, kept.title, kept.excerpt, kept.terms):
        assert "12345678" not in public.replace(" ", "")


def test_the_same_words_from_the_same_device_are_one_contribution() -> None:
    first, second = submit(), submit()
    assert (second.is_new, second.contribution) == (False, first.contribution)
    assert second.code == "", "the same words are no proof of being the same person"
    assert Contribution.objects.count() == Step.objects.count() == Entry.objects.count() == 1


def test_two_people_who_say_the_same_are_two_voices() -> None:
    submit()
    assert submit(device="192.0.2.8|Firefox").is_new
    assert submit(now=NOW + timedelta(hours=1)).is_new


def test_the_same_form_sent_again_an_hour_later_is_one_contribution() -> None:
    first = submit(form_key="a")
    assert submit(form_key="a", now=NOW + timedelta(hours=3)).code == first.code
    assert Contribution.objects.count() == 1


def test_other_words_in_the_same_form_are_not_lost() -> None:
    first = submit(form_key="a")
    second = submit("En een prullenbak erbij.", form_key="a")
    again = submit("En een prullenbak erbij.", form_key="a", now=NOW + timedelta(hours=2))
    assert second.is_new
    assert second.code != first.code
    assert again.code == second.code


def test_other_words_in_the_same_form_ask_for_a_fresh_form_where_machines_attack() -> None:
    attacked = topic(attacked=True)
    submit(form_key="a", topic=attacked)
    with pytest.raises(FormUsed):
        submit("Iets anders.", form_key="a", topic=attacked)


def test_an_address_added_by_sending_the_form_again_is_kept() -> None:
    submit(form_key="a")
    submit(form_key="a", email="An@Voorbeeld.example")
    kept = Contribution.objects.get()
    assert kept.author == Resident.objects.get(email="an@voorbeeld.example")
    assert Step.objects.get().tell


def test_somebody_known_is_not_made_twice() -> None:
    submit(email="an@voorbeeld.example")
    submit("Nog iets.", email="AN@voorbeeld.example ")
    assert Resident.objects.count() == 1
    assert Contribution.objects.filter(author__isnull=False).count() == 2


def test_a_topic_that_is_read_first_shows_nothing_yet() -> None:
    submit(topic=topic(moderation=Topic.Moderation.BEFORE))
    assert Contribution.objects.get().published_at is None


def test_a_point_decides_on_the_neighbourhood() -> None:
    there, elsewhere = area(), area("Elders")
    submit(point=(there.label_lon, there.label_lat), area=elsewhere)
    assert Contribution.objects.get().area == there


def test_a_point_outside_leaves_the_chosen_neighbourhood() -> None:
    there = area()
    submit(point=(0.0, 0.0), area=there)
    assert Contribution.objects.get().area == there


@pytest.mark.parametrize("text", ["", "   \n", "\x00\u200b", "x" * 5001, "half \ud800"])
def test_what_is_no_text_stores_nothing(text: str) -> None:
    with pytest.raises(TextRefused):
        submit(text)
    assert not Contribution.objects.exists()


def test_a_photo_is_on_disk_and_a_doubled_one_is_not() -> None:
    submit(photo=photo(), form_key="a")
    submit(photo=photo(), form_key="a")
    kept = Contribution.objects.get()
    folder = Path(settings.MEDIA_ROOT) / "contributions"
    assert (Path(settings.MEDIA_ROOT) / kept.photo).read_bytes().startswith(b"RIFF")
    mine = [p for p in folder.rglob("*.webp") if p.name == Path(kept.photo).name]
    assert len(mine) == 1
    assert not list(folder.rglob("*.part"))


def test_nothing_stays_of_a_photo_when_the_rest_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    with pytest.raises(AttributeError):
        submit(photo=photo(), email=None)
    attacked = topic(attacked=True)
    submit(form_key="a", topic=attacked)
    with pytest.raises(FormUsed):
        submit("Iets anders.", photo=photo(), form_key="a", topic=attacked)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_an_address_is_confirmed_by_its_link_only() -> None:
    resident = Resident.objects.create(email="an@voorbeeld.example")
    other = Resident.objects.create(email="jo@voorbeeld.example")
    token = confirmation_token(resident)
    assert confirm_address(token=token, now=NOW).confirmed_at == NOW
    assert confirm_address(token=token, now=NOW + timedelta(days=1)).confirmed_at == NOW
    stolen = token.replace(f"{resident.pk}:", f"{other.pk}:", 1)
    for wrong in ("", "1", ":", "x:y:z", stolen, token + "x", "9" * 30 + ":a:b"):
        with pytest.raises(LinkRefused):
            confirm_address(token=wrong, now=NOW)
    other.refresh_from_db()
    assert other.confirmed_at is None
