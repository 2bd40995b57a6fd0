"""What is done when due: publish, tell subscribers, forget who never said yes and who stopped."""

from datetime import datetime

from stamtafel.announce import actions
from stamtafel.work.loop import Job


def _publish(now: datetime) -> int:
    return actions.publish_due(now=now)


def _direct(now: datetime) -> int:
    return actions.mail_direct(now=now)


def _daily(now: datetime) -> int:
    return actions.mail_daily(now=now)


def _weekly(now: datetime) -> int:
    return actions.mail_weekly(now=now)


def _forget(now: datetime) -> int:
    return actions.forget_old(now=now)


def jobs() -> list[Job]:
    """The jobs of this package, in the order in which one round runs them."""
    return [
        Job("announce.publish", _publish, every_seconds=0.5),  # a planned moment is kept to the second
        Job("announce.mail_direct", _direct),
        Job("announce.mail_daily", _daily, every_seconds=20.0),
        Job("announce.mail_weekly", _weekly, every_seconds=20.0),
        Job("announce.forget_old", _forget, every_seconds=60.0),
    ]
