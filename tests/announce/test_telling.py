"""One announcement on every network that was chosen: together with the page, or not at all."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.announce import actions
from stamtafel.announce.actions.problems import FourEyes, Outdated, TextRefused, WrongState
from stamtafel.announce.actions.telling import DoesNotFit
from stamtafel.announce.models import Announcement, Placement, Variant
from stamtafel.announce.rules.telling import Misfit, Telling, misfits, shown, tagged
from stamtafel.channels import registry, standing_still
from stamtafel.channels.adapters.demo.channel import Demo
from stamtafel.channels.contract import Draft, Limits, Picture, Rendered
from stamtafel.channels.jobs import send_due
from stamtafel.channels.jobs.amend import amend_due
from stamtafel.channels.models import Account, Amendment, Delivery
from stamtafel.channels.registry import UnknownKind
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests.announce.builders import draft, photo
from tests.builders import NOW, municipality, staff
from tests.channels.builders import demo_account

pytestmark = pytest.mark.django_db
State = Announcement.State


class Posts:
    """A network of 280 that shows what it is given, with the abilities that a test chooses; it keeps all in memory."""

    kind, repeatable = "demo", False
    limits = Limits(text=280, pictures=2, alt=100)

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._demo = Demo(options)
        self.check = self._demo.check

    def render(self, given: Draft) -> Rendered:
        text = "\n\n".join(part for part in (given.subject, given.body, given.link, given.invitation) if part)
        return Rendered(
            subject=given.subject, text=text, link=given.link, pictures=given.pictures,
            count=len(text), over=max(0, len(text) - (self.limits.text or 0)),
        )  # fmt: skip

    def publish(self, rendered: Rendered, credentials: Mapping[str, str], key: str) -> Any:
        return self._demo.publish(rendered, credentials, key)


def chosen(account: Account, **fields: Any) -> Telling:
    return Telling(account=account.pk, wanted=True, **fields)


def keep(made: Announcement, *tellings: Telling, actor: Any = None) -> Announcement:
    return actions.save_tellings(announcement=made, tellings=tellings, version=made.version, actor=actor, now=NOW)


def publish(made: Announcement, now: Any = NOW) -> Announcement:
    return actions.publish(announcement=made, version=made.version, actor=None, now=now)


def on_networks() -> list[Delivery]:
    return list(Delivery.objects.filter(account__kind="demo").order_by("account_id"))


@pytest.fixture
def account(tmp_path: Path) -> Account:
    municipality()
    return demo_account(tmp_path / "a")


def test_what_was_chosen_goes_out_with_the_page(account: Account, tmp_path: Path) -> None:
    other = demo_account(tmp_path / "b")
    made = keep(draft(), chosen(account), Telling(account=other.pk, wanted=False))
    publish(made)
    [row] = on_networks()
    assert (row.account_id, row.purpose, row.state) == (account.pk, "announcement", "waiting")
    assert Placement.objects.filter(delivery=row, announcement=made).exists()
    sent = Draft.from_data(row.draft)
    assert (sent.subject, sent.body) == ("De brug gaat open", "U kunt er weer over.")
    tags = parse_qs(urlsplit(sent.link).query)
    assert tags == {"utm_source": ["demo"], "utm_medium": ["social"], "utm_campaign": ["de-brug-gaat-open"]}
    assert "/berichten/de-brug-gaat-open" in sent.link
    assert sent.invitation == "Laat het ons hier weten."
    send_due(NOW)
    assert [row.state for row in on_networks()] == ["done"]


def test_nothing_goes_to_a_network_that_nobody_chose(account: Account) -> None:
    publish(draft())
    assert on_networks() == []


def test_an_own_text_takes_the_place_of_title_and_text(account: Account) -> None:
    made = draft()
    actions.add_picture(announcement=made, data=photo(), alt="De brug", actor=staff(Role.EDITOR), now=NOW)
    actions.add_picture(announcement=made, data=photo(), alt="Het water", actor=staff(Role.EDITOR), now=NOW)
    made.refresh_from_db()
    first, second = made.pictures.all()
    crops = {str(first.pk): "none", str(second.pk): "top"}
    wish = chosen(account, text="De brug is open! ", with_link=False, with_invitation=False, crops=crops)
    publish(keep(made, wish))
    sent = Draft.from_data(on_networks()[0].draft)
    assert (sent.subject, sent.body, sent.link, sent.invitation) == ("", "De brug is open!", "", "")
    [picture] = sent.pictures
    assert (picture.alt, picture.crop, picture.file) == ("Het water", "top", second.file)
    assert picture.url.startswith("http")


def test_the_closing_line_names_the_other_networks(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    known = registry._adapter
    monkeypatch.setattr(registry, "_adapter", lambda kind: Posts if kind == "mastodon" else known(kind))
    monkeypatch.setattr(registry, "kinds", lambda: {"demo": "", "mastodon": ""})
    monkeypatch.setattr("stamtafel.announce.actions.telling.kinds", registry.kinds)
    Account.objects.create(kind="mastodon", name="lindewaard")
    publish(keep(draft(), chosen(account)))
    sent = Draft.from_data(on_networks()[0].draft)
    assert sent.invitation == "Laat het ons hier weten. U vindt ons ook op Mastodon en op onze website."


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> type[Posts]:
    known = registry._adapter

    class Short(Posts):
        pass

    monkeypatch.setattr(registry, "_adapter", lambda kind: Short if kind == "demo" else known(kind))
    return Short


def test_too_long_is_refused_in_words_and_nothing_goes_out_anywhere(
    account: Account, short: type[Posts], tmp_path: Path
) -> None:
    other = demo_account(tmp_path / "b")
    made = keep(draft(), chosen(account, text="x" * 281, with_link=False, with_invitation=False), chosen(other))
    with pytest.raises(DoesNotFit) as refused:
        publish(made)
    assert refused.value.sentences == [
        f"Demo ({account.name}): de tekst is 1 te lang. Maak hem korter, of schrijf een eigen tekst voor dit kanaal."
    ]
    assert Delivery.objects.count() == 0
    made.refresh_from_db()
    assert made.state == State.DRAFT
    for ask in (
        lambda: actions.submit_for_approval(announcement=made, version=made.version, actor=None),
        lambda: actions.schedule(
            announcement=made, publish_at=NOW + timedelta(days=1), version=made.version, actor=None, now=NOW
        ),
    ):
        municipality(four_eyes=False)
        with pytest.raises(DoesNotFit):
            ask()
    publish(keep(made, chosen(account, text="x" * 280, with_link=False, with_invitation=False)))
    assert len(on_networks()) == 2


def test_where_a_series_is_possible_the_refusal_says_so_and_the_series_goes_out(
    account: Account, short: type[Posts]
) -> None:
    plain = short.render

    def chained(self: Posts, given: Draft) -> Rendered:
        rendered = plain(self, given)
        return replace(rendered, parts=("een", "twee")) if given.form == "thread" else rendered

    short.render = chained  # type: ignore[method-assign]
    short.limits = replace(Posts.limits, threads=True)
    made = keep(draft(), chosen(account, text="x" * 400))
    with pytest.raises(DoesNotFit, match="kies een reeks berichten"):
        publish(made)
    publish(keep(made, chosen(account, text="x" * 400, form="thread")))
    assert on_networks()[0].draft["form"] == "thread"


def test_a_network_that_takes_nothing_without_a_picture_says_so(account: Account, short: type[Posts]) -> None:
    short.limits = replace(Posts.limits, needs_picture=True)
    with pytest.raises(DoesNotFit, match="zonder foto"):
        publish(keep(draft(), chosen(account)))


def test_words_with_a_picture_that_are_too_long_for_a_network_are_refused(account: Account, short: type[Posts]) -> None:
    made = draft()
    actions.add_picture(announcement=made, data=photo(), alt="a" * 101, actor=staff(Role.EDITOR), now=NOW)
    made.refresh_from_db()
    with pytest.raises(DoesNotFit, match="Hoogstens 100 tekens"):
        publish(keep(made, chosen(account)))


def test_a_choice_is_kept_by_version_like_the_text(account: Account) -> None:
    made = draft()
    after = keep(made, chosen(account))
    with pytest.raises(Outdated):
        keep(made, chosen(account, text="Anders"))
    same = keep(after, chosen(account))
    assert same.version == after.version  # nothing changed: nobody is told that it did
    with pytest.raises(Forbidden):
        keep(after, chosen(account, text="Anders"), actor=staff(Role.MODERATOR))
    with pytest.raises(TextRefused):
        keep(after, chosen(account, text="x" * 20_001))
    keep(after, Telling(account=account.pk + 99, wanted=True))  # an account that is not there is passed over
    assert Variant.objects.count() == 1


def test_whoever_changes_a_variant_does_not_approve_it_and_an_approval_counts_for_what_was_seen(
    account: Account,
) -> None:
    municipality(four_eyes=True)
    author, approver, second = staff(Role.EDITOR), staff(Role.APPROVER), staff(Role.APPROVER)
    made = keep(draft(author=author), chosen(account), actor=author)
    waiting = actions.submit_for_approval(announcement=made, version=made.version, actor=author)
    changed = keep(waiting, chosen(account, text="Kort"), actor=approver)
    with pytest.raises(Outdated):
        actions.approve(announcement=waiting, version=waiting.version, actor=second, now=NOW)
    with pytest.raises(FourEyes):
        actions.approve(announcement=changed, version=changed.version, actor=approver, now=NOW)
    actions.approve(announcement=changed, version=changed.version, actor=second, now=NOW)
    assert on_networks()[0].draft["body"] == "Kort"


def test_after_approval_a_variant_changes_only_by_asking_again(account: Account) -> None:
    municipality(four_eyes=True)
    author, approver = staff(Role.EDITOR), staff(Role.APPROVER)
    made = draft(author=author)
    later = actions.schedule(
        announcement=made, publish_at=NOW + timedelta(days=1), version=made.version, actor=author, now=NOW
    )
    waiting = actions.submit_for_approval(announcement=later, version=later.version, actor=author)
    planned = actions.approve(announcement=waiting, version=waiting.version, actor=approver, now=NOW)
    with pytest.raises(WrongState):
        keep(planned, chosen(account), actor=author)
    back = actions.send_back(announcement=planned, version=planned.version, actor=author)
    assert back.approved_by is None
    assert keep(back, chosen(account), actor=author).state == State.DRAFT


def test_what_is_planned_waits_while_everything_stands_still(account: Account) -> None:
    made = keep(draft(), chosen(account))
    later = NOW + timedelta(hours=1)
    actions.schedule(announcement=made, publish_at=later, version=made.version, actor=None, now=NOW)
    standing_still.stop_everything(actor=staff(Role.EDITOR), reason="Brand", now=NOW)
    assert actions.publish_due(now=later) == 0
    standing_still.resume_everything(actor=staff(Role.EDITOR), now=later)
    assert actions.publish_due(now=later) == 1
    assert len(on_networks()) == 1


def test_withdrawing_takes_it_back_or_says_where_a_person_must(account: Account, short: type[Posts]) -> None:
    made = publish(keep(draft(), chosen(account)))
    send_due(NOW)
    actions.withdraw(announcement=made, reason="Fout", version=made.version, actor=None, now=NOW)
    [asked] = Amendment.objects.all()
    assert (asked.sort, asked.state, asked.by_hand_url) == ("retract", "failed", on_networks()[0].remote_url)


def test_withdrawing_takes_away_where_a_program_may(account: Account, short: type[Posts]) -> None:
    gone: list[str] = []
    short.retract = lambda _self, remote_id, _credentials: gone.append(remote_id)  # type: ignore[attr-defined]
    made = publish(keep(draft(), chosen(account)))
    send_due(NOW)
    actions.withdraw(announcement=made, reason="Fout", version=made.version, actor=None, now=NOW)
    amend_due(NOW)
    assert gone == ["demo-1"]
    assert on_networks()[0].retracted_at == NOW


def test_a_correction_changes_the_words_where_they_can_be_changed(account: Account, short: type[Posts]) -> None:
    said: list[str] = []
    short.edit = lambda _self, _id, rendered, _credentials: said.append(rendered.text)  # type: ignore[attr-defined]
    made = publish(keep(draft(), chosen(account)))
    send_due(NOW)
    content = replace(actions.content_of(made), lead="U kunt er morgen over.")
    made = actions.save_version(announcement=made, content=content, version=made.version, actor=None, now=NOW)
    amend_due(NOW)
    assert "U kunt er morgen over." in said[0]
    too_long = replace(content, lead="x" * 500)
    with pytest.raises(DoesNotFit):
        actions.save_version(announcement=made, content=too_long, version=made.version, actor=None, now=NOW)
    made.refresh_from_db()
    assert made.lead == "U kunt er morgen over."


def test_a_correction_where_nothing_can_be_changed_is_for_a_person(account: Account, short: type[Posts]) -> None:
    made = publish(keep(draft(), chosen(account)))
    send_due(NOW)
    made = keep(made, chosen(account, text="Toch morgen."))
    [asked] = Amendment.objects.all()
    assert (asked.sort, asked.state, asked.draft["body"]) == ("edit", "failed", "Toch morgen.")


def test_the_picture_reaches_the_network_in_its_shape_with_its_words(account: Account, short: type[Posts]) -> None:
    sent: list[Rendered] = []
    known = short.publish

    def publish_and_keep(self: Posts, rendered: Rendered, credentials: Mapping[str, str], key: str) -> Any:
        sent.append(rendered)
        return known(self, rendered, credentials, key)

    short.publish = publish_and_keep  # type: ignore[method-assign]
    short.limits = replace(Posts.limits, picture_shape=(0.8, 1.0), picture_bytes=20_000)
    made = draft()
    picture = actions.add_picture(announcement=made, data=photo(), alt="De brug", actor=staff(Role.EDITOR), now=NOW)
    made.refresh_from_db()
    made = publish(keep(made, chosen(account, crops={str(picture.pk): "centre"})))
    send_due(NOW)
    [shown_there] = sent[0].pictures
    assert shown_there.data.startswith(b"\xff\xd8")
    assert len(shown_there.data) <= 20_000
    assert (shown_there.alt, shown_there.width, shown_there.height) == ("De brug", 480, 480)
    assert shown_there.url.endswith(".jpg")


def test_networks_are_those_that_are_on_and_installed(account: Account) -> None:
    Account.objects.create(kind="verdwenen", name="weg")
    Account.objects.create(kind="demo", name="uit", enabled=False)
    actions.publish(announcement=(made := draft()), version=made.version, actor=None, now=NOW)  # makes the website
    assert actions.networks() == [account]
    with pytest.raises(UnknownKind):
        registry.channel("verdwenen")


# ── rules ────────────────────────────────────────────────────────────────────────────────────────
def test_tags_come_on_top_of_what_is_in_the_address() -> None:
    link = tagged("https://a.example/b?x=1&utm_source=oud#c", kind="x", slug="brug")
    assert link == "https://a.example/b?x=1&utm_source=x&utm_medium=social&utm_campaign=brug#c"


@given(st.lists(st.sampled_from(["whole", "centre", "none"]), max_size=8), st.none() | st.integers(0, 8))
def test_no_more_pictures_than_fit_and_none_that_was_left_out(crops: list[str], most: int | None) -> None:
    pictures = [(str(number), Picture(str(number), "alt")) for number in range(len(crops))]
    found = shown(pictures, {str(number): crop for number, crop in enumerate(crops)}, most)
    wanted = [str(number) for number, crop in enumerate(crops) if crop != "none"]
    assert [picture.url for picture in found] == wanted[:most]


def test_a_chain_may_be_longer_than_one_post() -> None:
    long = Rendered(subject="", text="x" * 20, over=10, parts=("a", "b"))
    assert misfits(long, Limits(text=10, threads=True), may_chain=True) == []
    assert misfits(long, Limits(text=10, threads=True), may_chain=False) == [Misfit("too_long", 10, 10)]
    assert misfits(Rendered(subject="", text=" "), Limits(), may_chain=False) == [Misfit("empty")]
