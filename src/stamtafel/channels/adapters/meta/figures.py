"""How many saw it (Graph API "Insights", Instagram "Media Insights").

One name that Meta no longer knows makes the whole call fail with error 100: then each is asked by itself, and what is
unknown is not asked again by this process.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from stamtafel.channels.adapters.meta.errors import WrongValue
from stamtafel.channels.adapters.meta.graph import Graph, things
from stamtafel.channels.contract import Metric

UNKNOWN: Final[set[tuple[str, str]]] = set()  # edge of a node without its id, name


def asked(graph: Graph, path: str, names: Mapping[str, str], now: datetime, **params: str) -> list[Metric]:
    """The figures behind an edge. ``names``: Meta's name → ours. Those without a value are left out."""
    node = f"{path.rpartition('/')[2]}:{','.join(names)}"
    wanted = [name for name in names if (node, name) not in UNKNOWN]
    if not wanted:
        return []
    try:
        found = list(_asked(graph, path, wanted, params))
    except WrongValue:
        found = _one_by_one(graph, path, wanted, params, node)
    return [Metric(names[name], value, now) for name, value in found if name in names]


def _one_by_one(
    graph: Graph, path: str, wanted: Sequence[str], params: Mapping[str, str], node: str
) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    refused: set[tuple[str, str]] = set()
    for name in wanted:
        try:
            found += _asked(graph, path, [name], params)
        except WrongValue:
            refused.add((node, name))
    if len(refused) < len(wanted):  # where all are refused something is wrong with this post, not with the names
        UNKNOWN.update(refused)
    return found


def _asked(graph: Graph, path: str, names: Sequence[str], params: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    for one in things(graph.get(path, metric=",".join(names), **params)):
        value = _value(one)
        if value is not None:
            yield str(one.get("name")), value


def _value(one: Mapping[str, Any]) -> int | None:
    """The newest value; of several (likes, hearts, …) the sum."""
    total = one.get("total_value")
    values = [total] if isinstance(total, Mapping) else things({"data": one.get("values")})
    found = values[-1].get("value") if values else None
    if isinstance(found, Mapping):
        return sum(part for part in found.values() if isinstance(part, int))
    return found if isinstance(found, int) else None
