"""Meta's node files (Graph API v25.0): requests and answers held to them.

Each file is one node: its fields, and its edges with their parameters, which of them are required, enums, and what comes
back. No lengths, quotas or windows: those are rules of the fake, each with its source.
"""

import json
import re
from datetime import datetime
from functools import cache
from typing import Any

from tests.contracts import folder
from tests.fakes.base import Request, Response
from tests.fakes.meta import Meta, parse_fields

ANYWHERE = {"access_token", "appsecret_proof", "fields", "limit", "after", "before"}  # Graph API "Overview", "Paging"
# what the files lack, each with where Meta describes it
GAPS_ASKED = {
    ("Page", "photos", "source"),  # the file itself: reference "Page Photos", "Publish a Photo"
}
GAPS_ANSWERED = {
    ("Application", "subscribed_fields"),  # reference "Page Subscribed Apps", "Reading"
}
OTHER_NAMES = {"media_publish": "mediapublish"}  # in the file of Instagram Login; the guide has an underscore
UNDESCRIBED = {"debug_token"}  # reference "Debug Token"; no node file
BY_INSTAGRAM = {"IGUser": "IGUserForIGOnlyAPI", "IGMedia": "IGMediaForIGOnlyAPI"}
ALONE = {"refresh_access_token": "IGRefreshAccessTokenForIGOnlyAPI"}
PATH = re.compile(r"/v\d+\.\d+/(?P<node>[^/]+)(?:/(?P<edge>\w+))?")


@cache
def node(kind: str) -> dict[str, Any] | None:
    """A node file; None for a node without one."""
    path = folder("meta") / "specs" / f"{kind}.json"
    return json.loads(path.read_text()) if path.is_file() else None


@cache
def enums() -> dict[str, set[str]]:
    """Every enum by name."""
    return {
        one["name"]: set(one["values"])
        for one in json.loads((folder("meta") / "specs" / "enum_types.json").read_text())
    }


def hold(fake: Meta) -> None:
    """Let the fake be looked over: what does not fit goes to ``complaints``."""

    def check(request: Request, response: Response) -> None:
        match = PATH.fullmatch(request.path)
        if match:
            kind = ALONE.get(match["node"]) or fake.kind_of(match["node"])
            kind = (
                remembered.setdefault(match["node"], kind) if kind != "Nothing" else remembered.get(match["node"], kind)
            )
            kind = BY_INSTAGRAM.get(kind, kind) if request.bearer.startswith("IG") else kind
            fake.complaints += complaints(kind, match["edge"] or "", request, response)

    remembered: dict[str, str] = {}  # what was deleted by this very call is no longer known to the fake
    fake.check = check


def complaints(kind: str, edge: str, request: Request, response: Response) -> list[str]:
    """What is wrong with a call and its answer, for a node of this kind."""
    if kind in UNDESCRIBED or kind == "Nothing":
        return []
    described = node(kind)
    if described is None:
        return [f"no file describes {kind}"]
    api = _api(described, request.method, edge)
    if api is None:
        return [f"asked {request.method} {kind}/{edge}: there is no such edge"]
    found = _asked(kind, edge, api, request)
    if response.status != 200:
        return [f"asked {request.method} {kind}/{edge}: {one}" for one in found] + _error(response.body)
    answered = str(api["return"]) if edge else kind
    if request.method == "GET":
        found += _fields(answered, {**request.query}.get("fields", ""))
        found += [wrong for one in _objects(response.body) for wrong in _answered(answered, one, request)]
    return [f"{request.method} {kind}/{edge}: {one}" for one in found]


def _api(described: dict[str, Any], method: str, edge: str) -> dict[str, Any] | None:
    itself = {"GET": "#get", "POST": "#update", "DELETE": "#delete"}[method]
    for api in described["apis"]:
        if edge and api["method"] == method and api.get("endpoint") in {edge, OTHER_NAMES.get(edge, edge)}:
            return dict(api)
        if not edge and api.get("name") == itself:
            return dict(api)
    return None


