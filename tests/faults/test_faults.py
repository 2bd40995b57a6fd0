"""Each fault at each step of each deed on each network: whatever happens, it is there once, or we say that we are not sure.

``make test-faults`` prints the table of outcomes and keeps it where STAMTAFEL_FAULTS_TABLE says.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from stamtafel import outbound
from stamtafel.channels.jobs.send import send_to, settle_lost
from stamtafel.channels.models import Account, Delivery
from tests import builders
from tests.fakes.base import Fault
from tests.faults.rig import OUTCOMES, Rig, arm
from tests.faults.rigs import RIGS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
SETTLED = {"done", "failed", "unsure", "cancelled"}
HANG = 0.25  # seconds that we wait for an answer here

FAULTS = {
    "refused before": Fault("drop"),
    "429": Fault("status", status=429, headers={"Retry-After": "60"}),
    "500 before": Fault("status", status=500),
    "503": Fault("status", status=503, headers={"Retry-After": "60"}),
    "401": Fault("status", status=401),
    "hangs": Fault("hang", seconds=2.0),
    "answer lost": Fault("lost"),
    "answer late": Fault("late", seconds=2.0),
    "garbled": Fault("garbled"),
    "500 after": Fault("error", status=500),
    "502 after": Fault("error", status=502, body="<html>Bad Gateway</html>"),
    "empty answer": Fault("error", status=200, body=""),
    "says 200, did nothing": Fault("status", status=200, body="<html>Welkom</html>"),
    "redirect": Fault("status", status=302, headers={"Location": "https://elsewhere.example/"}),
    "403": Fault("status", status=403),
    "408": Fault("status", status=408),
}


def settle(rig: Rig, row: Delivery) -> str:
    """Let the loop run on, hours if need be, until the delivery stands still; gives its state."""
    now = timezone.now()
    errors: list[Exception] = []
    for _round in range(40):
        account = Account.objects.get(pk=rig.account.pk)
        send_to(account, now, errors)
        settle_lost(now)
        row.refresh_from_db()
        if row.state in SETTLED - {"unsure"} or (row.state == "unsure" and _round > 3):
            break
        now += timedelta(minutes=11)
    return str(row.state)


@pytest.mark.parametrize("kind", RIGS)
def test_never_twice_never_lost(kind, settings, monkeypatch):
    monkeypatch.setattr(outbound.call, "__kwdefaults__", {**(outbound.call.__kwdefaults__ or {}), "seconds": HANG})
    builders.municipality()
    rig = RIGS[kind](settings)
    settings.OUTBOUND_ALLOW = rig.hosts
    settings.SITE_URL = rig.site.address if rig.site else settings.SITE_URL
    with rig.up():
        rig.connect()
        for name, deed in rig.deeds.items():
            run_deed(rig, name, deed)


def run_deed(rig, name, deed):
    """First without a fault, to see how many calls it takes; then each fault at each of them."""
    rig.before()
    arm(rig.fake, at=0, fault=None)
    order, before = deed(), len(rig.fake.calls)
    row = order.place(rig.account)
    assert settle(rig, row) == "done", (rig.kind, name, row.last_error)
    once = rig.seen(order)
    assert once >= 1, (rig.kind, name, "nothing to be seen")
    calls = len(rig.fake.calls) - before
    assert calls
    for at in range(calls):
        for fault_name, fault in FAULTS.items():
            rig.before()
            arm(rig.fake, at=at, fault=fault)
            order = deed()
            row = order.place(rig.account)
            end = settle(rig, row)
            seen, where = rig.seen(order), (rig.kind, name, at, fault_name, end, row.last_error)
            assert seen <= once, ("doubled", seen, where)
            assert end in SETTLED, ("stuck", where)
            assert end != "done" or seen == once, ("lost", seen, where)
            assert end != "failed" or seen == 0, ("out, and we say it failed", where)
            OUTCOMES[rig.kind, fault_name, end] += 1
            Delivery.objects.filter(pk=row.pk).delete()
