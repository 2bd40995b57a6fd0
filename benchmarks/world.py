"""A municipality of size: 10,000 contributions, 50,000 messages, made from the demo's words with a fixed seed."""

import random
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

CONTRIBUTIONS = 10_000
MESSAGES = 50_000
REACTIONS = 20_000
SEED = 7


def sentences() -> list[str]:
    """Every sentence of the demo's contributions."""
    from stamtafel.demo.source import read

    texts = [fields["text"] for fields in read("contributions")]
    return sorted({part.strip() for text in texts for part in text.replace("!", ".").split(".") if len(part) > 20})


def fill(*, contributions: int = CONTRIBUTIONS, messages: int = MESSAGES) -> None:
    """Load the demo, then grow it. Everything is a plain row: rules were applied to the words once."""
    from stamtafel.demo.load import load

    load(now=timezone.localtime())
    with transaction.atomic():
        grow(contributions, messages)


def grow(contributions: int, messages: int) -> None:
    """Add contributions, conversations, messages, reactions and answers."""
    from stamtafel.dossier.actions.keys import code_digest, follow_code
    from stamtafel.dossier.models import Answer, Contribution, Decision, Reaction, Step, Topic
    from stamtafel.dossier.rules.texts import texts_of
    from stamtafel.inbox.models import Conversation, Message
    from stamtafel.places.models import Area

    chance, words, now = random.Random(SEED), sentences(), timezone.now()
    topics = list(Topic.objects.all())
    areas = list(Area.objects.filter(level="neighbourhood").defer("geometry", "path"))
    kinds = ["idea", "wish", "question", "criticism", "compliment"]
    pool = [texts_of(". ".join(chance.sample(words, chance.randint(1, 5))) + ".") for _number in range(2000)]
    rows = []
    for number in range(contributions - Contribution.objects.count()):
        texts, at = chance.choice(pool), now - timedelta(minutes=30 * number + chance.randrange(30))
        row = Contribution(
            kind=chance.choice(kinds), title=texts.title, text=texts.text, public_text=texts.public_text,
            excerpt=texts.excerpt, terms=texts.terms, signature=texts.signature, topic=chance.choice(topics),
            area=chance.choice(areas), created_at=at, published_at=at, support_count=int(chance.expovariate(0.1)),
            state=chance.choice(["received", "read", "in_conversation", "answered"]),
        )  # fmt: skip
        row.code_digest = code_digest(follow_code(row))
        rows.append(row)
    rows = Contribution.objects.bulk_create(rows, batch_size=500)
    Step.objects.bulk_create([Step(contribution=r, kind="received", at=r.created_at) for r in rows], batch_size=1000)
    reactions = [
        Reaction(contribution=(r := chance.choice(rows)), text=(w := chance.choice(words)), public_text=w,
                 created_at=r.created_at, published_at=r.created_at) for _number in range(REACTIONS)
    ]  # fmt: skip
    Reaction.objects.bulk_create(reactions, batch_size=1000)
    conversations = Conversation.objects.bulk_create([
        Conversation(contribution=r, subject=r.title, kind=r.kind, opened_at=r.created_at, last_message_at=r.created_at,
                     excerpt=r.excerpt, message_count=5) for r in rows
    ], batch_size=500)  # fmt: skip
    Message.objects.bulk_create([
        Message(conversation=conversations[n % len(conversations)], direction="out" if n % 2 else "in",
                text=chance.choice(words), at=now - timedelta(minutes=n)) for n in range(messages)
    ], batch_size=1000)  # fmt: skip
    decisions = list(Decision.objects.filter(published_at__isnull=False))
    decisions += Decision.objects.bulk_create([
        Decision(slug=f"besluit-{len(rows)}-{n}", topic=chance.choice(topics), title=chance.choice(words)[:120], decided_by="college",
                 decided_on=(now - timedelta(days=9 * n)).date(), decided=chance.choice(words), heard=chance.choice(words),
                 published_at=now - timedelta(days=9 * n)) for n in range(1, 60)
    ])  # fmt: skip
    Answer.objects.bulk_create([
        Answer(contribution=r, decision=chance.choice(decisions), outcome=chance.choice(["used", "partly", "not_used"]),
               text=chance.choice(words), published_at=now) for r in rows[:3000]
    ], batch_size=1000)  # fmt: skip
