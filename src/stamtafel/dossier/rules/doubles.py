"""Contributions about the same thing in other words: hints for whoever reads, never a verdict.

Two people rarely use the same sentences for one wish; they do use the same rare words. Each text is its set of
search terms; a term weighs by how few texts have it (inverse document frequency, Spärck Jones 1972), and two texts
are alike by the weight that they share, as a part of all that both weigh (weighted Jaccard, 0 to 1).
"""

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from typing import Final

THRESHOLD: Final = 0.14  # among texts of one subject; below it there was hardly a double in the demo's 170 texts
MOST_SHARED: Final = 4


@dataclass(frozen=True, slots=True)
class Alike:
    """A text about the same thing: ``score`` 0 to 1, and the words that tell most, the rarest first."""

    id: int
    score: float
    shared: tuple[str, ...]


def alike(
    own: str, candidates: Iterable[tuple[int, str]], *, threshold: float = THRESHOLD, limit: int = 5
) -> list[Alike]:
    """The candidates (id, terms with spaces between them) most like ``own``, best first, at most ``limit``."""
    mine = frozenset(own.split())
    texts = [(id_, frozenset(terms.split())) for id_, terms in candidates]
    if not mine or not texts:
        return []
    seen = Counter(term for _id, terms in texts for term in terms)
    weights = {term: log((len(texts) + 1) / (number + 1)) + 1e-9 for term, number in seen.items()}
    rare = log(len(texts) + 1)
    weight_of_mine = sum(weights.get(term, rare) for term in mine)
    found = []
    for id_, terms in texts:
        common = mine & terms
        if common:
            shared = sum(weights[term] for term in common)
            score = shared / (weight_of_mine + sum(weights[term] for term in terms) - shared)
            found.append((score, id_, common))
    best = heapq.nlargest(limit, (row for row in found if row[0] >= threshold), key=lambda row: row[:2])
    return [Alike(id_, score, _rarest(common, weights)) for score, id_, common in best]


def _rarest(common: frozenset[str], weights: dict[str, float]) -> tuple[str, ...]:
    return tuple(sorted(common, key=lambda term: (-weights[term], term))[:MOST_SHARED])
