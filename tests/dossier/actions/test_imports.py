"""What other platforms held: all of a file or nothing, never twice, and of people only what was asked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.models import Delivery
from stamtafel.dossier.actions.follow import erase, withdraw
from stamtafel.dossier.actions.imports import Brought, import_contributions
from stamtafel.dossier.actions.life import mark_read
from stamtafel.dossier.actions.moderate import show
from stamtafel.dossier.actions.submit import submit_contribution
from stamtafel.dossier.imports.contract import ImportRefused, ImportRow
from stamtafel.dossier.models import Contribution, ImportedDetails, Kind, State, Step, StepKind, Topic
from stamtafel.dossier.queries import desk
from stamtafel.dossier.queries.life import life_of
from stamtafel.dossier.queries.public import visible
from stamtafel.inbox.actions.intake import open_conversations
from stamtafel.inbox.actions.notices import tell_steps
from stamtafel.ledger.models import Entry
from stamtafel.people.actions.residents import forget_residents
from stamtafel.people.models import Resident
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests.builders import NOW, area, municipality, resident, staff, topic

pytestmark = pytest.mark.django_db
MAIL = "jan@voorbeeld.example"
DETAILS = {"Naam": "Jan de Vries", "IP": "192.0.2.7"}


@pytest.fixture(autouse=True)
def _town() -> None:
    municipality()


def row(number: int = 1, text: str = "Kan er een bankje bij de bushalte?", **fields: Any) -> ImportRow:
    named = {"row": number + 1, "source": "table", "source_id": str(number), "title": text[:80] or "Bank", **fields}
    return ImportRow(text=text, **named)


def bring(*rows: ImportRow, **choices: Any) -> Brought:
    return import_contributions(rows=rows, **{"topic": None, "actor": None, "now": NOW, **choices})


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Contribution, Step, Topic, Resident, ImportedDetails, Entry))


def problems_of(*rows: ImportRow) -> list[tuple[int | None, str, str]]:
    with pytest.raises(ImportRefused) as caught:
        bring(*rows)
    return [(problem.row, problem.column, problem.reason) for problem in caught.value.problems]


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────
def test_a_row_becomes_a_contribution_that_everybody_reads() -> None:
    somewhere, when = area("Molenwijk"), datetime(2023, 4, 5, 12, 0, tzinfo=UTC)
    done = bring(row(7, kind="wish", category="Groen", area_name=" molenwijk ", created=when, support=12))
    kept = Contribution.objects.get()
    assert done == Brought(new=1, known=0, unknown_areas=(), new_topics=("Groen",))
    assert (kept.source, kept.source_id, kept.kind, kept.channel) == ("table", "7", "wish", "import")
    assert (kept.topic, kept.area, kept.support_count) == (Topic.objects.get(name="Groen"), somewhere, 12)
    assert (kept.created_at, kept.published_at, kept.state) == (when, when, State.READ)
    assert list(visible()) == [kept]
    life = [(step.kind, step.at, step.tell) for step in kept.steps.order_by("id")]
    assert life == [(StepKind.RECEIVED, when, False), (StepKind.READ, NOW, False)]
    assert life_of(kept).points == [when, NOW, None, None, None]
    assert "bankje" in kept.terms.split()


def test_what_the_source_hid_stays_hidden_until_somebody_shows_it() -> None:
    bring(row(hidden=True))
    kept = Contribution.objects.get()
    assert (kept.state, kept.published_at, list(visible())) == (State.HIDDEN, None, [])
    assert show(contribution=kept, actor=staff(Role.MODERATOR), now=NOW)
    assert list(visible()) == [kept]
    life = list(kept.steps.order_by("id").values_list("kind", "tell"))
    assert life == [(StepKind.RECEIVED, False), (StepKind.HIDDEN, False), (StepKind.SHOWN, False)]
    kept.refresh_from_db()
    assert mark_read(contribution=kept, actor=staff(Role.MODERATOR), now=NOW)


def test_personal_data_in_words_is_masked_where_everybody_reads() -> None:
    bring(row(text="Bel 06 1234 5678 voor de bank.", title="Mail jan@voorbeeld.example", category="Groen 06 1234 5678"))
    kept = Contribution.objects.get()
    shown = f"{kept.title} {kept.public_text} {kept.excerpt} {kept.terms} {Topic.objects.get().name}"
    assert "1234" not in shown
    assert "voorbeeld" not in shown
    assert kept.text == "Bel 06 1234 5678 voor de bank."


def test_the_log_counts_and_names_nobody() -> None:
    bring(row(1, author_email=MAIL, personal=DETAILS), row(2))
    entry = Entry.objects.get()
    assert (entry.kind, entry.subject, entry.data) == ("import.contributions", "import:table", {"new": 2})


# ── all or nothing, and never twice ──────────────────────────────────────────────────────────────
def test_one_bad_row_keeps_everything_out_and_each_is_named() -> None:
    before = counts()
    rows = [row(number, category=f"Thema {number}", author_email=MAIL) for number in range(1, 601)]
    rows[2] = replace(rows[2], text="\u200b")
    rows[598] = replace(rows[598], created=NOW + timedelta(days=40))
    assert problems_of(*rows) == [(4, "text", "no_text"), (600, "created", "in_future")]
    assert counts() == before


def test_an_accident_halfway_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise OSError("the disk is full")

    before = counts()
    monkeypatch.setattr("stamtafel.dossier.actions.imports.append", broken)
    with pytest.raises(OSError, match="disk"):
        bring(*(row(number, category="Groen", author_email=MAIL, personal=DETAILS) for number in range(1, 700)))
    assert counts() == before


def test_a_dry_run_says_what_would_be_and_keeps_nothing() -> None:
    before = counts()
    rows = [row(1, category="Groen", area_name="Nergens", author_email=MAIL, personal=DETAILS), row(2)]
    assert bring(*rows, dry_run=True) == Brought(2, 0, ("Nergens",), ("Groen",))
    assert counts() == before
    assert bring(*rows) == Brought(2, 0, ("Nergens",), ("Groen",))


def test_a_second_run_brings_only_what_is_new() -> None:
    first = [row(1, author_email=MAIL, personal=DETAILS), row(2, category="Groen")]
    bring(*first)
    before = counts()
    assert bring(*first) == Brought(0, 2, (), ())
    assert counts() == before, "nor a contact, details, a topic or a line in the log"
    assert bring(*first, row(3, "Meer bomen langs de vaart.")) == Brought(1, 2, (), ())
    assert bring(replace(first[0], source="polis")).new == 1, "the same number of another platform is another"


def test_what_somebody_erased_does_not_come_back() -> None:
    bring(row(author_email=MAIL, personal=DETAILS))
    erase(contribution=Contribution.objects.get(), now=NOW)
    assert bring(row(author_email=MAIL, personal=DETAILS)).known == 1
    assert (Contribution.objects.get().text, ImportedDetails.objects.count()) == ("", 0)


@given(st.lists(st.integers(1, 9), max_size=12), st.lists(st.integers(1, 9), max_size=12))
def test_however_files_overlap_each_number_is_here_once(one: list[int], other: list[int]) -> None:
    files = [[row(number) for number in dict.fromkeys(numbers)] for numbers in (one, other)]
    with transaction.atomic():
        done = [bring(*rows) for rows in files]
        kept = list(Contribution.objects.values_list("source_id", flat=True))
        transaction.set_rollback(True)
    assert sorted(kept) == sorted({str(number) for number in (*one, *other)})
    assert [found.new + found.known for found in done] == [len(rows) for rows in files]
    assert sum(found.new for found in done) == len(kept)


def test_who_may_not_manage_settings_brings_nothing_in() -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(Forbidden):
            bring(row(), actor=staff(role))
    assert not Contribution.objects.exists()


# ── topics, neighbourhoods, days ─────────────────────────────────────────────────────────────────
def test_a_category_finds_its_topic_whatever_its_capitals_and_makes_it_once() -> None:
    known = topic("Groen in de wijk")
    done = bring(row(1, category="GROEN in de wijk"), row(2, category="Spelen"), row(3, category="spelen"))
    assert done.new_topics == ("Spelen",)
    assert [c.topic.name for c in Contribution.objects.order_by("source_id") if c.topic] == [
        known.name,
        "Spelen",
        "Spelen",
    ]


def test_one_topic_can_take_all() -> None:
    all_of_it = topic("Buurtbudget")
    assert bring(row(1, category="Groen"), row(2), topic=all_of_it).new_topics == ()
    assert set(Contribution.objects.values_list("topic__name", flat=True)) == {"Buurtbudget"}


def test_topics_whose_names_make_no_address_each_get_one() -> None:
    """Also in a later run, when the first numbers are taken."""
    bring(*(row(number, category=name) for number, name in enumerate(["日本", "中国", "한국"], start=1)))
    bring(*(row(number, category=name) for number, name in enumerate(["台灣", "ไทย"], start=4)))
    assert Topic.objects.count() == len(set(Topic.objects.values_list("slug", flat=True))) == 5


def test_a_point_decides_before_a_name() -> None:
    here, elsewhere = area("Molenwijk"), area("Lindepark")
    inside = {"lon": here.label_lon, "lat": here.label_lat}
    done = bring(row(1, area_name="Lindepark", **inside), row(2, area_name="Lindepark", lon=4.0, lat=52.0))
    assert list(Contribution.objects.order_by("source_id").values_list("area", flat=True)) == [here.pk, elsewhere.pk]
    assert done.unknown_areas == ()


def test_an_unknown_neighbourhood_is_told_once_and_the_words_are_kept() -> None:
    area("Molenwijk")
    done = bring(row(1, area_name="Verwegstan"), row(2, area_name="Verwegstan"), row(3, area_name="Ergens"), row(4))
    assert done.unknown_areas == ("Ergens", "Verwegstan")
    assert Contribution.objects.filter(area=None).count() == 4


def test_days() -> None:
    """None is today; a clock that runs ahead is set right; what has yet to come is refused."""
    ahead = NOW + timedelta(hours=3)
    bring(row(1, created=None), row(2, created=ahead))
    assert set(Contribution.objects.values_list("created_at", "published_at")) == {(NOW, NOW)}
    assert problems_of(row(3, created=NOW + timedelta(days=2))) == [(4, "created", "in_future")]


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 12, 31), timezones=st.just(UTC)))
def test_nothing_is_ever_dated_after_now(when: datetime) -> None:
    kept: list[datetime] = []
    try:
        with transaction.atomic():
            bring(row(created=when))
            kept = [Contribution.objects.get().created_at, Step.objects.get(kind=StepKind.RECEIVED).at]
            transaction.set_rollback(True)
    except ImportRefused:
        assert when > NOW
    assert all(at == min(when, NOW) for at in kept)


# ── hostile cells ────────────────────────────────────────────────────────────────────────────────
HOSTILE = ["\u200b", "\u2066\u202e", '=HYPERLINK("http://x")', "<script>alert(1)</script>", "'); DROP TABLE --",
           "a" * 140, "Z" + "\u0301" * 200, "\u0958" * 130, "%s%(x)s{0}", "../../etc/passwd", "\ud7ff\uffff"]  # fmt: skip


@pytest.mark.parametrize("cell", HOSTILE)
def test_hostile_cells_do_no_harm(cell: str) -> None:
    hostile = row(source_id=cell[:120], title=cell, category=cell[:120], area_name=cell[:120], personal={cell: cell})
    assert bring(hostile).new == 1
    assert bring(hostile).known == 1
    kept = Contribution.objects.get()
    assert kept.title.strip("\u200b\u2066\u202e")
    assert len(kept.title) <= 140
    assert not any(sign in kept.title for sign in "\u200b\u2066\u202e")
    assert all(found.name.strip("\u200b\u2066\u202e") for found in Topic.objects.all()), "no topic that nobody can see"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=140))
def test_any_cell_is_kept_or_refused_in_words(cell: str) -> None:
    try:
        said = f"{bring(row(text=cell, title=cell, category=cell[:120], area_name=cell[:120]), dry_run=True).new} new"
    except ImportRefused as refused:
        said = str(refused)
    assert said == "1 new" or said.startswith("row 2, column text: The row has neither")


# ── who wrote it ─────────────────────────────────────────────────────────────────────────────────
def test_an_address_becomes_the_contact_that_nobody_confirmed() -> None:
    bring(row(1, author_email=MAIL), row(2, author_email=MAIL), row(3))
    contact = Resident.objects.get()
    assert (contact.email, contact.confirmed_at) == (MAIL, None)
    assert list(Contribution.objects.order_by("source_id").values_list("author", flat=True)) == [
        contact.pk,
        contact.pk,
        None,
    ]


def test_who_is_here_already_is_the_same_person_and_stays_as_they_are() -> None:
    known = resident(email=MAIL, language="en")
    bring(row(author_email=MAIL))
    assert Contribution.objects.get().author == known
    assert Resident.objects.get().confirmed_at == NOW


@pytest.mark.parametrize("confirmed", [None, NOW])
def test_an_import_mails_nobody(confirmed: datetime | None) -> None:
    resident(email=MAIL, confirmed_at=confirmed)
    bring(row(author_email=MAIL, personal=DETAILS), row(2, author_email=MAIL, hidden=True))
    open_conversations(NOW)
    tell_steps(NOW)
    assert not Delivery.objects.exists()


def test_a_later_step_mails_only_who_confirmed_here() -> None:
    bring(row(1, author_email=MAIL), row(2, author_email="piet@voorbeeld.example"))
    Resident.objects.filter(email="piet@voorbeeld.example").update(confirmed_at=NOW)
    reader = staff(Role.CONVERSATIONALIST)
    Contribution.objects.update(state=State.RECEIVED)
    Step.objects.filter(kind=StepKind.READ).delete()
    for one in Contribution.objects.all():
        mark_read(contribution=one, actor=reader, now=NOW)
    tell_steps(NOW)
    assert list(Delivery.objects.values_list("recipient", flat=True)) == ["piet@voorbeeld.example"]


def test_details_are_for_who_talks_with_residents() -> None:
    bring(row(1, personal=DETAILS), row(2))
    one, other = Contribution.objects.order_by("source_id")
    assert desk.imported_details(staff(Role.CONVERSATIONALIST), one) == DETAILS
    assert desk.imported_details(staff(Role.MODERATOR), other) == {}
    for role in (Role.EDITOR, Role.APPROVER, Role.ANALYST, Role.FIELD_WORKER):
        with pytest.raises(Forbidden):
            desk.imported_details(staff(role), one)


def test_erasing_removes_details_and_address_withdrawing_neither() -> None:
    bring(row(1, author_email=MAIL, personal=DETAILS), row(2, author_email=MAIL, personal=DETAILS))
    one, other = Contribution.objects.order_by("source_id")
    withdraw(contribution=one, now=NOW)
    assert (ImportedDetails.objects.count(), forget_residents(NOW)) == (2, 0)
    erase(contribution=one, now=NOW)
    assert ImportedDetails.objects.get().contribution == other
    assert forget_residents(NOW) == 0, "the other one still has this address"
    erase(contribution=other, now=NOW)
    assert not ImportedDetails.objects.exists()
    assert (forget_residents(NOW), Resident.objects.count()) == (1, 0)


def test_the_address_of_a_resident_goes_with_what_they_erased() -> None:
    """The privacy page promises it, for every contribution."""
    said = submit_contribution(kind=Kind.IDEA, text="Meer bomen, graag.", email=MAIL, now=NOW).contribution
    assert forget_residents(NOW) == 0
    erase(contribution=said, now=NOW)
    assert (forget_residents(NOW), Resident.objects.filter(email=MAIL).count()) == (1, 0)
