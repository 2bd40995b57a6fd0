"""Writing, approving, publishing, withdrawing: through the actions."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from stamtafel.announce import actions
from stamtafel.announce.actions.problems import FourEyes, Outdated, TextRefused, WrongState
from stamtafel.announce.models import Announcement, Picture, Version
from stamtafel.announce.rules.content import Content
from stamtafel.channels.models import Delivery
from stamtafel.ledger.models import Entry
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests.announce.builders import draft, photo, published
from tests.builders import NOW, area, municipality, staff, topic

pytestmark = pytest.mark.django_db
State = Announcement.State


def test_a_draft_gets_an_address_from_its_title_and_keeps_it_once_public() -> None:
    editor = staff(Role.EDITOR)
    first = draft("Café ’t Hóekje dicht", author=editor)
    second = draft("Café ’t Hóekje dicht", author=editor)
    assert (first.slug, second.slug) == ("cafe-t-hoekje-dicht", "cafe-t-hoekje-dicht-2")
    renamed = actions.autosave(
        announcement=first, content=Content(title="Weer open", body="x"), version=first.version, actor=editor
    )
    assert renamed.slug == "weer-open"
    public = actions.publish(announcement=renamed, version=renamed.version, actor=editor, now=NOW)
    changed = actions.save_version(
        announcement=public,
        content=Content(title="Toch dicht", body="x"),
        version=public.version,
        actor=editor,
        now=NOW,
    )
    assert (changed.slug, changed.title) == ("weer-open", "Toch dicht")
    assert changed.corrected_at == NOW


def test_the_second_editor_is_told_who_saved_and_nothing_is_overwritten() -> None:
    anna, bert = staff(Role.EDITOR, name="Anna"), staff(Role.EDITOR, name="Bert")
    begun = draft(author=anna)
    actions.autosave(announcement=begun, content=Content(title="Van Anna", body="a"), version=begun.version, actor=anna)
    with pytest.raises(Outdated, match="Anna") as told:
        actions.autosave(
            announcement=begun, content=Content(title="Van Bert", body="b"), version=begun.version, actor=bert
        )
    begun.refresh_from_db()
    assert begun.title == "Van Anna"
    assert told.value.version == begun.version
    # Bert saves over it knowingly: Anna's text, which only saved by itself, is a version to go back to
    saved = actions.save_version(
        announcement=begun, content=Content(title="Van Bert", body="b"), version=begun.version, actor=bert, now=NOW
    )
    titles = [each.content["title"] for each in Version.objects.filter(announcement=begun).order_by("number")]
    assert titles[-2:] == ["Van Anna", "Van Bert"]
    number = Version.objects.get(announcement=begun, content__title="Van Anna").number
    back = actions.restore_version(announcement=saved, number=number, version=saved.version, actor=anna, now=NOW)
    assert back.title == "Van Anna"


def test_topics_and_areas_are_part_of_a_version() -> None:
    square, street = topic("Plein"), area("Kade")
    made = draft(topics=(square,), areas=(street,))
    assert actions.content_of(made).topics == (square.pk,)
    assert Version.objects.filter(announcement=made).order_by("-number")[0].content["areas"] == [street.pk]


def test_what_does_not_fit_is_refused_with_its_field() -> None:
    with pytest.raises(TextRefused) as refused:
        actions.create_draft(title=" \u202e\x00 ", actor=None, now=NOW)
    assert refused.value.field == "title"
    made = draft()
    with pytest.raises(TextRefused) as refused:
        actions.autosave(announcement=made, content=Content(title="x" * 161), version=made.version, actor=None)
    assert refused.value.field == "title"


def test_four_eyes_means_that_a_colleague_approves_what_was_looked_at() -> None:
    municipality(four_eyes=True)
    editor, boss, other = staff(Role.EDITOR), staff(Role.APPROVER), staff(Role.APPROVER)
    made = draft(author=editor)
    with pytest.raises(WrongState):
        actions.publish(announcement=made, version=made.version, actor=editor, now=NOW)
    made = actions.submit_for_approval(announcement=made, version=made.version, actor=editor)
    with pytest.raises(Forbidden):
        actions.approve(announcement=made, version=made.version, actor=editor, now=NOW)
    edited = actions.autosave(
        announcement=made, content=Content(title="Door boss", body="b"), version=made.version, actor=boss
    )
    with pytest.raises(FourEyes):
        actions.approve(announcement=edited, version=edited.version, actor=boss, now=NOW)
    with pytest.raises(Outdated):
        actions.approve(announcement=edited, version=made.version - 1, actor=other, now=NOW)
    public = actions.approve(announcement=edited, version=edited.version, actor=other, now=NOW)
    assert (public.state, public.approved_by) == (State.PUBLISHED, other)


def test_an_approver_may_not_approve_their_own_text() -> None:
    municipality(four_eyes=True)
    boss = staff(Role.APPROVER)
    made = draft(author=boss)
    made = actions.submit_for_approval(announcement=made, version=made.version, actor=boss)
    with pytest.raises(FourEyes):
        actions.approve(announcement=made, version=made.version, actor=boss, now=NOW)


def test_a_scheduled_announcement_is_published_once_at_its_moment() -> None:
    editor = staff(Role.EDITOR)
    made = draft(author=editor)
    later = NOW + timedelta(hours=2)
    actions.schedule(announcement=made, publish_at=later, version=made.version, actor=editor, now=NOW)
    assert actions.publish_due(now=NOW + timedelta(hours=1)) == 0
    assert actions.publish_due(now=later) == 1
    assert actions.publish_due(now=later) == 0
    made.refresh_from_db()
    assert (made.state, made.published_at, made.issue) == (State.PUBLISHED, later, 1)
    assert Entry.objects.filter(subject=f"announcement:{made.pk}", kind="announcement.published").count() == 1
    with pytest.raises(TextRefused):
        actions.schedule(announcement=draft(), publish_at=NOW, version=2, actor=editor, now=NOW)


def test_a_second_click_publishes_nothing_twice() -> None:
    made = draft()
    actions.publish(announcement=made, version=made.version, actor=None, now=NOW)
    with pytest.raises(WrongState):
        actions.publish(announcement=made, version=made.version, actor=None, now=NOW)
    assert Entry.objects.filter(kind="announcement.published").count() == 1


def test_publishing_puts_it_on_the_website_and_in_the_feed() -> None:
    public = published()
    kinds = set(Delivery.objects.filter(placement__announcement=public).values_list("account__kind", flat=True))
    assert kinds == {"website", "feed"}


def test_withdrawing_asks_a_reason_and_stops_what_waits() -> None:
    public = published()
    with pytest.raises(TextRefused):
        actions.withdraw(announcement=public, reason=" ", version=public.version, actor=None, now=NOW)
    gone = actions.withdraw(announcement=public, reason="Datum klopt niet", version=public.version, actor=None, now=NOW)
    assert (gone.state, gone.withdrawn_reason) == (State.WITHDRAWN, "Datum klopt niet")
    assert set(Delivery.objects.values_list("state", flat=True)) == {"cancelled"}
    assert Entry.objects.filter(kind="announcement.withdrawn").count() == 1


def test_only_who_may_write_writes() -> None:
    analyst, made = staff(Role.ANALYST), draft()
    with pytest.raises(Forbidden):
        actions.create_draft(title="x", actor=analyst, now=NOW)
    with pytest.raises(Forbidden):
        actions.add_picture(announcement=made, data=photo(), alt="Brug", actor=analyst, now=NOW)
    with pytest.raises(Forbidden):
        actions.withdraw(announcement=made, reason="x", version=made.version, actor=analyst, now=NOW)


def test_a_picture_needs_words_in_the_action_and_in_the_table() -> None:
    made = draft()
    with pytest.raises(TextRefused) as refused:
        actions.add_picture(announcement=made, data=photo(), alt="  ", actor=None, now=NOW)
    assert refused.value.field == "alt"
    with pytest.raises(IntegrityError), transaction.atomic():
        Picture.objects.create(announcement=made, file="x", width=1, height=1, alt="")


def test_pictures_are_stored_in_three_sizes_and_change_places() -> None:
    made = draft()
    first = actions.add_picture(announcement=made, data=photo(2400, 1600), alt="De brug", actor=None, now=NOW)
    second = actions.add_picture(announcement=made, data=photo(), alt="De bus", actor=None, now=NOW)
    assert (first.width, first.height) == (1600, 1067)
    assert first.small
    assert first.share.endswith("-share.jpg")
    actions.move_picture(picture=second, up=True, actor=None, now=NOW)
    assert [each.alt for each in made.pictures.all()] == ["De bus", "De brug"]
    actions.describe_picture(picture=second, alt="Bus 4", caption="Maandag", actor=None, now=NOW)
    actions.remove_picture(picture=first, actor=None, now=NOW)
    assert [each.alt for each in made.pictures.all()] == ["Bus 4"]
    with pytest.raises(TextRefused) as refused:
        actions.add_picture(announcement=made, data=b"<svg onload=x>", alt="x", actor=None, now=NOW)
    assert refused.value.field == "file"
