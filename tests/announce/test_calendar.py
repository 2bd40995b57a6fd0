"""The calendar: its days, what comes twice, when people look, and moving."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.announce import actions
from stamtafel.announce.actions.problems import Outdated, TextRefused, WrongState
from stamtafel.announce.models import Announcement
from stamtafel.announce.queries import calendar as queries
from stamtafel.announce.rules.calendar import (
    Item,
    Seen,
    best_time,
    doubles,
    holidays_between,
    month_of,
    months_on,
    part_of,
    week_of,
)  # fmt: skip
from stamtafel.announce.rules.telling import Telling
from stamtafel.channels.models import Delivery, Snapshot
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests.announce.builders import draft, published
from tests.builders import NOW, municipality, staff, topic
from tests.channels.builders import demo_account, post

State = Announcement.State
DAYS = st.dates(date(2001, 1, 1), date(2099, 1, 1))


# ── days ─────────────────────────────────────────────────────────────────────────────────────────
@given(DAYS)
def test_a_month_is_whole_weeks_that_hold_all_its_days_once(day: date) -> None:
    weeks = month_of(day)
    days = [one for week in weeks for one in week]
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert all(week[0].weekday() == 0 and len(week) == 7 for week in weeks)
    first = day.replace(day=1)
    assert days[0] <= first
    assert days[0] + timedelta(days=7) > first
    assert days[-1] >= months_on(day, 1) - timedelta(days=1)
    assert days[-1] < months_on(day, 1) + timedelta(days=6)
    assert day in week_of(day)


@given(DAYS, st.integers(-30, 30))
def test_months_come_back(day: date, by: int) -> None:
    assert months_on(months_on(day, by), -by) == day.replace(day=1)


def test_dutch_holidays_have_their_names() -> None:
    found = holidays_between(date(2026, 4, 1), date(2026, 12, 31), language="nl")
    assert found[date(2026, 4, 27)] == "Koningsdag"  # holiday of the King, Staatsblad 2013, 142
    assert found[date(2026, 4, 6)] == "Tweede paasdag"
    assert (
        holidays_between(date(2026, 12, 25), date(2026, 12, 25), language="en")[date(2026, 12, 25)] == "Christmas Day"
    )
    assert holidays_between(date(2026, 11, 1), date(2026, 11, 30), language="nl") == {}


# ── doubles ──────────────────────────────────────────────────────────────────────────────────────
def item(pk: int, day: int, text: str, *topics: int) -> Item:
    return Item(pk, NOW + timedelta(days=day), frozenset(topics), text)


def test_the_same_text_or_topic_within_a_week_is_named_on_both_sides() -> None:
    long = "Op zaterdag is er koffie op het plein. Iedereen is welkom van tien tot twaalf."
    found = doubles(
        [item(1, 0, long), item(2, 7, long + " Kom ook."), item(3, 6, "Weg dicht", 5), item(4, 8, "Brug", 5)]
    )
    assert found == {1: [(2, "text")], 2: [(1, "text")], 3: [(4, "topic")], 4: [(3, "topic")]}


def test_after_a_week_or_about_something_else_it_is_no_double() -> None:
    assert doubles([item(1, 0, "Koffie op het plein", 1), item(2, 8, "Koffie op het plein", 1)]) == {}
    assert doubles([item(1, 0, "Koffie op het plein", 1), item(2, 1, "De brug is dicht", 2)]) == {}


# ── when people look ─────────────────────────────────────────────────────────────────────────────
def seen(number: int, day: int, hour: int, value: int, account: int = 1) -> list[Seen]:
    at = datetime(2026, 11, 2 + day, hour, tzinfo=NOW.tzinfo)  # 2 November 2026 is a Monday
    return [Seen(account, at, value) for _each in range(number)]


def test_too_few_posts_say_nothing() -> None:
    found = best_time(seen(29, 1, 19, 500))
    assert (found.enough, found.posts, found.needed, found.weekday) == (False, 29, 30, None)


def test_a_moment_that_stands_out_is_named_with_what_it_rests_on() -> None:
    found = best_time([*seen(25, 0, 9, 100), *seen(6, 1, 19, 150), *seen(4, 2, 13, 900)])
    assert (found.weekday, found.part, found.posts_then, found.posts, found.times) == (1, "evening", 6, 35, 1.5)


def test_where_nothing_stands_out_nothing_is_named() -> None:
    found = best_time([*seen(20, 0, 9, 100), *seen(20, 1, 19, 110)])
    assert (found.enough, found.weekday) == (True, None)


def test_a_large_account_says_no_more_than_a_small_one() -> None:
    large = [*seen(15, 0, 9, 10_000, account=1), *seen(5, 3, 9, 10_000, account=1)]
    small = [*seen(15, 0, 9, 10, account=2), *seen(6, 4, 13, 20, account=2)]
    assert (best_time([*large, *small]).weekday, best_time([*large, *small]).part) == (4, "afternoon")


@pytest.mark.parametrize(
    ("hour", "part"), [(0, "night"), (5, "night"), (6, "morning"), (12, "afternoon"), (23, "evening")]
)
def test_the_day_has_four_parts(hour: int, part: str) -> None:
    assert part_of(hour) == part


@pytest.mark.django_db
def test_the_figures_are_those_of_our_own_posts_that_are_old_enough(tmp_path: Path) -> None:
    account = demo_account(tmp_path)
    for number in range(31):
        row = post(account)
        Delivery.objects.filter(pk=row.pk).update(done_at=NOW - timedelta(days=3 if number else 1))
        for day, value in ((NOW.date(), 40), (NOW.date() - timedelta(days=1), 10)):
            Snapshot.objects.create(account=account, delivery=row, day=day, name="views", value=value)
        Snapshot.objects.create(account=account, delivery=row, day=NOW.date(), name="replies", value=9999)
    found = queries.best_moment(viewer=staff(Role.EDITOR), now=NOW)
    assert (found.posts, found.enough) == (30, True)
    with pytest.raises(Forbidden):
        queries.best_moment(viewer=staff(Role.MODERATOR), now=NOW)


# ── what is on it ────────────────────────────────────────────────────────────────────────────────
def planned(title: str, days: int, **fields: object) -> Announcement:
    made = draft(title, **fields)
    return actions.move(
        announcement=made, publish_at=NOW + timedelta(days=days), version=made.version, actor=None, now=NOW
    )


@pytest.mark.django_db
@pytest.mark.parametrize("number", [3, 30])
def test_the_calendar_costs_the_same_for_any_number(tmp_path: Path, number: int, django_assert_num_queries) -> None:
    municipality()
    account, plein, viewer = demo_account(tmp_path), topic(), staff(Role.EDITOR)
    for each in range(number):
        made = planned(f"Bericht {each}", 1 + each % 20, topics=[plein])
        actions.save_tellings(
            announcement=made, tellings=[Telling(account=account.pk, wanted=True)], version=made.version,
            actor=None, now=NOW,
        )  # fmt: skip
    published("Al verteld", now=NOW - timedelta(days=1))
    with django_assert_num_queries(4):
        found = queries.entries(
            viewer=viewer, first=NOW.date() - timedelta(days=3), last=NOW.date() + timedelta(days=30)
        )
    assert len(found) == number + 1
    assert found == sorted(found, key=lambda entry: entry.at)
    told = next(entry for entry in found if entry.title == "Al verteld")
    assert (told.movable, told.state, told.networks) == (False, "published", ())
    first = next(entry for entry in found if entry.title == "Bericht 0")
    assert (first.movable, first.networks) == (True, ("Demo",))
    assert {double.why for double in first.doubles} == {"text"}


@pytest.mark.django_db
def test_a_double_outside_the_page_is_named_too_and_drafts_without_a_moment_are_counted() -> None:
    viewer = staff(Role.EDITOR)
    planned("Koffie op het plein", 1)
    planned("Koffie op het plein", 5)
    draft("Nog geen dag")
    day = (NOW + timedelta(days=1)).date()
    [entry] = queries.entries(viewer=viewer, first=day, last=day)
    assert [double.title for double in entry.doubles] == ["Koffie op het plein"]
    assert queries.without_a_moment(viewer=viewer) == 1
    for ask in (lambda: queries.without_a_moment(viewer=staff(Role.MODERATOR)),
                lambda: queries.entries(viewer=staff(Role.MODERATOR), first=day, last=day)):  # fmt: skip
        with pytest.raises(Forbidden):
            ask()


# ── moving ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_moving_changes_the_moment_and_nothing_else() -> None:
    municipality(four_eyes=True)
    author, approver = staff(Role.EDITOR), staff(Role.APPROVER)
    made = planned("Koffie", 2, author=author)
    assert made.state == State.DRAFT
    waiting = actions.submit_for_approval(announcement=made, version=made.version, actor=author)
    approved = actions.approve(announcement=waiting, version=waiting.version, actor=approver, now=NOW)
    moved = actions.move(
        announcement=approved, publish_at=NOW + timedelta(days=4), version=approved.version, actor=author, now=NOW
    )
    assert (moved.state, moved.approved_by, moved.publish_at) == (State.SCHEDULED, approver, NOW + timedelta(days=4))
    with pytest.raises(Outdated):
        actions.move(
            announcement=moved, publish_at=NOW + timedelta(days=5), version=approved.version, actor=author, now=NOW
        )
    with pytest.raises(TextRefused):
        actions.move(announcement=moved, publish_at=NOW, version=moved.version, actor=author, now=NOW)
    with pytest.raises(Forbidden):
        actions.move(
            announcement=moved, publish_at=NOW + timedelta(days=5), version=moved.version,
            actor=staff(Role.MODERATOR), now=NOW,
        )  # fmt: skip


@pytest.mark.django_db
def test_what_is_public_does_not_move() -> None:
    made = published()
    with pytest.raises(WrongState):
        actions.move(announcement=made, publish_at=NOW + timedelta(days=1), version=made.version, actor=None, now=NOW)
