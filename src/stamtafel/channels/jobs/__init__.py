"""What channels do when it is due: send, settle, listen, measure, look after accounts."""

from stamtafel.channels.jobs.send import send_due, settle_lost

__all__ = ["send_due", "settle_lost"]
