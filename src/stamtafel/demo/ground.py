"""The municipality itself, its areas, staff, topics, venues."""

from datetime import datetime, time, timedelta
from typing import Any

from django.core.files.base import ContentFile

from stamtafel.demo.source import DATA, Calendar, read
from stamtafel.dossier.models import Document, Topic
from stamtafel.inbox.models import CannedReply, ResponseTerm
from stamtafel.outreach.models import Session, Venue
from stamtafel.people.models import StaffMember
from stamtafel.places.actions import import_areas, import_key_figures
from stamtafel.places.models import Area, Municipality

YEAR = 2024
TERMS = {"question": 3, "criticism": 5, "idea": 10, "wish": 10, "compliment": 5}
WEEKS_AHEAD = 6


def load_municipality() -> None:
    """Name, address, channels, areas and figures."""
    fields = read("municipality")
    for name in ("opening_hours_nl", "opening_hours_en"):
        fields[name] = "\n".join(fields[name])
    Municipality.objects.update_or_create(id=1, defaults={**fields, "fixture": True})
    import_areas(text=(DATA / "districts.geojson").read_bytes())
    import_areas(text=(DATA / "areas.geojson").read_bytes())
    import_key_figures(text=(DATA / "key-figures.csv").read_bytes(), year=YEAR)


def load_staff() -> None:
    """Seven people, one for each role, with their canned replies and response terms."""
    for person in read("staff"):
        member, _new = StaffMember.objects.update_or_create(email=person["email"], defaults=person)
        member.set_unusable_password()
        member.save()
    for canned in read("canned"):
        CannedReply.objects.update_or_create(slug=canned["slug"], defaults=canned)
    for kind, days in TERMS.items():
        ResponseTerm.objects.update_or_create(kind=kind, defaults={"working_days": days})


def load_topics(calendar: Calendar) -> None:
    """Subjects with their dossiers and documents."""
    for fields in read("topics"):
        documents, codes, days = fields.pop("documents"), fields.pop("area_codes"), fields.pop("open_for_days")
        fields["open_until"] = calendar.now + timedelta(days=days) if days is not None else None
        topic, _new = Topic.objects.update_or_create(slug=fields.pop("slug"), defaults=fields)
        topic.areas.set(Area.objects.filter(code__in=codes))
        for document in documents:
            load_document(topic, document, calendar)


def load_document(topic: Topic, fields: dict[str, Any], calendar: Calendar) -> None:
    """A short text file that stands for the real document."""
    made = Document(
        topic=topic, title=fields["title"], description=fields["description"],
        published_at=calendar.moment(fields["days_ago"]),
    )  # fmt: skip
    text = f"{fields['title']}\n\n{fields['description']}\n\nDit is een voorbeeld uit de demogemeente Lindewaard.\n"
    made.file.save(f"{topic.slug}.txt", ContentFile(text.encode()), save=True)


def load_meetings(now: datetime) -> None:
    """Venues, and their tables and stands for the coming weeks."""
    source = read("sessions")
    venues = {}
    for fields in source["venues"]:
        area = Area.objects.filter(code=fields.pop("area")).first()
        slug = fields["slug"]
        venues[slug] = Venue.objects.update_or_create(slug=slug, defaults={**fields, "area": area})[0]
    for series in source["sessions"]:
        load_series(venues[series["venue"]], series, now)


def load_series(venue: Venue, series: dict[str, Any], now: datetime) -> None:
    """Every meeting of one series from last month to some weeks ahead."""
    start, end = time.fromisoformat(series["start"]), time.fromisoformat(series["end"])
    first = now.date() - timedelta(days=28)
    first += timedelta(days=(series["weekday"] - first.weekday()) % 7)
    for number in range(0, 4 + WEEKS_AHEAD, series["every_weeks"]):
        day = first + timedelta(weeks=number)
        session = Session.objects.create(
            venue=venue, title_nl=series["title_nl"], title_en=series["title_en"],
            starts_at=datetime.combine(day, start, tzinfo=now.tzinfo),
            ends_at=datetime.combine(day, end, tzinfo=now.tzinfo),
        )  # fmt: skip
        session.topics.set(Topic.objects.filter(slug__in=series["topics"]))
        session.people.set(StaffMember.objects.filter(email__in=series["people"]))
