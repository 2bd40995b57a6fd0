"""Announcements and who wants to hear of them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stamtafel.channels.contract import Form
from stamtafel.channels.models import Account, Delivery
from stamtafel.dossier.models import Topic
from stamtafel.people.models import Resident
from stamtafel.places.models import Area


class Announcement(models.Model):
    """Something the municipality tells. ``areas`` empty = the whole municipality."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Waits for approval")
        SCHEDULED = "scheduled", _("Scheduled")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=160)
    lead = models.TextField(blank=True)
    body = models.TextField(blank=True)
    meaning = models.TextField(blank=True)  # what does this mean for you
    topics = models.ManyToManyField(Topic, blank=True, related_name="announcements")
    areas = models.ManyToManyField(Area, blank=True, related_name="announcements")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    publish_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)  # the text was changed after publication
    issue = models.PositiveBigIntegerField(null=True, unique=True, editable=False)  # place in the order of publication
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=1)  # two editors: the second is told, nothing is overwritten
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    hands = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")  # everybody who changed something in it
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    form_key = models.CharField(
        max_length=64, unique=True, null=True, editable=False
    )  # one form sent twice is one draft

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["-published_at", "-id"],
                name="announce_newest",
                condition=Q(published_at__isnull=False),
            ),
            models.Index(fields=["state", "publish_at"], name="announce_due"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="announce_withdrawn_why", condition=~Q(state="withdrawn") | ~Q(withdrawn_reason="")
            ),
        ]


class Version(models.Model):
    """What the text was, each time it was saved by hand."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["announcement", "number"], name="announce_version_once"),
        ]


class Picture(models.Model):
    """A picture with the words that stand in for it."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="pictures")
    file = models.CharField(max_length=120)  # path under MEDIA_ROOT, at most 1600 px
    small = models.CharField(max_length=120, blank=True)  # the same at 720 px
    share = models.CharField(max_length=120, blank=True)  # cut to 1200 x 630 for shared links
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt = models.CharField(max_length=300)
    caption = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="announce_picture_alt", condition=~Q(alt="")),
        ]


class Press(models.Model):
    """Row 1 gives out ``Announcement.issue``. It is locked until the publishing transaction ends, so that

    whoever sees issue n also sees every issue below it: readers who kept "told up to n" can miss none.
    """

    last = models.PositiveBigIntegerField(default=0)


class Placement(models.Model):
    """One announcement on one account."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="placements")
    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="placement")


class Variant(models.Model):
    """How an announcement is told on one account of a network; see ``rules.telling.Telling``."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="variants")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="variants")
    wanted = models.BooleanField(default=False)
    text = models.TextField(blank=True)  # "" = follows the shared text
    form = models.CharField(max_length=8, default=Form.SINGLE.value)
    with_link = models.BooleanField(default=True)
    with_invitation = models.BooleanField(default=True)
    crops = models.JSONField(default=dict, blank=True)  # number of the picture → how it is made to fit

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["announcement", "account"], name="announce_variant_once"),
            models.CheckConstraint(condition=Q(form__in=["single", "thread"]), name="announce_variant_form"),
        ]


class Subscription(models.Model):
    """Who wants to be told by mail of what, and how often. No topics and no areas = everything."""

    class Rhythm(models.TextChoices):
        DIRECT = "direct", _("At once")
        DAILY = "daily", _("Once a day")
        WEEKLY = "weekly", _("Once a week")

    resident = models.OneToOneField(Resident, on_delete=models.CASCADE, related_name="subscription")
    rhythm = models.CharField(max_length=8, choices=Rhythm.choices, default=Rhythm.WEEKLY)
    topics = models.ManyToManyField(Topic, blank=True, related_name="+")
    areas = models.ManyToManyField(Area, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    sent_until = models.DateTimeField(null=True, blank=True)  # the last digest moment that was dealt with
    told = models.PositiveBigIntegerField(default=0)  # every Announcement.issue up to here was dealt with
    created_at = models.DateTimeField(auto_now_add=True)
    asked_at = models.DateTimeField(default=timezone.now)  # the last time that somebody signed this address up
    asked = models.PositiveIntegerField(default=0)  # how many sign-ups began here; one that waits for a yes is one

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["rhythm", "sent_until"], name="announce_subscription_due",
                         condition=Q(confirmed_at__isnull=False, ended_at__isnull=True)),
            models.Index(fields=["rhythm", "told", "id"], name="announce_subscription_told",
                         condition=Q(confirmed_at__isnull=False, ended_at__isnull=True)),
        ]  # fmt: skip
