"""A pretended network with an account of the demo municipality: what it told there, and what people said to it.

Everything goes the way it goes on a real network: the worker sends the posts, asks what people said and makes
conversations of it.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from stamtafel.announce.models import Announcement, Placement
from stamtafel.channels.actions import deliver
from stamtafel.channels.adapters.demo.channel import Demo
from stamtafel.channels.adapters.demo.residents import Residents
from stamtafel.channels.contract import Draft
from stamtafel.channels.models import Account
from stamtafel.demo.source import read


def load_network(*, now: datetime) -> None:
    """Connect the account, put the posts on their way, the oldest first, and let people speak; once."""
    data: dict[str, Any] = read("network")
    folder = Path(settings.DATA) / "demo"
    account, made = Account.objects.get_or_create(kind="demo", name=data["account"], options={"folder": str(folder)})
    if not made:
        return
    people = Residents(folder)
    for number, post in enumerate(data["posts"], start=1):
        _tell(account, post["announcement"], now)
        for said in post["comments"]:
            _say(people, said, now, sort="comment", about=f"{Demo.kind}-{number}")
    for sort in ("mention", "message"):
        for said in data[f"{sort}s"]:
            _say(people, said, now, sort=sort)


def _tell(account: Account, slug: str, now: datetime) -> None:
    found = Announcement.objects.get(slug=slug)
    link = settings.SITE_URL + reverse("site:announcement", kwargs={"slug": slug})
    delivery = deliver(
        kind=account.kind, to=account, key=f"announcement:{found.pk}:demo:{account.pk}", purpose="announcement",
        draft=Draft(subject=found.title, body=found.lead, link=link), due_at=found.published_at or now,
    )  # fmt: skip
    Placement.objects.get_or_create(announcement=found, delivery=delivery)


def _say(people: Residents, said: dict[str, Any], now: datetime, **how: str) -> None:
    at = now - timedelta(minutes=said["minutes"])
    event = people.say(said["text"], by=said["by"], at=at, **how)
    for answer in said.get("answers", ()):
        people.answer(event, answer["text"], by=answer["by"], at=now - timedelta(minutes=answer["minutes"]))
