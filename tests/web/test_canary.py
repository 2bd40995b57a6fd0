"""Canaries in every private place, and a crawl over everything public: none may be seen."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stamtafel.announce import actions as announcing
from stamtafel.announce.models import Announcement
from stamtafel.channels.models import Account, Delivery
from stamtafel.dossier.actions import decide, follow, moderate, react
from stamtafel.dossier.actions.imports import import_contributions
from stamtafel.dossier.actions.keys import follow_code
from stamtafel.dossier.actions.submit import submit_contribution
from stamtafel.dossier.imports.reader import read
from stamtafel.dossier.models import (
    Contribution,
    Decision,
    ImportedDetails,
    Kind,
    Moderation,
    State,
    Step,
    StepKind,
    Topic,
)
from stamtafel.inbox.actions import handle, intake, reply
from stamtafel.inbox.models import CannedReply, Conversation, SavedFilter
from stamtafel.ledger.jobs import place_entries
from stamtafel.people.models import RecoveryCode, Resident, SignInLink, StaffMember
from stamtafel.people.rules import Role
from tests import builders
from tests.announce import builders as telling
from tests.people.builders import signed_in
from tests.web.crawl import BEGIN, Seen, crawl, look

pytestmark = pytest.mark.django_db

CANARY = "kanarie"


def word(place: str) -> str:
    """A word that stands nowhere else."""
    return f"{CANARY}{place}"


@pytest.fixture
def boss() -> StaffMember:
    return builders.staff(*Role, email=f"{word('medewerkermail')}@lindewaard.example", oidc_subject=word("subject"))


@pytest.fixture
def town(boss: StaffMember) -> dict[str, Any]:
    """A small municipality in which everything happened once."""
    builders.municipality()
    area, topic = builders.area("Molenwijk"), builders.topic("Stationsplein")
    read_first = builders.topic("Vooraf gelezen", moderation=Topic.Moderation.BEFORE)
    return {
        "area": area,
        "topic": topic,
        "read_first": read_first,
        "boss": boss,
        **_said(area, topic, read_first, boss),
    }


def _said(area: Any, topic: Topic, read_first: Topic, boss: StaffMember) -> dict[str, Contribution]:
    now = timezone.now()

    def told(text: str, **more: Any) -> Contribution:
        fields = {"kind": Kind.IDEA, "topic": topic, "area": area, "device": word("apparaat"), "now": now, **more}
        return submit_contribution(text=text, **fields).contribution

    public = told(
        "Bel mij op 06 1234 5678 over de bank op het plein.", email=f"{word('inwonermail')}@voorbeeld.example"
    )
    hidden = told(f"Dit wordt verborgen {word('verborgentekst')}.")
    withdrawn = told(f"Dit wordt ingetrokken {word('ingetrokkentekst')}.")
    erased = told(f"Dit wordt gewist {word('gewistetekst')}.", email=f"{word('gewistmail')}@voorbeeld.example")
    corrected = told(f"Dit wordt verbeterd {word('oudetekst')}.")
    told(f"Dit wacht op lezen {word('wachtendetekst')}.", topic=read_first)
    double = told(f"Dit is dubbel {word('dubbeletekst')}.")
    moderate.hide(contribution=hidden, reason=f"Reden {word('verborgenreden')}", actor=boss, now=now)
    follow.object_to_hiding(contribution=hidden, text=f"Bezwaar {word('bezwaar')}", now=now)
    follow.withdraw(contribution=withdrawn, now=now)
    follow.erase(contribution=erased, now=now)
    follow.correct(contribution=corrected, text="Nu staat er iets beters.", now=now)
    Contribution.objects.filter(pk=double.pk).update(state=State.MERGED, merged_into=public)
    _brought_in()
    return {"public": public, "hidden": hidden, "withdrawn": withdrawn, "erased": erased, "double": double}


def _brought_in() -> None:
    """Two of another platform, one of them hidden there, with all that an import can keep of people."""
    header = "nummer;tekst;naam;e-mailadres;ip;thema"
    cells = f"{word('oudenaam')};{word('oudemail')}@voorbeeld.example;{word('oudip')};Oud platform"
    lines = [header, f"1;Dit kwam van het oude platform.;{cells}", f"2;Dit ook {word('oudetekst')}.;{cells}"]
    found = read("\n".join(lines).encode(), filename="oud.csv", format="table", columns={},
                 keep_personal=["naam", "author_email", "ip"])  # fmt: skip
    rows = [found.rows[0], dataclasses.replace(found.rows[1], hidden=True)]
    import_contributions(rows=rows, topic=None, actor=None, now=timezone.now())
    assert ImportedDetails.objects.count() == Contribution.objects.exclude(source="").count() == 2


@pytest.fixture
def talk(town: dict[str, Any]) -> Conversation:
    """A conversation with a note, a reply, an addition and a reaction that was hidden."""
    now, boss, public = timezone.now(), town["boss"], town["public"]
    intake.open_conversations(now)
    talked = Conversation.objects.get(contribution=public)
    handle.note(conversation=talked, text=f"Notitie {word('notitie')}", actor=boss, now=now)
    reply.reply(conversation=talked, text=f"Antwoord aan een {word('gesprekantwoord')}", actor=boss, now=now)
    follow.add_to(contribution=public, text=f"Aanvulling {word('aanvulling')}", now=now)
    Step.objects.create(contribution=public, kind=StepKind.READ, at=now, text=word("staptekst"))
    react.support(contribution=public, device=word("apparaat"), address=word("adres"), now=now)
    react.react(contribution=public, text="Ik ook, bel 06 8765 4321.", device=word("apparaat"), now=now)
    said = react.react(contribution=public, text=f"Weg ermee {word('reactie')}", device=word("apparaat"), now=now)
    reaction = public.reactions.order_by("pk").last()
    assert said
    assert reaction is not None
    moderate.hide_reaction(reaction=reaction, reason=word("reactiereden"), actor=boss, now=now)
    CannedReply.objects.create(slug="vast", title=word("vasttitel"), text=word("vasttekst"))
    SavedFilter.objects.create(staff=boss, name=word("filter"), query=word("filtervraag"))
    return talked


@pytest.fixture
def drafts(town: dict[str, Any]) -> dict[str, str]:
    """Announcements and a decision before they are public; the addresses that they would have."""
    boss, now = town["boss"], timezone.now()
    draft = telling.draft(f"Concept {word('concepttitel')}", author=boss, body=word("concepttekst"))
    announcing.add_picture(
        announcement=draft, data=telling.photo(), alt=word("conceptfoto"), actor=boss, now=timezone.now()
    )
    waiting = telling.draft(f"Wacht {word('wachttitel')}", author=boss)
    Announcement.objects.filter(pk=waiting.pk).update(state="waiting", slug="wacht")
    planned = telling.draft(f"Gepland {word('geplandtitel')}", author=boss)
    Announcement.objects.filter(pk=planned.pk).update(
        state="scheduled", slug="gepland", publish_at=now + timedelta(days=1)
    )
    Announcement.objects.filter(pk=draft.pk).update(slug="concept")
    telling.published("De brug is open", author=boss, topics=(town["topic"],), areas=(town["area"],), now=now)
    fields = {"title": "Besluit in de maak", "decided": word("besluit"), "decided_by": "college", "heard": word("gehoord"),
              "decided_on": now.date()}  # fmt: skip
    decision = decide.record_decision(topic=town["topic"], fields=fields, actor=boss)
    decide.answer(
        decision=decision, contributions=[town["public"]], outcome="used", text=word("antwoordconcept"), actor=boss
    )
    return {"announcement": "concept", "waiting": "wacht", "planned": "gepland", "decision": decision.slug}


@pytest.fixture
def sent(town: dict[str, Any]) -> None:
    """What goes out, and what lets people in."""
    account = Account.objects.create(kind="demo", name=word("account"), options={"token": word("sleutel")})
    now = timezone.now()
    Delivery.objects.create(account=account, key=word("verzending"), purpose="notice", draft={"body": word("brief")},
                            recipient=f"{word('ontvanger')}@voorbeeld.example", due_at=now)  # fmt: skip
    SignInLink.objects.create(staff=town["boss"], digest=word("link"), expires_at=now)
    RecoveryCode.objects.create(staff=town["boss"], digest=word("herstel"))
    while place_entries(now):
        pass


def secrets() -> list[str]:
    """Keys, digests and codes: everything that lets somebody do something, or knows somebody again."""
    kept = [settings.SECRET_KEY, settings.FOLLOW_KEY, "1234 5678", "12345678", "8765 4321", "87654321"]
    kept += [resident.secret for resident in Resident.objects.all()]
    for one in Contribution.objects.all():
        kept += [
            one.code_digest or "",
            one.content_key or "",
            one.form_key or "",
            str(one.public_id),
            one.public_id.hex,
        ]
        code = follow_code(one) if one.erased_at is None else ""
        kept += [code, code.replace("-", "")]
        kept += [support.supporter for support in one.supports.all()]
        kept += [reaction.content_key or "" for reaction in one.reactions.all()]
    return [secret for secret in kept if secret]


def private_addresses(town: dict[str, Any], drafts: dict[str, str]) -> list[str]:
    """Where somebody who guesses would look."""
    gone = [
        reverse("site:contribution", kwargs={"pk": town[name].pk})
        for name in ("hidden", "withdrawn", "erased", "double")
    ]
    news = [
        reverse("site:announcement", kwargs={"slug": drafts[name]}) for name in ("announcement", "waiting", "planned")
    ]
    cards = [reverse("share_card", kwargs={"slug": drafts["announcement"]})]
    decision = [reverse("site:decision", kwargs={"slug": drafts["decision"]})]
    found = gone + news + decision
    return [*found, *(f"/en{address}" for address in found), *(f"{address}foto" for address in gone), *cards]


def complaints(seen: dict[str, Seen], never: list[str]) -> list[str]:
    """Address and canary, wherever one sings."""
    found = []
    for address, one in seen.items():
        everything = one.everything
        lower = everything.lower()
        if CANARY in lower:
            at = lower.index(CANARY)
            found.append(f"{address}: …{everything[max(0, at - 60) : at + 40]}…")
        found += [f"{address}: holds the secret {secret}" for secret in never if secret in everything]
    return found


@pytest.mark.usefixtures("talk", "sent")
def test_nothing_private_is_in_anything_public(town: dict[str, Any], drafts: dict[str, str]) -> None:
    seen = crawl(*BEGIN, *private_addresses(town, drafts))
    assert complaints(seen, secrets()) == []


@pytest.mark.usefixtures("talk", "sent")
def test_the_crawl_sees_every_public_place(town: dict[str, Any], drafts: dict[str, str]) -> None:
    seen = crawl()
    public = {
        "/bijdragen/", f"/bijdragen/{town['public'].pk}/", f"/en/bijdragen/{town['public'].pk}/", "/bijdragen/kaart/",
        f"/onderwerpen/{town['topic'].slug}/", f"/buurten/{town['area'].code}/", "/berichten/de-brug-is-open/",
        "/en/berichten/de-brug-is-open/", "/feeds/berichten.rss", f"/feeds/onderwerp/{town['topic'].slug}.atom",
        f"/feeds/buurt/{town['area'].code}.json", "/open-data/bijdragen.csv", "/open-data/bijdragen.xlsx",
        "/open-data/bijdragen.json", "/open-data/besluiten.json", "/open-data/antwoorden.csv", "/logboek/",
        "/logboek/stand.json", "/logboek/regels.json", "/zeg-het-ons/", "/en/privacy/", "/vind-ons/",
        "/onderwerpen/oud-platform/",
    }  # fmt: skip
    assert "Dit kwam van het oude platform" in seen["/bijdragen/"].words
    assert public - set(seen) == set()
    assert [address for address, one in seen.items() if one.status >= 500] == []


@pytest.mark.usefixtures("talk")
def test_private_addresses_answer_as_if_nothing_were_there(town: dict[str, Any], drafts: dict[str, str]) -> None:
    for address in private_addresses(town, drafts):
        assert look(Client(), address).status in {301, 302, 404, 410}, address


def test_a_published_decision_tells_no_more_than_it_should(town: dict[str, Any], drafts: dict[str, str]) -> None:
    decision = Decision.objects.get(slug=drafts["decision"])
    decide.publish_decision(decision=decision, actor=town["boss"], now=timezone.now())
    seen = crawl()
    page = seen[reverse("site:decision", kwargs={"slug": decision.slug})]
    assert word("besluit") in page.words  # it is public now
    never = [
        f"{word(place)}"
        for place in ("medewerkermail", "inwonermail", "verborgentekst", "gewistetekst", "concepttekst")
    ]
    assert [(address, w) for address, one in seen.items() for w in never if w in one.everything.lower()] == []


def test_what_an_import_kept_is_read_by_who_answers_residents_alone(town: dict[str, Any]) -> None:
    old = Contribution.objects.filter(source="table").exclude(state=State.HIDDEN).get()
    address = reverse("desk:contribution", kwargs={"pk": old.pk})
    for role in Role:
        client = signed_in(Client(), builders.staff(role))
        shown = word("oudenaam") in client.get(address).content.decode()
        assert shown == (role in {Role.CONVERSATIONALIST, Role.MODERATOR, Role.ADMINISTRATOR}), role


def test_every_moderation_is_for_its_writer_alone(town: dict[str, Any]) -> None:
    assert Moderation.objects.get(contribution=town["hidden"]).objection
    seen = crawl()
    assert [address for address, one in seen.items() if word("bezwaar") in one.everything.lower()] == []
