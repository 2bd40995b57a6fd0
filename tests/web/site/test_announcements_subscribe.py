"""News by e-mail, as somebody meets it in browser and mail."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from stamtafel.announce import actions
from stamtafel.announce.models import Subscription
from stamtafel.channels.actions import deliver
from stamtafel.channels.adapters.email.letter import texts
from stamtafel.channels.contract import Draft
from stamtafel.channels.models import Delivery
from stamtafel.people.flood import forget
from stamtafel.people.models import Resident
from stamtafel.work.models import DueState
from tests.announce.builders import published, subscription
from tests.builders import NOW, area, topic
from tests.parallel import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_flood() -> None:
    forget()


def ask(client: Client, email: str = "an@voorbeeld.example", **fields: object) -> Delivery:
    response = client.post("/aanmelden/", {"email": email, "rhythm": "weekly", **fields})
    assert (response.status_code, response["Location"]) == (302, "/aanmelden/kijk-in-uw-mail/")
    return Delivery.objects.filter(recipient=email.lower()).latest("pk")


def path_of(delivery: Delivery) -> str:
    return str(delivery.draft["link"]).removeprefix("http://127.0.0.1:8000")


def test_nobody_is_subscribed_before_they_said_yes_with_the_button(client: Client) -> None:
    square, street = topic(), area()
    mail = ask(client, topics=[square.pk], areas=[street.pk], rhythm="direct")
    address = path_of(mail)
    assert "Ja, stuur mij het nieuws" in client.get(address).content.decode()
    assert Subscription.objects.get().confirmed_at is None
    assert client.post(address).status_code == 200
    found = Subscription.objects.get()
    assert found.confirmed_at is not None
    assert (found.rhythm, list(found.topics.all()), list(found.areas.all())) == ("direct", [square], [street])
    assert client.post(address).status_code == 200  # twice is fine


def test_what_somebody_came_from_is_ticked_already(client: Client) -> None:
    square, street = topic(), area()
    page = client.get(f"/aanmelden/?onderwerp={square.slug}&buurt={street.code}").content.decode()
    ticked = set(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="(\d+)"[^>]* checked', page))
    assert {("topics", str(square.pk)), ("areas", str(street.pk))} <= ticked


def test_the_answer_is_the_same_for_a_known_address_and_their_choice_stays(client: Client) -> None:
    known = subscription("direct")
    mail = ask(client, email=known.resident.email.upper(), rhythm="weekly")
    known.refresh_from_db()
    assert known.rhythm == "direct"
    assert "/aanmelden/wijzig/" in mail.draft["link"]
    text = texts(Draft.from_data(mail.draft), "https://lindewaard.example")[0]
    assert (text.count("/aanmelden/wijzig/"), text.count("/aanmelden/stop/")) == (1, 1)


def test_asking_again_on_one_day_sends_one_mail(client: Client) -> None:
    ask(client)
    ask(client)
    assert Delivery.objects.count() == 1


def test_who_stopped_and_comes_back_the_same_day_gets_a_mail_again(client: Client) -> None:
    first = ask(client)
    client.post(path_of(first))
    already = ask(client)
    assert "/aanmelden/wijzig/" in already.draft["link"]
    client.post(path_of(already), {"end": "1"})
    again = ask(client)
    assert "/aanmelden/ja/" in again.draft["link"]
    assert ask(client) == again
    assert client.post(path_of(again)).status_code == 200
    assert actions.is_active(Subscription.objects.get())
    assert len({first.pk, already.pk, again.pk}) == Delivery.objects.count() == 3


def test_many_who_sign_one_address_up_at_once_send_one_mail(transactional_db: None) -> None:
    known = subscription()
    Subscription.objects.filter(pk=known.pk).update(ended_at=NOW)
    choice = actions.Choice("weekly")

    def sign_up() -> None:
        actions.ask_subscription(email=known.resident.email, choice=choice, language="nl", now=NOW)

    assert at_once(*[sign_up] * 5) == [None] * 5
    assert Delivery.objects.count() == 1


def test_changing_and_stopping_behind_the_secret_link(client: Client) -> None:
    known, square = subscription("weekly"), topic("Plein")
    address = f"/aanmelden/wijzig/{actions.token(actions.Purpose.MANAGE, known.resident)}/"
    assert known.resident.email in client.get(address).content.decode()
    saved = client.post(address, {"rhythm": "daily", "topics": [square.pk]})
    known.refresh_from_db()
    assert (saved.status_code, known.rhythm, list(known.topics.all())) == (200, "daily", [square])
    client.post(address, {"end": "1"})
    known.refresh_from_db()
    assert known.ended_at is not None
    client.post(address, {"rhythm": "daily"})
    known.refresh_from_db()
    assert known.ended_at is None


def test_one_click_stops_and_a_scanner_that_looks_does_not() -> None:
    known = subscription()
    published()
    actions.mail_direct(now=NOW)
    header = Delivery.objects.get(account__kind="email").draft["headers"]["List-Unsubscribe"]
    address = re.sub(r"^<http://[^/]+|>$", "", header)
    client = Client(enforce_csrf_checks=True)
    assert "Ja, stop deze mails" in client.get(address).content.decode()
    known.refresh_from_db()
    assert known.ended_at is None
    outside = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
    response = client.post(address, {"List-Unsubscribe": "One-Click"}, headers=outside)
    assert response.status_code == 200
    assert Subscription.objects.get(pk=known.pk).ended_at is not None
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200


def test_a_link_for_one_thing_does_not_do_another(client: Client) -> None:
    known = subscription()
    confirm = actions.token(actions.Purpose.CONFIRM, known.resident)
    for address in (
        f"/aanmelden/wijzig/{confirm}/",
        f"/aanmelden/stop/{confirm}/",
        "/aanmelden/stop/1-x/",
        "/aanmelden/ja/²/",
    ):
        assert client.get(address).status_code == 404
        assert client.post(address, {"rhythm": "daily"}).status_code == 404


def test_an_old_yes_does_not_begin_again_what_was_ended(client: Client) -> None:
    known = subscription()
    Subscription.objects.update(ended_at=NOW)
    assert client.post(f"/aanmelden/ja/{actions.token(actions.Purpose.CONFIRM, known.resident)}/").status_code == 404


def test_who_says_yes_gets_what_comes_not_what_was(client: Client) -> None:
    published("Oud nieuws")
    client.post(path_of(ask(client, rhythm="direct")))
    fresh = published("Nieuw nieuws")
    actions.mail_direct(now=NOW)
    keys = Delivery.objects.filter(purpose="announcement", account__kind="email").values_list("key", flat=True)
    assert list(keys) == [f"announcement:{fresh.pk}:email:{Subscription.objects.get().pk}"]


@pytest.mark.parametrize(
    "email",
    [
        "", "geen adres", "a@b", "a@b.nl\nBcc: x@y.nl", "a@b.nl,c@d.nl", "x" * 300 + "@b.nl",
        "a@[127.0.0.1]", "a@[IPv6:::1]", "a@localhost", "a@127.0.0.1",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_words(client: Client, email: str) -> None:
    response = client.post("/aanmelden/", {"email": email, "rhythm": "daily"})
    assert response.status_code == 422
    assert "Er klopt iets niet" in response.content.decode() or "fouten" in response.content.decode()
    assert not Resident.objects.exists()
    assert not Delivery.objects.exists()


def test_a_flood_is_asked_to_wait(client: Client) -> None:
    answers = [
        client.post("/aanmelden/", {"email": f"a{n}@voorbeeld.example", "rhythm": "daily"}).status_code
        for n in range(9)
    ]
    assert answers[-1] == 429


def test_pages_with_a_secret_stay_private(client: Client) -> None:
    known = subscription()
    response = client.get(f"/aanmelden/wijzig/{actions.token(actions.Purpose.MANAGE, known.resident)}/")
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"


def test_what_nobody_said_yes_to_is_forgotten(client: Client) -> None:
    ask(client)
    kept = subscription()
    later = Subscription.objects.latest("created_at").created_at + timedelta(days=31)
    assert actions.forget_old(now=later) == 1
    assert list(Subscription.objects.all()) == [kept]


def test_who_asked_again_on_day_29_has_thirty_days_from_then() -> None:
    begin, again = NOW, NOW + timedelta(days=29)
    for moment in (begin, again):
        actions.ask_subscription(
            email="an@voorbeeld.example", choice=actions.Choice("daily"), language="nl", now=moment
        )
    assert Delivery.objects.count() == 2
    assert actions.forget_old(now=NOW + timedelta(days=31)) == 0
    assert actions.forget_old(now=again + timedelta(days=31)) == 1


def test_who_stopped_and_asks_again_is_not_forgotten_with_the_old_one(client: Client) -> None:
    known = subscription()
    long_ago = NOW - timedelta(days=90)
    Subscription.objects.update(created_at=long_ago, asked_at=long_ago, ended_at=NOW - timedelta(days=3))
    actions.ask_subscription(email=known.resident.email, choice=actions.Choice("daily"), language="nl", now=NOW)
    assert actions.forget_old(now=NOW + timedelta(hours=1)) == 0
    assert client.post(path_of(Delivery.objects.get())).status_code == 200
    assert actions.is_active(Subscription.objects.get())


def test_of_who_stopped_nothing_is_left_after_a_month() -> None:
    stopped, kept = subscription(), subscription()
    for known in (stopped, kept):
        for purpose in ("confirmation", "announcement", "digest"):
            draft, key = Draft(subject="Nieuws", body="Tekst"), f"{purpose}:{known.pk}"
            deliver(kind="email", key=key, purpose=purpose, draft=draft, recipient=known.resident.email, due_at=NOW)
    Delivery.objects.update(state=DueState.DONE)
    actions.end_subscription(token=actions.token(actions.Purpose.END, stopped.resident), now=NOW)
    assert actions.forget_old(now=NOW + timedelta(days=29)) == 0
    assert actions.forget_old(now=NOW + timedelta(days=31)) == 1
    assert list(Subscription.objects.all()) == [kept]
    assert set(Delivery.objects.exclude(recipient="").values_list("recipient", flat=True)) == {kept.resident.email}
