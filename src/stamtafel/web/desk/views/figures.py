"""How many saw what we told on the networks: per account and per post, over the last 30 days."""

from datetime import date
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stamtafel.channels import overview
from stamtafel.channels.overview import AccountFigures, Figures
from stamtafel.people.rules import Permission
from stamtafel.web.desk.access import staff_of, staff_page
from stamtafel.web.desk.accounts import figure_name, kind_name

SHOWN: Final = 10


@require_safe
@staff_page(Permission.SEE_REACH)
def figures(request: HttpRequest) -> HttpResponse:
    """Everything, or one account."""
    viewer, wanted = staff_of(request), request.GET.get("account", "")
    chosen = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else None  # noqa: PLR2004 - no id is longer
    found = overview.figures(viewer=viewer, now=timezone.now(), account_id=chosen)
    context = {
        "figures": found,
        "posts_chart": _most_seen(found),
        "charts": [(one, _title(one), _points(one)) for one in found.accounts],
        "accounts": overview.measured_accounts(viewer=viewer),
        "chosen": chosen,
        "kind_name": kind_name,
        "figure_name": figure_name,
    }
    return render(request, "desk/figures/figures.html", context)


def _title(one: AccountFigures) -> str:
    """The finding: what the newest number is, and how it moved."""
    first, last = one.daily[0][1], one.daily[-1][1]
    what = figure_name(one.daily_name).lower()
    values = {
        "account": f"{kind_name(one.kind)}, {one.name}",
        "n": _number(last),
        "what": what,
    }
    if len(one.daily) == 1 or first == last:
        return _("%(account)s: %(n)s %(what)s") % values
    values["first"] = _number(first)
    values["day"] = date_format(one.daily[0][0], "j F")
    return _("%(account)s: %(n)s %(what)s; on %(day)s it was %(first)s") % values


def _points(one: AccountFigures) -> list[dict[str, object]]:
    return [{"label": _day(day), "value": value, "text": _number(value)} for day, value in one.daily]


def _most_seen(found: Figures) -> dict[str, object] | None:
    """The posts that were seen most, by the first figure that they have; None below two."""
    name = found.names[0] if found.names else ""
    posts = sorted((post for post in found.posts if name in post.figures), key=lambda post: -post.figures[name])
    if len(posts) < 2:  # noqa: PLR2004 - one bar says nothing
        return None
    nameless = _("Without a subject")
    rows = [
        {"label": f"{post.subject or nameless} · {kind_name(post.kind)}, {post.account}",
         "value": post.figures[name], "text": _number(post.figures[name])}
        for post in posts[:SHOWN]
    ]  # fmt: skip
    values = {"what": figure_name(name), "post": posts[0].subject or nameless}
    return {"title": _("%(what)s: most for “%(post)s”") % values, "name": figure_name(name), "rows": rows}


def _day(day: date) -> str:
    return date_format(day, "j M").lower() if get_language() == "nl" else date_format(day, "j M")


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)


urlpatterns = [path("figures/", figures, name="figures")]
