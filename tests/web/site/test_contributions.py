"""The list, the map and the page of a contribution."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from stamtafel.dossier.actions.submit import submit_contribution
from stamtafel.dossier.models import Answer, Contribution, Kind, Reaction, State, Step, StepKind, Support, Topic
from stamtafel.people import flood
from stamtafel.places.models import Area, MapFrame
from stamtafel.places.rules.outline import paths
from tests.builders import NOW, area, contribution, municipality, topic
from tests.dossier.actions.test_submit import photo

pytestmark = pytest.mark.django_db
LIST_QUERIES = 3  # topics, neighbourhoods, rows
PAGE_QUERIES = 4  # contribution, steps, answers, reactions


@pytest.fixture(autouse=True)
def _town() -> None:
    municipality()
    flood.forget()


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


def titles(response: Any) -> list[str]:
    return [part.split(">")[1].split("<")[0] for part in text_of(response).split('class="st-card__link"')[1:]]


def many(number: int) -> None:
    about, there = topic(), area()
    for n in range(number):
        contribution(
            f"Idee nummer {n}.", topic=about, area=there, published_at=NOW + timedelta(minutes=n), support_count=n % 7
        )


def draw() -> None:
    shapes = paths((a.code, a.geometry) for a in Area.objects.all())
    for code, path in shapes.shapes:
        Area.objects.filter(code=code).update(path=path)
    MapFrame.objects.create(view_box=shapes.view_box, data={
        name: getattr(shapes, name) for name in ("width", "height", "west", "north", "units_per_degree", "narrowing")
    })  # fmt: skip


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_costs_the_same_for_few_and_many(client: Client, django_assert_num_queries: Any, number: int) -> None:
    many(number)
    client.get("/bijdragen/")
    for query in ("", "?q=idee", "?volgorde=steun", "?stand=met-antwoord"):
        with django_assert_num_queries(LIST_QUERIES):
            assert client.get(f"/bijdragen/{query}").status_code == 200


@pytest.mark.parametrize("number", [3, 30])
def test_a_page_costs_the_same_for_few_and_many_reactions(
    client: Client, django_assert_num_queries: Any, number: int
) -> None:
    one = contribution(topic=topic(), area=area())
    for n in range(number):
        Reaction.objects.create(
            contribution=one, text="x", public_text=f"Reactie {n}", created_at=NOW, published_at=NOW
        )
        Step.objects.create(contribution=one, kind=StepKind.READ, at=NOW)
    client.get("/bijdragen/")
    with django_assert_num_queries(PAGE_QUERIES):
        assert f"Reactie {number - 1}" in text_of(client.get(f"/bijdragen/{one.pk}/"))


@pytest.mark.parametrize(("sort", "size"), [("", 45), ("&volgorde=steun", 45)])
def test_paging_shows_everything_once(client: Client, sort: str, size: int) -> None:
    many(size)
    seen: list[str] = []
    address = f"/bijdragen/?soort=idea{sort}"
    while address:
        page = text_of(client.get(address))
        seen += titles(client.get(address))
        address = page.split('rel="next"')[0].split('href="')[-1].split('"')[0] if 'rel="next"' in page else ""
    assert len(seen) == len(set(seen)) == size
    if not sort:
        assert seen[0] == "Idee nummer 44."


@pytest.mark.parametrize("after", [
    "x", "_", "2026-01-01_1", "2026-13-45T00:00:00+00:00_1", f"{NOW.isoformat()}_x", f"{NOW.isoformat()}_{'9' * 40}",
    "\x00", "é", "5_9223372036854775808", "9" * 30 + "_1",
])  # fmt: skip
def test_a_broken_page_key_gives_the_first_page(client: Client, after: str) -> None:
    contribution()
    for sort in ("", "steun"):
        assert len(titles(client.get("/bijdragen/", {"na": after, "volgorde": sort}))) == 1


def test_filters_narrow_and_nonsense_does_not(client: Client) -> None:
    about, there = topic(), area()
    contribution("Vraag hier.", kind=Kind.QUESTION, topic=about, area=there, state=State.ANSWERED)
    contribution("Idee elders.")
    for query in (
        "soort=question",
        f"onderwerp={about.slug}",
        f"buurt={there.code}",
        "stand=answered",
        "stand=met-antwoord",
    ):
        assert titles(client.get(f"/bijdragen/?{query}")) == ["Vraag hier."]
    assert len(titles(client.get("/bijdragen/?soort=x&onderwerp=x&buurt=x&stand=hidden&volgorde=x"))) == 2


@pytest.mark.parametrize(
    "query", ['"', "%", "'; DROP TABLE x; --", "\x00", "boom OR", "a" * 3000, "<script>alert(1)</script>"]
)
def test_hostile_queries_are_only_words(client: Client, query: str) -> None:
    response = client.get("/bijdragen/", {"q": query})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_search_finds_other_forms(client: Client) -> None:
    submit_contribution(kind=Kind.IDEA, text="Twee ideeën voor huizen.", now=NOW)
    for query in ("idee", "huis", "ideeen huizen"):
        assert len(titles(client.get("/bijdragen/", {"q": query}))) == 1
    empty = text_of(client.get("/bijdragen/", {"q": "zwembad"}))
    assert "Wilt u de eerste zijn?" in empty


def test_what_is_not_public_is_nowhere(client: Client) -> None:
    canary = "Geheim bericht"
    for state in (State.HIDDEN, State.WITHDRAWN):
        contribution(canary, state=state, photo="contributions/x.webp")
    contribution(canary, published_at=None)
    contribution(canary, erased_at=NOW, state=State.WITHDRAWN)
    assert titles(client.get("/bijdragen/")) == []
    for one in Contribution.objects.all():
        response = client.get(f"/bijdragen/{one.pk}/")
        assert response.status_code in {404, 410}
        assert canary not in text_of(response)
        assert client.get(f"/bijdragen/{one.pk}/foto").status_code == 404


def test_a_merged_one_leads_to_the_other(client: Client) -> None:
    other = contribution()
    merged = contribution(state=State.MERGED, merged_into=other)
    assert client.get(f"/bijdragen/{merged.pk}/").headers["Location"] == f"/bijdragen/{other.pk}/"


def test_pages_for_everybody_may_be_shared(client: Client) -> None:
    one = contribution()
    for address in ("/bijdragen/", "/bijdragen/kaart/", f"/bijdragen/{one.pk}/"):
        assert client.get(address).headers["Cache-Control"].startswith("public, max-age=1")


def test_staff_text_and_drafts_stay_inside(client: Client) -> None:
    one = contribution("Wat iedereen leest.")
    Contribution.objects.update(text="Bel mij op 0612345678")
    Answer.objects.create(contribution=one, outcome="used", text="Nog een ontwerp")
    Reaction.objects.create(contribution=one, text="Jan zei 0612345678", public_text="Nog niet gelezen", created_at=NOW)
    page = text_of(client.get(f"/bijdragen/{one.pk}/"))
    for inside in ("0612345678", "Nog een ontwerp", "Nog niet gelezen"):
        assert inside not in page


def test_support_counts_once_and_can_be_taken_back(client: Client) -> None:
    one = contribution()
    for _ in range(2):
        assert "gesteund" in client.post(f"/bijdragen/{one.pk}/steun/").headers["Location"]
    one.refresh_from_db()
    assert one.support_count == 1
    assert "127.0.0.1" not in str(Support.objects.values().get())
    assert "steunt dit" in text_of(client.get(f"/bijdragen/{one.pk}/?gedaan=gesteund"))
    for _ in range(2):
        client.post(f"/bijdragen/{one.pk}/steun/", {"terug": "1"})
    one.refresh_from_db()
    assert one.support_count == 0
    client.post(f"/bijdragen/{one.pk}/steun/", headers={"user-agent": "Ander"})
    client.post(f"/bijdragen/{one.pk}/steun/", REMOTE_ADDR="192.0.2.8")
    one.refresh_from_db()
    assert one.support_count == 2
    assert not client.cookies


def test_reacting(client: Client) -> None:
    one = contribution()
    for _ in range(2):
        response = client.post(f"/bijdragen/{one.pk}/reageer/", {"text": "Eens! Bel 0612345678.", "toch": "1"})
    assert "gedaan=verborgen" in response.headers["Location"]
    page = text_of(client.get(response.headers["Location"]))
    assert "Eens!" in page
    assert "0612345678" not in page
    one.refresh_from_db()
    assert (Reaction.objects.count(), one.reaction_count) == (1, 1)
    wrong = client.post(f"/bijdragen/{one.pk}/reageer/", {"text": "x" * 1600})
    assert wrong.status_code == 422
    assert "100 tekens te lang" in text_of(wrong)


def test_a_reaction_on_a_topic_that_is_read_first_waits(client: Client) -> None:
    one = contribution(topic=topic(moderation=Topic.Moderation.BEFORE))
    response = client.post(f"/bijdragen/{one.pk}/reageer/", {"text": "Eens!"})
    page = text_of(client.get(response.headers["Location"]))
    assert "Wij lezen uw reactie eerst" in page
    assert "Eens!" not in page


def test_nobody_reacts_to_what_is_hidden(client: Client) -> None:
    one = contribution(state=State.HIDDEN)
    assert client.post(f"/bijdragen/{one.pk}/reageer/", {"text": "Eens!"}).status_code == 410
    assert client.post(f"/bijdragen/{one.pk}/steun/").status_code == 410
    assert client.post("/bijdragen/99999999/steun/").status_code == 404
    assert client.post(f"/bijdragen/{10**30}/steun/", {"terug": "1"}).status_code in {302, 404}
    assert client.get(f"/bijdragen/{10**30}/").status_code == 404
    assert not Reaction.objects.exists()


def test_a_flood_of_reactions_keeps_the_text(client: Client) -> None:
    one = contribution()
    for n in range(15):
        client.post(f"/bijdragen/{one.pk}/reageer/", {"text": f"Reactie {n}"})
    response = client.post(f"/bijdragen/{one.pk}/reageer/", {"text": "Deze nog"})
    assert response.status_code == 429
    assert "Deze nog" in text_of(response)


def test_earlier_reactions_are_folded_away_and_the_newest_stand_open(client: Client) -> None:
    one = contribution()
    for n in range(33):
        text, at = f"Reactie {n}.", NOW + timedelta(minutes=n)
        Reaction.objects.create(contribution=one, text=text, public_text=text, created_at=at, published_at=at)
    page = text_of(client.get(f"/bijdragen/{one.pk}/"))
    folded, newest = page.index("Toon 3 eerdere reacties"), page.index("Reactie 3.")
    assert folded < page.index("Reactie 0.") < page.index("Reactie 2.") < page.index("</details>", folded) < newest


def test_the_map_counts_and_says_the_same_in_a_table(client: Client) -> None:
    busy, quiet = area("Molenwijk"), area("Havenkwartier")
    draw()
    for n in range(12):
        contribution(f"Idee {n}.", area=busy, lon=busy.label_lon, lat=busy.label_lat)
    contribution("Elders.", area=quiet, kind=Kind.QUESTION)
    page = text_of(client.get("/bijdragen/kaart/"))
    assert "De meeste gaan over Molenwijk: 12 bijdragen" in page
    assert page.count('class="st-pin"') == 12
    assert f"/bijdragen/?buurt={quiet.code}" in page
    only = text_of(client.get("/bijdragen/kaart/?soort=question"))
    assert "Havenkwartier: 1 bijdrage" in only
    assert 'class="st-pin"' not in only


def test_a_pin_does_not_say_at_which_door(client: Client) -> None:
    here = area("Molenwijk")
    draw()
    for metres in (0, 20):
        contribution(
            f"Op {metres} meter.", area=here, lon=here.label_lon, lat=round(here.label_lat, 3) + metres / 111_000
        )
    pins = re.findall(r'class="st-pin" transform="([^"]+)"', text_of(client.get("/bijdragen/kaart/")))
    assert len(pins) == 2
    assert len(set(pins)) == 1


def test_the_map_works_before_there_are_areas(client: Client) -> None:
    assert client.get("/bijdragen/kaart/").status_code == 200
    area()
    assert client.get("/en/bijdragen/kaart/").status_code == 200


# ── files ────────────────────────────────────────────────────────────────────────────────────────
def put(name: str, data: bytes = b"x") -> None:
    target = Path(settings.MEDIA_ROOT) / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def test_pictures_are_served_for_ever(client: Client) -> None:
    put("announcements/2026/a.webp")
    response = client.get("/media/announcements/2026/a.webp")
    assert response.status_code == 200
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_files_that_could_do_harm_are_downloads(client: Client) -> None:
    for name in ("documents/2026/a.html", "documents/2026/a.svg", "documents/2026/a.docx"):
        put(name, b"<script>alert(1)</script>")
        response = client.get(f"/media/{name}")
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.headers["Content-Type"] == "application/octet-stream"
    put("documents/2026/a.pdf")
    assert client.get("/media/documents/2026/a.pdf").headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("address", [
    "contributions/geheim.webp", "documents/../contributions/geheim.webp", "documents/%2e%2e/contributions/geheim.webp",
    "documents/..%2fcontributions%2fgeheim.webp", "documents//etc/passwd", "documents/", "announcements/geen.webp",
    "documents/a%00.pdf", "../settings.py", "documents/" + "a" * 5000,
])  # fmt: skip
def test_nothing_else_is_served(client: Client, address: str) -> None:
    put("contributions/geheim.webp")
    assert client.get(f"/media/{address}").status_code == 404


def test_a_photo_is_shown_as_long_as_its_contribution_is(client: Client) -> None:
    kept = submit_contribution(kind=Kind.IDEA, text="Met foto.", photo=photo(), now=NOW).contribution
    address = f"/bijdragen/{kept.pk}/foto"
    assert client.get(address).headers["Content-Type"] == "image/webp"
    assert client.get(f"/media/{kept.photo}").status_code == 404
    Contribution.objects.update(state=State.HIDDEN)
    assert client.get(address).status_code == 404
