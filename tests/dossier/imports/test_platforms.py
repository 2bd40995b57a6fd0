"""Each platform's export, with its exact headers, comes in as the same rows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from stamtafel.dossier.imports.values import DUTCH_TIME
from tests.dossier.imports.exports import (
    csv_bytes,
    only_row,
    problems_of,
    reasons_of,
    result_of,
    rows_of,
    xlsx_bytes,
)

OPENSTAD = [
    "Inzending ID", "Project ID", "Widget ID", "Titel", "Samenvatting", "Beschrijving", "Budget",
    "Locatie (lat)", "Locatie (lng)", "Datum aangemaakt (leesbaar)", "Laatst bijgewerkt", "Verwijderd op",
    "Aantal likes", "Aantal dislikes", "Voortgang", "Waarschijnlijk spam", "Statussen", "Moderatie berichten",
    "Afbeeldingen", "Documenten", "Embedded URL", "Extra gegevens", "Gebruiker ID", "Gebruiker rol",
    "Gebruiker naam", "Gebruiker e-mailadres", "Gebruiker telefoonnummer", "Gebruiker adres",
    "Gebruiker woonplaats", "Gebruiker postcode", "tags.thema", "tags.gebied",
]  # fmt: skip
OPENSTAD_ROW = {
    "Inzending ID": 41, "Titel": "Bankje bij de vijver", "Samenvatting": "Om uit te rusten.",
    "Beschrijving": "<p>Er is nergens een bankje.</p><p>Wel een vijver &amp; eenden.</p>",
    "Locatie (lat)": 51.98, "Locatie (lng)": 5.35, "Datum aangemaakt (leesbaar)": "3 mei 2024 14:05",
    "Aantal likes": 12, "Aantal dislikes": 1, "Statussen": "Open | Gehonoreerd",
    "Embedded URL": "https://example.nl/idee/41", "Gebruiker ID": 7, "Gebruiker naam": "Jan de Vries",
    "Gebruiker e-mailadres": "jan@example.nl", "Gebruiker telefoonnummer": "0612345678",
    "Gebruiker adres": "Lindelaan 1", "tags.thema": "Groen | Spelen", "tags.gebied": "Lindepark",
}  # fmt: skip


def openstad(**changes: object) -> bytes:
    row = {**OPENSTAD_ROW, **{name.replace("_", " "): value for name, value in changes.items()}}
    return xlsx_bytes([OPENSTAD, [row.get(name) for name in OPENSTAD]])


def test_openstad():
    row = only_row(openstad(), "openstad")
    assert (row.source, row.source_id, row.row) == ("openstad", "41", 2)
    assert row.title == "Bankje bij de vijver"
    assert row.text == "Om uit te rusten.\n\nEr is nergens een bankje.\nWel een vijver & eenden."
    assert (row.category, row.area_name, row.status) == ("Groen | Spelen", "Lindepark", "Open | Gehonoreerd")
    assert (row.lon, row.lat, row.support) == (5.35, 51.98, 12)
    assert row.created == datetime(2024, 5, 3, 14, 5, tzinfo=DUTCH_TIME)
    assert row.url == "https://example.nl/idee/41"
    assert (dict(row.personal), row.author_email, row.hidden) == ({}, "", False)
    assert dict(row.extra) == {"no": "1"}


def test_openstad_leaves_out_who_and_says_so():
    result = result_of(openstad(), "openstad")
    assert result.dropped_columns == [name for name in OPENSTAD if name.startswith("Gebruiker")]
    assert not [piece for piece in ("jan@", "Vries", "0612", "Lindelaan") if piece in repr(result.rows)]


def test_openstad_keeps_who_when_asked_by_name():
    keep = ["Gebruiker naam", "author_email", "gebruiker telefoonnummer"]
    result = result_of(openstad(), "openstad", keep=keep)
    row = result.rows[0]
    assert (row.author_email, dict(row.extra)) == ("jan@example.nl", {"no": "1"})
    assert dict(row.personal) == {"Gebruiker naam": "Jan de Vries", "Gebruiker telefoonnummer": "0612345678"}
    assert result.kept_columns == ["Gebruiker naam", "Gebruiker e-mailadres", "Gebruiker telefoonnummer"]
    assert "Gebruiker naam" not in result.dropped_columns
    assert "Gebruiker adres" in result.dropped_columns
    assert "Lindelaan" not in repr(result.rows)


@pytest.mark.parametrize(
    ("changes", "hidden"),
    [
        ({"Verwijderd_op": "2024-05-04T10:00:00.000Z"}, True),
        ({"Waarschijnlijk_spam": True}, True),
        ({"Waarschijnlijk_spam": "false"}, False),
        ({"Moderatie_berichten": "Niet aardig"}, True),
    ],
)
def test_openstad_what_was_not_shown_is_hidden(changes, hidden):
    result = result_of(openstad(**changes), "openstad")
    assert result.rows[0].hidden is hidden
    assert ("hidden" in [notice.code for notice in result.warnings]) is hidden


def test_openstad_with_english_keys():
    header = ["id", "title", "summary", "description", "location.lat", "location.lng", "createdAt", "yes",
              "user.name", "tags.theme"]  # fmt: skip
    row = only_row(
        csv_bytes(header, [9, "Boom", "Een boom", "", 51.9, 5.3, "2024-05-03T12:00:00.000Z", 3, "Jan", "Groen"]),
        "openstad",
    )
    assert (row.source_id, row.text, row.category, row.support) == ("9", "Een boom", "Groen", 3)
    assert row.created == datetime(2024, 5, 3, 12, tzinfo=UTC)


def test_openstad_comments():
    header = ["Inzending ID", "Inzending titel", "Gebruiker naam", "Reactie ID", "Reactie op ID", "Sentiment",
              "Reactie likes", "Reactie dislikes", "Wilson score interval", "Reactie", "Locatie (lat)",
              "Locatie (lng)", "Datum (leesbaar)", "Laatst bijgewerkt"]  # fmt: skip
    data = csv_bytes(
        header, [41, "Bankje", "Jan", 5, "", "for", 2, 0, 0.1, "Goed plan", "", "", "May 3, 2024 2:05 PM", ""]
    )
    row = only_row(data, "openstad")
    assert (row.source_id, row.text, row.support) == ("reactie-5", "Goed plan", 2)
    assert row.created == datetime(2024, 5, 3, 14, 5, tzinfo=DUTCH_TIME)


def test_openstad_votes_are_no_contributions():
    data = csv_bytes(["Stem ID", "Inzending ID", "Stem", "Datum", "IP Adres"], [1, 41, "yes", "", "10.0.0.1"])
    assert reasons_of(data, "openstad") == ["not_contributions"]


DECIDIM_HEADER = (
    "id;author/id;author/name;author/url;taxonomies/id;taxonomies/name;participatory_space/id;"
    "participatory_space/url;component/id;title/ca;title/en;title/nl;body/ca;body/en;body/nl;address;latitude;"
    "longitude;state;state_published_at;reference;answer/nl;answered_at;votes;likes/total_count;"
    "likes/user_endorsements;comments;attachments;follows_count;published_at;url;meeting_urls;"
    "related_proposals;is_amend;original_proposal/title;original_proposal/url;withdrawn;withdrawn_at;created_at;"
    "updated_at;created_in_meeting;coauthorships_count;cost;cost_report;execution_period"
)
DECIDIM = DECIDIM_HEADER.split(";")
DECIDIM_ROW = {
    "id": "12", "author/name": "Jan", "taxonomies/name": "Groen, Noord", "title/ca": "Banc", "title/en": "Bench",
    "title/nl": "Bankje", "body/ca": "Un banc", "body/en": "A bench, please", "address": "Lindelaan 1",
    "latitude": "51.98", "longitude": "5.35", "state": "accepted", "reference": "LW-1", "answer/nl": "Doen we",
    "votes": "4", "likes/user_endorsements": "piet, klaas", "url": "https://example.nl/p/12",
    "withdrawn": "false", "created_at": "2024-05-03 12:00:00 UTC",
}  # fmt: skip


def decidim(**changes: str) -> bytes:
    row = {**DECIDIM_ROW, **changes}
    return csv_bytes(DECIDIM, [row.get(name, "") for name in DECIDIM], delimiter=";")


def test_decidim():
    row = only_row(decidim(), "decidim")
    assert (row.source_id, row.title, row.text) == ("12", "Bankje", "A bench, please")
    assert (row.category, row.status, row.support) == ("Groen, Noord", "accepted", 4)
    assert (row.lon, row.lat) == (5.35, 51.98)
    assert row.created == datetime(2024, 5, 3, 12, tzinfo=UTC)
    assert dict(row.extra) == {"reference": "LW-1", "answer/nl": "Doen we"}
    dropped = result_of(decidim(), "decidim").dropped_columns
    assert {"author/id", "author/name", "author/url", "address", "likes/user_endorsements"} <= set(dropped)


def test_decidim_keeps_the_author_when_asked():
    assert dict(only_row(decidim(), "decidim", keep=["author_name"]).personal) == {"author/name": "Jan"}


@pytest.mark.parametrize("changes", [{"withdrawn": "true"}, {"state": "withdrawn"}, {"withdrawn_at": "2024-06-01"}])
def test_decidim_withdrawn_is_hidden(changes):
    assert only_row(decidim(**changes), "decidim").hidden


def test_decidim_of_before():
    header = ["id", "category/id", "category/name/en", "category/name/nl", "scope/id", "scope/name/nl", "title/es",
              "body/es", "supports", "endorsements/total_count", "followers", "created_at"]  # fmt: skip
    row = only_row(
        csv_bytes(
            header,
            [
                3,
                1,
                "Green",
                "Groen",
                2,
                "Lindepark",
                "Banco",
                "Un banco",
                "",
                6,
                0,
                "2019-05-03 12:00:00 +0200",
            ],
        ),
        "decidim",
    )
    assert (row.title, row.category, row.area_name, row.support) == ("Banco", "Groen", "Lindepark", 6)
    assert row.created == datetime(2019, 5, 3, 10, tzinfo=UTC)


def test_decidim_projects_and_comments_have_numbers_of_their_own():
    project = csv_bytes(["id", "title/nl", "description/nl", "budget/id", "budget_amount", "confirmed_votes"],
                        [12, "Bankje", "<b>Groen</b>", 1, 500, 33])  # fmt: skip
    comment = csv_bytes(["id", "created_at", "body", "locale", "author/id", "author/name", "alignment", "depth",
                         "commentable_id", "commentable_type", "root_commentable_url"],
                        [12, "2024-05-03T12:00:00Z", "Eens", "nl", 1, "Jan", 1, 0, 9, "Decidim::Proposals::Proposal",
                         "https://example.nl/p/9"])  # fmt: skip
    row = only_row(project, "decidim")
    assert (row.source_id, row.text, row.support) == ("project-12", "Groen", 33)
    row = only_row(comment, "decidim")
    assert (row.source_id, row.text, row.url) == ("comment-12", "Eens", "https://example.nl/p/9")


def test_decidim_meetings_are_no_contributions():
    data = csv_bytes(["id", "title/nl", "description/nl", "start_time", "attendees"], [1, "Avond", "", "", 5])
    assert reasons_of(data, "decidim") == ["not_contributions"]


INVESTMENT_ROW = [
    "7", "Fietspad", "<p>Breder</p>", "Ans Beheer", "Wim Keurder", "-", "Noord", "Feasible (€1,000)", "Yes", "-",
    "No", "Yes", "jan",
]  # fmt: skip
HEADERS = {
    "en": ["ID", "Title", "Description", "Administrator", "Valuator", "Valuation Group", "Scope of operation",
           "Feasibility", "Val. Fin.", "Unfeasibility explanation", "Selected", "Show to valuators", "Author username"],
    "es": ["ID", "Título", "Descripción", "Administrador", "Evaluador", "Grupos evaluadores", "Ámbito de actuación",
           "Viabilidad", "Ev. Fin.", "Informe de inviabilidad", "Seleccionado", "Mostrar a evaluadores", "Usuario autor"],
    "nl": ["ID", "Titel", "Beschrijving", "Beheerder", "Beoordelaar", "Groep", "Gebied", "Haalbaarheid", "Klaar",
           "Waarom niet", "Geselecteerd", "Tonen", "Gebruikersnaam"],
    "sq": ["ID", "Titulli", "Përshkrimi", "A", "B", "C", "D", "E", "F", "G", "H", "I", "J"],
}  # fmt: skip


@pytest.mark.parametrize("language", HEADERS)
def test_consul_investments_in_any_language(language):
    result = result_of(csv_bytes(HEADERS[language], INVESTMENT_ROW), "consul")
    (row,) = result.rows
    assert (row.source_id, row.title, row.text) == ("investment-7", "Fietspad", "Breder")
    assert (row.area_name, row.status) == ("Noord", "Feasible (€1,000)")
    header = HEADERS[language]
    assert {header[3], header[4], header[12]} <= set(result.dropped_columns)
    assert not [name for name in ("Ans", "Wim", "jan") if name in repr(row)]


def test_consul_keeps_the_author_when_asked():
    data = csv_bytes(HEADERS["sq"], INVESTMENT_ROW)
    assert only_row(data, "consul", keep=["J"]).personal == {"J": "jan"}


def test_consul_old_investments():
    header = ["ID", "Title", "Supports", "Administrator", "Valuator", "Valuation Group", "Scope of operation",
              "Feasibility", "Val. Fin.", "Selected", "Show to valuators", "Author username"]  # fmt: skip
    row = only_row(csv_bytes(header, ["7", "Pad", "12", "", "", "", "Noord", "-", "No", "No", "No", "jan"]), "consul")
    assert (row.source_id, row.support, row.status) == ("investment-7", 12, "")


def test_consul_proposals_carry_a_mail_address_that_is_dropped():
    data = csv_bytes(["ID", "Título", "Autor", "Resumen", "Fecha de creación"],
                     ["7", "Pad", "jan@example.nl", "Een pad", "03/05/2024 14:05:00"])  # fmt: skip
    result = result_of(data, "consul")
    assert result.rows[0].source_id == "7"
    assert result.rows[0].created == datetime(2024, 5, 3, 14, 5, tzinfo=DUTCH_TIME)
    assert result.dropped_columns == ["Autor"]
    assert "jan@" not in repr(result.rows)
    assert only_row(data, "consul", keep=["author_email"]).author_email == "jan@example.nl"


def test_consul_debates():
    row = only_row(csv_bytes(["Id", "Ttl", "By"], ["7", "Pad", "jan@example.nl"]), "consul")
    assert (row.source_id, row.title, row.author_email) == ("debate-7", "Pad", "")


def test_consul_old_public_files():
    header = ["id", "title", "description", "external_url", "cached_votes_up", "comments_count", "created_at",
              "summary", "geozone_id", "retired_at"]  # fmt: skip
    data = csv_bytes(
        header,
        [7, "Pad", "Tekst", "https://example.nl", 3, 0, "2019-05-03 12:00:00 +0200", "Kort", 1, "2020"],
    )
    row = only_row(data, "consul")
    assert (row.source_id, row.text, row.support, row.hidden) == ("7", "Tekst", 3, True)
    assert reasons_of(csv_bytes(["id", "name", "taggings_count"], [1, "x", 2]), "consul") == ["not_contributions"]


GOVOCAL = [
    "ID", "Title", "Description", "Tags", "Latitude", "Longitude", "Location", "Author name", "Author email",
    "Author ID", "Submitted at", "Published at", "Comments", "Likes", "Dislikes", "URL", "Project", "Status",
    "Assignee", "Assignee email", "Birth year", "Domicile", "How did you hear of us?",
]  # fmt: skip
GOVOCAL_ROW = [
    "3f0c", "Bankje", "Een bankje", "Groen, Spelen", 51.98, 5.35, "Lindelaan 1", "Jan", "jan@example.nl", "u-1",
    "05/03/2024 14:05:09", "05/04/2024 09:00:00", 2, 12, 1, "https://example.nl/ideas/1", "Park", "Proposed",
    "Ans", "ans@example.nl", 1980, "Noord", "Buurman",
]  # fmt: skip


def test_govocal():
    result = result_of(xlsx_bytes([GOVOCAL, GOVOCAL_ROW]), "govocal")
    (row,) = result.rows
    assert (row.source_id, row.title, row.text, row.category) == (
        "3f0c",
        "Bankje",
        "Een bankje",
        "Groen | Spelen",
    )
    assert row.created == datetime(2024, 5, 3, 14, 5, 9, tzinfo=DUTCH_TIME), "month first"
    assert (row.lon, row.lat, row.support, row.status) == (5.35, 51.98, 12, "Proposed")
    assert result.dropped_columns == [*GOVOCAL[7:10], *GOVOCAL[18:]]
    assert not [piece for piece in ("Jan", "ans@", "1980", "Buurman") if piece in repr(row)]


def test_govocal_reads_every_phase_and_each_idea_once():
    later = [*GOVOCAL_ROW]
    later[0], later[1] = "9a9a", "Vijver"
    votes = ["ID", "Title", "Description", "Votes"]
    data = xlsx_bytes(
        [GOVOCAL, GOVOCAL_ROW], [votes, ["3f0c", "Bankje", "Een bankje", 3]], [["Question", "Answer"], ["a", "b"]],
        [GOVOCAL, later],
    )  # fmt: skip
    result = result_of(data, "govocal")
    assert [(row.source_id, row.support) for row in result.rows] == [("3f0c", 12), ("9a9a", 12)]
    notices = {notice.code: notice.detail for notice in result.warnings}
    assert notices["repeated"] == "1"
    assert notices["other_sheets"] == "Sheet3"


def test_govocal_without_any_sheet_of_ideas():
    sheets = ([["Question", "Answer"], ["a", "b"]], [["Name"], ["x"]])
    assert reasons_of(xlsx_bytes(*sheets), "govocal") == ["no_id_column"]


def test_govocal_with_real_dates_in_the_cells():
    when = [*GOVOCAL_ROW]
    when[10] = datetime(2024, 5, 3, 14, 5)
    assert only_row(xlsx_bytes([GOVOCAL, when]), "govocal").created == datetime(2024, 5, 3, 14, 5, tzinfo=DUTCH_TIME)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body",
         "1500282615559,Mon Jul 17 2017,36,77,38,7,-1,Meer bomen"),
        ("timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,importance,comment-body",
         "1500282615,x,36,77,38,7,-1,0.3,Meer bomen"),
        ("timestamp,comment-id,author-id,agrees,disagrees,moderated,is-meta,is-seed,group-informed-consensus,comment-body",
         "1500282615,36,77,38,7,-1,false,true,0.2,Meer bomen"),
    ],
)  # fmt: skip
def test_polis_of_each_era(header, cells):
    row = only_row(f"{header}\n{cells}\n".encode(), "polis")
    assert (row.source_id, row.text, row.support) == ("36-1500282615", "Meer bomen", 38)
    assert row.created == datetime(2017, 7, 17, 9, 10, 15, tzinfo=UTC)
    assert (row.status, row.hidden, row.extra["disagrees"]) == ("rejected", True, "7")


def test_polis_without_a_time():
    rows = rows_of(b"comment-id,agrees,comment-body\n0,1,Meer bomen\n1,2,Minder stoep\n", "polis")
    assert len({row.source_id for row in rows}) == 2
    assert rows[0].created is None
    assert rows[0].status == ""


def test_polis_with_a_broken_time():
    (problem,) = problems_of(b"timestamp,comment-id,comment-body\ngisteren,0,Meer bomen\n", "polis")
    assert (problem.row, problem.column, problem.reason) == (2, "timestamp", "bad_date")


def test_polis_votes_are_no_contributions():
    assert reasons_of(b"timestamp,datetime,comment-id,voter-id,vote\n1,x,0,0,1\n", "polis") == ["not_contributions"]
