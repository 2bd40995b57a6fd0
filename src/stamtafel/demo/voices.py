"""What residents said, what was said back, and what was decided."""

from datetime import timedelta
from typing import Any

from stamtafel.demo.source import Calendar, read
from stamtafel.dossier.actions.keys import code_digest, follow_code
from stamtafel.dossier.models import (
    Answer,
    Contribution,
    Decision,
    Moderation,
    Reaction,
    State,
    Step,
    StepKind,
    Support,
    Topic,
)
from stamtafel.dossier.rules.texts import masked, texts_of
from stamtafel.inbox.actions.handle import count_message
from stamtafel.inbox.actions.intake import open_conversation
from stamtafel.inbox.models import Conversation, Message
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.places.models import Area

SETTLED_AFTER_DAYS = 14
Contributions = dict[str, Contribution]


class Voices:
    """Loads what people said, in the order in which it was said."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.topics = {topic.slug: topic for topic in Topic.objects.all()}
        self.areas = {area.code: area for area in Area.objects.defer("geometry", "path")}
        self.staff = {member.email: member for member in StaffMember.objects.all()}
        self.contributions: Contributions = {}

    def load(self) -> None:
        """Everything."""
        for fields in sorted(read("contributions"), key=lambda fields: -fields["days_ago"]):
            self.contributions[fields["ref"]] = self.contribution(fields)
        for fields in read("conversations"):
            self.conversation(fields)
        for fields in read("decisions"):
            self.decision(fields)
        self.settle_old()

    def settle_old(self) -> None:
        """What is older than a fortnight and was read, was spoken about long ago: the inbox shows what waits now."""
        long_ago = self.calendar.now - timedelta(days=SETTLED_AFTER_DAYS)
        old = Contribution.objects.filter(conversation=None, created_at__lt=long_ago)
        for contribution in old.exclude(state__in=[State.WITHDRAWN, State.RECEIVED]):
            made = open_conversation(contribution)
            Conversation.objects.filter(pk=made.pk).update(state=Conversation.State.CLOSED, waits_since=None)

    def contribution(self, fields: dict[str, Any]) -> Contribution:
        """One contribution with its reactions, support and the beginning of its life."""
        texts, at = texts_of(fields["text"]), self.calendar.moment(fields["days_ago"])
        lon, lat = fields["point"] or (None, None)
        state = State(fields["state"])
        held_back = state == State.HIDDEN or (
            fields["topic"] and self.topics[fields["topic"]].moderation == "before" and state == State.RECEIVED
        )
        made = Contribution(
            kind=fields["kind"], title=masked(fields["title"]), text=texts.text, public_text=texts.public_text,
            excerpt=texts.excerpt, terms=texts.terms, signature=texts.signature,
            topic=self.topics.get(fields["topic"]), area=self.areas.get(fields["area"]), lon=lon, lat=lat,
            channel=fields["channel"], voices=fields["voices"], state=state, created_at=at,
            published_at=None if held_back else at,
        )  # fmt: skip
        made.code_digest = code_digest(follow_code(made))
        made.save()
        append(kind="contribution.received", subject=f"contribution:{made.pk}", data={"kind": made.kind}, now=at)
        self.surround(made, fields)
        return made

    def surround(self, made: Contribution, fields: dict[str, Any]) -> None:
        """Reactions, support, and the steps up to its state."""
        reactions = [self.reaction(made, item) for item in fields.get("reactions", [])]
        supports = [
            Support(contribution=made, supporter=f"demo:{made.pk}:{number}", at=made.created_at)
            for number in range(fields["support"])
        ]
        Support.objects.bulk_create(supports)
        Contribution.objects.filter(pk=made.pk).update(reaction_count=len(reactions), support_count=fields["support"])
        self.step(made, StepKind.RECEIVED, hours=0)
        if made.state != State.RECEIVED:
            self.step(made, StepKind.READ, hours=20)
        if made.state == State.HIDDEN:
            self.hide(made, fields.get("hidden_reason", ""))
        if made.state == State.WITHDRAWN:
            self.step(made, StepKind.WITHDRAWN, hours=40)

    def step(self, made: Contribution, kind: StepKind, *, hours: int, text: str = "") -> None:
        """One dated event, never later than now."""
        at = min(made.created_at + timedelta(hours=hours), self.calendar.now)
        Step.objects.create(contribution=made, kind=kind, at=at, text=text)

    def reaction(self, made: Contribution, fields: dict[str, Any]) -> Reaction:
        """What somebody said under it."""
        at = max(self.calendar.moment(fields["days_ago"]), made.created_at + timedelta(minutes=7))
        return Reaction.objects.create(
            contribution=made, text=fields["text"], public_text=masked(fields["text"]), created_at=at, published_at=at
        )

    def hide(self, made: Contribution, reason: str) -> None:
        """A moderator took it off the public page, and said why."""
        by = next(member for member in self.staff.values() if "moderator" in member.roles)
        at = min(made.created_at + timedelta(hours=26), self.calendar.now)
        Moderation.objects.create(contribution=made, hide=True, reason=reason, at=at, by=by)
        Step.objects.create(contribution=made, kind=StepKind.HIDDEN, at=at, text=reason, by=by)

    def conversation(self, fields: dict[str, Any]) -> None:
        """A thread, message by message."""
        contribution = self.contributions[fields["contribution"]]
        made = open_conversation(contribution)
        last = contribution.created_at
        for item in fields["messages"]:
            last = max(self.calendar.moment(item["days_ago"]), last + timedelta(minutes=11))
            self.message(made, item, last)
        state = Conversation.State(fields["state"])
        Conversation.objects.filter(pk=made.pk).update(
            state=state, assignee=self.staff.get(fields["assignee"] or ""),
            snoozed_until=self.calendar.now + timedelta(days=3) if state == Conversation.State.SNOOZED else None,
        )  # fmt: skip
        if state == Conversation.State.CLOSED:
            Conversation.objects.filter(pk=made.pk).update(waits_since=None)

    def message(self, made: Conversation, fields: dict[str, Any], at: Any) -> None:
        """One message, with the counters that the list reads."""
        by = self.staff.get(fields.get("author", ""))
        Message.objects.create(conversation=made, direction=fields["direction"], text=fields["text"], at=at, by=by)
        if fields["direction"] == Message.Direction.OUT:
            first = not made.messages.filter(direction=Message.Direction.OUT, at__lt=at).exists()
            count_message(made, now=at)
            if first and made.contribution is not None:
                Step.objects.create(contribution=made.contribution, kind=StepKind.REPLIED, at=at, by=by)
        elif fields["direction"] == Message.Direction.IN:
            Conversation.objects.filter(pk=made.pk).update(
                last_message_at=at, waits_since=at, excerpt=fields["text"][:240], message_count=made.messages.count()
            )

    def decision(self, fields: dict[str, Any]) -> None:
        """A decision with its answers; published ones reach every contribution they answer."""
        answers, published, days_ago = fields.pop("answers"), fields.pop("published"), fields.pop("days_ago")
        at = self.calendar.moment(days_ago)
        topic = self.topics[fields.pop("topic")]
        made = Decision.objects.create(
            **fields, topic=topic, decided_on=at.date(), published_at=at if published else None
        )
        for item in answers:
            contribution = self.contributions[item["contribution"]]
            Answer.objects.create(
                contribution=contribution, decision=made, outcome=item["outcome"], text=item["text"],
                published_at=made.published_at,
            )  # fmt: skip
            if published:
                self.answered(contribution, item["text"], at)
        if published:
            append(kind="decision.published", subject=f"decision:{made.pk}", data={"answers": len(answers)}, now=at)

    def answered(self, contribution: Contribution, text: str, at: Any) -> None:
        """The answer in the life of the contribution."""
        at = max(at, contribution.created_at + timedelta(days=1))
        Step.objects.create(contribution=contribution, kind=StepKind.ANSWERED, at=at, text=text)
        Contribution.objects.filter(pk=contribution.pk, answered_at=None).update(answered_at=at)
