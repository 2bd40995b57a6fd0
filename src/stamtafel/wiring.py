"""The one place that knows all packages: their jobs, their holders of personal data."""

from stamtafel.announce.jobs import jobs as announce_jobs
from stamtafel.channels.jobs import send_due, settle_lost
from stamtafel.inbox.jobs import jobs as inbox_jobs
from stamtafel.ledger.jobs import place_entries
from stamtafel.people.jobs import JOBS as PEOPLE_JOBS
from stamtafel.work.loop import Job


def jobs() -> list[Job]:
    """Every job of the loop, in the order in which one round runs them: first take in, then tell, then send."""
    return [
        *inbox_jobs(),
        *announce_jobs(),
        Job("channels.send", send_due, lane="network"),
        Job("channels.settle_lost", settle_lost, every_seconds=10.0, lane="network"),
        Job("ledger.place_entries", place_entries),
        *PEOPLE_JOBS,
    ]
