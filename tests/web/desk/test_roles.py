"""Every address of the desk × every role × anonymous × without a second factor: one table, nothing left out.

A new page of the desk: add one line to TABLE. ``who`` lists the roles that get in (by GET, or POST where the
page takes only that); all others get 403, anonymous people go to sign in, half-signed-in ones to the code.
"""

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from stamtafel.people import flood
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Role
from stamtafel.web.desk import urls
from tests import builders
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db

E, A, C, M, F, N, B = Role  # editor, approver, conversationalist, moderator, field worker, analyst, administrator
ALL = {E, A, C, M, F, N, B}
DOOR = "door"  # open to who is not signed in
HALF = "half"  # on the way in: signed in, second factor missing

# name → (parts of the address, method, who gets in)
TABLE: dict[str, tuple[dict[str, object], str, set[Role] | str]] = {
    "sign_in": ({}, "get", DOOR),
    "sign_in_link": ({"token": "x"}, "get", DOOR),
    "oidc_start": ({}, "get", DOOR),
    "oidc_return": ({}, "get", DOOR),
    "sign_out": ({}, "post", DOOR),
    "second_factor": ({}, "get", HALF),
    "second_factor_setup": ({}, "get", HALF),
    "second_factor_later": ({}, "post", HALF),
    "today": ({}, "get", ALL),
    "search": ({}, "get", ALL),
    "account": ({}, "get", ALL),
    "account_app": ({}, "get", ALL),
    "account_codes": ({}, "get", ALL),
    "account_sign_out": ({}, "post", ALL),
    "people": ({}, "get", {B}),
    "invite": ({}, "get", {B}),
    "person": ({"pk": 0}, "get", {B}),
    "person_close": ({"pk": 0}, "post", {B}),
    "person_reopen": ({"pk": 0}, "post", {B}),
    "person_send_link": ({"pk": 0}, "post", {B}),
    "person_reset_app": ({"pk": 0}, "post", {B}),
    "deliveries": ({}, "get", {E, A, C, B}),
    "delivery_move": ({"pk": 0}, "post", {A, B}),
    "delivery_account": ({"pk": 0}, "post", {A, B}),
    "kept_mails": ({}, "get", {E, A, C, B}),
    "settings": ({}, "get", {B}),
    # channels and their figures
    "accounts": ({}, "get", {B}),
    "account_new": ({"kind": "demo"}, "get", {B}),
    "account_one": ({"pk": 0}, "get", {B}),
    "account_test": ({"pk": 0}, "post", {B}),
    "account_switch": ({"pk": 0}, "post", {B}),
    "account_hold": ({"pk": 0}, "post", {B}),
    "account_sign_in": ({"pk": 0}, "get", {B}),
    "account_signed_in": ({}, "get", {B}),
    "figures": ({}, "get", {N, B}),
    "unknown": ({"rest": "x"}, "get", ALL),
    # contributions, subjects and decisions
    "contributions": ({}, "get", {E, A, C, M, N, B}),
    "contribution": ({"pk": 0}, "get", {E, A, C, M, N, B}),
    "contribution_photo": ({"pk": 0}, "get", {E, A, C, M, N, B}),
    "contributions_show": ({}, "post", {M, B}),
    "contribution_read": ({"pk": 0}, "post", {E, A, C, M, N, B}),
    "contribution_compare": ({"pk": 0, "other": 1}, "get", {M, B}),
    "contribution_on_request": ({"pk": 0}, "get", {B}),
    "contribution_hide": ({"pk": 0}, "post", {M, B}),
    "contribution_show": ({"pk": 0}, "post", {M, B}),
    "contribution_move": ({"pk": 0}, "post", {M, B}),
    "contribution_join": ({"pk": 0}, "post", {M, B}),
    "contribution_unjoin": ({"pk": 0}, "post", {M, B}),
    "contribution_highlight": ({"pk": 0}, "post", {M, B}),
    "contribution_answer": ({"pk": 0}, "post", {E, A, B}),
    "contribution_done": ({"pk": 0}, "post", {E, A, B}),
    "objection_settle": ({"pk": 0}, "post", {M, B}),
    "reaction_hide": ({"pk": 0}, "post", {M, B}),
    "reaction_show": ({"pk": 0}, "post", {M, B}),
    "topics": ({}, "get", {E, M, B}),
    "topic_new": ({}, "get", {E, M, B}),
    "topic": ({"slug": "x"}, "get", {E, M, B}),
    "topic_add_document": ({"slug": "x"}, "post", {E, M, B}),
    "topic_remove_document": ({"slug": "x", "pk": 0}, "post", {E, M, B}),
    "topic_remove_highlight": ({"slug": "x", "pk": 0}, "post", {M, B}),
    "decisions": ({}, "get", {E, A, B}),
    "decision_new": ({}, "get", {E, A, B}),
    "decision": ({"pk": 0}, "get", {E, A, B}),
    "decision_pick": ({"pk": 0}, "get", {E, A, B}),
    "decision_answers": ({"pk": 0}, "get", {E, A, B}),
    "decision_answer": ({"pk": 0, "answer": 0}, "post", {E, A, B}),
    "decision_preview": ({"pk": 0}, "get", {E, A, B}),
    "decision_publish": ({"pk": 0}, "post", {A, B}),
    # announcements
    "announcements": ({}, "get", {E, A, B}),
    "announce_decision": ({"pk": 0}, "post", {E, A, B}),
    "announce_topic": ({"slug": "x"}, "post", {E, A, B}),
    "announce_contribution": ({"pk": 0}, "post", {E, A, B}),
    "compose": ({"pk": 0}, "get", {E, A, B}),
    "compose_autosave": ({"pk": 0}, "post", {E, A, B}),
    "compose_preview": ({"pk": 0}, "post", {E, A, B}),
    "compose_versions": ({"pk": 0}, "get", {E, A, B}),
    "compose_restore": ({"pk": 0, "number": 1}, "post", {E, A, B}),
    "compose_add_picture": ({"pk": 0}, "post", {E, A, B}),
    "compose_picture": ({"pk": 0, "picture": 0}, "post", {E, A, B}),
    "compose_by_hand": ({"pk": 0, "amendment": 0}, "post", {E, A, B}),
    "calendar": ({}, "get", {E, A, B}),
    "calendar_move": ({}, "post", {E, A, B}),
    # the crisis stop
    "crisis": ({}, "get", {E, A, B}),
    "crisis_stop": ({}, "post", {E, A, B}),
    "crisis_message": ({}, "post", {E, A, B}),
    "crisis_let_through": ({"pk": 0}, "post", {E, A, B}),
    # inbox
    "inbox": ({}, "get", {C, M, B}),
    "inbox_save_view": ({}, "post", {C, M, B}),
    "inbox_drop_view": ({"pk": 0}, "post", {C, M, B}),
    "inbox_bulk": ({}, "post", {C, B}),
    "inbox_undo": ({}, "post", {C, B}),
    "canned_replies": ({}, "get", {C, B}),
    "canned_reply_new": ({}, "get", {C, B}),
    "canned_reply": ({"slug": "x"}, "get", {C, B}),
    "canned_reply_remove": ({"slug": "x"}, "post", {C, B}),
    "conversation": ({"pk": 0}, "get", {C, M, B}),
    "conversation_claim": ({"pk": 0}, "post", {C, B}),
    "conversation_release": ({"pk": 0}, "post", {C, B}),
    "conversation_take_up": ({"pk": 0}, "post", {C, B}),
    "conversation_hide": ({"pk": 0}, "post", {M, B}),
    "conversation_by_hand": ({"pk": 0}, "post", {C, B}),
    "conversation_types": ({"pk": 0}, "post", {C, B}),
    "conversation_who_types": ({"pk": 0}, "get", {C, M, B}),
    "conversation_file": ({"pk": 0}, "get", {C, M, B}),
    "conversation_attachment": ({"pk": 0, "message": 0, "number": 0}, "get", {C, M, B}),
    "conversation_answer": ({"pk": 0}, "post", {C, B}),
    "conversation_note": ({"pk": 0}, "post", {C, M, B}),
    "conversation_move": ({"pk": 0}, "post", {C, B}),
}


