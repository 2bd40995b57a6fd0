"""Announcing what is there already: a decision, a subject, what somebody said. The editor gets a first draft.

It is in Dutch, the language of announcements, whatever the language of the desk.
"""

from datetime import datetime
from typing import Final

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stamtafel.announce.actions.letters import link
from stamtafel.announce.actions.problems import WrongState
from stamtafel.announce.actions.write import begin_draft
from stamtafel.announce.models import Announcement
from stamtafel.announce.rules.content import LONGEST_TITLE, Content
from stamtafel.announce.rules.first_draft import beyond, body, quoted, short
from stamtafel.dossier.models import Contribution, Decision, Topic
from stamtafel.dossier.queries.life import answers_of
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

LANGUAGE: Final = "nl"


def announce_decision(
    *, decision: Decision, form_key: str | None, actor: StaffMember | None, now: datetime
) -> Announcement:
    """A draft about a published decision: what was decided, what we do with what people said, and what not.

    The same ``form_key`` gives the same draft. Raises Forbidden, and WrongState while the decision is not public.
    """
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    if decision.published_at is None:
        raise WrongState(_("Only what everybody can read can be announced. Publish the decision first."))
    with translation.override(LANGUAGE):
        parts = (
            ("", beyond(short(decision.decided), decision.decided)),
            (_("What people told us"), decision.heard),
            (_("What we do with it"), decision.done),
            (_("What we do not do, and why"), decision.not_done),
        )
        text = body(parts, (_("Read the whole decision"), link("site:decision", slug=decision.slug)))
    content = _about(decision.title, short(decision.decided), text, decision.topic)
    return begin_draft(content=content, form_key=form_key, actor=actor, now=now)


def announce_topic(*, topic: Topic, form_key: str | None, actor: StaffMember | None, now: datetime) -> Announcement:
    """A draft about a subject: where it stands, what is open, what people can do. Raises Forbidden."""
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    asked = bool(topic.question) and (topic.open_until is None or topic.open_until > now)
    with translation.override(LANGUAGE):
        parts = (
            ("", beyond(short(topic.summary or topic.stands), topic.stands)),
            (_("What is still open"), topic.is_open),
            (_("What is fixed, and why"), topic.is_fixed),
            (_("What you can do now"), "\n\n".join(filter(None, (topic.can_do, _until(topic) if asked else "")))),
        )
        text = body(parts, (_("Read everything about this subject"), link("site:topic", slug=topic.slug)))
    lead = short(topic.summary or topic.stands)
    content = _about(topic.question if asked else topic.name, lead, text, topic)
    return begin_draft(content=content, form_key=form_key, actor=actor, now=now)


def announce_contribution(
    *, contribution: Contribution, form_key: str | None, actor: StaffMember | None, now: datetime
) -> Announcement:
    """A draft about what somebody said, in the words that everybody can read, and what we answered.

    The same ``form_key`` gives the same draft. Raises Forbidden, and WrongState for what not everybody can read.
    """
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    public = contribution.published_at is not None and contribution.state in Contribution.PUBLIC_STATES
    if not public or contribution.erased_at is not None:
        raise WrongState(_("Only what everybody can read can be announced. This contribution is not on the site."))
    answers = answers_of(contribution)
    with translation.override(LANGUAGE):
        parts = (
            ("", "\n\n".join((_("Somebody told us:"), quoted(contribution.public_text)))),
            (_("What we do with it"), answers[0].text if answers else ""),
        )
        text = body(parts, (_("Read it, and say what you think"), link("site:contribution", pk=str(contribution.pk))))
        title = _("You said: “%(words)s”") % {"words": short(contribution.title, LONGEST_TITLE - 20)}
    content = _about(title, "", text, contribution.topic, contribution.area_id)
    return begin_draft(content=content, form_key=form_key, actor=actor, now=now)


def _about(title: str, lead: str, text: str, topic: Topic | None, area: int | None = None) -> Content:
    """Filled in with the subject, and its neighbourhoods where none is given."""
    areas = (area,) if area else tuple(topic.areas.values_list("pk", flat=True)) if topic else ()
    topics = (topic.pk,) if topic else ()
    return Content(short(title, LONGEST_TITLE), lead, text, topics=topics, areas=areas)


def _until(topic: Topic) -> str:
    if topic.open_until is None:
        return ""
    day = date_format(timezone.localtime(topic.open_until), "j F Y")
    return _("You can take part until %(day)s.") % {"day": day}
