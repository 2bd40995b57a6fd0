"""Accounts and deliveries."""

from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from stamtafel.channels.actions import deliver
from stamtafel.channels.contract import Draft
from stamtafel.channels.models import Account, Delivery
from tests.builders import NOW

_next = count(1)


def draft(**fields: Any) -> Draft:
    return Draft(**{"subject": "Het plein wordt groen", "body": "Wij planten **24 bomen**.", **fields})


def mail(recipient: str = "fatima@voorbeeld.example", due_at: datetime = NOW, **fields: Any) -> Delivery:
    purpose = fields.pop("purpose", "notice")
    key = fields.pop("key", f"test:{next(_next)}")
    return deliver(kind="email", key=key, purpose=purpose, draft=draft(**fields), recipient=recipient, due_at=due_at)


def demo_account(folder: Path, behaviour: str = "succeed") -> Account:
    return Account.objects.create(
        kind="demo", name=f"demo {next(_next)}", options={"behaviour": behaviour, "folder": str(folder)}
    )


def post(account: Account, due_at: datetime = NOW, **fields: Any) -> Delivery:
    return deliver(
        kind="demo", key=f"test:{next(_next)}", purpose="announcement", draft=draft(**fields), due_at=due_at, to=account
    )
