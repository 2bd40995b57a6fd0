"""The hub: what a resident wants heard, and everything that happened with it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stamtafel.dossier.models.topic import Topic
from stamtafel.people.models import Resident
from stamtafel.places.models import Area


class Kind(models.TextChoices):
    IDEA = "idea", _("Idea")
    WISH = "wish", _("Wish")
    QUESTION = "question", _("Question")
    CRITICISM = "criticism", _("Criticism")
    COMPLIMENT = "compliment", _("Compliment")


class State(models.TextChoices):
    RECEIVED = "received", _("Received")
    READ = "read", _("Read")
    IN_CONVERSATION = "in_conversation", _("In conversation")
    ANSWERED = "answered", _("Answered")
    DONE = "done", _("Done")
    HIDDEN = "hidden", _("Hidden")
    MERGED = "merged", _("Merged")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Contribution(models.Model):
    """One voice (or a table of ``voices``). Public when ``published_at`` is set and its state shows it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # seed of the follow code
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.IDEA)
    title = models.CharField(max_length=140)
    text = models.TextField()  # as it was written; staff only
    public_text = models.TextField()  # personal data masked; what everybody reads
    excerpt = models.CharField(max_length=240, blank=True)
    terms = models.TextField(blank=True)  # search terms, see rules.search
    signature = models.TextField(blank=True)  # for near doubles, see rules.similarity
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="contributions")
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="contributions")
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    photo = models.CharField(max_length=120, blank=True)  # path under MEDIA_ROOT, made by us
    channel = models.CharField(max_length=20, default="website")
    voices = models.PositiveIntegerField(default=1)
    language = models.CharField(max_length=5, default="nl")
    author = models.ForeignKey(Resident, null=True, blank=True, on_delete=models.SET_NULL, related_name="contributions")

    code_digest = models.CharField(max_length=64, unique=True, null=True)
    form_key = models.CharField(max_length=64, unique=True, null=True)  # one form sent twice is one contribution
    content_key = models.CharField(max_length=64, unique=True, null=True)  # so is the same text from the same device
    source = models.CharField(max_length=20, blank=True)  # an import
    source_id = models.CharField(max_length=120, blank=True)

    state = models.CharField(max_length=16, choices=State.choices, default=State.RECEIVED)
    created_at = models.DateTimeField(db_index=True)
    published_at = models.DateTimeField(null=True, blank=True)
    first_published_at = models.DateTimeField(null=True, blank=True)  # since when, before new words were held back
    answered_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    support_count = models.PositiveIntegerField(default=0)
    reaction_count = models.PositiveIntegerField(default=0)

    PUBLIC_STATES = (State.RECEIVED, State.READ, State.IN_CONVERSATION, State.ANSWERED, State.DONE)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-published_at", "-id"], name="dossier_contrib_newest",
                         condition=Q(published_at__isnull=False)),
            models.Index(fields=["topic", "-published_at", "-id"], name="dossier_contrib_topic"),
            models.Index(fields=["area", "-published_at", "-id"], name="dossier_contrib_area"),
            models.Index(fields=["-support_count", "-id"], name="dossier_contrib_support",
                         condition=Q(published_at__isnull=False)),
            models.Index(fields=["created_at"], name="dossier_contrib_to_read", condition=Q(published_at__isnull=True)),
        ]  # fmt: skip
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "source_id"], name="dossier_contrib_source",
                                    condition=~Q(source="")),
            models.CheckConstraint(name="dossier_contrib_point", condition=Q(lon__isnull=True, lat__isnull=True)
                                   | Q(lon__isnull=False, lat__isnull=False)),
            models.CheckConstraint(name="dossier_contrib_merged", condition=Q(state="merged", merged_into__isnull=False)
                                   | (~Q(state="merged") & Q(merged_into__isnull=True))),
            models.CheckConstraint(name="dossier_contrib_voices", condition=Q(voices__gte=1)),
        ]  # fmt: skip


class ImportedDetails(models.Model):
    """What an import was asked by name to keep about who wrote it: for who talks with residents, gone when erased."""

    contribution = models.OneToOneField(Contribution, on_delete=models.CASCADE, related_name="imported_details")
    columns = models.JSONField()  # the header of the source's column → the cell


class StepKind(models.TextChoices):
    RECEIVED = "received", _("Received")
    READ = "read", _("Read")
    REPLIED = "replied", _("In conversation")
    ANSWERED = "answered", _("Answered")
    DONE = "done", _("What was done with it")
    ADDED = "added", _("Added to")
    CORRECTED = "corrected", _("Corrected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    HIDDEN = "hidden", _("Hidden")
    SHOWN = "shown", _("Shown")
    MERGED = "merged", _("Merged")
    PARTED = "parted", _("Stands by itself again")
    MOVED = "moved", _("Moved")


class Step(models.Model):
    """One dated event in a contribution's life. ``tell`` asks the inbox to let the resident know."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=StepKind.choices)
    at = models.DateTimeField()
    text = models.TextField(blank=True)  # what the resident reads
    tell = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["contribution", "at"], name="dossier_step_life"),
            models.Index(fields=["id"], name="dossier_step_to_tell", condition=Q(tell=True)),
        ]


class Reaction(models.Model):
    """What another resident says under a contribution."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="reactions")
    text = models.TextField()
    public_text = models.TextField()
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.TextField(blank=True)
    content_key = models.CharField(max_length=64, unique=True, null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["contribution", "published_at"], name="dossier_reaction_list"),
        ]


class Support(models.Model):
    """One device's support. ``supporter`` and ``connection`` are keyed digests for this contribution alone, never an
    address; ``connection`` (without the browser) bounds how many devices of one address count.
    """

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="supports")
    supporter = models.CharField(max_length=64)
    connection = models.CharField(max_length=64, blank=True)  # "" where it came from another contribution
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["contribution", "connection"], name="dossier_support_connection"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["contribution", "supporter"], name="dossier_support_once"),
        ]


class Moderation(models.Model):
    """A decision to hide or show, with the reason that the resident gets and can object to (DSA art. 17)."""

    contribution = models.ForeignKey(Contribution, null=True, on_delete=models.CASCADE, related_name="moderations")
    reaction = models.ForeignKey(Reaction, null=True, on_delete=models.CASCADE, related_name="moderations")
    hide = models.BooleanField()
    reason = models.TextField()
    rule = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    objection = models.TextField(blank=True)
    objected_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    settlement = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="dossier_moderation_of_one",
                condition=Q(contribution__isnull=False, reaction__isnull=True)
                | Q(contribution__isnull=True, reaction__isnull=False),
            ),
        ]
