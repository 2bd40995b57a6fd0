"""Networks that charge: what it costs is kept, and a ceiling holds."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from stamtafel.channels import queries
from stamtafel.channels.costs import ceiling_of, dollars, spent
from stamtafel.channels.jobs import send_due
from stamtafel.channels.models import Account, Delivery
from tests.builders import NOW, municipality
from tests.channels.builders import demo_account, post

pytestmark = pytest.mark.django_db


def charging(folder: Path, price: int, ceiling: str = "") -> Account:
    municipality()
    account = demo_account(folder)
    account.options.update({"price": price, "monthly_ceiling": ceiling})
    account.save()
    return account


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def send_all() -> None:
    while send_due(NOW):
        pass


def test_what_it_cost_is_on_the_row_and_added_up(tmp_path: Path) -> None:
    account = charging(tmp_path, price=200)
    for _ in range(3):
        post(account)
    send_all()
    assert (spent(account, NOW), states()) == (600, ["done"] * 3)


def test_over_the_ceiling_nothing_goes_out_and_the_desk_says_why(tmp_path: Path) -> None:
    account = charging(tmp_path, price=200, ceiling="0,50")
    for _ in range(3):
        post(account)
    send_all()
    assert states() == ["done", "done", "failed"]
    assert spent(account, NOW) == 400
    line = queries.deliveries(viewer=None).lines[0]
    assert line.error == "The monthly ceiling of this account is $0.50: $0.40 is used, and this costs $0.20."
    with translation.override("en"):
        assert "ceiling" in str(line.what)
    assert "plafond" in str(line.what)


def test_another_month_begins_at_nothing(tmp_path: Path) -> None:
    account = charging(tmp_path, price=200, ceiling="0.20")
    post(account)
    send_all()
    assert spent(account, NOW) == 200
    assert spent(account, datetime(2026, 11, 30, 22, 59, tzinfo=UTC)) == 200
    assert spent(account, datetime(2026, 11, 30, 23, 0, tzinfo=UTC)) == 0  # December in Amsterdam


@pytest.mark.parametrize(
    ("said", "meant"),
    [("", None), (None, None), ("veel", None), ("12.5", 12_500), (3, 3000), ("nan", None), ("0", 0), (0, 0)],
)
def test_a_ceiling_is_in_dollars(said: object, meant: int | None) -> None:
    assert ceiling_of(Account(options={"monthly_ceiling": said})) == meant


def test_amounts_read_as_the_network_writes_them() -> None:
    assert [dollars(n) for n in (15, 200, 12_400, 0)] == ["$0.015", "$0.20", "$12.40", "$0.00"]
