"""The pretended network, its people, and an account of ours there."""

import json
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from stamtafel.channels.adapters.demo.channel import Demo
from stamtafel.channels.adapters.demo.residents import Residents
from stamtafel.channels.contract import Update
from stamtafel.channels.hearing import keep_updates, open_hook
from stamtafel.channels.models import Account, Delivery
from stamtafel.channels.vault import keep_secrets
from tests.builders import NOW
from tests.channels.builders import draft

SECRET = "een geheim van het netwerk"
_next = count(1)


class Network:
    """One account of the municipality on the pretended network."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.account = Account.objects.create(
            kind="demo", name=f"netwerk {next(_next)}", options={"folder": str(folder), **options}
        )
        keep_secrets(self.account, {"secret": SECRET})
        self.residents = Residents(folder)
        self.channel = Demo({"folder": str(folder)})

    @property
    def hook(self) -> str:
        """The path that the network calls."""
        return "/" + open_hook(account=self.account).split("/", 3)[3]

    def tell(self, *events: dict[str, Any], now: datetime = NOW) -> None:
        """Keep events as listening or a call would."""
        body = json.dumps({"events": events}).encode()
        keep_updates(account=self.account, updates=self.channel.split(body), now=now)

    def keep(self, *updates: Update, now: datetime = NOW) -> None:
        """Keep raw things of one's own making."""
        keep_updates(account=self.account, updates=updates, now=now)

    def sent(self, remote_id: str, **fields: Any) -> Delivery:
        """Something of ours that is out there."""
        number = next(_next)
        known = {"purpose": "announcement", "draft": draft().as_data(), "due_at": NOW, "state": "done", **fields}
        return Delivery.objects.create(account=self.account, key=f"sent:{number}", remote_id=remote_id, **known)
