"""How much of what was said got an answer, and how fast: counted from the rows, at most once a minute per process."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count
from django.utils import timezone

from stamtafel.dossier.models import Answer
from stamtafel.dossier.queries.public import visible
from stamtafel.dossier.rules.figures import OutcomeCounts, answered_share, median_days

DAYS: Final = 365
SECONDS_KEPT: Final = 60.0  # ten thousand rows take 30 ms; nobody sees a minute's difference in a year's figures


@dataclass(frozen=True, slots=True)
class YearFigures:
    """The public contributions that were received in the last 365 days, and what became of them."""

    since: date
    received: int
    answered: int
    share: float | None
    median_days: int | None
    outcomes: OutcomeCounts
    by_topic: Mapping[int, int]

    @property
    def percent(self) -> int | None:
        """The share in whole per cents, rounded down: we do not look better than we were."""
        return None if self.share is None else int(self.share * 100)


_kept: list[tuple[float, YearFigures]] = []


def year_figures(*, now: datetime) -> YearFigures:
    """The figures of the year up to ``now``, at most a minute old."""
    clock = time.monotonic()
    if not _kept or clock - _kept[0][0] >= SECONDS_KEPT:
        _kept[:] = [(clock, count_year(now=now))]
    return _kept[0][1]


def forget_figures() -> None:
    """Count afresh next time (between tests)."""
    _kept.clear()


def count_year(*, now: datetime) -> YearFigures:
    """Count now: two queries."""
    since = timezone.localtime(now - timedelta(days=DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = list(visible().filter(created_at__gte=since).values_list("created_at", "answered_at", "topic_id"))
    answered = [(created, at) for created, at, _topic in rows if at is not None]
    return YearFigures(
        since=since.date(),
        received=len(rows),
        answered=len(answered),
        share=answered_share(answered=len(answered), total=len(rows)),
        median_days=days_to_answer(answered),
        outcomes=outcome_counts(since),
        by_topic=Counter(topic for _created, _at, topic in rows if topic is not None),
    )


def outcome_counts(since: datetime) -> OutcomeCounts:
    """What the published decisions did with contributions, since then. Hidden and withdrawn ones count as well."""
    found = Answer.objects.filter(published_at__gte=since, decision__published_at__isnull=False).order_by()
    numbers = dict(found.values_list("outcome").annotate(number=Count("id")))
    return OutcomeCounts(numbers.get("used", 0), numbers.get("partly", 0), numbers.get("not_used", 0))


def days_to_answer(pairs: list[tuple[datetime, datetime]]) -> int | None:
    """The middle number of days between two moments, by the calendar here; what was answered before it came is 0."""
    local = timezone.localtime
    days = ((local(created).date(), local(at).date()) for created, at in pairs)
    return median_days((created, max(created, at)) for created, at in days)
