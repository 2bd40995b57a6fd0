"""Subjects and what lies in their dossiers."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, cast

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.models import Document, Highlight, Topic
from stamtafel.dossier.rules import personal_data, slugs
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.places.models import Area

FIELDS: Final = (
    "name", "name_en", "summary", "stands", "can_do", "is_open", "is_fixed", "decides", "question", "open_until",
    "moderation", "attacked", "archived",
)  # fmt: skip
DOCUMENT_TYPES: Final = {".pdf", ".odt", ".ods", ".docx", ".xlsx", ".csv", ".txt", ".png", ".jpg", ".jpeg", ".webp"}
LARGEST_DOCUMENT: Final = 25_000_000


@transaction.atomic
def save_topic(*, topic: Topic | None, fields: Mapping[str, object], actor: StaffMember | None, now: datetime) -> Topic:
    """Make or change a subject; its address stays. How it is moderated is logged.

    ``fields`` holds some of FIELDS, and ``areas``. Raises Forbidden, DossierRefused without a name or with the name
    of another subject.
    """
    require(actor, Permission.EDIT_TOPICS)
    name = str(fields.get("name", topic.name if topic else "")).strip()
    if not name:
        raise DossierRefused(_("Give the subject a name."))
    if Topic.objects.exclude(pk=topic.pk if topic else 0).filter(name__iexact=name).exists():
        raise DossierRefused(_("There is a subject with this name already. Use that one, or choose another name."))
    changed = topic or Topic(slug=free_slug(name))
    before = (changed.pk, changed.moderation, changed.attacked, changed.archived)
    for field in FIELDS:
        if field in fields:
            value = fields[field]
            setattr(changed, field, value.strip() if isinstance(value, str) else value)
    _store(changed)
    if "areas" in fields:
        changed.areas.set(cast("Iterable[Area]", fields["areas"]))
    after = (changed.pk, changed.moderation, changed.attacked, changed.archived)
    if before != after:
        data = {"moderation": str(changed.moderation), "attacked": changed.attacked, "archived": changed.archived}
        append(kind="topic.saved", subject=f"topic:{changed.pk}", data=data, now=now)
    return changed


def _store(topic: Topic) -> None:
    """Save; two clicks at once want the same address, and the second is told so."""
    try:
        with transaction.atomic():
            topic.save()
    except IntegrityError as error:
        raise DossierRefused(
            _("There is a subject with this name already. Use that one, or choose another name.")
        ) from error


def free_slug(name: str) -> str:
    """An address that nobody has yet."""
    base = slugify(name)[:70] or "onderwerp"
    return slugs.free_slug(base, Topic.objects.filter(slug__startswith=base).values_list("slug", flat=True))


@transaction.atomic
def add_document(
    *, topic: Topic, title: str, description: str, upload: "File[bytes] | None", actor: StaffMember | None,
    now: datetime, url: str = "",
) -> Document:  # fmt: skip
    """Put a file or a link in the dossier; the same twice is one.

    Raises Forbidden, DossierRefused for other kinds of file or over 25 MB.
    """
    require(actor, Permission.EDIT_TOPICS)
    name = title.strip()
    if not name or (upload is None and not url):
        raise DossierRefused(_("Give the document a title, and choose a file or a link."))
    suffix = _suffix(upload)
    Topic.objects.select_for_update().only("pk").get(pk=topic.pk)
    same = _same_document(topic, name, upload, url)
    if same is not None:
        return same
    made = Document(topic=topic, title=name, description=description.strip(), url=url, published_at=now, by=actor)
    if upload is not None:
        unique = secrets.token_hex(8)  # who replaces a document gives it another address: caches keep the old one
        made.file.save(f"{slugify(name)[:50] or 'document'}-{unique}{suffix}", upload, save=False)
    made.save()
    append(kind="document.published", subject=f"topic:{topic.pk}", data={"document": made.pk}, now=now)
    return made


def _suffix(upload: "File[bytes] | None") -> str:
    """The ending of a file's name, in small letters. Raises DossierRefused for what browsers may not get from us."""
    if upload is None:
        return ""
    suffix = f".{(upload.name or '').rpartition('.')[2].lower()}"
    if suffix not in DOCUMENT_TYPES or not 0 < (upload.size or 0) <= LARGEST_DOCUMENT:
        raise DossierRefused(_("This file can't be used. Choose a PDF, document, table or picture of at most 25 MB."))
    return suffix


def _same_document(topic: Topic, title: str, upload: "File[bytes] | None", url: str) -> Document | None:
    """A form that is sent twice brings the same title, address and number of bytes."""
    for found in Document.objects.filter(topic=topic, title=title, url=url).order_by("pk"):
        if (found.file.size if _has_file(found) else None) == (upload.size if upload else None):
            return found
    return None


def _has_file(document: Document) -> bool:
    return bool(document.file) and document.file.storage.exists(str(document.file.name))


@transaction.atomic
def remove_document(*, document: Document, actor: StaffMember | None, now: datetime) -> None:
    """Take a document out of the dossier; the log keeps that there was one. Raises Forbidden."""
    require(actor, Permission.EDIT_TOPICS)
    gone, _rows = Document.objects.filter(pk=document.pk).delete()
    if gone:
        append(kind="document.removed", subject=f"topic:{document.topic_id}", data={"document": document.pk}, now=now)
        if document.file:
            transaction.on_commit(lambda: document.file.storage.delete(str(document.file.name)))


@transaction.atomic
def highlight(
    *, topic: Topic, text: str, answer: str, channel: str, actor: StaffMember | None, now: datetime
) -> Highlight:
    """Show a piece of a conversation on the dossier, without who said it; the same words twice are one.

    Raises Forbidden, DossierRefused without words, or with personal data in them.
    """
    require(actor, Permission.MODERATE)
    words, reply = text.strip(), answer.strip()
    if not words:
        raise DossierRefused(_("Choose the words that everybody may read."))
    found = personal_data.find(f"{words}\n{reply}")
    if found:
        raise DossierRefused(
            _("There is personal data in it: “%(text)s”. Take that out first.") % {"text": found[0].text}
        )
    Topic.objects.select_for_update().only("pk").get(pk=topic.pk)
    same = Highlight.objects.filter(topic=topic, text=words, answer=reply).first()
    if same is not None:
        return same
    made = Highlight.objects.create(topic=topic, text=words, answer=reply, channel=channel, at=now, by=actor)
    append(kind="highlight.published", subject=f"topic:{topic.pk}", data={"highlight": made.pk}, now=now)
    return made


@transaction.atomic
def remove_highlight(*, highlight: Highlight, actor: StaffMember | None, now: datetime) -> None:
    """Take a piece of a conversation off the dossier. Raises Forbidden."""
    require(actor, Permission.MODERATE)
    gone, _rows = Highlight.objects.filter(pk=highlight.pk).delete()
    if gone:
        data = {"highlight": highlight.pk}
        append(kind="highlight.removed", subject=f"topic:{highlight.topic_id}", data=data, now=now)
