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

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "name"], name="channels_account_once"),
        ]


class Delivery(DueRow):
    """One announcement, reply or notice on its way out to one account (and, for mail, one recipient)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="deliveries")
    key = models.CharField(max_length=120, unique=True)  # e.g. ``announcement:12:email:77``: never a second one
    purpose = models.CharField(max_length=20)  # announcement, reply, notice, confirmation, digest, sign-in
    recipient = models.CharField(max_length=254, blank=True)
    draft = models.JSONField()  # contract.Draft as data
    message_id = models.CharField(max_length=200, blank=True)  # RFC 5322; made once, kept over every attempt
    remote_id = models.CharField(max_length=200, blank=True)
    remote_url = models.URLField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta(DueRow.Meta):
        indexes: ClassVar[list[models.Index]] = [
            *DueRow.Meta.indexes,
            models.Index(fields=["-id"], name="channels_delivery_trouble", condition=Q(state__in=["failed", "unsure"])),
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
