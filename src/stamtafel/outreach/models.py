"""Where the municipality can be met."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stamtafel.dossier.models import Topic
from stamtafel.places.models import Area


class Venue(models.Model):
    """A place: a café, a market, a school."""

    class Kind(models.TextChoices):
        CAFE = "cafe", _("Café")
        MARKET = "market", _("Market")
        SCHOOL = "school", _("School")
        LIBRARY = "library", _("Library")
        SPORTS = "sports", _("Sports club")
        OTHER = "other", _("Other")

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    address = models.CharField(max_length=200, blank=True)
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.SET_NULL, related_name="venues")
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    wheelchair = models.BooleanField(null=True)  # None = not known
    note_nl = models.TextField(blank=True)
    note_en = models.TextField(blank=True)


class Session(models.Model):
    """A table in a café, a stand on the market: place, time, people."""

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="sessions")
    title_nl = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    topics = models.ManyToManyField(Topic, blank=True, related_name="sessions")
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="sessions")
    cancelled_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["starts_at"], name="outreach_session_when")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="outreach_session_order", condition=Q(ends_at__gt=F("starts_at"))),
        ]
