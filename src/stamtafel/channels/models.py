"""Accounts, what goes out to them, and what came in."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from stamtafel.work.models import DueRow


class Account(models.Model):
    """The municipality's presence on one channel. The kinds are in ``channels.registry``."""

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    options = models.JSONField(default=dict)
    enabled = models.BooleanField(default=True)
    held = models.BooleanField(default=False)  # nothing leaves
    checked_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)  # until when what we come in with works
    health = models.JSONField(default=dict, blank=True)  # what the last check said: name, address, missing permissions
    cursor = models.TextField(blank=True)  # up to where we asked what people said
    listened_at = models.DateTimeField(null=True, blank=True)
    listen_due_at = models.DateTimeField(null=True, blank=True)
    measured_on = models.DateField(null=True, blank=True)
    busy_until = models.DateTimeField(null=True, blank=True)  # somebody exchanges what we come in with for new

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "name"], name="channels_account_once"),
        ]


class Secret(models.Model):
    """What an account comes in with, locked; see ``channels.vault``."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="secrets")
    name = models.CharField(max_length=40)
    locked = models.TextField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "name"], name="channels_secret_once"),
        ]

    def __str__(self) -> str:
        """Which one; never what it is."""
        return f"{self.name} of account {self.account_id}"


class Delivery(DueRow):
    """One announcement, reply or notice on its way out to one account (and, for mail, one recipient)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="deliveries")
    key = models.CharField(max_length=120, unique=True)  # e.g. ``announcement:12:email:77``: never a second one
    purpose = models.CharField(max_length=20)  # announcement, reply, notice, confirmation, digest, sign-in
    recipient = models.CharField(max_length=254, blank=True)
    draft = models.JSONField()  # contract.Draft as data
    target = models.JSONField(default=dict, blank=True)  # contract.Target as data: what it answers
    in_private = models.BooleanField(default=False)  # to the author of the target alone
    progress = models.JSONField(default=dict, blank=True)  # what its steps reached, see contract.Progress
    tried_at = models.DateTimeField(null=True, blank=True)  # when it was first tried, where doubling would harm
    cost = models.PositiveIntegerField(default=0)  # in thousandths of a dollar; see channels.costs
    message_id = models.CharField(max_length=200, blank=True)  # RFC 5322; made once, kept over every attempt
    remote_id = models.CharField(max_length=200, blank=True)
    remote_url = models.URLField(max_length=500, blank=True)
    by_hand_url = models.URLField(max_length=500, blank=True)  # where a person can do what no program may
    retracted_at = models.DateTimeField(null=True, blank=True)
    let_through = models.BooleanField(default=False)  # may leave though everything stands still
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta(DueRow.Meta):
        indexes: ClassVar[list[models.Index]] = [
            *DueRow.Meta.indexes,
            models.Index(fields=["account", "remote_id"], name="channels_delivery_remote"),
            models.Index(fields=["-id"], name="channels_delivery_trouble", condition=Q(state__in=["failed", "unsure"])),
        ]


class Amendment(DueRow):
    """Something to do to what is out already: take it back, or put other words in its place.

    Both are harmless to do again. Where no program may, it fails at once and a person sees it with ``by_hand_url``.
    """

    class Sort(models.TextChoices):
        RETRACT = "retract"
        EDIT = "edit"

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="amendments")
    sort = models.CharField(max_length=8, choices=Sort.choices)
    number = models.PositiveIntegerField(default=0)  # of the text that it brings
    draft = models.JSONField(default=dict, blank=True)  # contract.Draft as data, for an edit
    by_hand_url = models.URLField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta(DueRow.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *DueRow.Meta.constraints,
            models.UniqueConstraint(fields=["delivery", "sort", "number"], name="channels_amendment_once"),
        ]


class Standstill(models.Model):
    """Nothing leaves on any channel: from ``since`` until somebody ends it. At most one is open."""

    since = models.DateTimeField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    open = models.BooleanField(default=True)  # the same as having no ``ended_at``, for the rule that there is one
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["open"], condition=Q(open=True), name="channels_standstill_one_open"),
            models.CheckConstraint(
                condition=Q(open=True, ended_at__isnull=True) | Q(open=False, ended_at__isnull=False),
                name="channels_standstill_ended",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="channels_standstill_why"),
        ]


class InboundItem(DueRow):
    """The raw thing that came in, kept before anything is done with it."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="inbound_items")
    remote_id = models.CharField(max_length=250)
    payload = models.JSONField()
    received_at = models.DateTimeField()

    class Meta(DueRow.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *DueRow.Meta.constraints,
            models.UniqueConstraint(fields=["account", "remote_id"], name="channels_inbound_once"),
        ]


class Snapshot(models.Model):
    """One figure of one day: of a delivery, or of a whole account."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="snapshots")
    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.CASCADE, related_name="snapshots")
    day = models.DateField()
    name = models.CharField(max_length=60)
    value = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["delivery", "day", "name"], name="channels_snapshot_once",
                                    condition=Q(delivery__isnull=False)),
            models.UniqueConstraint(fields=["account", "day", "name"], name="channels_snapshot_account_once",
                                    condition=Q(delivery__isnull=True)),
        ]  # fmt: skip
