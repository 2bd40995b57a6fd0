"""Networks on the compose page: what is chosen, what it will look like, and what became of it. Without script."""

import re
from pathlib import Path

import pytest
from django.test import Client

from stamtafel.announce.actions import publish, withdraw
from stamtafel.announce.actions.telling import tellings
from stamtafel.announce.models import Announcement
from stamtafel.channels import registry
from stamtafel.channels.adapters.demo.channel import Demo
from stamtafel.channels.jobs import send_due
from stamtafel.channels.models import Account, Amendment, Delivery
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Role
from tests.announce.builders import draft, photo
from tests.builders import NOW, municipality, staff
from tests.channels.builders import demo_account
from tests.channels.test_amending import Plain
from tests.people.builders import signed_in
from tests.web.desk.test_compose import fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> StaffMember:
    return staff(Role.EDITOR, name="Anna")


@pytest.fixture
def desk(client: Client, editor: StaffMember) -> Client:
    municipality()
    return signed_in(client, editor)


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return demo_account(tmp_path)


def chosen(account: Account, **changed: str) -> dict[str, object]:
    start = f"kanaal-{account.pk}-"
    return {"kanaal": account.pk, f"{start}aan": "1", f"{start}link": "1", f"{start}slot": "1"} | {
        f"{start}{name}": value for name, value in changed.items()
    }


def address(made: Announcement) -> str:
    return f"/desk/berichten/{made.pk}/"


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_without_a_network_there_is_nothing_to_choose(desk: Client) -> None:
    assert 'id="kanalen"' not in desk.get(address(draft())).content.decode()


def test_what_is_chosen_is_saved_with_the_text(desk: Client, account: Account) -> None:
    made = draft()
    assert 'id="kanalen"' in desk.get(address(made)).content.decode()
    answer = desk.post(address(made), fields(made, do="save", **chosen(account, tekst="Kom kijken!", vorm="single")))
    assert answer.status_code == 302
    kept = tellings(made)[account.pk]
    assert (kept.wanted, kept.text, kept.with_link, kept.with_invitation) == (True, "Kom kijken!", True, True)
    page = desk.get(address(made)).content.decode()
    assert "Kom kijken!" in page.partition("<aside")[2]
    made.refresh_from_db()
    off = {"kanaal": account.pk, f"kanaal-{account.pk}-tekst": "Kom kijken!"}
    desk.post(address(made), fields(made, do="save", **off))
    assert tellings(made)[account.pk].wanted is False
    assert tellings(made)[account.pk].with_link is False


def test_what_is_typed_is_kept_by_itself_too(desk: Client, account: Account) -> None:
    made = draft()
    answer = desk.post(f"{address(made)}bewaar/", fields(made, **chosen(account, tekst="Half af")))
    assert answer.json() == {"version": made.version + 1}
    assert tellings(made)[account.pk].text == "Half af"


def test_a_form_that_names_no_network_changes_none(desk: Client, account: Account) -> None:
    made = draft()
    desk.post(address(made), fields(made, do="save", **chosen(account)))
    made.refresh_from_db()
    desk.post(address(made), fields(made, do="save", title="Anders"))
    assert tellings(made)[account.pk].wanted is True


def test_the_preview_counts_what_is_in_the_form_and_saves_nothing(desk: Client, account: Account) -> None:
    made = draft()
    html = desk.post(f"{address(made)}voorbeeld/", fields(made, **chosen(account, tekst="x" * 600))).content.decode()
    over = re.search(r"(\d+) te lang voor Demo \((\d+) van 500\)", words(html))
    assert over is not None
    assert int(over[2]) - int(over[1]) == 500
    assert int(over[2]) > 600  # the link and the closing line count too
    assert f'id="teller-{account.pk}"' in html
    assert 'hx-swap-oob="true"' in html
    assert tellings(made) == {}
    short = desk.post(f"{address(made)}voorbeeld/", fields(made, **chosen(account, tekst="Kort"))).content.decode()
    assert "van 500" in words(short)
    assert "te lang" not in words(short)


def test_the_button_for_a_preview_does_the_same_without_script(desk: Client, account: Account) -> None:
    made = draft()
    page = desk.post(
        address(made), fields(made, do="look", **chosen(account, tekst="Nog niet bewaard"))
    ).content.decode()
    assert "Nog niet bewaard" in page.partition("<aside")[2]
    assert tellings(made) == {}


