"""What the desk says about a delivery: what happened, whose move it is, what to do now."""

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stamtafel.channels.rules import Cause


class Words(NamedTuple):
    """Three short sentences."""

    what: Promise
    whose: Promise
    do: Promise


NOBODY: Final = _("Nobody has to do anything.")
OURS: Final = _("It is up to us.")
THEIRS: Final = _("It is up to the receiver.")
ITSELF: Final = _("This goes on by itself.")

WORDS: Final[dict[Cause, Words]] = {
    Cause.SENT: Words(_("This has been sent."), NOBODY, _("Nothing to do.")),
    Cause.WAITS: Words(_("This waits for its turn."), ITSELF, _("Nothing to do.")),
    Cause.UNDER_WAY: Words(_("This is being sent now."), ITSELF, _("Nothing to do.")),
    Cause.HELD: Words(
        _("This account is on hold. Nothing leaves."), OURS, _("Resume the account when sending may go on.")
    ),
    Cause.CANCELLED: Words(_("A colleague cancelled this. It was not sent."), NOBODY, _("Nothing to do.")),
    Cause.NO_ADDRESS: Words(
        _("The receiving mail server does not know this address."),
        THEIRS,
        _("We send nothing more to this address. Cancel this, or reach the resident another way."),
    ),
    Cause.MAILBOX_FULL: Words(
        _("The mailbox of the receiver is full."),
        THEIRS,
        _("Try again later, or reach the resident another way."),
    ),
    Cause.REFUSED: Words(
        _("The other side refused this."),
        OURS,
        _("Read the answer below. Change what is wrong, then try again."),
    ),
    Cause.SIGN_IN: Words(
        _("Our sign-in at the server no longer works."),
        OURS,
        _("Ask the administrator to check the account."),
    ),
    Cause.UNREACHABLE: Words(
        _("The server cannot be reached. Nothing is lost."),
        ITSELF,
        _("We keep trying. Does it last longer than an hour? Ask the administrator to look at the server."),
    ),
    Cause.LATER: Words(_("It did not work just now. We try again."), ITSELF, _("Nothing to do.")),
    Cause.CEILING: Words(
        _("This would pass the ceiling for this month that is set for the account. It was not sent."),
        OURS,
        _("Ask the administrator to raise the ceiling, or wait until next month. Then try again."),
    ),
    Cause.STOPPED: Words(
        _("Everything stands still: a colleague pressed the crisis stop."),
        OURS,
        _("It leaves when the crisis stop ends, or when you let this one go there."),
    ),
    Cause.BY_HAND: Words(
        _("The network lets no program do this. A person may."),
        OURS,
        _("Open the network, do it there yourself, and choose “It was sent”."),
    ),
    Cause.PERMISSION: Words(
        _("Our account on the network may not do this: a permission is missing or was withdrawn."),
        OURS,
        _("Ask the administrator to connect the account again with all permissions. Then try again."),
    ),
    Cause.QUOTA: Words(
        _("The network takes no more from us for now. Nothing is lost."),
        ITSELF,
        _("We try again when the network has room. Can it not wait? Post it on the network yourself and cancel this."),
    ),
    Cause.TOO_LONG: Words(
        _("The text is too long for this network. Nothing was posted."),
        OURS,
        _("Write a shorter text for this channel, or choose a series of posts."),
    ),
    Cause.PICTURE: Words(
        _("The network can't take the picture. Nothing was posted."),
        OURS,
        _("Choose another picture, or leave it out on this channel. Then try again."),
    ),
    Cause.UNSURE: Words(
        _("We do not know whether this was sent: no answer came."),
        OURS,
        _("Look on the channel. Is it there? Choose “It was sent”. Is it not there? Try again."),
    ),
}
