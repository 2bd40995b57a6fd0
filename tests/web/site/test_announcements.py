"""News for residents: list, page, feeds."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from stamtafel.announce import actions
from stamtafel.places.actions import draw_map
from stamtafel.places.queries import drawn_map
from tests.announce.builders import draft, photo, published
from tests.builders import NOW, area, municipality, topic

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def html(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_the_list_shows_what_is_public_and_nothing_else(client: Client) -> None:
    published("Brug open")
    draft("Nog geheim")
    gone = published("Foutje")
    actions.withdraw(announcement=gone, reason="Fout", version=gone.version, actor=None, now=NOW)
    page = html(client, "/berichten/")
    assert "Brug open" in page
    assert "Nog geheim" not in page
    assert "Foutje" not in page


def test_the_list_is_narrowed_by_topic_and_neighbourhood(client: Client) -> None:
    square, street = topic("Plein"), area("Kade")
    published("Over het plein", topics=(square,))
    published("Over de kade", areas=(street,))
    by_topic = html(client, f"/berichten/?onderwerp={square.slug}")
    assert ("Over het plein" in by_topic, "Over de kade" in by_topic) == (True, False)
    by_area = html(client, f"/berichten/?buurt={street.code}")
    assert ("Over het plein" in by_area, "Over de kade" in by_area) == (False, True)


def test_older_news_comes_page_by_page_and_each_once(client: Client) -> None:
    for number in range(30):
        published(f"Bericht {number:02}.", now=NOW + timedelta(hours=number // 3))
    seen: list[str] = []
    address = "/berichten/"
    for _page in range(4):
        page = html(client, address)
        seen += re.findall(r'st-card__link" href="/berichten/bericht-(\d\d)/"', page)
        found = re.search(r'href="([^"]*na=[^"]*)" rel="next"', page)
        if not found:
            break
        address = found.group(1).replace("&amp;", "&")
    assert seen == [f"{number:02}" for number in reversed(range(30))]


@pytest.mark.parametrize("cursor", ["x", "_", "2026-11-23T10:00:00.000000Z_" + "9" * 40, "' OR 1=1_1", "é_²"])
def test_a_broken_cursor_is_the_first_page(client: Client, cursor: str) -> None:
    published("Brug open")
    assert "Brug open" in html(client, f"/berichten/?na={cursor}")


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_costs_five_queries(client: Client, number: int, django_assert_num_queries) -> None:
    municipality()
    square, here = topic(), area()
    draw_map()
    for each in range(number):
        published(f"Bericht {each}", topics=(square,), areas=(here,))
    client.get("/berichten/")
    with django_assert_num_queries(5):
        client.get("/berichten/")


def test_without_a_picture_the_card_shows_where_it_is(client: Client) -> None:
    municipality()
    one, other = area("Molenwijk"), area("Tuindorp")
    draw_map()
    published("Over Molenwijk", areas=(one,))
    published("Over twee buurten", areas=(one, other))
    published("Over alles")
    drawn = drawn_map()
    assert drawn is not None
    view_box, path = drawn.close_up(one.code)
    for page in (html(client, "/berichten/"), html(client, "/")):
        assert page.count(f'viewBox="{view_box}"') == page.count(f'd="{path}"') == 1
        assert page.count("st-card__shape") == 3
        assert page.count('<symbol id="kaart"') == 1


def test_a_page_costs_four_queries(client: Client, django_assert_num_queries) -> None:
    municipality()
    public = published(topics=(topic(), topic()), areas=(area(),))
    client.get("/berichten/")
    with django_assert_num_queries(4):
        client.get(f"/berichten/{public.slug}/")


def test_a_page_has_its_meaning_its_pictures_and_a_place_to_respond(client: Client) -> None:
    square = topic("Plein")
    made = draft("Brug open", meaning="De bus rijdt weer.", topics=(square,))
    made = actions.add_picture(
        announcement=made, data=photo(1800, 1200), alt="De nieuwe brug", caption="Maandag", actor=None, now=NOW
    ).announcement
    public = actions.publish(announcement=made, version=made.version, actor=None, now=NOW)
    page = html(client, f"/berichten/{public.slug}/")
    assert "Wat betekent dit voor u?" in page
    assert 'alt="De nieuwe brug"' in page
    assert re.search(r'srcset="/media/announcements/[^"]+ 720w, [^"]+ 1600w"', page)
    assert 'width="1600" height="1067"' in page
    assert f'name="about" value="{public.slug}"' in page
    assert f'name="topic" value="{square.slug}"' in page
    assert re.search(r'property="og:image" content="http://[^"]+-share.jpg"', page)
    assert '<meta property="og:locale" content="nl_NL">' in page
    assert 'type="application/atom+xml"' in page


def test_without_a_picture_a_shared_link_gets_a_card_with_the_title(client: Client) -> None:
    public = published("Brug open")
    page = html(client, f"/berichten/{public.slug}/")
    address = re.search(r'og:image" content="http://[^/]+(/deel/[^"]+)"', page)
    assert address
    card = client.get(address.group(1))
    assert (card.status_code, card["Content-Type"], card.content[:4]) == (200, "image/png", b"\x89PNG")


def test_a_response_becomes_a_contribution_about_this(client: Client) -> None:
    public = published("Brug open", topics=(topic("Plein"),))
    page = html(client, f"/berichten/{public.slug}/")
    key = re.search(r'name="form_key" value="([^"]+)"', page)
    assert key
    fields = {"form_key": key.group(1), "about": public.slug, "kind": "question", "text": "Rijdt de bus ook op zondag?"}
    response = client.post("/zeg-het-ons/", fields)
    assert (response.status_code, response["Location"].startswith("/volg/")) == (302, True)


def test_what_was_withdrawn_keeps_its_page_with_the_reason(client: Client) -> None:
    public = published("Brug open")
    actions.withdraw(announcement=public, reason="De datum klopte niet.", version=public.version, actor=None, now=NOW)
    page = html(client, f"/berichten/{public.slug}/")
    assert "De datum klopte niet." in page
    assert "Reageer op dit bericht" not in page


def test_a_draft_has_no_page_and_no_card(client: Client) -> None:
    made = draft("Geheim")
    assert client.get(f"/berichten/{made.slug}/").status_code == 404
    assert client.get(f"/deel/{made.slug}.png").status_code == 404


def test_what_staff_type_is_escaped(client: Client) -> None:
    public = published('<script>alert("x")</script>', body="<img src=x onerror=y> [klik](javascript:z)")
    page = html(client, f"/berichten/{public.slug}/")
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page


def test_the_english_page_is_complete(client: Client) -> None:
    public = published("Brug open")
    assert "Respond to this announcement" in html(client, f"/en/berichten/{public.slug}/")


# ── feeds ────────────────────────────────────────────────────────────────────────────────────────
def test_rss_and_atom_are_xml_with_full_addresses_and_right_dates(client: Client) -> None:
    square = topic("Plein")
    published("Brug & sluis", body="Zie [de kaart](/kaart/) \x0b", topics=(square,))
    rss = ET.fromstring(client.get("/feeds/berichten.rss").content)
    item = rss.find("channel/item")
    assert item is not None
    assert item.findtext("title") == "Brug & sluis"
    assert item.findtext("link") == "http://127.0.0.1:8000/berichten/brug-sluis/"
    assert item.findtext("pubDate") == "Mon, 23 Nov 2026 10:00:00 +0000"
    assert 'href="http://127.0.0.1:8000/kaart/"' in (item.findtext("description") or "")
    atom = ET.fromstring(client.get(f"/feeds/onderwerp/{square.slug}.atom").content)
    assert atom.findtext(f"{ATOM}entry/{ATOM}updated") == "2026-11-23T10:00:00+00:00"


def test_the_id_of_an_item_stays_when_its_text_is_corrected(client: Client) -> None:
    public = published("Brug open")
    before = client.get("/feeds/berichten.json").json()["items"][0]
    content = actions.content_of(public)
    later = NOW + timedelta(hours=1)
    changed = type(content)(**{**content.__dict__, "title": "Brug dicht"})
    actions.save_version(announcement=public, content=changed, version=public.version, actor=None, now=later)
    after = client.get("/feeds/berichten.json").json()["items"][0]
    assert (after["id"], after["url"], after["date_published"]) == (
        before["id"],
        before["url"],
        before["date_published"],
    )
    assert (after["title"], after["date_modified"]) == ("Brug dicht", "2026-11-23T11:00:00+00:00")


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_a_reader_that_has_it_gets_304(client: Client, kind: str) -> None:
    published()
    address = f"/feeds/berichten.{kind}"
    first = client.get(address)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    gone = published("Nieuw", now=NOW + timedelta(minutes=5))
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    later = NOW + timedelta(hours=1)
    actions.withdraw(announcement=gone, reason="x", version=gone.version, actor=None, now=later)
    assert client.get(address, headers={"If-Modified-Since": again["Last-Modified"]}).status_code == 200


def test_feeds_exist_per_neighbourhood_and_hold_no_names(client: Client) -> None:
    street = area("Kade")
    public = published("Over de kade", areas=(street,))
    published("Elders", areas=(area("Elders"),))
    text = client.get(f"/feeds/buurt/{street.code}.json").content.decode()
    assert [each["title"] for each in json.loads(text)["items"]] == ["Over de kade"]
    assert public.author is not None
    assert public.author.name not in text
    assert public.author.email not in text
    assert client.get("/feeds/buurt/BU0.json").status_code == 404


def test_an_empty_feed_is_still_a_feed(client: Client) -> None:
    ET.fromstring(client.get("/feeds/berichten.atom").content)
    assert client.get("/feeds/berichten.json").json()["items"] == []
