"""What was decided, and what was done with each contribution."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stamtafel.dossier.models.contribution import Contribution
from stamtafel.dossier.models.topic import Topic


class Decision(models.Model):
    """A decision with its reasons; drafts are for staff only."""

    slug = models.SlugField(max_length=100, unique=True)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="decisions")
    title = models.CharField(max_length=200)
    decided_by = models.CharField(max_length=120)
    decided_on = models.DateField()
    heard = models.TextField(blank=True)
    decided = models.TextField()
    done = models.TextField(blank=True)
    not_done = models.TextField(blank=True)
    not_heard = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-published_at", "-id"], name="dossier_decision_newest",
                         condition=Q(published_at__isnull=False)),
        ]  # fmt: skip


class Outcome(models.TextChoices):
    USED = "used", _("Used")
    PARTLY = "partly", _("Partly used")
    NOT_USED = "not_used", _("Not used")
    ANSWERED = "answered", _("Answered")


class Answer(models.Model):
    """What was done with one contribution, and why. ``published_at`` follows the decision's."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="answers")
    decision = models.ForeignKey(Decision, null=True, blank=True, on_delete=models.CASCADE, related_name="answers")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    text = models.TextField()
    own_text = models.BooleanField(default=False)  # changed for this one; the shared text leaves it alone
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["contribution", "decision"], name="dossier_answer_once"),
        ]
