"""A resident says something: kept before anything else is tried, and once however often it is sent."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamtafel.dossier.actions.aside import hold_back, locked_with_joined
from stamtafel.dossier.actions.keys import code_digest, device_digest, follow_code, hour_of
from stamtafel.dossier.actions.photos import forget_photo, keep_photo
from stamtafel.dossier.models import Contribution, Kind, Step, StepKind, Topic
from stamtafel.dossier.rules.pictures import CleanPicture
from stamtafel.dossier.rules.texts import Texts, texts_of
from stamtafel.ledger.actions import append
from stamtafel.people.models import Resident
from stamtafel.places.models import Area
from stamtafel.places.queries import locate
from stamtafel.prepared import Insert

_CONFIRM: Final = "stamtafel.confirm-address"
_MOST_DIGITS: Final = 18  # of a row's number
_CONFIRM_WITHIN: Final = 60 * 24 * 3600  # seconds
_INSERT: Final = Insert(Contribution)
_INSERT_STEP: Final = Insert(Step)


class FormUsed(ValueError):
    """The form was sent before with other words; on an attacked topic each text asks for a fresh form."""

    def __init__(self) -> None:
        super().__init__(_("Something was sent from this page before. Nothing is lost: please press Send once more."))


class LinkRefused(ValueError):
    """The link to confirm an address is not right, or too old."""

    def __init__(self) -> None:
        super().__init__(_("This link no longer works. You can still follow your contribution with your follow code."))


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a form. ``is_new`` is False when the same was sent before; ``code`` is empty when it was sent
    from another form, so that we can't know that it is the same person.
    """

    contribution: Contribution
    code: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Said:
    """A form, worked out as far as possible before the database is asked anything."""

    kind: Kind
    texts: Texts
    topic: Topic | None
    area: Area | None
    point: tuple[float, float] | None
    photo: str
    email: str
    language: str
    channel: str
    form_key: str | None
    content_key: str | None
    about: str
    now: datetime

    def is_same_as(self, other: Contribution) -> bool:
        """Whether ``other`` says the same; an address or photo may have been added."""
        return (other.kind, other.text, other.topic_id) == (self.kind, self.texts.text, _id(self.topic))


def submit_contribution(
    *,
    kind: Kind,
    text: str,
    topic: Topic | None = None,
    area: Area | None = None,
    point: tuple[float, float] | None = None,
    photo: CleanPicture | None = None,
    email: str = "",
    language: str = "nl",
    channel: str = "website",
    device: str = "",
    form_key: str | None = None,
    about: str = "",
    now: datetime,
) -> Submitted:
    """Keep what somebody says and give its follow code.

    ``point`` is (longitude, latitude) and decides on the neighbourhood where it lies in one. ``device`` (address
    and browser) is only digested: the same words from the same device within an hour are one contribution, as is
    the same ``form_key``. ``about`` is the title of the announcement that it reacts to. Published at once, unless the
    topic is read first. Writes the contribution, its first step and a log entry in one transaction. Raises
    ``limits.TextRefused``, and FormUsed on an attacked topic.
    """
    texts = texts_of(text)
    area = _area_of(point) or area
    content_key = _content_key(device, now, kind, texts.text, _id(topic), _id(area)) if device else None
    said = _Said(kind=kind, texts=texts, topic=topic, area=area, point=point, email=email.strip().lower(),
                 language=language, channel=channel, form_key=form_key, content_key=content_key, about=about, now=now,
                 photo=keep_photo(photo, now=now))  # fmt: skip
    try:
        submitted = _kept_once(said)
    except BaseException:
        forget_photo(said.photo)
        raise
    if said.photo != submitted.contribution.photo:
        forget_photo(said.photo)
    return submitted


def _content_key(device: str, now: datetime, *words: object) -> str:
    return device_digest("contribution", device, hour_of(now), *words)


def _area_of(point: tuple[float, float] | None) -> Area | None:
    code = locate(*point) if point is not None else None
    return Area.objects.defer("geometry", "path").get(code=code) if code else None


def _id(row: Topic | Area | None) -> int | None:
    return None if row is None else row.pk


