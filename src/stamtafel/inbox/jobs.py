"""What the inbox does when it is due."""

from stamtafel.inbox.actions.handle import wake_snoozed
from stamtafel.inbox.actions.intake import (
    forget_erased,
    let_go_of_withdrawn,
    open_conversations,
    stop_answered_clocks,
    take_additions,
    take_corrections,
)
from stamtafel.inbox.actions.notices import tell_steps, tell_what_waited
from stamtafel.inbox.actions.take_in import BATCH, take_back_items, take_in
from stamtafel.inbox.actions.there import tell_where_said
from stamtafel.work.loop import Job


def jobs() -> list[Job]:
    """The jobs of this package, in the order in which one round runs them."""
    return [
        Job("inbox.take_in", take_in, full=BATCH),
        Job("inbox.take_back_items", take_back_items, every_seconds=10.0),
        Job("inbox.open_conversations", open_conversations),
        Job("inbox.take_additions", take_additions),
        Job("inbox.take_corrections", take_corrections),
        Job("inbox.stop_answered_clocks", stop_answered_clocks),
        Job("inbox.let_go_of_withdrawn", let_go_of_withdrawn),
        Job("inbox.forget_erased", forget_erased),
        Job("inbox.tell_steps", tell_steps),
        Job("inbox.tell_where_said", tell_where_said, every_seconds=2.0),
        Job("inbox.tell_what_waited", tell_what_waited, every_seconds=2.0),
        Job("inbox.wake_snoozed", wake_snoozed, every_seconds=30.0),
    ]
