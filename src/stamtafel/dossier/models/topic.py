"""What contributions are about, and the documents and voices on its page."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from stamtafel.places.models import Area


class Topic(models.Model):
    """A subject with a public page, its dossier."""

    class Moderation(models.TextChoices):
        AFTER = "after", _("Read after it is shown")
        BEFORE = "before", _("Read before it is shown")

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    summary = models.TextField(blank=True)
    stands = models.TextField(blank=True)  # where it stands, in two sentences
    can_do = models.TextField(blank=True)
    is_open = models.TextField(blank=True)
    is_fixed = models.TextField(blank=True)
    decides = models.TextField(blank=True)
    question = models.CharField(max_length=300, blank=True)
    open_until = models.DateTimeField(null=True, blank=True)
    moderation = models.CharField(max_length=8, choices=Moderation.choices, default=Moderation.AFTER)
    attacked = models.BooleanField(default=False)  # ask for proof of work before a form is taken
    archived = models.BooleanField(default=False)
    areas = models.ManyToManyField(Area, blank=True, related_name="topics")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]


class Document(models.Model):
    """A file or link in a dossier."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="documents")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    file = models.FileField(upload_to="documents/%Y/", blank=True)
    url = models.URLField(blank=True)
    published_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")


class Highlight(models.Model):
    """A piece of a conversation that staff showed on the dossier, without the speaker."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="highlights")
    text = models.TextField()
    answer = models.TextField(blank=True)
    channel = models.CharField(max_length=20, default="website")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
