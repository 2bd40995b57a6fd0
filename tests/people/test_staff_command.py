"""``stamtafel staff``."""

import pytest
from django.test import Client

from stamtafel.commands.staff import run
from stamtafel.people.models import StaffMember

pytestmark = pytest.mark.django_db
ADD = ["add", "ruud@lindewaard.example", "--name", "Ruud", "--role", "administrator", "--role", "editor"]


def test_add_prints_a_link_that_works_once(capsys) -> None:
    assert run(ADD) == 0
    link = capsys.readouterr().out.strip()
    assert link.startswith("http://127.0.0.1:8000/desk/sign-in/link/")
    assert StaffMember.objects.get().roles == ["editor", "administrator"]
    path = link.removeprefix("http://127.0.0.1:8000")
    assert [Client().post(path).status_code, Client().post(path).status_code] == [302, 422]


def test_add_twice_and_link_for_nobody_say_why(capsys) -> None:
    run(ADD)
    assert run(ADD) == 1
    assert run(["link", "niemand@lindewaard.example"]) == 1
    assert "niemand@" in capsys.readouterr().err
    assert run(["link", "RUUD@lindewaard.example"]) == 0


def test_an_unknown_role_is_a_usage_error() -> None:
    with pytest.raises(SystemExit):
        run(["add", "a@b.example", "--name", "A", "--role", "king"])
