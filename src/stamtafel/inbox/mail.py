"""What residents read about their contribution, as drafts for any channel."""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from babel.dates import format_date
from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from stamtafel.channels.adapters.email import arrive
from stamtafel.channels.contract import Draft
from stamtafel.channels.queries import mail_listens
from stamtafel.dossier.actions.keys import follow_code
from stamtafel.dossier.models import Contribution, Step, StepKind
from stamtafel.inbox.deadline import promised
from stamtafel.inbox.models import Conversation, Message
from stamtafel.places.queries import municipality

MARKS: Final = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&])")  # all that means something in Markdown
REPLIES: Final = "stamtafel.inbox.reply_address"
BEFORE_AN_ANSWER: Final = frozenset({StepKind.RECEIVED, StepKind.READ})
# a colleague took it up in words: only then do we repeat what somebody wrote who may have given another's address
TAKEN_UP: Final = frozenset({
    StepKind.REPLIED, StepKind.ANSWERED, StepKind.DONE, StepKind.SHOWN, StepKind.MERGED, StepKind.PARTED,
    StepKind.MOVED,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """What happened with one contribution before its writer's address was confirmed."""

    contribution: Contribution
    steps: Sequence[Step]
    replies: Sequence[Message]


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


# ── where they can write back ────────────────────────────────────────────────────────────────────
def reply_address(conversation_id: int | None) -> str:
    """The address that answers in one conversation go to; "" where nobody would hear them (yet).

    Who has it may speak in that conversation: it is signed, and only in mail to who belongs there.
    """
    if not (conversation_id and settings.EMAIL_REPLY_TO and mail_listens()):
        return ""
    return arrive.reply_address(settings.EMAIL_REPLY_TO, arrive.Tag(conversation_id, _signature(conversation_id)))


def is_ours(tag: arrive.Tag) -> bool:
    """Whether we made this reply address."""
    return constant_time_compare(tag.signature, _signature(tag.conversation))


def _signature(conversation_id: int) -> str:
    """24 letters and digits (120 bits) in one case: mail servers on the way may change the case. With the key that is
    never changed: people answer to old mails.
    """
    signer = signing.Signer(key=settings.FOLLOW_KEY, fallback_keys=[], salt=REPLIES)
    signed = signing.b64_decode(signer.signature(str(conversation_id)).encode())
    return base64.b32encode(signed).decode()[:24].lower()


def _back_to(contribution: Contribution) -> str:
    """The reply address of the conversation about a contribution, once there is one."""
    if not settings.EMAIL_REPLY_TO:
        return ""
    known = Conversation.objects.filter(contribution=contribution.pk).values_list("pk", flat=True)
    return reply_address(known.first())


def footer(code: str) -> str:
    """How to go on, under every mail about a contribution; also for who never wrote it."""
    with_code = _("Your follow code is %(code)s. With it you can add to, change or withdraw what you told us.")
    not_mine = _("Was this not you?")
    words = _("Then remove your e-mail address here")
    return f"{with_code % {'code': code}}\n\n{not_mine} [{words}]({absolute('site:follow_not_mine', code=code)})"


def sentences() -> Mapping[str, tuple[str, str]]:
    """Subject and first sentence per step; in between comes what a colleague wrote with that step."""
    return {
        StepKind.RECEIVED: (_("We received what you told us"), _("Thank you. We read everything that people tell us.")),
        StepKind.READ: (_("We read what you told us"), _("A colleague has read it.")),
        StepKind.REPLIED: (_("We wrote to you"), _("A colleague wrote back to you.")),
        StepKind.ANSWERED: (_("Our answer to you"), _("This is our answer:")),
        StepKind.DONE: (_("What we did with what you told us"), _("This is what was done with it:")),
        StepKind.ADDED: (_("We received what you added"), _("Thank you. We read what you added.")),
        StepKind.CORRECTED: (_("We have your new text"), _("You changed your text. We keep only the new words.")),
        StepKind.HIDDEN: (
            _("What you told us is no longer public"),
            _("We took your text off the site. This is why:"),
        ),
        StepKind.SHOWN: (_("What you told us is public"), _("Everybody can now read what you told us.")),
        StepKind.MERGED: (
            _("We merged what you told us with another contribution"),
            _("Someone else told us the same. We merged the two, so you both get the same answer."),
        ),
        StepKind.PARTED: (
            _("What you told us stands by itself again"),
            _("We had merged it with another contribution. That is no longer so. You get an answer of your own."),
        ),
        StepKind.MOVED: (
            _("What you told us moved to another topic"),
            _("It fits better under another topic:"),
        ),
        StepKind.WITHDRAWN: (_("You withdrew what you told us"), _("We no longer show your text.")),
    }


def which(contribution: Contribution, *, quoted: bool) -> str:
    """Which contribution a mail is about: in the resident's words, or by date and topic alone."""
    if quoted and contribution.title:
        return _("You wrote: “%(title)s”") % {"title": plain(contribution.title)}
    when = day(timezone.localtime(contribution.created_at).date())
    topic = contribution.topic
    if topic is None:
        return _("You told us something on %(when)s.") % {"when": when}
    name = (translation.get_language() == "en" and topic.name_en) or topic.name
    return _("You told us something about “%(topic)s” on %(when)s.") % {"topic": plain(name), "when": when}


def afterwards(step: Step, now: datetime) -> str:
    """What comes next, or what the resident can do."""
    if step.kind in BEFORE_AN_ANSWER:
        due = promised(step.contribution)
        when = day(timezone.localtime(due).date())
        return _("You get an answer by %(when)s.") % {"when": when} if due > now else ""
    if step.kind == StepKind.HIDDEN:
        return _("Do you disagree? Then object on your follow page. Another colleague will look at it again.")
    return ""


def said_of(step: Step) -> tuple[str, str]:
    """The subject and first sentence of one step."""
    return sentences().get(step.kind, (_("News about what you told us"), ""))


def about_step(step: Step, *, now: datetime | None = None) -> Draft:
    """The mail that tells one step, at the moment of that step or later."""
    contribution = step.contribution
    with translation.override(contribution.language):
        subject, first = said_of(step)
        quoted = step.kind in TAKEN_UP
        parts = [which(contribution, quoted=quoted), first, step.text, afterwards(step, now or step.at)]
        return _told(contribution, subject, parts)


def what_waited(stories: Sequence[Story], *, now: datetime) -> Draft:
    """All that happened before somebody confirmed their address, in one mail."""
    last = stories[-1].contribution
    with translation.override(last.language):
        thanks = _("Thank you for confirming your e-mail address. This is what happened so far.")
        if len(stories) == 1:
            subject, parts = _events(stories[0], now)
            return _told(last, subject, [thanks, *parts])
        parts = [part for story in stories for part in (*_events(story, now)[1], _way_on(story.contribution))]
        return Draft(
            subject=_("What happened with your contributions"),
            body="\n\n".join([thanks, *parts]),
            language=last.language,
            headers={"Auto-Submitted": "auto-generated"},
        )


def _told(contribution: Contribution, subject: str, parts: Sequence[str]) -> Draft:
    code = follow_code(contribution)
    return Draft(
        subject=subject,
        body="\n\n".join(part for part in parts if part),
        link=absolute("site:follow", code=code),
        link_text=_("See where it stands"),
        language=contribution.language,
        headers={"Auto-Submitted": "auto-generated"},
        footer=footer(code),
        reply_to=_back_to(contribution),
    )


def _way_on(contribution: Contribution) -> str:
    code = follow_code(contribution)
    words = _("See where it stands")
    return f"[{words}]({absolute('site:follow', code=code)})\n\n{footer(code)}"


def _events(story: Story, now: datetime) -> tuple[str, list[str]]:
    """The subject of the newest event, and all of them in order: when, what, and what a colleague wrote with it."""
    found = [(step.at, said_of(step)[0], step.text) for step in story.steps]
    found += [(reply.at, _("We wrote to you"), signed(reply)) for reply in story.replies]
    found.sort(key=lambda event: event[0])
    quoted = bool(story.replies) or any(step.kind in TAKEN_UP for step in story.steps)
    parts = [f"## {which(story.contribution, quoted=quoted)}"]
    parts += [f"**{day(timezone.localtime(at).date())}: {subject}.**\n\n{text}".strip() for at, subject, text in found]
    if not story.replies:
        parts.append(afterwards(story.steps[-1], now))
    return found[-1][1], [part for part in parts if part]


def signed(reply: Message) -> str:
    """What a colleague wrote, with their name under it."""
    by = ", ".join(part for part in (reply.by.name if reply.by else "", municipality().name) if part)
    return f"{reply.text}\n\n{by}"


def confirmation(contribution: Contribution, *, link: str) -> Draft:
    """The one mail to an address that nobody confirmed yet."""
    with translation.override(contribution.language):
        return Draft(
            subject=_("Is this your e-mail address?"),
            body="\n\n".join([
                _("Someone told %(name)s something and filled in this e-mail address. Was it you? Then click below.")
                % {"name": municipality().name},
                _(
                    "After that we e-mail you at every step: when we read it, when we answer and when something is "
                    "done with it."
                ),
                _(
                    "Was this not you? Then you do not have to do anything. Without your yes we send you nothing more "
                    "about it. If someone fills in this address again, we ask you at most once a week."
                ),
            ]),
            link=link,
            link_text=_("Yes, this is my address"),
            language=contribution.language,
            headers={"Auto-Submitted": "auto-generated"},
            footer="",
        )  # fmt: skip


def reply_to(contribution: Contribution, reply: Message) -> Draft:
    """A reply by a colleague, as mail. Who answers that mail is told where to write back."""
    with translation.override(contribution.language):
        code = follow_code(contribution)
        return Draft(
            subject=f"Re: {contribution.title}",
            body=signed(reply),
            link=absolute("site:follow", code=code),
            link_text=_("Read on or write back"),
            language=contribution.language,
            footer=footer(code),
            reply_to=_back_to(contribution),
        )


def answer(conversation: Conversation, message: Message) -> Draft:
    """An answer to who wrote to us by mail, in the conversation that their mail began."""
    language = conversation.language[:2]
    return Draft(
        subject=f"Re: {conversation.subject}",
        body=signed(message),
        language=language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
        reply_to=reply_address(conversation.pk),
        headers={} if message.by_id else {"Auto-Submitted": "auto-generated"},
    )
