"""Taking what somebody said under a post of ours out of sight on the network, and bringing it back."""

from datetime import datetime

from django.utils.translation import gettext as _

from stamtafel.channels.contract import ChannelError, Hides, Target
from stamtafel.channels.queries import channel_of, credentials_of
from stamtafel.inbox.actions.handle import ConversationRefused
from stamtafel.inbox.models import Message
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission


def hide(*, message: Message, hidden: bool, actor: StaffMember, now: datetime) -> None:
    """Hide or show one message on its network. Asks the network first: it is harmless when it is so already.

    Raises Forbidden, ConversationRefused (the network says no, or can't).
    """
    require(actor, Permission.MODERATE)
    account = message.conversation.account
    channel: object = channel_of(account) if account else None
    if account is None or not message.target or not isinstance(channel, Hides):
        raise ConversationRefused(_("On this channel we can't hide what somebody says."))
    try:
        channel.hide(Target.from_data(message.target), credentials_of(account), hidden=hidden)
    except ChannelError as error:
        raise ConversationRefused(_("The network did not do it: %(why)s") % {"why": error}) from error
    Message.objects.filter(pk=message.pk).update(hidden_at=now if hidden else None)
    what = "hidden" if hidden else "shown"
    append(kind=f"message.{what}", subject=f"message:{message.pk}", data={"channel": account.kind}, now=now)