def _kept_once(said: _Said) -> Submitted:
    """Insert; where the database says that it is there already, give that one."""
    try:
        return _inserted(said)
    except IntegrityError:
        found = Contribution.objects.filter(form_key=said.form_key).first() if said.form_key else None
        if found is not None and said.is_same_as(found):
            return Submitted(_completed(found, said), follow_code(found), is_new=False)
        same = Contribution.objects.filter(content_key=said.content_key).first() if said.content_key else None
        if same is not None:
            # whoever shares a network and copies public words must not get the code that erases them
            return Submitted(same, "", is_new=False)
    if found is None:  # the other one is gone again, or two codes are equal: a new seed makes another
        return _inserted(said)
    return _with_other_words(said)


def _with_other_words(said: _Said) -> Submitted:
    """Somebody went back and wrote something else: that is a contribution of its own."""
    if said.topic is not None and said.topic.attacked:
        raise FormUsed
    new_key = None if said.form_key is None else device_digest("form", said.form_key, said.kind, said.texts.text)
    return _kept_once(replace(said, form_key=new_key))


@transaction.atomic
def _inserted(said: _Said) -> Submitted:
    held_back = said.topic is not None and said.topic.moderation == Topic.Moderation.BEFORE
    made = Contribution(
        kind=said.kind, title=said.texts.title, text=said.texts.text, public_text=said.texts.public_text,
        excerpt=said.texts.excerpt, terms=said.texts.terms, signature=said.texts.signature,
        topic=said.topic, area=said.area, lon=said.point[0] if said.point else None,
        lat=said.point[1] if said.point else None, photo=said.photo, channel=said.channel, language=said.language,
        author=_author(said), form_key=said.form_key, content_key=said.content_key, created_at=said.now,
        published_at=None if held_back else said.now,
    )  # fmt: skip
    code = follow_code(made)
    made.code_digest = code_digest(code)
    _INSERT(made)
    _INSERT_STEP(Step(
        contribution=made, kind=StepKind.RECEIVED, at=said.now, tell=made.author_id is not None,
        text=_("You reacted to our message “%(title)s”.") % {"title": said.about} if said.about else "",
    ))  # fmt: skip
    append(kind="contribution.received", subject=f"contribution:{made.pk}", now=said.now, data={
        "kind": str(said.kind), "topic": _id(said.topic), "channel": said.channel, "public": not held_back,
    })  # fmt: skip
    return Submitted(made, code, is_new=True)


def _author(said: _Said) -> Resident | None:
    if not said.email:
        return None
    return Resident.objects.get_or_create(email=said.email, defaults={"language": said.language})[0]


@transaction.atomic
def _completed(found: Contribution, said: _Said) -> Contribution:
    """The same form came again with an address or photo that the first time had not: keep that too."""
    found = locked_with_joined(found)
    if found.erased_at is not None:
        return found
    if found.author_id is None and said.email:
        found.author = _author(said)
        Step.objects.filter(contribution=found, kind=StepKind.RECEIVED).update(tell=True)
    if not found.photo and said.photo:
        found.photo = said.photo
        hold_back(found, now=said.now)  # nobody saw this photo yet
    found.save(update_fields=["author", "photo", "published_at", "first_published_at"])
    return found


def confirmation_token(resident: Resident) -> str:
    """What stands in the link that asks a resident to confirm their address."""
    return _signer(resident.secret).sign(str(resident.pk))


def resident_of_token(token: str) -> Resident:
    """Whose address a link confirms. Raises LinkRefused for a link that is not ours or older than 60 days."""
    number = token.partition(":")[0]
    resident = Resident.objects.filter(pk=int(number)).first() if _is_number(number) else None
    if resident is None:
        raise LinkRefused
    try:
        _signer(resident.secret).unsign(token, max_age=_CONFIRM_WITHIN)
    except signing.BadSignature as problem:
        raise LinkRefused from problem
    return resident


def confirm_address(*, token: str, now: datetime) -> Resident:
    """A resident says that the address is theirs; again is fine. Raises LinkRefused."""
    resident = resident_of_token(token)
    if resident.confirmed_at is None:
        Resident.objects.filter(pk=resident.pk, confirmed_at__isnull=True).update(confirmed_at=now)
        resident.refresh_from_db()
    return resident


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS


def _signer(secret: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"{_CONFIRM}:{secret}")
