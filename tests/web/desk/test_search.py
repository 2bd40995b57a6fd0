"""Search in everything at the desk."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from stamtafel.announce.models import Announcement
from stamtafel.dossier.actions.keys import code_digest, follow_code
from stamtafel.dossier.models import Contribution, Decision, State
from stamtafel.dossier.rules.search import terms
from stamtafel.inbox.models import Conversation, Message
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db
GROUPS = ("contributions", "conversations", "announcements", "topics", "decisions")


@pytest.fixture
def boss(client: Client) -> StaffMember:
    builders.municipality()
    staff = builders.staff(Role.ADMINISTRATOR, name="Ruud")
    signed_in(client, staff)
    return staff


def said(text: str, **fields: object) -> Contribution:
    return builders.contribution(text, terms=" ".join(terms(text)), **fields)


def everything(word: str, many: int = 1) -> None:
    """``many`` of everything that can be found by a word."""
    for number in range(many):
        one = said(f"Graag een {word} {number}")
        talk = Conversation.objects.create(
            contribution=one, subject=f"Gesprek {number}", opened_at=NOW, last_message_at=NOW
        )
        Message.objects.create(conversation=talk, direction="in", text=f"Over de {word}", at=NOW)
        slug = f"{word}-{number}"
        Announcement.objects.create(slug=slug, title=f"Bericht {number}", body=f"Er komt een {word}.")
        topic = builders.topic(f"Plein {number}", summary=f"Met een {word}")
        Decision.objects.create(slug=slug, topic=topic, title=f"Besluit {number}", decided_by="college",
                                decided_on=NOW.date(), decided=f"Er komt een {word}.")  # fmt: skip


def look(client: Client, text: str) -> str:
    answer = client.get(reverse("desk:search"), {"q": text})
    assert answer.status_code == 200
    return answer.content.decode()


def groups(page: str) -> set[str]:
    return set(re.findall(rf'<h2 [^>]*id="({"|".join(GROUPS)})"', page))


def test_one_word_finds_everything_that_has_it(client: Client, boss: StaffMember) -> None:
    everything("fontein")
    everything("bankje")
    page = look(client, "Fontein")
    assert groups(page) == set(GROUPS)
    assert page.count('class="st-row__link"') == 5
    assert groups(look(client, "fonteinen")) >= {"contributions"}
    assert "Niets gevonden" in look(client, "zwembad")


@pytest.mark.parametrize(
    ("role", "found"),
    [
        (Role.EDITOR, {"contributions", "announcements", "topics", "decisions"}),
        (Role.APPROVER, {"contributions", "announcements", "decisions"}),
        (Role.CONVERSATIONALIST, {"contributions", "conversations"}),
        (Role.MODERATOR, {"contributions", "conversations", "topics"}),
        (Role.ANALYST, {"contributions"}),
        (Role.FIELD_WORKER, set()),
    ],
)
def test_each_role_finds_only_what_it_may_open(client: Client, role: Role, found: set[str]) -> None:
    builders.municipality()
    everything("fontein")
    signed_in(client, builders.staff(role))
    page = look(client, "fontein")
    assert groups(page) == found
    for address in re.findall(r'class="st-row__link" href="([^"]+)"', page):
        assert client.get(address).status_code == 200


def test_it_costs_the_same_and_shows_the_first_few(
    client: Client, boss: StaffMember, django_assert_num_queries
) -> None:
    look(client, "x")
    for many in (3, 27):
        everything(f"bank{many}", many)
        with django_assert_num_queries(11):  # session, who I am, four counts of the menu, five groups
            page = look(client, f"bank{many}")
    assert page.count('class="st-row__link"') == 5 * 5
    assert page.count("Er zijn er meer") == 3
    inbox = re.search(r'href="(/desk/inbox/\?[^"]+)"', page.partition('id="conversations"')[2])
    assert inbox
    assert "Gesprek 26" in client.get(inbox[1].replace("&amp;", "&")).content.decode()


@pytest.mark.parametrize("typed", ["{pk}", "#{pk}", "nr {pk}", " Nr. {pk} "])
def test_a_contribution_is_found_by_its_number(client: Client, boss: StaffMember, typed: str) -> None:
    one = said("Een bankje bij de vijver", state=State.WITHDRAWN)
    page = look(client, typed.format(pk=one.pk))
    assert f"nr. {one.pk}" in page
    assert "Een bankje bij de vijver" in page


def test_a_number_that_stands_in_a_text_is_found_too_and_nothing_stands_there_twice(
    client: Client, boss: StaffMember
) -> None:
    one = said("Een bankje")
    said(f"Bus {one.pk} komt te laat")
    Contribution.objects.filter(pk=one.pk).update(terms=str(one.pk))
    page = look(client, str(one.pk))
    assert page.count('class="st-row__link"') == 2
    assert page.index("Een bankje") < page.index("komt te laat")
    assert "Niets gevonden" in look(client, "9" * 18)
    assert "Niets gevonden" in look(client, "9" * 30)


def test_a_follow_code_read_out_leads_to_its_contribution(client: Client, boss: StaffMember) -> None:
    one = said("Een bankje", published_at=None)
    code = follow_code(one)
    Contribution.objects.filter(pk=one.pk).update(code_digest=code_digest(code))
    for typed in (code, code.lower().replace("-", " "), code.partition("-")[2]):
        answer = client.get(reverse("desk:search"), {"q": typed})
        assert answer.headers["Location"] == reverse("desk:contribution", kwargs={"pk": one.pk})
    assert code not in str(Contribution.objects.values_list())
    signed_in(client, builders.staff(Role.FIELD_WORKER))
    assert "bankje" not in look(client, code)


def test_a_code_that_is_not_ours_is_named_as_one(client: Client, boss: StaffMember) -> None:
    builders.municipality(code_prefix="LIND")
    for typed, named in (("LIND-7K4M-92QX", True), ("7k4m 92qx", True), ("stations", False), ("12345678", False)):
        assert ("Geen bijdrage heeft deze volgcode" in look(client, typed)) == named


@pytest.mark.parametrize("typed", ["", "  ", "%", "_", "' OR 1=1 --", '"', "de", "a\0b", "é" * 300, "(", "*", "😀"])
def test_whatever_is_typed_gives_a_page(client: Client, boss: StaffMember, typed: str) -> None:
    everything("fontein")
    page = look(client, typed)
    assert "Gesprek 0" not in page or typed == "de"


def test_the_line_stands_on_every_page_but_only_once(client: Client, boss: StaffMember) -> None:
    assert 'action="/desk/search/"' in client.get("/desk/").content.decode()
    page = look(client, "bank & <b>")
    assert page.count('data-key="/"') == 1
    assert 'value="bank &amp; &lt;b&gt;"' in page
