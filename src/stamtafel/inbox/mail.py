"""What residents read about their contribution, as drafts for any channel."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from babel.dates import format_date
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from stamtafel.channels.contract import Draft
from stamtafel.dossier.actions.keys import follow_code
from stamtafel.dossier.models import Contribution, Step, StepKind
from stamtafel.inbox.deadline import due_at
from stamtafel.places.queries import municipality

MARKS: Final = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&])")  # all that means something in Markdown
BEFORE_AN_ANSWER: Final = frozenset({StepKind.RECEIVED, StepKind.READ})


def absolute(name: str, **parts: object) -> str:
    """Whole address of a page in the language in use."""
    return settings.SITE_URL + reverse(name, kwargs=parts or None)


def follow_link(contribution: Contribution) -> str:
    """The address of the follow page, in the language of who wrote it."""
    with translation.override(contribution.language):
        return absolute("site:follow", code=follow_code(contribution))


def plain(text: str) -> str:
    """What a resident typed, as Markdown that shows exactly that: nothing of theirs becomes a link or a heading."""
    return MARKS.sub(r"\\\1", " ".join(text.split()))


def day(value: date) -> str:
    """A date as people write it in the language in use: 22 november 2026."""
    return format_date(value, format="d MMMM y", locale="en_GB" if translation.get_language() == "en" else "nl_NL")


def footer(code: str) -> str:
    """How to go on, under every mail about a contribution."""
    return _("Your follow code is %(code)s. With it you can add to, change or withdraw what you told us.") % {
        "code": code
    }


def sentences() -> Mapping[str, tuple[str, str]]:
    """Subject and first sentence per step; in between comes what a colleague wrote with that step."""
    return {
        StepKind.RECEIVED: (_("We received what you told us"), _("Thank you. We read everything that people tell us.")),
        StepKind.READ: (_("We read what you told us"), _("A colleague has read what you told us.")),
        StepKind.REPLIED: (_("We wrote to you"), _("A colleague wrote back to you.")),
        StepKind.ANSWERED: (_("Our answer to you"), _("You told us something. This is our answer.")),
        StepKind.DONE: (
            _("What we did with what you told us"),
            _("You told us something. This is what was done with it."),
        ),
        StepKind.ADDED: (_("We received what you added"), _("Thank you. We read what you added.")),
        StepKind.CORRECTED: (_("We have your new text"), _("You changed your text. We keep only the new words.")),
        StepKind.HIDDEN: (
            _("What you told us is no longer public"),
            _("We took your text off the public page. This is why:"),
        ),
        StepKind.SHOWN: (_("What you told us is public"), _("Everybody can now read what you told us.")),
        StepKind.MERGED: (
            _("We merged what you told us with another contribution"),
            _("Someone else told us the same. We merged the two, so you both get the same answer."),
        ),
        StepKind.MOVED: (
            _("What you told us moved to another topic"),
            _("What you told us fits better under another topic."),
        ),
        StepKind.WITHDRAWN: (_("You withdrew what you told us"), _("We no longer show your text.")),
    }


def afterwards(step: Step) -> str:
    """What comes next, or what the resident can do."""
    if step.kind in BEFORE_AN_ANSWER:
        due = due_at(step.contribution.kind, step.contribution.created_at)
        when = day(timezone.localtime(due).date())
        return _("You get an answer by %(when)s.") % {"when": when} if due > step.at else ""
    if step.kind == StepKind.HIDDEN:
        return _("Do you disagree? Then object on your follow page. Another colleague will look at it again.")
    return ""


def about_step(step: Step) -> Draft:
    """The mail that tells one step."""
    contribution = step.contribution
    with translation.override(contribution.language):
        subject, first = sentences().get(step.kind, (_("News about what you told us"), ""))
        code = follow_code(contribution)
        title = _("You wrote: “%(title)s”") % {"title": plain(contribution.title)} if contribution.title else ""
        parts = [title, first, step.text, afterwards(step)]
        return Draft(
            subject=subject,
            body="\n\n".join(part for part in parts if part),
            link=absolute("site:follow", code=code),
            link_text=_("See where it stands"),
            language=contribution.language,
            headers={"Auto-Submitted": "auto-generated"},
            footer=footer(code),
        )


def confirmation(contribution: Contribution, *, link: str) -> Draft:
    """The one mail to an address that nobody confirmed yet."""
    with translation.override(contribution.language):
        return Draft(
            subject=_("Is this your e-mail address?"),
            body="\n\n".join([
                _("Someone told us something and left this address. Was it you? Then press the button."),
                _(
                    "From then on we e-mail you at every step: when we read it, when we answer and when something is "
                    "done with it."
                ),
                _("Was this not you? Then you do not have to do anything. We will not e-mail you about this again."),
            ]),
            link=link,
            link_text=_("Yes, this is my address"),
            language=contribution.language,
            headers={"Auto-Submitted": "auto-generated"},
            footer="",
        )  # fmt: skip


def reply_to(contribution: Contribution, *, text: str, by: str) -> Draft:
    """A reply by a colleague, as mail. Who answers that mail is told where to write back."""
    with translation.override(contribution.language):
        code = follow_code(contribution)
        signed = ", ".join(part for part in (by, municipality().name) if part)
        return Draft(
            subject=f"Re: {contribution.title}",
            body=f"{text}\n\n{signed}",
            link=absolute("site:follow", code=code),
            link_text=_("Read on or write back"),
            language=contribution.language,
            footer=footer(code),
        )
