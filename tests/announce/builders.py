"""Builders of announcements and subscriptions."""

from datetime import datetime
from io import BytesIO
from typing import Any

from PIL import Image

from stamtafel.announce import actions
from stamtafel.announce.models import Announcement, Subscription
from stamtafel.announce.rules.content import Content
from stamtafel.dossier.models import Topic
from stamtafel.people.rules import Role
from stamtafel.places.models import Area
from tests.builders import NOW, resident, staff


def photo(width: int = 640, height: int = 480, kind: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), (90, 140, 90)).save(out, kind)
    return out.getvalue()


def draft(title: str = "De brug gaat open", **fields: Any) -> Announcement:
    """A draft with a text, made through the actions."""
    author = fields.pop("author", None) or staff(Role.EDITOR)
    now = fields.pop("now", NOW)
    begun = actions.create_draft(title=title, actor=author, now=now)
    content = Content(
        title=title,
        lead=fields.get("lead", "U kunt er weer over."),
        body=fields.get("body", "De brug is klaar. Vanaf maandag rijdt de bus weer."),
        meaning=fields.get("meaning", ""),
        topics=tuple(topic.pk for topic in fields.get("topics", ())),
        areas=tuple(area.pk for area in fields.get("areas", ())),
    )
    return actions.save_version(announcement=begun, content=content, version=begun.version, actor=author, now=now)


def published(title: str = "De brug gaat open", **fields: Any) -> Announcement:
    now = fields.get("now", NOW)
    made = draft(title, **fields)
    return actions.publish(announcement=made, version=made.version, actor=None, now=now)


def subscription(
    rhythm: str = Subscription.Rhythm.DIRECT,
    topics: tuple[Topic, ...] = (),
    areas: tuple[Area, ...] = (),
    now: datetime = NOW,
    **fields: Any,
) -> Subscription:
    """A subscription that was said yes to at ``now``, before everything that is published later."""
    made = Subscription.objects.create(resident=resident(), rhythm=rhythm, confirmed_at=now, sent_until=now, **fields)
    made.topics.set(topics)
    made.areas.set(areas)
    return made
