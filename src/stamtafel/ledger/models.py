"""The log: entries that are never changed, and the tree heads that were published over them."""

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One event. Appended without a place (cheap, no lock); a job gives it its place in the tree."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)  # e.g. ``contribution:17``; never personal data
    data = models.JSONField(default=dict)
    leaf = models.BinaryField(max_length=32)
    place = models.BigIntegerField(null=True, unique=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["subject", "id"], name="ledger_entry_subject")]


class TreeHead(models.Model):
    """The root over the first ``size`` entries, and the frontier to go on from."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    frontier = models.JSONField(default=list)
    at = models.DateTimeField()
