"""Telegram's Bot API as described for 10.1 (read from its documentation page), as JSON Schema 2020-12."""

import json
import re
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry, Resource

from tests.contracts import folder

SIMPLE = {"Integer": "integer", "String": "string", "Boolean": "boolean", "Float": "number"}
CHARACTERS = re.compile(r"(\d+)-(\d+) characters")
ITEMS = re.compile(r"(\d+)-(\d+) (?:items|identifiers)")
ALWAYS = re.compile(r"(?:must be |always [“\"]?)(\w+)")
DOCUMENT = "telegram:document"


@cache
def api() -> dict[str, Any]:
    """The description."""
    found: dict[str, Any] = json.loads((folder("telegram") / "api.min.json").read_text())
    return found


def one(name: str) -> dict[str, Any]:
    """The schema of one type by its name in the description."""
    if name.startswith("Array of "):
        return {"type": "array", "items": one(name.removeprefix("Array of "))}
    if name in SIMPLE:
        return {"type": SIMPLE[name]}
    return {} if name == "InputFile" else {"$ref": f"{DOCUMENT}#/types/{name}"}


def of(field: dict[str, Any]) -> dict[str, Any]:
    """The schema of a field, with the lengths that stand in its description."""
    schema: dict[str, Any] = {"anyOf": [one(name) for name in field["types"]]}
    text = field["description"]
    if found := CHARACTERS.search(text):
        schema |= {"minLength": int(found[1]), "maxLength": int(found[2])}
    if found := ITEMS.search(text):
        schema |= {"minItems": int(found[1]), "maxItems": int(found[2])}
    if field["name"] in {"type", "status", "source"} and (found := ALWAYS.search(text)):
        schema["const"] = found[1]
    return schema


def thing(described: dict[str, Any]) -> dict[str, Any]:
    """The schema of a type or of the fields of a method: a name that is not described is wrong."""
    if described.get("subtypes"):
        return {"anyOf": [one(name) for name in described["subtypes"]]}
    fields = described.get("fields", [])
    return {
        "type": "object",
        "properties": {field["name"]: of(field) for field in fields},
        "required": [field["name"] for field in fields if field["required"]],
        "additionalProperties": False,
    }


@cache
def registry() -> Any:
    """All types, for references."""
    contents = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "types": {name: thing(described) for name, described in api()["types"].items()},
    }
    return Registry().with_resource(DOCUMENT, Resource.from_contents(contents))


@cache
def _validator(kind: str, name: str) -> Draft202012Validator:
    if kind == "ask":
        schema = thing(api()["methods"][name])
    elif kind == "answer":
        schema = {"anyOf": [one(returned) for returned in api()["methods"][name]["returns"]]}
    else:
        schema = one(name)
    return Draft202012Validator(schema, registry=registry())


def complaints(kind: str, name: str, value: Any) -> list[str]:
    """What the description has against a request (``ask``), its result (``answer``), or a thing of a type (``type``)."""
    if kind != "type" and name not in api()["methods"]:
        return [f"{name} is no method"]
    return [f"{kind} {name}: {_why(error)}" for error in _validator(kind, name).iter_errors(value)]


def _why(error: Any) -> str:
    deepest = error
    while deepest.context:
        deepest = max(deepest.context, key=lambda one: len(one.absolute_path))
    return f"{'.'.join(map(str, deepest.absolute_path))}: {deepest.message[:300]}"


def hold(fake: Any) -> None:
    """Let a fake note everything that the description has against it."""

    def check(request: Any, response: Any) -> None:
        name = request.path.rpartition("/")[2]
        fake.complaints += complaints("ask", name, fake.parameters(request))
        body = response.body
        if body["ok"]:
            fake.complaints += complaints("answer", name, body["result"])
            return
        if set(body) - {"ok", "error_code", "description", "parameters"} or not isinstance(body["description"], str):
            fake.complaints.append(f"error of {name}: {body}")
        fake.complaints += complaints("type", "ResponseParameters", body.get("parameters", {}))

    fake.check = check
    fake.check_update = lambda update: fake.complaints.extend(complaints("type", "Update", update))
