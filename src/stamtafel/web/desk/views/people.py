"""Who works here: invite, change roles, close an account, help with a lost phone."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stamtafel.people.actions import second_factor, staff
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import staff_list
from stamtafel.people.rules import Permission, known_roles
from stamtafel.web.desk.access import staff_of, staff_page
from stamtafel.web.desk.mail import send_invitation
from stamtafel.web.desk.words import ROLES

ROLE_CHOICES = [(str(role), name) for role, (name, _about) in ROLES.items()]


class RolesForm(forms.Form):
    """What somebody may do."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"), choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose one or more roles.")},
    )  # fmt: skip


class InvitationForm(RolesForm):
    """Who is invited."""

    email = forms.EmailField(
        label=gettext_lazy("Work e-mail address"), max_length=254,
        error_messages={"required": gettext_lazy("Fill in the work e-mail address.")},
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, error_messages={"required": gettext_lazy("Fill in the name.")}
    )
    department = forms.CharField(label=gettext_lazy("Department"), max_length=120, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the desk"), choices=[("nl", "Nederlands"), ("en", "English")], initial="nl"
    )
    field_order = ("email", "name", "department", "roles", "language")


@require_http_methods(["GET", "HEAD"])
@staff_page(Permission.MANAGE_STAFF)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, active first."""
    context = {"people": list(staff_list(staff_of(request))), "words": ROLES, "known_roles": known_roles}
    return render(request, "desk/people/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.MANAGE_STAFF)
def invite(request: HttpRequest) -> HttpResponse:
    """Add somebody and mail them their first link."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                now = timezone.now()
                member, token = staff.invite_staff(actor=staff_of(request), **form.cleaned_data, now=now)
                send_invitation(staff=member, token=token, now=now)
        except staff.AlreadyStaff as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("%(name)s gets a mail with a link.") % {"name": member.name})
            return redirect("desk:people")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "desk/people/invite.html", {"form": form, "words": ROLES}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.MANAGE_STAFF)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One member: their roles, and what else can be done for them."""
    member = get_object_or_404(staff_list(staff_of(request)), pk=pk)
    form = RolesForm(request.POST or None, initial={"roles": known_roles(member.roles)})
    if request.method == "POST" and form.is_valid():
        roles = form.cleaned_data["roles"]
        try:
            staff.change_roles(actor=staff_of(request), staff=member, roles=roles, now=timezone.now())
        except staff.LastAdministrator as error:
            form.add_error("roles", str(error))
        else:
            messages.success(request, _("The roles of %(name)s are changed.") % {"name": member.name})
            return redirect("desk:people")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "member": member, "words": ROLES}
    return render(request, "desk/people/person.html", context, status=status)


@require_POST
@staff_page(Permission.MANAGE_STAFF)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End somebody's access at once."""
    member = _member(pk)
    staff.close_account(actor=staff_of(request), staff=member, now=timezone.now())
    messages.success(request, _("%(name)s can't sign in any more.") % {"name": member.name})
    return redirect("desk:people")


@require_POST
@staff_page(Permission.MANAGE_STAFF)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody in again."""
    member = _member(pk)
    staff.reopen_account(actor=staff_of(request), staff=member, now=timezone.now())
    messages.success(request, _("%(name)s can sign in again.") % {"name": member.name})
    return redirect("desk:people")


@require_POST
@staff_page(Permission.MANAGE_STAFF)
def send_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite somebody once more."""
    member = _member(pk)
    with transaction.atomic():
        now = timezone.now()
        token = staff.invite_again(actor=staff_of(request), staff=member, now=now)
        send_invitation(staff=member, token=token, now=now)
    messages.success(request, _("%(name)s gets a mail with a link.") % {"name": member.name})
    return redirect("desk:person", pk=pk)


@require_POST
@staff_page(Permission.MANAGE_STAFF)
def reset_app(request: HttpRequest, pk: int) -> HttpResponse:
    """A lost phone: the next sign-in sets up a new app."""
    member = _member(pk)
    second_factor.reset_second_factor(actor=staff_of(request), staff=member, now=timezone.now())
    messages.success(request, _("%(name)s sets up a new app at the next sign-in.") % {"name": member.name})
    return redirect("desk:person", pk=pk)


def _member(pk: int) -> StaffMember:
    return get_object_or_404(StaffMember, pk=pk)


urlpatterns = [
    path("people/", people, name="people"),
    path("people/invite/", invite, name="invite"),
    path("people/<int:pk>/", person, name="person"),
    path("people/<int:pk>/close/", close, name="person_close"),
    path("people/<int:pk>/reopen/", reopen, name="person_reopen"),
    path("people/<int:pk>/send-link/", send_link, name="person_send_link"),
    path("people/<int:pk>/reset-app/", reset_app, name="person_reset_app"),
]