def test_the_preview_has_the_pictures_with_their_words(desk: Client, account: Account, editor: StaffMember) -> None:
    from stamtafel.announce.actions import add_picture

    made = draft()
    picture = add_picture(announcement=made, data=photo(), alt="Een brug in de mist", actor=editor, now=NOW)
    made.refresh_from_db()
    wish = chosen(account, **{f"foto-{picture.pk}": "top"})
    html = desk.post(f"{address(made)}voorbeeld/", fields(made, **wish)).content.decode()
    post = html[html.index('class="st-post"') :]
    assert 'data-crop="top"' in post
    assert 'alt="Een brug in de mist"' in post
    away = desk.post(
        f"{address(made)}voorbeeld/", fields(made, **chosen(account, **{f"foto-{picture.pk}": "none"}))
    ).content.decode()
    assert "data-crop" not in away


def test_a_price_is_said_where_the_network_asks_one(desk: Client, account: Account) -> None:
    account.options = {**account.options, "price": "200", "monthly_ceiling": "5"}
    account.save()
    made = draft()
    html = desk.post(f"{address(made)}voorbeeld/", fields(made, **chosen(account))).content.decode()
    assert "Kost $0.20. Deze maand uitgegeven: $0.00 van $5.00." in words(html)


def test_an_account_that_does_not_work_says_so_before_publishing(desk: Client, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(problem="HTTP 401: Unauthorized")
    page = words(desk.get(address(draft())).content.decode())
    assert "Vraag de beheerder het account na te kijken" in page or "inloggen op de server" in page
    assert "Unauthorized" not in page


def test_publishing_what_is_too_long_is_refused_in_words_and_nothing_is_lost(desk: Client, account: Account) -> None:
    made = draft()
    typed = "x" * 600
    answer = desk.post(address(made), fields(made, do="publish", **chosen(account, tekst=typed)))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "te lang. Maak hem korter" in words(page)
    assert typed in page
    assert Delivery.objects.count() == 0


def test_after_publishing_the_page_says_where_it_is(desk: Client, account: Account) -> None:
    made = draft()
    desk.post(address(made), fields(made, do="publish", **chosen(account)))
    send_due(NOW.replace(year=NOW.year + 10))
    page = desk.get(address(made)).content.decode()
    assert "https://demo.example/posts/1" in page
    assert len(Demo(account.options).posts()) == 1


def test_what_a_person_must_remove_stands_there_until_it_is_done(
    desk: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = registry._adapter
    monkeypatch.setattr(registry, "_adapter", lambda kind: Plain if kind == "demo" else known(kind))
    made = draft()
    desk.post(address(made), fields(made, do="publish", **chosen(account)))
    send_due(NOW.replace(year=NOW.year + 10))
    made.refresh_from_db()
    withdraw(announcement=made, reason="Fout", version=made.version, actor=None, now=NOW)
    page = desk.get(address(made)).content.decode()
    assert "Haal het zelf weg op Demo" in words(page)
    done = desk.post(f"{address(made)}met-de-hand/{Amendment.objects.get().pk}/")
    assert done.status_code == 302
    after = words(desk.get(address(made)).content.decode())
    assert "Haal het zelf weg" not in after
    assert "Weggehaald" in after
    assert desk.post(f"{address(made)}met-de-hand/{Amendment.objects.get().pk}/").status_code == 422


def test_what_is_public_shows_only_where_it_was_told(desk: Client, account: Account, tmp_path: Path) -> None:
    municipality(four_eyes=False)
    other = demo_account(tmp_path / "b")
    made = draft()
    desk.post(address(made), fields(made, do="save", **chosen(account)))
    made.refresh_from_db()
    publish(announcement=made, version=made.version, actor=None, now=NOW)
    page = desk.get(address(made)).content.decode()
    assert f'id="kanaal-{account.pk}-tekst"' in page
    assert f'id="kanaal-{other.pk}-tekst"' not in page


@pytest.mark.parametrize("number", ["x", "9" * 30, ""])
def test_numbers_that_are_none_are_passed_over(desk: Client, account: Account, number: str) -> None:
    made = draft()
    assert desk.post(address(made), fields(made, do="save", kanaal=number)).status_code == 302
