"""What a network only hinted at is asked for before it is read: the words of a mention, the name of who wrote.

Before any transaction: it calls the network. What is asked for is kept with the item, so that it is asked once.
"""

import time
from datetime import datetime
from typing import Final

from stamtafel.channels.contract import Completes, Kind, Listens, Temporary, Update
from stamtafel.channels.hearing import storable
from stamtafel.channels.models import InboundItem
from stamtafel.channels.renewing import fresh_credentials

SECONDS: Final = 60.0  # for one batch: well within its lease, however slow a network is
PATIENCE: Final = 4  # tries; after them it is taken in as it is


class Completing:
    """The asking for one batch. A network that did not answer is not asked again in it."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._until = time.monotonic() + SECONDS
        self._silent: dict[int, Temporary] = {}

    def completed(self, item: InboundItem, reader: Listens) -> Update:
        """The item with what it lacked. Raises ChannelError while the network can't be asked, for some tries."""
        update = Update(remote_id=item.remote_id, payload=item.payload)
        if item.attempts >= PATIENCE or not (isinstance(reader, Completes) and isinstance(reader, Kind)):
            return update
        if item.account_id in self._silent:
            raise self._silent[item.account_id]
        if time.monotonic() > self._until:
            raise Temporary("There was no time left to ask the network.")
        try:
            found = reader.complete(update, fresh_credentials(item.account, reader, self._now))
        except Temporary as error:
            self._silent[item.account_id] = error
            raise
        if found != update:
            item.payload = storable(found.payload)
            InboundItem.objects.filter(pk=item.pk).update(payload=item.payload)
        return found
