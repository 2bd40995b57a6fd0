"""Open data: what there is, and the files, written while they are sent."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from stamtafel.dossier.queries import open_data as rows
from stamtafel.dossier.rules.spreadsheet import csv_rows, xlsx_rows
from stamtafel.web.design.caching import public_page
from stamtafel.web.site.views.announcements import feed_addresses

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"


@public_page
def open_data(request: HttpRequest) -> HttpResponse:
    """What is there, in which columns, and what is left out."""
    context = {"feeds": feed_addresses(None, None), "contributions": rows.CONTRIBUTIONS, "decisions": rows.DECISIONS,
               "answers": rows.ANSWERS}  # fmt: skip
    return render(request, "site/about/open_data.html", context)


@require_safe
def contributions_csv(_request: HttpRequest) -> StreamingHttpResponse:
    """All public contributions as CSV."""
    return _file(csv_rows(rows.CONTRIBUTIONS, rows.contributions()), CSV, "bijdragen.csv")


@require_safe
def contributions_xlsx(_request: HttpRequest) -> StreamingHttpResponse:
    """All public contributions as a spreadsheet."""
    return _file(xlsx_rows(rows.CONTRIBUTIONS, rows.contributions(), sheet_name="Bijdragen"), XLSX, "bijdragen.xlsx")


@require_safe
def contributions_json(_request: HttpRequest) -> StreamingHttpResponse:
    """All public contributions as JSON."""
    return _file(rows.json_rows(rows.CONTRIBUTIONS, rows.contributions()), JSON, "bijdragen.json")


@require_safe
def decisions_csv(_request: HttpRequest) -> StreamingHttpResponse:
    """All published decisions as CSV."""
    return _file(csv_rows(rows.DECISIONS, rows.decisions()), CSV, "besluiten.csv")


@require_safe
def decisions_json(_request: HttpRequest) -> StreamingHttpResponse:
    """All published decisions as JSON."""
    return _file(rows.json_rows(rows.DECISIONS, rows.decisions()), JSON, "besluiten.json")


@require_safe
def answers_csv(_request: HttpRequest) -> StreamingHttpResponse:
    """What was done with each contribution, as CSV."""
    return _file(csv_rows(rows.ANSWERS, rows.answers()), CSV, "antwoorden.csv")


@require_safe
def answers_json(_request: HttpRequest) -> StreamingHttpResponse:
    """What was done with each contribution, as JSON."""
    return _file(rows.json_rows(rows.ANSWERS, rows.answers()), JSON, "antwoorden.json")


def _file(pieces: Iterator[bytes], media: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=media)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


urlpatterns = [path("open-data/", open_data, name="open_data")]
machine_patterns = [
    path("open-data/bijdragen.csv", contributions_csv, name="contributions_csv"),
    path("open-data/bijdragen.xlsx", contributions_xlsx, name="contributions_xlsx"),
    path("open-data/bijdragen.json", contributions_json, name="contributions_json"),
    path("open-data/besluiten.csv", decisions_csv, name="decisions_csv"),
    path("open-data/besluiten.json", decisions_json, name="decisions_json"),
    path("open-data/antwoorden.csv", answers_csv, name="answers_csv"),
    path("open-data/antwoorden.json", answers_json, name="answers_json"),
]
