"""What residents said, what was said back, and what was decided."""

from datetime import datetime, timedelta
from typing import Any

from stamtafel.demo.source import Calendar, read
from stamtafel.dossier.actions.decide import answer_alone, give_answer, mark_done
from stamtafel.dossier.actions.keys import code_digest, follow_code
from stamtafel.dossier.actions.life import mark_replied
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
from stamtafel.dossier.rules.lifecycle import LINE
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
        self.answers()
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
        # what comes after reading is brought about by what was said, answered and done
        state = State.READ if fields["state"] in LINE[1:] else State(fields["state"])
        held_back = state == State.HIDDEN or (
            fields["topic"] and self.topics[fields["topic"]].moderation == "before" and state == State.RECEIVED
        )
        made = Contribution(
            kind=fields["kind"], title=masked(fields["title"]), text=texts.text, public_text=texts.public_text,
            excerpt=texts.excerpt, terms=texts.terms, signature=texts.signature,
            topic=self.topics.get(fields["topic"]), area=self.areas.get(fields["area"]), lon=lon, lat=lat,
            channel=fields["channel"], voices=fields["voices"], state=state, created_at=at,
            language=fields.get("language", "nl"), published_at=None if held_back else at,
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

    def after(self, contribution: Contribution, days_ago: float) -> datetime:
        """A moment that many days ago, when everything before it in its life has happened; never later than now."""
        latest = max(Step.objects.filter(contribution=contribution).values_list("at", flat=True))
        return min(max(self.calendar.moment(days_ago), latest + timedelta(minutes=9)), self.calendar.now)

    def reaction(self, made: Contribution, fields: dict[str, Any]) -> Reaction:
        """What somebody said under it."""
        at = max(self.calendar.moment(fields["days_ago"]), made.created_at + timedelta(minutes=4))
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
        for item in fields["messages"]:
            self.message(made, item, self.next_message(made, item["days_ago"]))
        state = Conversation.State(fields["state"])
        Conversation.objects.filter(pk=made.pk).update(
            state=state, assignee=self.staff.get(fields["assignee"] or ""),
            snoozed_until=self.calendar.now + timedelta(days=3) if state == Conversation.State.SNOOZED else None,
        )  # fmt: skip
        if state == Conversation.State.CLOSED:
            Conversation.objects.filter(pk=made.pk).update(waits_since=None)

    def next_message(self, made: Conversation, days_ago: float) -> datetime:
        """A moment after the message before; never later than now."""
        latest = max(made.messages.values_list("at", flat=True)) + timedelta(minutes=11)
        at = self.calendar.moment(days_ago)
        if made.contribution is not None:
            at = self.after(made.contribution, days_ago)
        return min(max(at, latest), self.calendar.now)

    def message(self, made: Conversation, fields: dict[str, Any], at: datetime) -> None:
        """One message, with the counters that the list reads."""
        by = self.staff.get(fields.get("author", ""))
        Message.objects.create(conversation=made, direction=fields["direction"], text=fields["text"], at=at, by=by)
        if fields["direction"] == Message.Direction.OUT:
            count_message(made, now=at)
            if made.contribution is not None:
                mark_replied(contribution=made.contribution, actor=by, now=at)
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
            found = Answer.objects.create(
                contribution=contribution, decision=made, outcome=item["outcome"], text=item["text"]
            )
            if published:
                give_answer(found, actor=None, now=max(at, self.after(contribution, days_ago)))
        if published:
            append(kind="decision.published", subject=f"decision:{made.pk}", data={"answers": len(answers)}, now=at)

    def answers(self) -> None:
        """Answers that belong to no decision, and what was done in the end."""
        source = read("answers")
        for item in source["answers"]:
            said = self.contributions[item["contribution"]]
            at = self.after(said, item["days_ago"])
            answer_alone(contribution=said, outcome=item["outcome"], text=item["text"], actor=None, now=at)
        for item in source["done"]:
            said = self.contributions[item["contribution"]]
            mark_done(contribution=said, text=item["text"], actor=None, now=self.after(said, item["days_ago"]))
