"""Pictures of an announcement."""

import secrets
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from stamtafel.announce.actions.problems import TextRefused
from stamtafel.announce.models import Announcement, Picture
from stamtafel.announce.rules.content import LONGEST_ALT, clean_line
from stamtafel.announce.rules.share_image import share_image
from stamtafel.dossier.rules.pictures import PictureRefused, clean_picture
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
    caption: str = "",
) -> Picture:
    """Store a picture in three sizes, without the photo's metadata. Raises Forbidden, TextRefused."""
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    words = _words(alt, caption)
    if announcement.pictures.count() >= MOST_PICTURES:
        raise TextRefused("file", _("There are %(n)d pictures already. Take one away first.") % {"n": MOST_PICTURES})
    try:
        large = clean_picture(data, max_side=LARGE)
        small = clean_picture(data, max_side=SMALL)
    except PictureRefused as refused:
        raise TextRefused("file", _refusal(str(refused.reason))) from refused
    name = f"announcements/{secrets.token_urlsafe(16)}"
    files = {
        "file": default_storage.save(f"{name}.{large.extension.lstrip('.')}", ContentFile(large.data)),
        "small": default_storage.save(f"{name}-small.{small.extension.lstrip('.')}", ContentFile(small.data)),
        "share": default_storage.save(f"{name}-share.jpg", ContentFile(share_image(large.data))),
    }
    with transaction.atomic():
        last = announcement.pictures.aggregate(last=Max("position"))["last"]
        return Picture.objects.create(
            announcement=announcement, width=large.width, height=large.height,
            position=0 if last is None else last + 1, **words, **files,
        )  # fmt: skip


def describe_picture(*, picture: Picture, alt: str, caption: str, actor: StaffMember | None) -> Picture:
    """Change the words with a picture. Raises Forbidden, TextRefused (without an alternative text)."""
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    words = _words(alt, caption)
    picture.alt, picture.caption = words["alt"], words["caption"]
    picture.save(update_fields=["alt", "caption"])
    return picture


def move_picture(*, picture: Picture, up: bool, actor: StaffMember | None) -> None:
    """Change places with the picture before (``up``) or after, if there is one. Raises Forbidden."""
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    with transaction.atomic():
        rows = list(Picture.objects.select_for_update().filter(announcement_id=picture.announcement_id))
        here = next(index for index, row in enumerate(rows) if row.pk == picture.pk)
        there = here - 1 if up else here + 1
        if 0 <= there < len(rows):
            rows[here], rows[there] = rows[there], rows[here]
        _number(rows)


def remove_picture(*, picture: Picture, actor: StaffMember | None) -> None:
    """Take a picture away, its files too. Raises Forbidden."""
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    files = [name for name in (picture.file, picture.small, picture.share) if name]
    with transaction.atomic():
        picture.delete()
        left = list(Picture.objects.select_for_update().filter(announcement_id=picture.announcement_id))
        _number(left)
        transaction.on_commit(partial(_delete_files, files))


def _number(rows: list[Picture]) -> None:
    """Positions 0, 1, 2 … in this order: lists show the picture at 0."""
    for position, row in enumerate(rows):
        row.position = position
    Picture.objects.bulk_update(rows, ["position"])


def _delete_files(files: list[str]) -> None:
    for name in files:
        default_storage.delete(name)


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
        "heic": _("This is a HEIC photo. Save it as JPEG and try again."),
        "no_picture": _("This file is not a picture. Choose a JPEG, PNG or WebP."),
    }
    return sentences.get(reason, _("This picture can't be opened. Save it again as JPEG or PNG and try once more."))
