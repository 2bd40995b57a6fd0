"""What can be done with announcements and subscriptions."""

from stamtafel.announce.actions.approve import (
    approve,
    move,
    publish,
    publish_due,
    schedule,
    send_back,
    submit_for_approval,
    withdraw,
)
from stamtafel.announce.actions.change import why_not_approve, why_not_change
from stamtafel.announce.actions.first_draft import announce_contribution, announce_decision, announce_topic
from stamtafel.announce.actions.links import Purpose, token
from stamtafel.announce.actions.newsletter import mail_daily, mail_direct, mail_weekly
from stamtafel.announce.actions.pictures import add_picture, describe_picture, move_picture, remove_picture
from stamtafel.announce.actions.subscribe import (
    Choice,
    ask_subscription,
    change_subscription,
    confirm_subscription,
    end_subscription,
    forget_old,
    is_active,
    subscription_of,
)
from stamtafel.announce.actions.telling import networks
from stamtafel.announce.actions.write import (
    autosave,
    content_of,
    create_draft,
    restore_version,
    save_tellings,
    save_version,
)

__all__ = [
    "Choice",
    "Purpose",
    "add_picture",
    "announce_contribution",
    "announce_decision",
    "announce_topic",
    "approve",
    "ask_subscription",
    "autosave",
    "change_subscription",
    "confirm_subscription",
    "content_of",
    "create_draft",
    "describe_picture",
    "end_subscription",
    "forget_old",
    "is_active",
    "mail_daily",
    "mail_direct",
    "mail_weekly",
    "move",
    "move_picture",
    "networks",
    "publish",
    "publish_due",
    "remove_picture",
    "restore_version",
    "save_tellings",
    "save_version",
    "schedule",
    "send_back",
    "submit_for_approval",
    "subscription_of",
    "token",
    "why_not_approve",
    "why_not_change",
    "withdraw",
]
