"""The same words from the same device, but from another form."""

import pytest
from django.test import Client
from django.urls import reverse

from stamtafel.dossier.actions.keys import new_form_key
from stamtafel.dossier.models import Contribution
from tests import builders

pytestmark = pytest.mark.django_db
WORDS = {"kind": "idea", "text": "Een fietspad langs de Aa, alstublieft."}


def post(client: Client, **more: str):
    return client.post(reverse("site:tell_us"), {**WORDS, "form_key": new_form_key(), **more})


def test_somebody_who_copies_public_words_never_gets_the_code(client: Client) -> None:
    builders.municipality()
    first = post(client)
    assert first.status_code == 302
    code = first["Location"].split("/")[2]
    again = post(client)
    assert again.status_code == 409
    assert code not in again.content.decode()
    assert Contribution.objects.count() == 1


def test_and_may_send_them_all_the_same_as_a_new_contribution(client: Client) -> None:
    builders.municipality()
    post(client)
    page = post(client)
    assert 'name="nogmaals"' in page.content.decode()
    sent = post(client, nogmaals="1", toch="1")
    assert sent.status_code == 302
    assert Contribution.objects.count() == 2
