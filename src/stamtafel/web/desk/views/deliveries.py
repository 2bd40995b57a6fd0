"""Everything that went out, waits or failed: why, whose move it is, what to do."""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamtafel.channels import queries
from stamtafel.channels.actions import cancel_delivery, hold_account, mark_sent, resume_account, retry_delivery
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Permission
from stamtafel.web.desk.access import staff_of, staff_page
from stamtafel.web.desk.words import ACCOUNTS, PURPOSES, STATES

MOVES: Final = {"retry": retry_delivery, "mark_sent": mark_sent, "cancel": cancel_delivery}
HOLDS: Final = {"hold": hold_account, "resume": resume_account}


@require_safe
@staff_page(Permission.SEE_DELIVERIES)
def deliveries(request: HttpRequest) -> HttpResponse:
    """One page, newest first, in one query; the accounts and the state of the loop above it."""
    viewer, now = staff_of(request), timezone.now()
    chosen = _chosen(request.GET)
    after = request.GET.get("after", "")
    mark = int(after) if after.isdecimal() else None
    page = queries.deliveries(viewer=viewer, filters=chosen, after=mark)
    context = {
        "page": page,
        "accounts": queries.sending_accounts(viewer=viewer),
        "account_words": ACCOUNTS,
        "health": queries.health(now=now),
        "chosen": chosen,
        "more": f"?{urlencode({**chosen, 'after': str(page.after)})}" if page.after else "",
        "back": f"?{urlencode(chosen)}" if mark is not None else "",
        "purposes": PURPOSES,
        "states": STATES,
        "kept": _mails_are_readable(),
        "kept_at_all": queries.mail_is_kept(),
        "may_act": viewer.can(Permission.RETRY_DELIVERIES),
    }
    return render(request, "desk/deliveries/deliveries.html", context)


@require_POST
@staff_page(Permission.RETRY_DELIVERIES)
def delivery_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Retry, mark as sent or cancel; back to the list as it was."""
    move = MOVES.get(request.POST.get("move", ""))
    if move is None:
        raise Http404
    move(actor=staff_of(request), delivery_id=pk, now=timezone.now())
    messages.success(request, _("Done. The list below is up to date."))
    query = urlencode(_chosen(request.POST))
    return redirect(f"{reverse('desk:deliveries')}?{query}" if query else "desk:deliveries")


@require_POST
@staff_page(Permission.RETRY_DELIVERIES)
def delivery_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold everything that goes out through one account, or let it go on."""
    move = HOLDS.get(request.POST.get("move", ""))
    if move is None:
        raise Http404
    move(actor=staff_of(request), account_id=pk, now=timezone.now())
    said = (
        _("On hold. What has to go out waits until you go on.")
        if move is hold_account
        else _("What waited goes out now.")
    )
    messages.success(request, said)
    return redirect("desk:deliveries")


@require_safe
@staff_page(Permission.SEE_DELIVERIES)
def kept_mails(request: HttpRequest) -> HttpResponse:
    """In the demo no mail leaves the machine: here it can be read, so that its links can be followed."""
    if not _mails_are_readable():
        raise Http404
    viewer = staff_of(request)
    mails = [mail for mail in queries.kept_mails(viewer=viewer) if _is_for(mail, viewer)]
    return render(request, "desk/deliveries/mails.html", {"mails": mails})


def _mails_are_readable() -> bool:
    return bool(settings.DEVELOPMENT) and queries.mail_is_kept()


def _is_for(mail: queries.KeptMail, viewer: StaffMember) -> bool:
    """Nobody reads another's sign-in link: that would be signing in as them."""
    door = reverse("desk:sign_in") + "link/"
    return door not in mail.text or mail.to.lower() == viewer.email.lower()


def _chosen(given: Mapping[str, Any]) -> dict[str, str]:
    """The filters that mean something."""
    allowed = {"state": set(STATES), "purpose": set(PURPOSES)}
    return {name: given[name] for name, values in allowed.items() if given.get(name) in values}


urlpatterns = [
    path("deliveries/", deliveries, name="deliveries"),
    path("deliveries/<int:pk>/", delivery_move, name="delivery_move"),
    path("deliveries/accounts/<int:pk>/", delivery_account, name="delivery_account"),
    path("deliveries/mails/", kept_mails, name="kept_mails"),
]
