"""Replies to start from: written, changed and thrown away by who answers residents."""

from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stamtafel.inbox import rules
from stamtafel.inbox.actions.handle import ConversationRefused
from stamtafel.inbox.models import CannedReply
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission


def save_canned_reply(*, slug: str, title: str, text: str, actor: StaffMember | None) -> CannedReply:
    """Change the one of this name, or write a new one when ``slug`` is empty.

    Raises Forbidden, CannedReply.DoesNotExist, and ConversationRefused for something in braces that we can't fill in.
    """
    require(actor, Permission.REPLY)
    known = {f"{{{name}}}" for name in rules.PLACEHOLDERS}
    strange = [part for part in rules.unfilled(text) if part not in known]
    if strange:
        raise ConversationRefused(
            _("We can't fill in %(names)s. Choose from the list below the text, or write it out.")
            % {"names": ", ".join(strange)}
        )
    if not slug:
        own = f"{slugify(title)[:50]}-{get_random_string(6).lower()}".lstrip("-")
        return CannedReply.objects.create(slug=own, title=title, text=text)
    found = CannedReply.objects.get(slug=slug)
    found.title, found.text = title, text
    found.save(update_fields=["title", "text"])
    return found


def remove_canned_reply(*, slug: str, actor: StaffMember | None) -> None:
    """Throw it away; what was sent with it stays. Raises Forbidden, CannedReply.DoesNotExist."""
    require(actor, Permission.REPLY)
    CannedReply.objects.get(slug=slug).delete()
