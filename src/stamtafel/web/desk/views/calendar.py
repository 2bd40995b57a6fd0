"""The calendar: a month, a week or a list of what is told on all channels, and moving it to another day."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamtafel.announce import actions
from stamtafel.announce.actions.problems import NotDone, TextRefused
from stamtafel.announce.queries import calendar as queries
from stamtafel.announce.queries import desk
from stamtafel.announce.rules import calendar as rules
from stamtafel.channels.standing_still import stands_still
from stamtafel.people.rules import Permission
from stamtafel.web.desk.access import staff_of, staff_page
from stamtafel.web.desk.views.compose import KINDS

WRITE: Final = Permission.WRITE_ANNOUNCEMENTS
FORMS: Final[dict[str, Promise]] = {
    "maand": gettext_lazy("Month"), "week": gettext_lazy("Week"), "lijst": gettext_lazy("List"),
}  # fmt: skip
LIST_DAYS: Final = 60
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
WEEKDAYS: Final = (
    gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"), gettext_lazy("Thursday"),
    gettext_lazy("Friday"), gettext_lazy("Saturday"), gettext_lazy("Sunday"),
)  # fmt: skip
PARTS: Final[dict[str, Promise]] = {
    "morning": gettext_lazy("in the morning"), "afternoon": gettext_lazy("in the afternoon"),
    "evening": gettext_lazy("in the evening"), "night": gettext_lazy("at night"),
}  # fmt: skip


@require_safe
@staff_page(WRITE)
def calendar(request: HttpRequest) -> HttpResponse:
    """What is told when."""
    today = timezone.localdate()
    form = request.GET.get("vorm", "maand")
    form = form if form in FORMS else "maand"
    return _page(request, form, _day(request.GET.get("dag", "")) or today)


@require_POST
@staff_page(WRITE)
def calendar_move(request: HttpRequest) -> HttpResponse:
    """Plan one announcement on another day, at the same time unless another is given; back to the same page."""
    staff, data = staff_of(request), request.POST
    number, version = data.get("bericht", ""), data.get("versie", "")
    found = desk.to_write(viewer=staff, pk=int(number) if number.isdecimal() and len(number) < 18 else 0)  # noqa: PLR2004 - fits a bigint
    try:
        moment = _moment(data.get("dag", ""), data.get("tijd", ""), found.publish_at)
        kept = int(version) if version.isdecimal() else 0
        moved = actions.move(announcement=found, publish_at=moment, version=kept, actor=staff, now=timezone.now())
    except NotDone as refused:
        messages.error(request, str(refused))
    else:
        said = date_format(timezone.localtime(moved.publish_at), "l j F, H:i")
        messages.success(
            request, _("Moved: “%(title)s” is now planned for %(moment)s.") % {"title": moved.title, "moment": said}
        )
    form = data.get("vorm", "") if data.get("vorm") in FORMS else "maand"
    shown = _day(data.get("getoond", "")) or timezone.localdate()
    query = urlencode({"vorm": form, "dag": shown.isoformat()})
    return redirect(f"{reverse('desk:calendar')}?{query}#bericht-{found.pk}")


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if EARLIEST <= found < LATEST else None


def _moment(day: str, clock: str, before: datetime | None) -> datetime:
    """The day and time that somebody chose, on the clock of the municipality; the time stays when none is given."""
    chosen = _day(day)
    if chosen is None:
        raise TextRefused("publish_at", _("We do not understand this moment. Choose a day and a time."))
    try:
        at = time.fromisoformat(clock) if clock else timezone.localtime(before).time() if before else time(9)
    except ValueError as error:
        raise TextRefused("publish_at", _("We do not understand this moment. Choose a day and a time.")) from error
    return timezone.make_aware(datetime.combine(chosen, at.replace(tzinfo=None)))


def _page(request: HttpRequest, form: str, day: date) -> HttpResponse:
    staff = staff_of(request)
    weeks, before, after = _shown(form, day)
    first, last = weeks[0][0], weeks[-1][-1]
    found = queries.entries(viewer=staff, first=first, last=last)
    by_day: dict[date, list[queries.Entry]] = {}
    for entry in found:
        by_day.setdefault(entry.at.date(), []).append(entry)
    context: dict[str, Any] = {
        "form": form, "forms": FORMS, "day": day, "weeks": weeks, "by_day": by_day, "entries": found, "first": first,
        "last": last, "today": timezone.localdate(), "before": before, "after": after, "kinds": KINDS,
        "holidays": rules.holidays_between(first, last, language=get_language() or "nl"), "weekdays": WEEKDAYS,
        "best": queries.best_moment(viewer=staff, now=timezone.now()), "parts": PARTS,
        "loose": queries.without_a_moment(viewer=staff), "stands_still": stands_still(),
    }  # fmt: skip
    return render(request, "desk/calendar/calendar.html", context)


def _shown(form: str, day: date) -> tuple[list[list[date]], date, date]:
    """The days on the page in weeks, and the days that the links before and after it open."""
    if form == "maand":
        return rules.month_of(day), rules.months_on(day, -1), rules.months_on(day, 1)
    if form == "week":
        return [rules.week_of(day)], day - timedelta(days=7), day + timedelta(days=7)
    days = [day + timedelta(days=number) for number in range(LIST_DAYS)]
    return [days], day - timedelta(days=LIST_DAYS), day + timedelta(days=LIST_DAYS)


urlpatterns = [
    path("kalender/", calendar, name="calendar"),
    path("kalender/verplaats/", calendar_move, name="calendar_move"),
]
