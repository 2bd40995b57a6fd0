"""What the municipality told."""

from typing import Any

from stamtafel.announce.actions.approve import publish, schedule, withdraw
from stamtafel.announce.actions.pictures import add_picture
from stamtafel.announce.models import Announcement
from stamtafel.demo.source import DATA, Calendar, read
from stamtafel.dossier.models import Topic
from stamtafel.people.models import StaffMember
from stamtafel.places.models import Area


def load_announcements(calendar: Calendar) -> None:
    """All announcements in the order in which they came out, through the same actions as at the desk."""
    for fields in sorted(read("announcements"), key=lambda fields: -fields["days_ago"]):
        load_announcement(fields, calendar)


def load_announcement(fields: dict[str, Any], calendar: Calendar) -> None:
    """One announcement with its picture, brought to its state."""
    made = Announcement.objects.create(
        slug=fields["slug"], title=fields["title"], lead=fields["lead"], body=fields["body"],
        meaning=fields["meaning"], author=StaffMember.objects.filter(email=fields["author"]).first(),
    )  # fmt: skip
    made.topics.set(Topic.objects.filter(slug__in=fields["topics"]))
    made.areas.set(Area.objects.filter(code__in=fields["areas"]))
    picture = fields["picture"]
    if picture:
        data = (DATA / "pictures" / picture["file"].removeprefix("pictures/")).read_bytes()
        words = {"alt": picture["alt"], "caption": picture["caption"]}
        made = add_picture(announcement=made, data=data, **words, actor=None, now=calendar.now).announcement
    at = calendar.moment(fields["days_ago"])
    if fields["state"] == "scheduled":
        schedule(announcement=made, version=made.version, publish_at=at, actor=None, now=calendar.now)
    if fields["state"] in {"published", "withdrawn"}:
        made = publish(announcement=made, version=made.version, actor=None, now=at)
    if fields["state"] == "withdrawn":
        reason = fields["withdrawn_reason"]
        withdraw(announcement=made, version=made.version, reason=reason, actor=None, now=calendar.now)