# ── what was asked ──
def _asked(kind: str, edge: str, api: dict[str, Any], request: Request) -> list[str]:
    sent = {**request.query, **request.form, **dict.fromkeys(request.files, "")}
    known = {one["name"]: one for one in api.get("params", [])}
    found = []
    for name, value in sent.items():
        if name in known:
            found += [f"{name}: {wrong}" for wrong in _value(known[name]["type"], value)]
        elif name not in ANYWHERE and (kind, edge, name) not in GAPS_ASKED:
            found.append(f"{name} is no parameter")
    return found + [
        f"{name} is missing" for name, one in known.items() if one["required"] and name not in _given(sent, edge)
    ]


def _given(sent: dict[str, str], edge: str) -> set[str]:
    # insights: the file asks for a period, the reference of media has none ("Media Insights")
    return {*sent, "period"} if edge == "insights" else set(sent)


def _value(kind: str, value: str) -> list[str]:
    inner = re.fullmatch(r"list<(.+)>", kind)
    if inner:
        return [wrong for one in _many(value) for wrong in _value(inner[1], one)]
    if kind in enums():
        return [] if value in enums()[kind] else [f"{value!r} is not one of {kind}"]
    checks = {"bool": r"true|false", "unsigned int": r"\d+", "int": r"-?\d+", "datetime": r"\d+|\d{4}-\d\d-\d\dT.+"}
    return [] if re.fullmatch(checks.get(kind, r"[\s\S]*"), value) else [f"{value!r} is no {kind}"]


def _many(value: str) -> list[str]:
    if value.startswith("["):
        return [one if isinstance(one, str) else json.dumps(one) for one in json.loads(value)]
    return value.split(",")


def _fields(kind: str, asked: str) -> list[str]:
    described = node(kind)
    if described is None:
        return []
    types = _types(described)
    found = [f"{name} is no field of {kind}" for name in parse_fields(asked) if name not in types]
    for name, inner in parse_fields(asked).items():
        if inner and name in types:
            found += _fields(types[name], inner)
    return found


def _types(described: dict[str, Any]) -> dict[str, str]:
    edges = {
        one["endpoint"]: str(one["return"])
        for one in described["apis"]
        if one["method"] == "GET" and one.get("endpoint")
    }
    return {**edges, **{one["name"]: str(one.get("type")) for one in described["fields"]}}


# ── what was answered ──
def _objects(body: Any) -> list[dict[str, Any]]:
    if isinstance(body, dict) and isinstance(body.get("data"), list):
        return list(body["data"])
    return [body] if isinstance(body, dict) else [{"": body}]


def _answered(kind: str, thing: dict[str, Any], request: Request) -> list[str]:
    described = node(kind)
    if described is None:
        return []
    types = _types(described)
    asked = {"id", *parse_fields(request.query["fields"])} if "fields" in request.query else set(types)
    found = []
    for name, value in thing.items():
        if (kind, name) in GAPS_ANSWERED:
            continue
        if name not in types or name not in asked | {"subscribed_fields"}:
            found.append(f"the answer has {name}, which {'was not asked' if name in types else f'{kind} lacks'}")
        else:
            found += [f"the answer's {name}: {wrong}" for wrong in _is(types[name], value)]
    return found


def _is(kind: str, value: Any) -> list[str]:
    if kind == "datetime":
        try:
            datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z")
        except (TypeError, ValueError):
            return [f"{value!r} is no moment as Meta writes it"]
    kinds: dict[str, type | tuple[type, ...]] = {
        "string": str,
        "int": int,
        "unsigned int": int,
        "bool": bool,
        "Object": (dict, list),
    }
    wanted = kinds.get(kind)
    return [] if wanted is None or isinstance(value, wanted) else [f"{value!r} is no {kind}"]


def _error(body: Any) -> list[str]:
    """Graph API "Handle Errors"."""
    said = body.get("error") if isinstance(body, dict) else None
    fine = (
        isinstance(said, dict)
        and {"message", "type", "code", "fbtrace_id"} <= said.keys()
        and isinstance(said["code"], int)
    )
    return [] if fine else [f"an error that is not in Meta's form: {body!r}"]
