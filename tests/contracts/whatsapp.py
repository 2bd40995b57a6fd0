"""WhatsApp's OpenAPI document (Cloud API v23.0): what we send, what comes back, and what its webhook brings.

Relaxed in memory, as its own examples need it: parts of an ``allOf`` may not forbid what the other parts bring.
"""

import json
import re
from functools import cache
from typing import Any, Final

import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.contracts import folder
from tests.fakes.base import Fake, Request, Response

HERE: Final = "urn:whatsapp"
NUMBER: Final = "/{Version}/{Phone-Number-ID}"
# by name, because a bare id in a path may be a number, a business or a file in this document
OPERATIONS: Final = (
    ("POST", re.compile(r"/v\d+\.\d/\d+/messages"), f"{NUMBER}/messages"),
    ("POST", re.compile(r"/v\d+\.\d/\d+/media"), f"{NUMBER}/media"),
    ("POST", re.compile(r"/v\d+\.\d/\d+/subscribed_apps"), "/{Version}/{WABA-ID}/subscribed_apps"),
    ("GET", re.compile(r"/v\d+\.\d/\d{1,9}"), "/{Version}/{Media-ID}"),  # our fake gives files short numbers
    ("GET", re.compile(r"/v\d+\.\d/\d+"), NUMBER),
)


@cache
def document() -> dict[str, Any]:
    """The document, relaxed; loaded once."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = yaml.load((folder("whatsapp") / "business-messaging-api_v23.0.yaml").read_text(), Loader=loader)
    relaxed: dict[str, Any] = _relaxed(found, inside=False)
    return relaxed


def _relaxed(node: Any, *, inside: bool) -> Any:
    if isinstance(node, list):
        return [_relaxed(one, inside=inside) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {str(name): value for name, value in node.items() if not (inside and name == "additionalProperties")}
    return {name: _relaxed(value, inside=name == "allOf") for name, value in kept.items()}


@cache
def _registry() -> Registry[Any]:
    made: Registry[Any] = Registry().with_resource(HERE, DRAFT202012.create_resource(document()))
    return made


def complaints(value: Any, pointer: str) -> list[str]:
    """What is wrong with a value, held to the schema at a place in the document."""
    validator = Draft202012Validator({"$ref": f"{HERE}#{pointer}"}, registry=_registry())
    return [f"{pointer}: {error.message[:300]}" for error in validator.iter_errors(value)]


def pointer(*names: str) -> str:
    """A place in the document (RFC 6901)."""
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)


def schema(name: str, value: Any) -> list[str]:
    """What is wrong with a value, held to a named schema."""
    return complaints(value, pointer("components", "schemas", name))


# ── a call ───────────────────────────────────────────────────────────────────────────────────────
def problems(request: Request, response: Response) -> list[str]:
    """What is wrong with a call that was taken, and with its answer."""
    if request.path.startswith("/files/"):  # an address of Meta's own, not of the API
        return []
    path = next((path for method, pattern, path in OPERATIONS if _is(request, method, pattern)), None)
    if path is None:
        return [f"{request.method} {request.path}: the document has no such call"]
    if response.status >= 400:
        said = response.body.get("error", {}) if isinstance(response.body, dict) else {}
        return [] if isinstance(said.get("code"), int) and said.get("message") else [f"{path}: an error without a code"]
    place = ("paths", path, request.method.lower())
    found = [] if request.bearer else [f"{path}: no token"]
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0]
        sent = {**request.form, **dict.fromkeys(request.files, "")} if kind == "multipart/form-data" else request.json
        found += complaints(sent, pointer(*place, "requestBody", "content", kind, "schema"))
    answer = json.loads(response.packed()[0])
    return found + complaints(answer, pointer(*place, "responses", "200", "content", "application/json", "schema"))


def _is(request: Request, method: str, pattern: re.Pattern[str]) -> bool:
    return request.method == method and pattern.fullmatch(request.path) is not None


def hold(fake: Fake) -> None:
    """Let a fake complain of every call and answer that the document does not allow."""
    fake.check = lambda request, response: fake.complaints.extend(problems(request, response))


# ── the webhook ──────────────────────────────────────────────────────────────────────────────────
def examples() -> dict[str, dict[str, Any]]:
    """The calls that the document shows, by name."""
    shown = document()["paths"]["/whatsapp/webhooks"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    return {name: one["value"] for name, one in shown.items()}


def webhook(body: bytes) -> list[str]:
    """What is wrong with a call of the webhook.

    The document's schema of a message that comes in asks for what only a message that goes out has, and refuses each of
    its own examples. So a message is held to the examples: no key that they do not have, no other type of value.
    """
    said = json.loads(body)
    found = [] if said.get("object") == "whatsapp_business_account" else ["object"]
    for entry in said["entry"]:
        found += [f"entry: {name}" for name in ("id", "changes") if name not in entry]
        for change in entry["changes"]:
            found += _value(change["value"]) if change["field"] == "messages" else [f"field {change['field']}"]
    return found


def _value(value: dict[str, Any]) -> list[str]:
    found = schema("Metadata", value["metadata"])
    if "statuses" in value:
        return found + schema("StatusMessageValue", value)
    found += [one for contact in value["contacts"] for one in schema("ContactProfile", contact)]
    return found + [one for message in value["messages"] for one in _message(message)]


def _message(message: dict[str, Any]) -> list[str]:
    shown = [
        one
        for call in examples().values()
        for entry in call["entry"]
        for change in entry["changes"]
        for one in change["value"].get("messages", ())
        if one["type"] == message["type"]
    ]
    return _unlike(message, shown, message["type"]) if shown else [f"no example of {message['type']}"]


def _unlike(value: Any, shown: list[Any], at: str) -> list[str]:
    if type(value) not in {type(one) for one in shown}:
        return [f"{at}: {value!r} is of another type than in the examples"]
    if not isinstance(value, dict):
        return []
    found = []
    for name, part in value.items():
        like = [one[name] for one in shown if isinstance(one, dict) and name in one]
        found += _unlike(part, like, f"{at}/{name}") if like else [f"{at}: {name} is in no example"]
    return found
