"""Subjects and what lies in their dossiers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.core.files.base import File
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.models import Document, Highlight, Topic
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

FIELDS: Final = (
    "name", "name_en", "summary", "stands", "can_do", "is_open", "is_fixed", "decides", "question", "open_until",
    "moderation", "attacked", "archived",
)  # fmt: skip
DOCUMENT_TYPES: Final = {".pdf", ".odt", ".ods", ".docx", ".xlsx", ".csv", ".txt", ".png", ".jpg", ".jpeg", ".webp"}
LARGEST_DOCUMENT: Final = 25_000_000


@transaction.atomic
def save_topic(*, topic: Topic | None, fields: Mapping[str, object], actor: StaffMember | None, now: datetime) -> Topic:
    """Make or change a subject; its address stays. How it is moderated is logged. Raises DossierRefused."""
    require(actor, Permission.EDIT_TOPICS)
    name = str(fields.get("name", topic.name if topic else "")).strip()
    if not name:
        raise DossierRefused(_("Give the subject a name."))
    changed = topic or Topic(slug=free_slug(name))
    before = changed.moderation
    for field in FIELDS:
        if field in fields:
            setattr(changed, field, fields[field])
    changed.save()
    if "areas" in fields:
        changed.areas.set(fields["areas"])  # type: ignore[arg-type]
    if topic is None or before != changed.moderation:
        append(kind="topic.saved", subject=f"topic:{changed.pk}", data={"moderation": changed.moderation}, now=now)
    return changed


def free_slug(name: str) -> str:
    """An address that nobody has yet."""
    base = slugify(name)[:70] or "onderwerp"
    taken = set(Topic.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(s for n in range(1, len(taken) + 2) if (s := base if n == 1 else f"{base}-{n}") not in taken)


@transaction.atomic
def add_document(
    *, topic: Topic, title: str, description: str, upload: File[bytes] | None, actor: StaffMember | None, now: datetime,
    url: str = "",
) -> Document:  # fmt: skip
    """Put a file or a link in the dossier. Raises Forbidden, DossierRefused for other kinds of file or over 25 MB."""
    require(actor, Permission.EDIT_TOPICS)
    if not title.strip() or (upload is None and not url):
        raise DossierRefused(_("Give the document a title, and choose a file or a link."))
    made = Document(
        topic=topic, title=title.strip(), description=description.strip(), url=url, published_at=now, by=actor
    )
    if upload is not None:
        name = upload.name or ""
        suffix = f".{name.rpartition('.')[2].lower()}"
        if suffix not in DOCUMENT_TYPES or (upload.size or 0) > LARGEST_DOCUMENT:
            raise DossierRefused(
                _("This file can't be used. Choose a PDF, document, table or picture of at most 25 MB.")
            )
        made.file.save(f"{slugify(title)[:60] or 'document'}{suffix}", upload, save=False)
    made.save()
    append(kind="document.published", subject=f"topic:{topic.pk}", data={"document": made.pk}, now=now)
    return made


@transaction.atomic
def highlight(
    *, topic: Topic, text: str, answer: str, channel: str, actor: StaffMember | None, now: datetime
) -> Highlight:
    """Show a piece of a conversation on the dossier, without who said it. Raises Forbidden, DossierRefused."""
    require(actor, Permission.MODERATE)
    if not text.strip():
        raise DossierRefused(_("Choose the words that everybody may read."))
    return Highlight.objects.create(
        topic=topic, text=text.strip(), answer=answer.strip(), channel=channel, at=now, by=actor
    )
