"""The one place that knows all packages: their jobs, their holders of personal data."""

from stamtafel.announce.jobs import jobs as announce_jobs
from stamtafel.channels.hearing import forget_payloads
from stamtafel.channels.jobs import Turns, send_due, send_own, settle_lost
from stamtafel.channels.jobs.amend import amend_due
from stamtafel.channels.jobs.check import check_due
from stamtafel.channels.jobs.listen import listen_due
from stamtafel.channels.jobs.measure import measure_due
from stamtafel.inbox.jobs import jobs as inbox_jobs
from stamtafel.ledger.jobs import place_entries
from stamtafel.people.jobs import JOBS as PEOPLE_JOBS
from stamtafel.work.loop import Job


def jobs(*, beside: bool = False) -> list[Job]:
    """Every job of the loop, in the order in which one round runs them: first take in, then tell, then send.

    ``beside``: the networks of others are sent to by hands of their own, for a loop that goes on. Without it a round
    ends when everything that was due has been tried.
    """
    return [
        *inbox_jobs(),
        *announce_jobs(),
        *_sending(beside=beside),
        Job("channels.amend", amend_due, lane="amending"),
        Job("channels.settle_lost", settle_lost, every_seconds=10.0, lane="looking up"),
        Job("channels.check", check_due, every_seconds=30.0, lane="checking"),
        Job("channels.measure", measure_due, every_seconds=60.0, lane="measuring"),
        Job("channels.listen", listen_due, lane="listening"),
        Job("channels.forget_payloads", forget_payloads, every_seconds=60.0),
        Job("ledger.place_entries", place_entries),
        *PEOPLE_JOBS,
    ]


def _sending(*, beside: bool) -> list[Job]:
    if not beside:
        return [Job("channels.send", send_due, lane="network")]
    turns = Job("channels.send_out", Turns().run, every_seconds=0.3, lane="networks")
    return [Job("channels.send", send_own, lane="network"), turns]