def names() -> list[str]:
    return sorted(str(route.name) for route in urls.urlpatterns if isinstance(route, URLPattern))


def ask(client: Client, name: str) -> int | str:
    """The outcome in a word: "in", "code", "sign in", "held" (what was sent waits until one is in) or 403."""
    parts, method, _who = TABLE[name]
    answer = getattr(client, method)(reverse(f"desk:{name}", kwargs=parts))
    if answer.status_code == 403:
        return 403
    if answer.status_code == 401:
        return "held"
    target = answer.headers.get("Location", "").partition("?")[0]
    if target == reverse("desk:second_factor"):
        return "code"
    if target == reverse("desk:sign_in"):
        return "sign in"
    assert answer.status_code < 500
    return "in"  # a page, a redirect to one, or 404 for a thing that is not there


def test_no_page_of_the_desk_is_missing_here() -> None:
    assert names() == sorted(TABLE)


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if isinstance(row[2], set)])
def test_each_role_gets_where_it_may(name: str) -> None:
    flood.forget()
    expected = {role: "in" if role in TABLE[name][2] else 403 for role in Role}
    members = {role: builders.staff(role) for role in Role}
    assert {role: ask(signed_in(Client(), member), name) for role, member in members.items()} == expected
    sent = TABLE[name][1] == "post"
    assert ask(Client(), name) == ("held" if sent else "sign in")
    members[B].refresh_from_db()  # signing out everywhere changed the mark
    assert ask(signed_in(Client(), members[B], second_factor=""), name) == ("held" if sent else "code")
    nobody = builders.staff()
    assert ask(signed_in(Client(), nobody), name) == 403
    StaffMember.objects.filter(pk=members[B].pk).update(is_active=False)
    assert ask(signed_in(Client(), members[B]), name) == ("held" if sent else "sign in")


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row[2] == HALF])
def test_the_way_in_is_for_who_signed_in(name: str) -> None:
    assert ask(Client(), name) == "sign in"
    assert ask(signed_in(Client(), builders.staff(), second_factor=""), name) != "sign in"


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row[2] == DOOR and name != "sign_out"])
def test_the_door_is_open(name: str) -> None:
    assert ask(Client(), name) == "in"
