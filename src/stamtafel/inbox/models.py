"""What is said back and forth with somebody."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stamtafel.channels.models import Account, Delivery, InboundItem
from stamtafel.dossier.models import Contribution, Step
from stamtafel.people.models import Resident


class Conversation(models.Model):
    """A thread with one resident, most often about one contribution."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SNOOZED = "snoozed", _("Later")
        CLOSED = "closed", _("Closed")

    contribution = models.OneToOneField(Contribution, null=True, blank=True, on_delete=models.CASCADE,
                                        related_name="conversation")  # fmt: skip
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    resident = models.ForeignKey(
        Resident, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    subject = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, default="question")
    channel = models.CharField(max_length=20, default="website")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
                                 related_name="conversations")  # fmt: skip
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
                                   related_name="+")  # fmt: skip
    claimed_until = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    waits_since = models.DateTimeField(null=True, blank=True)  # the resident waits for us since; null = not
    answer_due_at = models.DateTimeField(null=True, blank=True)
    first_answered_at = models.DateTimeField(null=True, blank=True)
    message_count = models.PositiveIntegerField(default=0)
    excerpt = models.CharField(max_length=240, blank=True)
    # ── what was said on a network ──
    thread = models.CharField(max_length=250, blank=True)  # what the network calls the talk; one conversation each
    private = models.BooleanField(default=False)
    person = models.JSONField(default=dict, blank=True)  # who began it, as the network tells: id, handle, name, url
    about = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")  # our post
    language = models.CharField(max_length=8, blank=True)
    last_heard_at = models.DateTimeField(null=True, blank=True)  # when they last spoke: some networks count from then
    typing_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
                                  related_name="+")  # fmt: skip
    typing_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "thread"], name="inbox_conversation_thread",
                                    condition=~Q(thread="")),
        ]  # fmt: skip
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "-last_message_at", "-id"], name="inbox_conversation_list"),
            models.Index(fields=["assignee", "state", "answer_due_at"], name="inbox_conversation_mine"),
            models.Index(fields=["-last_message_at", "-id"], name="inbox_conversation_newest"),
            # the counts beside the boxes are read from this alone, however much is closed
            models.Index(fields=["state", "waits_since", "assignee", "answer_due_at"],
                         name="inbox_conversation_counts"),
            models.Index(fields=["answer_due_at"], name="inbox_conversation_late",
                         condition=Q(waits_since__isnull=False, state="open")),
        ]  # fmt: skip


class Message(models.Model):
    """One thing said, or a note among staff."""

    class Direction(models.TextChoices):
        IN = "in", _("From the resident")
        OUT = "out", _("From us")
        NOTE = "note", _("Note")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=4, choices=Direction.choices)
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.SET_NULL, related_name="messages")
    inbound = models.OneToOneField(InboundItem, null=True, on_delete=models.SET_NULL, related_name="message")
    step = models.OneToOneField(
        Step, null=True, on_delete=models.SET_NULL, related_name="message"
    )  # said on the follow page
    key = models.CharField(max_length=64, unique=True, null=True)  # one form sent twice is one message
    # ── what was said on a network ──
    remote_id = models.CharField(max_length=250, blank=True)
    target = models.JSONField(default=dict, blank=True)  # channels.contract.Target as data: how to answer just this
    author = models.CharField(max_length=120, blank=True)  # as the network shows it; a public talk has several people
    sort = models.CharField(max_length=10, blank=True)  # channels.contract.Sort
    url = models.URLField(max_length=500, blank=True)
    attachments = models.JSONField(default=list, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)  # the author took it away there: not shown here either
    hidden_at = models.DateTimeField(null=True, blank=True)  # we took it out of sight there

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["conversation", "at"], name="inbox_message_thread"),
            models.Index(fields=["remote_id"], name="inbox_message_remote", condition=~Q(remote_id="")),
        ]


class Notice(models.Model):
    """That a step was told (or that there was nobody to tell): at most one per step.

    ``waits``: it is told once somebody says that the address is theirs; ``delivery`` is then the mail that asks.
    """

    step = models.OneToOneField(Step, on_delete=models.CASCADE, related_name="notice")
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.SET_NULL, related_name="+")
    waits = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], name="inbox_notice_waits", condition=Q(waits=True)),
        ]


class CannedReply(models.Model):
    """A reply to start from; ``{naam}``-like variables are filled in."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    text = models.TextField()


class SavedFilter(models.Model):
    """A view of the inbox somebody goes back to."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["staff", "name"], name="inbox_filter_once"),
        ]


class ResponseTerm(models.Model):
    """Within how many working days a kind gets its first answer."""

    kind = models.CharField(max_length=12, unique=True)
    working_days = models.PositiveSmallIntegerField(default=5)
