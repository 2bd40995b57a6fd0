"""What a channel is: data and small protocols. Pure: no Django, no clock, no network of its own.

A kind that only listens (street, café, paper) is a ``Kind``; one that also publishes is a ``Channel``. Every further
ability is a protocol of its own, found with ``isinstance``.
"""

from stamtafel.channels.contract.abilities import (
    Batches,
    Channel,
    Completes,
    Costs,
    Credentials,
    Edits,
    FindsByKey,
    HasQuota,
    Hides,
    InSteps,
    KeepsSubscribed,
    Kind,
    Listens,
    Measures,
    MeasuresAccount,
    Progress,
    Publish,
    Renews,
    Replies,
    RepliesInPrivate,
    Retracts,
    SignsIn,
    Webhooks,
)
from stamtafel.channels.contract.errors import (
    CONTROL,
    ByHand,
    ChannelError,
    NeedsSignIn,
    OutcomeUnknown,
    Permanent,
    Temporary,
    UnsafeHeader,
    one_line,
    safe_header,
)
from stamtafel.channels.contract.incoming import (
    FIGURES,
    Attachment,
    Author,
    Health,
    Incoming,
    Metric,
    Quota,
    Sort,
    Update,
    Window,
)
from stamtafel.channels.contract.outgoing import (
    Attempt,
    Draft,
    Form,
    Limits,
    Picture,
    Receipt,
    Rendered,
    Target,
)

__all__ = [
    "CONTROL", "FIGURES", "Attachment", "Attempt", "Author", "Batches", "ByHand", "Channel", "ChannelError",
    "Completes", "Costs",
    "Credentials", "Draft", "Edits", "FindsByKey", "Form", "HasQuota", "Health", "Hides", "InSteps", "Incoming",
    "KeepsSubscribed", "Kind", "Limits", "Listens", "Measures", "MeasuresAccount", "Metric", "NeedsSignIn",
    "OutcomeUnknown", "Permanent", "Picture", "Progress", "Publish", "Quota", "Receipt", "Rendered", "Renews",
    "Replies", "RepliesInPrivate", "Retracts", "SignsIn", "Sort", "Target", "Temporary", "UnsafeHeader", "Update",
    "Webhooks",
    "Window", "one_line", "safe_header",
]  # fmt: skip
