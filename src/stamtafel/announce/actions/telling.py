"""Telling an announcement on the networks: what was chosen per account, what goes out, and what is done to it later."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from stamtafel.announce.actions.problems import TextRefused
from stamtafel.announce.models import Announcement, Placement, Variant
from stamtafel.announce.models import Picture as PictureRow
from stamtafel.announce.rules import telling as rules
from stamtafel.announce.rules.telling import LONGEST_OWN_TEXT, Misfit, Telling
from stamtafel.channels import amending
from stamtafel.channels.actions import deliver
from stamtafel.channels.contract import Channel, Draft, Form
from stamtafel.channels.contract import Picture as DraftPicture
from stamtafel.channels.models import Account, Amendment, Delivery
from stamtafel.channels.names import name_of
from stamtafel.channels.queries import channel_of
from stamtafel.channels.registry import kinds
from stamtafel.channels.rules import ONE_ACCOUNT

PRACTICE = "demo"  # nobody finds us there
NOT_PUBLIC = frozenset({"whatsapp"})  # writes to one person at a time


class DoesNotFit(TextRefused):
    """Something does not fit on a network; nothing went out anywhere. ``sentences`` has one for each thing."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("channels", " ".join(sentences))
        self.sentences = list(sentences)


# ── addresses ────────────────────────────────────────────────────────────────────────────────────
def address_of(announcement: Announcement) -> str:
    """The full Dutch address of the public page."""
    with translation.override("nl"):
        return settings.SITE_URL + reverse("site:announcement", kwargs={"slug": announcement.slug})


def media_address(file: str) -> str:
    """The full address of a stored picture."""
    return settings.SITE_URL + default_storage.url(file)


# ── accounts ─────────────────────────────────────────────────────────────────────────────────────
def networks() -> list[Account]:
    """The accounts of networks that something public can be put on, by name."""
    found = Account.objects.filter(enabled=True).exclude(kind__in=[*ONE_ACCOUNT, *NOT_PUBLIC])
    installed = [each for each in found.order_by("kind", "name") if each.kind in kinds()]
    return [each for each in installed if isinstance(channel_of(each), Channel)]


def label_of(account: Account) -> str:
    """How the desk names an account: its network, and its own name where that says more."""
    name = name_of(account.kind)
    return name if account.name.lower() in {account.kind, name.lower()} else f"{name} ({account.name})"


# ── what was chosen ──────────────────────────────────────────────────────────────────────────────
def telling_of(variant: Variant) -> Telling:
    """What the table keeps of a choice."""
    return Telling(
        account=variant.account_id, wanted=variant.wanted, text=variant.text, form=variant.form,
        with_link=variant.with_link, with_invitation=variant.with_invitation, crops=variant.crops,
    )  # fmt: skip


def tellings(announcement: Announcement) -> dict[int, Telling]:
    """What was chosen, by account."""
    return {each.account_id: telling_of(each) for each in Variant.objects.filter(announcement=announcement)}


def keep_tellings(current: Announcement, chosen: Iterable[Telling]) -> bool:
    """Write what was chosen, in the transaction of whoever holds the announcement; says whether anything changed.

    Raises TextRefused for a text that no table should hold.
    """
    known, before = {account.pk for account in networks()}, tellings(current)
    changed = False
    for each in (telling.cleaned() for telling in chosen if telling.account in known):
        if len(each.text) > LONGEST_OWN_TEXT:
            sentence = _("This is too long. At most %(n)d characters fit here.")
            raise TextRefused("channels", sentence % {"n": LONGEST_OWN_TEXT})
        if before.get(each.account, Telling(account=each.account)) == each:
            continue
        Variant.objects.update_or_create(announcement=current, account_id=each.account, defaults=each.as_columns())
        changed = True
    return changed


# ── what goes out ────────────────────────────────────────────────────────────────────────────────
def network_draft(
    announcement: Announcement,
    account: Account,
    telling: Telling,
    *,
    pictures: Sequence[PictureRow],
    others: Sequence[Account],
) -> Draft:
    """The announcement as one network gets it. ``others`` are the networks that the closing line may name.

    An own text takes the place of title and text. The link carries the tags of the campaign.
    """
    channel = channel_of(account)
    most = channel.limits.pictures if isinstance(channel, Channel) else None
    may_chain = isinstance(channel, Channel) and channel.limits.threads
    keyed = [(str(row.pk), _picture(row, telling)) for row in pictures]
    link = rules.tagged(address_of(announcement), kind=account.kind, slug=announcement.slug)
    with translation.override("nl"):
        return Draft(
            subject="" if telling.text else announcement.title,
            body=telling.text or rules.shared_text(lead=announcement.lead, body=announcement.body),
            link=link if telling.with_link else "",
            link_text=announcement.title if telling.with_link else "",
            pictures=tuple(rules.shown(keyed, telling.crops, most)),
            form=telling.form if may_chain else Form.SINGLE,
            invitation=invitation(account, others) if telling.with_invitation else "",
        )


