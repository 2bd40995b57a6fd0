"""What the desk says about an account: a word, and a sentence with what to do."""

from datetime import datetime
from typing import Final, NamedTuple

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from stamtafel.channels.checking import LATER, SIGN_IN, Found
from stamtafel.channels.condition import ATTENTION, WRONG, Condition
from stamtafel.channels.names import name_of
from stamtafel.channels.overview import AccountLine
from stamtafel.web.desk.words import ACCOUNTS

SHORT: Final[dict[Condition, Promise]] = {
    Condition.OFF: gettext_lazy("Switched off"),
    Condition.HELD: gettext_lazy("On hold"),
    Condition.SIGN_IN: gettext_lazy("Connect again"),
    Condition.PROBLEM: gettext_lazy("Does not work now"),
    Condition.EXPIRED: gettext_lazy("Access has ended"),
    Condition.EXPIRES: gettext_lazy("Access ends soon"),
    Condition.MISSING: gettext_lazy("A right is missing"),
    Condition.QUOTA: gettext_lazy("Nearly full"),
    Condition.CEILING: gettext_lazy("Ceiling nearly reached"),
    Condition.UNKNOWN: gettext_lazy("Not looked at yet"),
    Condition.GOOD: pgettext_lazy("account", "Works"),
}
FIGURE_NAMES: Final[dict[str, Promise]] = {
    "views": gettext_lazy("Views"),
    "reach": gettext_lazy("People reached"),
    "reactions": gettext_lazy("Reactions (likes)"),
    "replies": gettext_lazy("Replies"),
    "shares": gettext_lazy("Shares"),
    "clicks": gettext_lazy("Clicks"),
    "followers": gettext_lazy("Followers"),
}


class Said(NamedTuple):
    """One condition in words; ``kind`` is the colour of its badge."""

    short: Promise
    sentence: str
    kind: str


def kind_name(kind: str) -> str:
    """What people call this kind of channel."""
    return str(ACCOUNTS.get(kind) or name_of(kind))


def said(line: AccountLine) -> list[Said]:
    """Everything there is to say about an account, the worst first."""
    return [Said(SHORT[one], _sentence(one, line), _kind(one)) for one in line.conditions]


def found_words(found: Found) -> str:
    """What came of trying, in one or two sentences of our own; the network's own words are shown beside it."""
    if found.trouble == SIGN_IN:
        return _("The network does not let us in with this. Look whether everything is copied whole.")
    if found.trouble == LATER:
        return _("The network can't be reached now. Nothing is lost: try again in a few minutes.")
    if found.trouble:
        return _("The network refuses this. Read its answer.")
    return _("It works: the network lets us in.")


def figure_name(name: str) -> str:
    """What a figure is called; the network's own name for one that we do not know."""
    return str(FIGURE_NAMES.get(name, name.replace("_", " ")))


def _kind(one: Condition) -> str:
    if one in WRONG:
        return "wrong"
    return "attention" if one in ATTENTION else "neutral" if one is Condition.OFF else "good"


def _sentence(one: Condition, line: AccountLine) -> str:
    known = line.known
    sentences = {
        Condition.OFF: _("Nothing goes out here and nothing comes in. What waited stays where it is."),
        Condition.HELD: _("Nothing goes out until somebody lets it go on."),
        Condition.SIGN_IN: _("The network no longer lets us in. Connect the account again: fill in new keys below."),
        Condition.PROBLEM: _("We try again by ourselves. Does this last longer than a day? Then look at the account."),
        Condition.EXPIRED: _("Our access ended on %(day)s. Connect the account again.")
        % {"day": _day(known.expires_at)},
        Condition.EXPIRES: _("Our access ends on %(day)s. Connect the account again before that day.")
        % {"day": _day(known.expires_at)},
        Condition.MISSING: _("The network did not give us these rights: %(rights)s. Connect it again and allow them.")
        % {"rights": ", ".join(known.missing)},
        Condition.QUOTA: _("The network takes a limited number of posts: %(used)s of %(total)s are used.")
        % {"used": known.quota_used, "total": known.quota_total},
        Condition.CEILING: _("%(spent)s of the %(ceiling)s for this month is used. Above it nothing goes out.")
        % {"spent": line.spent, "ceiling": line.ceiling},
        Condition.UNKNOWN: _not_yet(line),
        Condition.GOOD: _("Looked at on %(moment)s.") % {"moment": _moment(line.checked_at)},
    }
    return sentences[one]


def _not_yet(line: AccountLine) -> str:
    if line.can_sign_in:
        return _("Sign in at the network to finish connecting it.")
    return _("We look every hour. You can do it now with the button.")


def _day(moment: datetime | None) -> str:
    return date_format(localtime(moment), "j F Y") if moment else ""


def _moment(moment: datetime | None) -> str:
    return date_format(localtime(moment), "j F, H:i") if moment else ""
