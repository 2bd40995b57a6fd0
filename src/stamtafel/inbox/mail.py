"""What residents read about their contribution, as drafts for any channel."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from stamtafel.channels.contract import Draft
from stamtafel.dossier.actions.keys import follow_code
from stamtafel.dossier.models import Contribution, Step, StepKind
from stamtafel.places.queries import municipality


def absolute(name: str, **parts: object) -> str:
    """Whole address of a page in the language in use."""
    return settings.SITE_URL + reverse(name, kwargs=parts or None)


def footer(code: str) -> str:
    """How to go on, under every mail about a contribution."""
    return _("Your follow code is %(code)s. With it you can add to, change or withdraw what you told us.") % {
        "code": code
    }


def sentences() -> dict[str, tuple[str, str]]:
    """Subject and first sentence per step."""
    return {
        StepKind.RECEIVED: (_("We received what you told us"), _("Thank you. We will read this and let you know.")),
        StepKind.READ: (_("We read what you told us"), _("One of our people read what you told us. We come back to you.")),
        StepKind.ANSWERED: (_("Our answer to you"), _("You told us something. This is our answer.")),
        StepKind.DONE: (_("What we did with what you told us"), _("You told us something. This is what was done with it.")),
        StepKind.HIDDEN: (_("What you told us is no longer public"), _("We took your text off the public page. This is why:")),
        StepKind.SHOWN: (_("What you told us is public"), _("Everybody can now read what you told us.")),
        StepKind.MERGED: (_("We joined what you told us with another"), _("Somebody else told us the same. We joined the two:")),
        StepKind.MOVED: (_("What you told us moved to another subject"), _("Your text fits better under another subject:")),
        StepKind.WITHDRAWN: (_("You withdrew what you told us"), _("We no longer show your text.")),
    }  # fmt: skip


def about_step(step: Step) -> Draft:
    """The mail that tells one step."""
    contribution = step.contribution
    with translation.override(contribution.language):
        subject, first = sentences().get(step.kind, (_("News about what you told us"), ""))
        code = follow_code(contribution)
        parts = [_("You wrote: “%(title)s”") % {"title": contribution.title}, first, step.text]
        return Draft(
            subject=f"{subject} · {municipality().name}",
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
            subject=_("Is this your mail address?") + f" · {municipality().name}",
            body="\n\n".join([
                _("Somebody told us something and left this address. Was it you? Then press the button."),
                _("From then on we mail you at every step: when we read it, when we answer, and what was done with it."),
                _("Was it not you? Then you need do nothing. We will not mail you again."),
            ]),
            link=link,
            link_text=_("Yes, this is my address"),
            language=contribution.language,
            headers={"Auto-Submitted": "auto-generated"},
            footer=footer(follow_code(contribution)),
        )  # fmt: skip


def reply_to(contribution: Contribution, *, text: str, by: str) -> Draft:
    """A reply by a colleague, as mail."""
    with translation.override(contribution.language):
        code = follow_code(contribution)
        return Draft(
            subject=f"Re: {contribution.title}",
            body=f"{text}\n\n{by}, {municipality().name}",
            link=absolute("site:follow", code=code),
            link_text=_("Read on or write back"),
            language=contribution.language,
            footer=footer(code),
        )
