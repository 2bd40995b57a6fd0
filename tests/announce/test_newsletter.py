"""Who gets which mail, and when: exactly once, whatever the order of publishing and running."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stamtafel.announce import actions
from stamtafel.announce.models import Announcement, Subscription
from stamtafel.channels.actions import account
from stamtafel.channels.adapters.email import letter
from stamtafel.channels.contract import Draft
from stamtafel.channels.models import Delivery
from tests.announce.builders import published, subscription
from tests.builders import NOW, area, topic

Rhythm = Subscription.Rhythm
START = datetime(2026, 10, 19, 5, 0, tzinfo=UTC)  # a Monday, before the clock goes back


def run_all(now: datetime) -> None:
    for job in (actions.mail_direct, actions.mail_daily, actions.mail_weekly):
        while job(now=now):
            pass


def mails(kind: str) -> list[Delivery]:
    return list(Delivery.objects.filter(account__kind="email", purpose=kind).order_by("pk"))


@pytest.mark.django_db
def test_direct_subscribers_get_what_they_chose_once() -> None:
    square, other, street = topic("Plein"), topic("Haven"), area("Kade")
    everything = subscription()
    by_topic = subscription(topics=(square,))
    by_area = subscription(areas=(street,))
    subscription(topics=(other,))
    Subscription.objects.filter(pk=subscription().pk).update(ended_at=NOW)
    public = published("Plein", topics=(square,), areas=(area("Elders"),))
    near = published("Kade", areas=(street,))
    whole = published("Iedereen")
    run_all(NOW)
    run_all(NOW + timedelta(hours=1))
    keys = {delivery.key for delivery in mails("announcement")}
    assert keys == {
        *(f"announcement:{each.pk}:email:{everything.pk}" for each in (public, near, whole)),
        f"announcement:{public.pk}:email:{by_topic.pk}",
        f"announcement:{near.pk}:email:{by_area.pk}",
        f"announcement:{whole.pk}:email:{by_area.pk}",
    }


@pytest.mark.django_db
def test_a_mail_can_be_stopped_in_one_click_and_says_so_in_its_headers() -> None:
    subscription()
    published()
    run_all(NOW)
    draft = mails("announcement")[0].draft
    assert draft["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert draft["headers"]["List-Unsubscribe"].startswith("<http")
    text, html = letter.texts(Draft.from_data(draft), "https://lindewaard.example")
    assert text.count("/aanmelden/stop/") == html.count("/aanmelden/stop/") == 1


@pytest.mark.django_db
def test_a_digest_without_news_is_not_sent() -> None:
    subscription(Rhythm.DAILY)
    run_all(NOW + timedelta(days=3))
    assert mails("digest") == []


@pytest.mark.django_db
def test_what_was_withdrawn_before_the_digest_is_not_in_it() -> None:
    subscription(Rhythm.DAILY)
    public = published()
    actions.withdraw(announcement=public, reason="Fout", version=public.version, actor=None, now=NOW)
    run_all(NOW + timedelta(days=1))
    assert mails("digest") == []


@pytest.mark.django_db
def test_a_digest_reads_well_in_plain_text() -> None:
    subscription(Rhythm.WEEKLY)
    published("De brug gaat open")
    published("De markt verhuist", lead="Naar het plein.")
    run_all(NOW + timedelta(days=7))
    (digest,) = mails("digest")
    text, _html = letter.texts(Draft.from_data(digest.draft), "https://lindewaard.example")
    assert text.count("Lees verder: http") == 2
    assert "Read" not in text
    assert digest.draft["subject"] == "De markt verhuist, en nog 1 bericht"
    assert "## De markt verhuist" in digest.draft["body"]
    assert digest.draft["body"].index("De markt") < digest.draft["body"].index("De brug")


@pytest.mark.django_db
def test_a_digest_of_one_says_its_title_once_outside_the_address() -> None:
    subscription(Rhythm.DAILY)
    published("De brug gaat open")
    run_all(NOW + timedelta(days=1))
    (digest,) = mails("digest")
    text, _html = letter.texts(Draft.from_data(digest.draft), "https://lindewaard.example")
    assert digest.draft["subject"] == "De brug gaat open"
    assert "De brug gaat open" not in text
    assert "nieuw bericht" not in text


@pytest.mark.django_db
def test_a_new_rhythm_misses_nothing() -> None:
    someone = subscription(Rhythm.WEEKLY)
    public = published()
    token = actions.token(actions.Purpose.MANAGE, someone.resident)
    actions.change_subscription(token=token, choice=actions.Choice(Rhythm.DIRECT), now=NOW)
    run_all(NOW)
    run_all(NOW + timedelta(days=8))
    assert [each.key for each in mails("announcement")] == [f"announcement:{public.pk}:email:{someone.pk}"]
    assert mails("digest") == []


@pytest.mark.django_db
def test_a_bounced_address_gets_nothing() -> None:
    someone = subscription()
    someone.resident.bounced_at = NOW
    someone.resident.save()
    published()
    run_all(NOW)
    assert mails("announcement") == []


def test_queries_do_not_grow_with_the_subscribers(db: None, django_assert_num_queries) -> None:
    published()
    account("email")
    run_all(NOW)
    counts = []
    for number in (3, 30):
        Subscription.objects.all().delete()
        for _each in range(number):
            subscription()
        with django_assert_num_queries(14):
            actions.mail_direct(now=NOW)
        counts.append(len(mails("announcement")))
    assert counts == [3, 33]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.integers(0, 2)),
        st.tuples(st.just("run"), st.just(0)),
        st.tuples(st.just("wait"), st.integers(1, 100)),
    ),
    max_size=25,
)


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=steps)
def test_every_announcement_reaches_every_subscriber_exactly_once(plan: list[tuple[str, int]]) -> None:
    Delivery.objects.all().delete()
    Announcement.objects.all().delete()
    Subscription.objects.all().delete()
    square = topic()
    wants_all = [subscription(rhythm, now=START) for rhythm in (Rhythm.DIRECT, Rhythm.DAILY, Rhythm.WEEKLY)]
    wants_topic = [subscription(rhythm, topics=(square,), now=START) for rhythm in (Rhythm.DIRECT, Rhythm.DAILY)]
    newest = Announcement.objects.order_by("-issue").values_list("issue", flat=True).first() or 0
    Subscription.objects.update(told=newest)
    now = START
    titles: list[str] = []
    about: list[str] = []
    for what, amount in plan:
        if what == "publish":
            title = f"Bericht nummer {len(titles)}."
            published(title, topics=(square,) if amount == 0 else (), now=now)
            titles.append(title)
            if amount == 0:
                about.append(title)
        elif what == "run":
            run_all(now)
        else:
            now += timedelta(hours=amount)
    run_all(now + timedelta(days=8))
    for someone, wanted in [*((each, titles) for each in wants_all), *((each, about) for each in wants_topic)]:
        text = "\n".join(
            body if "## Bericht" in (body := delivery.draft["body"]) else f"## {delivery.draft['subject']}\n"
            for delivery in Delivery.objects.filter(recipient=someone.resident.email)
        )
        assert [text.count(f"## {title}\n") for title in wanted] == [1] * len(wanted)
        assert text.count("## Bericht") == len(wanted)
