"""How many saw what we told on the networks: per account and per post, over the last 30 days."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stamtafel.channels import overview
from stamtafel.channels.overview import AccountFigures
from stamtafel.people.rules import Permission
from stamtafel.web.desk.access import staff_of, staff_page
from stamtafel.web.desk.accounts import figure_name, kind_name


@require_safe
@staff_page(Permission.SEE_REACH)
def figures(request: HttpRequest) -> HttpResponse:
    """Everything, or one account."""
    viewer, wanted = staff_of(request), request.GET.get("account", "")
    chosen = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else None  # noqa: PLR2004 - no id is longer
    found = overview.figures(viewer=viewer, now=timezone.now(), account_id=chosen)
    context = {
        "figures": found,
        "charts": [(one, _title(one), _bars(one)) for one in found.accounts],
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
        "n": number_format(last, force_grouping=True),
        "what": what,
    }
    if len(one.daily) == 1 or first == last:
        return _("%(account)s: %(n)s %(what)s") % values
    values["first"] = number_format(first, force_grouping=True)
    values["day"] = date_format(one.daily[0][0], "j F")
    return _("%(account)s: %(n)s %(what)s; on %(day)s it was %(first)s") % values


def _bars(one: AccountFigures) -> list[dict[str, object]]:
    return [
        {"label": date_format(day, "j M"), "value": value, "text": number_format(value, force_grouping=True)}
        for day, value in one.daily
    ]


urlpatterns = [path("figures/", figures, name="figures")]