def invitation(account: Account, others: Sequence[Account]) -> str:
    """The closing line: it asks for an answer right here, and says where else to find us. Names only: a second address
    would cost letters, and on some networks money.
    """
    others = [each for each in others if each.kind not in (account.kind, PRACTICE)]
    names = list(dict.fromkeys(name_of(each.kind) for each in others))[: rules.MOST_NAMES]
    here = _("Tell us here what you think.")
    if not names:
        return here
    return f"{here} " + _("You also find us on %(networks)s and on our website.") % {"networks": ", ".join(names)}


def _picture(row: PictureRow, telling: Telling) -> DraftPicture:
    crop = telling.crops.get(str(row.pk), "")
    return DraftPicture(
        url=media_address(row.file), alt=row.alt, file=row.file, width=row.width, height=row.height, crop=crop
    )


def refuse_what_does_not_fit(current: Announcement) -> None:
    """Raises DoesNotFit, with a sentence for each network and thing: before anything goes out anywhere."""
    if sentences := [sentence for account, draft in _drafts(current) for sentence in why_not(account, draft)]:
        raise DoesNotFit(sentences)


def why_not(account: Account, draft: Draft) -> list[str]:
    """Why this can't go out on this account, in words; empty when it can."""
    channel = channel_of(account)
    if not isinstance(channel, Channel):
        return []
    may_chain = channel.limits.threads and draft.form == Form.THREAD
    found = rules.misfits(channel.render(draft), channel.limits, may_chain=may_chain)
    return [_sentence(label_of(account), misfit, chains=channel.limits.threads) for misfit in found]


def _sentence(name: str, misfit: Misfit, *, chains: bool) -> str:
    said = {
        "empty": _("%(name)s: there is no text yet."),
        "needs_picture": _("%(name)s: this network takes nothing without a picture. Add one."),
        "alt_too_long": _("%(name)s: the words with a picture are too long. At most %(bound)d characters fit there."),
        "too_long": _("%(name)s: the text is %(over)d too long. Shorten it, or write an own text for this channel."),
    }  # fmt: skip
    sentence = said[misfit.what]
    if misfit.what == "too_long" and chains:
        sentence = _("%(name)s: the text is %(over)d too long. Shorten it, or choose a series of posts.")
    return sentence % {"name": name, "over": misfit.over, "bound": misfit.bound}


def _drafts(current: Announcement) -> list[tuple[Account, Draft]]:
    """What goes to each account that was chosen and is there."""
    chosen = {number: each for number, each in tellings(current).items() if each.wanted}
    if not chosen:
        return []
    accounts, pictures = networks(), list(current.pictures.all())
    return [
        (account, network_draft(current, account, chosen[account.pk], pictures=pictures, others=accounts))
        for account in accounts
        if account.pk in chosen
    ]


def put_on_networks(current: Announcement, now: datetime) -> None:
    """One delivery for each account that was chosen, in the transaction that publishes."""
    for account, draft in _drafts(current):
        key = f"announcement:{current.pk}:{account.kind}:{account.pk}"
        delivery = deliver(kind=account.kind, key=key, purpose="announcement", draft=draft, due_at=now, to=account)
        Placement.objects.get_or_create(announcement=current, delivery=delivery)


# ── what is done to it later ─────────────────────────────────────────────────────────────────────
def correct_on_networks(current: Announcement, now: datetime) -> None:
    """The text changed after it was published: the same words where they can be changed, and a person's task elsewhere.

    Raises DoesNotFit where a network can't take the new words; nothing is changed then.
    """
    placed = {row.account_id: row for row in _placed(current)}
    drafts = [
        (placed[account.pk], _as_it_was(placed[account.pk], draft))
        for account, draft in _drafts(current)
        if account.pk in placed
    ]
    sentences = [
        sentence for row, draft in drafts if amending.can(row.account, Amendment.Sort.EDIT)
        for sentence in why_not(row.account, draft)
    ]  # fmt: skip
    if sentences:
        raise DoesNotFit(sentences)
    for row, draft in drafts:
        amending.put_other_words(delivery=row, draft=draft, number=current.version, now=now)


def take_back_from_networks(current: Announcement, now: datetime) -> None:
    """It is withdrawn: taken away where a program may, and a person's task elsewhere."""
    amending.take_back(deliveries=_placed(current), now=now)


def _placed(current: Announcement) -> QuerySet[Delivery]:
    return Delivery.objects.filter(placement__announcement=current).select_related("account")


def _as_it_was(row: Delivery, draft: Draft) -> Draft:
    """The closing line stays: an account that was connected since is no correction."""
    return replace(draft, invitation=str(row.draft.get("invitation", "")) if draft.invitation else "")
