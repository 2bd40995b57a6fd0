"""What channels do when it is due: send, settle, listen, measure, look after accounts."""

from stamtafel.channels.jobs.send import send_due, send_own, settle_lost
from stamtafel.channels.jobs.turns import Turns

__all__ = ["Turns", "send_due", "send_own", "settle_lost"]
