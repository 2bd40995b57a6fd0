"""Due rows: the row is the job."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DueState(models.TextChoices):
    """Where a due row stands."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Sending")
    DONE = "done", pgettext_lazy("delivery", "Done")  # a contribution that is done has another word
    FAILED = "failed", _("Failed")
    UNSURE = "unsure", _("Unsure")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


class DueRow(models.Model):
    """A row that is claimed when due: by compare-and-swap, with a lease, see ``work.actions``."""

    state = models.CharField(max_length=12, choices=DueState.choices, default=DueState.WAITING)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        abstract = True
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "due_at"], name="%(app_label)s_%(class)s_due"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_lease",
                condition=models.Q(state="sending", lease_until__isnull=False)
                | (~models.Q(state="sending") & models.Q(lease_until__isnull=True)),
            ),
        ]


class Pulse(models.Model):
    """When each job of the loop last ran, so that the desk can say that it stands still."""

    job = models.CharField(max_length=80, unique=True)
    beat_at = models.DateTimeField()
    error = models.TextField(blank=True)
