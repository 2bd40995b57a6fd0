"""What subscribers read in their mail. Markdown without HTML, so that it reads well in plain text too."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamtafel.announce.actions.links import Purpose, token
from stamtafel.announce.models import Announcement
from stamtafel.channels.contract import Draft
from stamtafel.people.models import Resident
from stamtafel.places.queries import municipality


def link(view: str, **parts: str) -> str:
    """The full address of a page in the language in use."""
    return settings.SITE_URL + reverse(view, kwargs=parts)


def announcement_link(announcement: Announcement) -> str:
    """The full address of an announcement in the language in use."""
    return link("site:announcement", slug=announcement.slug)


def confirmation(resident: Resident) -> Draft:
    """Asks whether somebody really wants the newsletter; nothing more is sent without a yes."""
    with translation.override(resident.language):
        name = municipality().name
        return Draft(
            subject=_("Do you want e-mails with news from %(name)s?") % {"name": name},
            body=_(
                "Somebody, probably you, asked us to send news of %(name)s to this address.\n\n"
                "Is that right? Then open the link below and choose “Yes, send me the news”."
            ) % {"name": name},
            link=link("site:subscribe_confirm", token=token(Purpose.CONFIRM, resident)),
            link_text=_("Yes, I want this"),
            footer=_("Did you not ask for this? Then do nothing. Without your yes you get no news from us."),
            language=resident.language,
        )  # fmt: skip


def already(resident: Resident) -> Draft:
    """For somebody who signs up again: where to change it. Their choice stays as it is until they do."""
    with translation.override(resident.language):
        _footer, headers = _endings(resident)  # why they get it, and the way to change it, is what this mail says
        name = municipality().name
        return Draft(
            subject=_("You already get news from %(name)s by e-mail") % {"name": name},
            body=_(
                "Somebody, probably you, asked us to send news of %(name)s to this address. "
                "You already get it. With the link below you change what you get, and how often."
            ) % {"name": name},
            link=link("site:subscribe_manage", token=token(Purpose.MANAGE, resident)),
            link_text=_("Change what I get"),
            language=resident.language,
            headers=headers,
        )  # fmt: skip


def single(announcement: Announcement, resident: Resident) -> Draft:
    """One announcement, at once."""
    with translation.override(resident.language):
        footer, headers = _endings(resident)
        heading = _("What does this mean for you?")
        meaning = f"## {heading}\n\n{announcement.meaning}" if announcement.meaning else ""
        parts = (f"**{announcement.lead}**" if announcement.lead else "", announcement.body, meaning)
        return Draft(
            subject=announcement.title,
            body="\n\n".join(part for part in parts if part),
            link=announcement_link(announcement),
            link_text=_("Read it on the website and respond"),
            language=resident.language,
            footer=footer,
            headers=headers,
        )


def digest(announcements: Sequence[Announcement], resident: Resident) -> Draft:
    """Several announcements in one mail, the newest first."""
    with translation.override(resident.language):
        footer, headers = _endings(resident)
        name = municipality().name
        count = len(announcements)
        first = announcements[0].title
        more = ngettext("%(first)s, and %(n)d more", "%(first)s, and %(n)d more", count - 1) % {
            "first": first,
            "n": count - 1,
        }
        intro = ngettext("There is %(n)d new announcement.", "There are %(n)d new announcements.", count) % {"n": count}
        entries = [_entry(each, title=count > 1) for each in announcements]
        return Draft(
            subject=first if count == 1 else more,
            body="\n\n".join([intro, *entries] if count > 1 else entries),
            link=link("site:announcements"),
            link_text=_("All news from %(name)s") % {"name": name},
            language=resident.language,
            footer=footer,
            headers=headers,
        )


def _entry(announcement: Announcement, *, title: bool = True) -> str:
    """One of a digest; the only one has its title as the subject of the mail."""
    day = date_format(timezone.localtime(announcement.published_at), "j F")
    words = _("Read more")
    read = f"[{words}]({announcement_link(announcement)})"
    heading = [f"## {announcement.title}"] if title else []
    return "\n\n".join([*heading, f"{day}. {announcement.lead}".strip(), read])


def _endings(resident: Resident) -> tuple[str, dict[str, str]]:
    """Footer, and headers to stop with: RFC 2369 and, in one click, RFC 8058. The mail shows that link by itself."""
    manage = link("site:subscribe_manage", token=token(Purpose.MANAGE, resident))
    end = link("site:subscribe_end", token=token(Purpose.END, resident))
    why = _("You get this e-mail because you signed up for news from %(name)s.") % {"name": municipality().name}
    change = _("Change what I get")
    footer = f"{why}\n\n[{change}]({manage})"
    return footer, {"List-Unsubscribe": f"<{end}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
