"""What people leave behind and time takes away."""

from typing import Final

from stamtafel.people.actions.residents import forget_residents
from stamtafel.people.actions.staff import forget_old_sign_ins
from stamtafel.work.loop import Job

JOBS: Final = (
    Job(name="people.forget_old_sign_ins", run=forget_old_sign_ins, every_seconds=60),
    Job(name="people.forget_residents", run=forget_residents, every_seconds=60),
)
