"""Pictures of an announcement."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from stamtafel.announce.actions.change import corrected, locked, may_change, step_on
from stamtafel.announce.actions.problems import TextRefused
from stamtafel.announce.models import Announcement, Picture
from stamtafel.announce.rules.content import LONGEST_ALT, clean_line
from stamtafel.announce.rules.share_image import share_image
from stamtafel.channels.pictures import forget
from stamtafel.dossier.rules.pictures import CleanPicture, PictureRefused, clean_picture
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

LARGE = 1600
SMALL = 720
MOST_PICTURES = 12


def add_picture(
    *,
    announcement: Announcement,
    data: bytes,
    alt: str,
    actor: StaffMember | None,
    now: datetime,
    caption: str = "",
) -> Picture:
    """Store a picture in three sizes, without the photo's metadata.

    Raises Forbidden, TextRefused, WrongState: the same as for a change of the text.
    """
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    may_change(announcement, actor)  # before a large picture is worked on; it is asked once more below
    words = _words(alt, caption)
    try:
        large = clean_picture(data, max_side=LARGE)
        small = clean_picture(data, max_side=SMALL)
    except PictureRefused as refused:
        raise TextRefused("file", _refusal(str(refused.reason))) from refused
    share = share_image(large.data)
    with _changing(announcement.pk, actor, now) as change:
        rows = change.announcement.pictures
        if rows.count() >= MOST_PICTURES:
            sentence = _("There are already %(n)d pictures. Remove one first.")
            raise TextRefused("file", sentence % {"n": MOST_PICTURES})
        last = rows.aggregate(last=Max("position"))["last"]
        change.made = True
        return Picture.objects.create(
            announcement=change.announcement, width=large.width, height=large.height,
            position=0 if last is None else last + 1, **words, **_stored(large, small, share),
        )  # fmt: skip


def describe_picture(*, picture: Picture, alt: str, caption: str, actor: StaffMember | None, now: datetime) -> Picture:
    """Change the words with a picture. Raises Forbidden, TextRefused (without an alternative text), WrongState."""
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    words = _words(alt, caption)
    with _changing(picture.announcement_id, actor, now) as change:
        row = Picture.objects.get(pk=picture.pk)
        change.made = (row.alt, row.caption) != (words["alt"], words["caption"])
        row.alt, row.caption = words["alt"], words["caption"]
        row.save(update_fields=["alt", "caption"])
        return row


def move_picture(*, picture: Picture, up: bool, actor: StaffMember | None, now: datetime) -> None:
    """Change places with the picture before (``up``) or after, if there is one. Raises Forbidden, WrongState."""
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    with _changing(picture.announcement_id, actor, now) as change:
        rows = list(change.announcement.pictures.all())
        here = next(index for index, row in enumerate(rows) if row.pk == picture.pk)
        there = here - 1 if up else here + 1
        if 0 <= there < len(rows):
            rows[here], rows[there] = rows[there], rows[here]
            change.made = True
        _number(rows)


def remove_picture(*, picture: Picture, actor: StaffMember | None, now: datetime) -> None:
    """Take a picture away, its files too. Raises Forbidden, WrongState."""
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    files = [name for name in (picture.file, picture.small, picture.share) if name]
    with _changing(picture.announcement_id, actor, now) as change:
        gone, _rows = Picture.objects.filter(pk=picture.pk).delete()
        change.made = bool(gone)
        _number(list(change.announcement.pictures.all()))
        transaction.on_commit(partial(_delete_files, files))


@dataclass
class _Change:
    announcement: Announcement
    made: bool = False  # whether anything is other than it was


@contextmanager
def _changing(pk: int, actor: StaffMember | None, now: datetime) -> Iterator[_Change]:
    """One transaction in which the announcement is held; a change counts like one of the text."""
    with transaction.atomic():
        change = _Change(locked(pk))
        may_change(change.announcement, actor)
        yield change
        if not change.made:
            return
        step_on(change.announcement, actor)
        if change.announcement.state == Announcement.State.PUBLISHED:
            corrected(change.announcement, now)


def _stored(large: CleanPicture, small: CleanPicture, share: bytes) -> dict[str, str]:
    name = f"announcements/{secrets.token_urlsafe(16)}"
    return {
        "file": default_storage.save(f"{name}.{large.extension.lstrip('.')}", ContentFile(large.data)),
        "small": default_storage.save(f"{name}-small.{small.extension.lstrip('.')}", ContentFile(small.data)),
        "share": default_storage.save(f"{name}-share.jpg", ContentFile(share)),
    }


def _number(rows: list[Picture]) -> None:
    """Positions 0, 1, 2 … in this order: lists show the picture at 0."""
    for position, row in enumerate(rows):
        row.position = position
    Picture.objects.bulk_update(rows, ["position"])


def _delete_files(files: list[str]) -> None:
    for name in files:
        default_storage.delete(name)
    forget(files[0])  # what was made of it for the networks


def _words(alt: str, caption: str) -> dict[str, str]:
    words = {"alt": clean_line(alt), "caption": clean_line(caption)}
    if not words["alt"]:
        raise TextRefused("alt", _("Describe what is in the picture. People who can't see it hear these words."))
    for field, text in words.items():
        if len(text) > LONGEST_ALT:
            raise TextRefused(field, _("This is too long. At most %(n)d characters fit here.") % {"n": LONGEST_ALT})
    return words


def _refusal(reason: str) -> str:
    sentences = {
        "too_large": _("This file is too large. Choose a picture of at most 50 MB."),
        "too_many_pixels": _("This picture has too many pixels. Make it smaller and try again."),
        "drawing": _("This is a drawing (SVG). Save it as PNG or JPEG and try again."),
        "heic": _("This is a HEIC photo, and we can't open that kind. Save it as JPEG and choose that file."),
        "no_picture": _("This file is not a picture. Choose a JPEG, PNG, WebP, GIF or AVIF."),
    }
    return sentences.get(reason, _("This picture can't be opened. Save it again as JPEG or PNG and try once more."))
