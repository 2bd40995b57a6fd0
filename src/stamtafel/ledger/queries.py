"""Reads on the log. It is public: everybody may see all of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from stamtafel.ledger.form import entry_bytes
from stamtafel.ledger.models import Entry, TreeHead
from stamtafel.ledger.rules import Frontier, Tree, leaf_hash

_kept: list[Tree] = []


def head() -> TreeHead | None:
    """The newest published root, or None while the log is empty."""
    return TreeHead.objects.order_by("-size").first()


def entries(*, before: int | None = None, limit: int = 100) -> list[Entry]:
    """A page of placed entries, newest first; ``before`` is the place to go on from."""
    placed = Entry.objects.filter(place__isnull=False).order_by("-place")
    return list((placed if before is None else placed.filter(place__lt=before))[:limit])


def about(subject: str) -> QuerySet[Entry]:
    """All entries about one thing, oldest first, placed or not yet."""
    return Entry.objects.filter(subject=subject).order_by("pk")


def inclusion_proof(*, place: int, size: int) -> list[bytes]:
    """The proof that the entry at ``place`` is under the root over ``size`` entries; raises ValueError."""
    return _tree(size).inclusion_proof(place, size)


def consistency_proof(*, old: int, new: int) -> list[bytes]:
    """The proof that the log of ``new`` entries begins with that of ``old``; raises ValueError."""
    return _tree(new).consistency_proof(old, new)


def _tree(size: int) -> Tree:
    """A tree of at least so many entries where there are; kept, because nothing under it ever changes."""
    if not _kept or len(_kept[0]) < size:
        leaves = Entry.objects.filter(place__isnull=False).order_by("place").values_list("leaf", flat=True)
        _kept[:] = [Tree(bytes(leaf) for leaf in leaves)]
    return _kept[0]


def forget_tree() -> None:
    """Read the tree afresh next time (between tests)."""
    _kept.clear()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a full check found: how many entries and roots were counted again, and every difference."""

    entries: int
    heads: int
    problems: list[str]


def verify_all() -> Verdict:
    """Count everything again from the content of the entries and hold it against every published root."""
    problems: list[str] = []
    roots = {head.size: bytes(head.root) for head in TreeHead.objects.order_by("size").iterator()}
    frontier, checked = Frontier(), 0
    for entry, wrong in _checked_entries():
        problems += wrong
        frontier = frontier.extended([bytes(entry.leaf)])
        if frontier.size in roots:
            checked += 1
            if roots[frontier.size] != frontier.root():
                problems.append(f"the root over {frontier.size} entries is another one than published")
    if checked < len(roots):
        problems.append(f"{len(roots) - checked} published roots are over more entries than there are")
    return Verdict(frontier.size, checked, problems)


def _checked_entries() -> Iterator[tuple[Entry, list[str]]]:
    placed = Entry.objects.filter(place__isnull=False).order_by("place")
    for number, entry in enumerate(placed.iterator(chunk_size=1000)):
        wrong = [] if entry.place == number else [f"place {number} is missing"]
        content = entry_bytes(at=entry.at, kind=entry.kind, subject=entry.subject, data=entry.data)
        if leaf_hash(content) != bytes(entry.leaf):
            wrong.append(f"the content of entry {entry.place} was changed")
        yield entry, wrong
