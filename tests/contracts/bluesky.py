"""Bluesky's lexicons: records, parameters, inputs and outputs held to them (AT Protocol, "Lexicon")."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any, Final

import regex

from tests.contracts import folder
from tests.fakes.base import Fake, Request, Response

# the syntax of each format, as in the pages of the AT Protocol; held to its own cases in test_bluesky.py
DID: Final = r"(?=.{1,2048}$)did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]"
LABEL: Final = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
HANDLE: Final = rf"(?=.{{1,253}}$)(?:{LABEL}\.)+[a-zA-Z](?:[a-zA-Z0-9-]{{0,61}}[a-zA-Z0-9])?"
NSID: Final = rf"(?=.{{1,317}}$)[a-zA-Z](?:[a-zA-Z0-9-]{{0,61}}[a-zA-Z0-9])?(?:\.{LABEL})+\.[a-zA-Z][a-zA-Z0-9]{{0,62}}"
RECORD_KEY: Final = r"(?!\.{1,2}$)[a-zA-Z0-9_~.:-]{1,512}"
DATETIME: Final = r"(?!000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
LANGUAGE: Final = r"(?:i|[a-z]{2,3})(?:-[a-zA-Z0-9]+)*"
PATTERNS: Final = {
    "did": DID, "handle": HANDLE, "at-identifier": rf"{DID}|{HANDLE}", "nsid": NSID, "record-key": RECORD_KEY, "tid": r"[234567abcdefghij][234567a-z]{12}", "datetime": DATETIME, "language": LANGUAGE,
    "cid": r"[a-zA-Z0-9]{8,256}", "uri": r"[a-z][a-z0-9.+-]{0,80}:[^\s]{1,8192}",
}  # fmt: skip


def is_format(name: str, text: str) -> bool:
    """Whether a text has a format."""
    if name == "at-uri":
        return _is_address(text)
    if not re.fullmatch(PATTERNS[name], text) or (name == "datetime" and text.endswith("-00:00")):
        return False
    if name != "datetime":
        return True
    try:
        datetime.fromisoformat(re.sub(r"\.(\d{1,6})\d*", r".\1", text))
    except ValueError:
        return False
    return True


def _is_address(text: str) -> bool:
    """``at://`` and one to three parts: whose, which collection, which record."""
    parts = text.removeprefix("at://").split("/")
    formats = ("at-identifier", "nsid", "record-key")
    if not text.startswith("at://") or len(parts) > len(formats) or len(text) > 8192:
        return False
    return all(is_format(name, part) for name, part in zip(formats, parts, strict=False))


Complaints = Iterator[str]


class Lexicons:
    """All lexicons of a folder. ``strict``: a key that a lexicon does not know is a complaint (we send none)."""

    def __init__(self, documents: dict[str, dict[str, Any]]) -> None:
        self.documents = documents
        self.strict = True

    def find(self, reference: str, within: str) -> tuple[dict[str, Any], str]:
        """What a reference stands for, and the document that it is in."""
        name, _sign, part = reference.partition("#")
        document = name or within
        return self.documents[document]["defs"][part or "main"], document

    def record(self, value: Any) -> Complaints:
        """A record by its ``$type``."""
        name = value.get("$type") if isinstance(value, dict) else None
        if name not in self.documents:
            yield f"record: no such type {name!r}"
            return
        found, within = self.find(name, name)
        yield from self.check(value, found["record"], within, name)

    def check(self, value: Any, schema: dict[str, Any], within: str, at: str) -> Complaints:
        """What is wrong with a value."""
        checks: dict[str, Callable[..., Complaints]] = {
            "object": self._object, "params": self._object, "array": self._array, "string": self._string,
            "integer": self._integer, "boolean": self._boolean, "ref": self._ref, "union": self._union,
            "blob": self._blob, "unknown": self._unknown, "token": self._string, "cid-link": self._unknown,
            "bytes": self._unknown,
        }  # fmt: skip
        yield from checks[schema["type"]](value, schema, within, at)

    def _object(self, value: Any, schema: dict[str, Any], within: str, at: str) -> Complaints:
        if not isinstance(value, dict):
            yield f"{at}: not an object"
            return
        known = schema.get("properties", {})
        yield from (f"{at}: {name} is required" for name in schema.get("required", ()) if name not in value)
        for name, part in value.items():
            if name in known:
                if not (part is None and name in schema.get("nullable", ())):
                    yield from self.check(part, known[name], within, f"{at}/{name}")
            elif self.strict and name != "$type":
                yield f"{at}: {name} is not known"

    def _array(self, value: Any, schema: dict[str, Any], within: str, at: str) -> Complaints:
        if not isinstance(value, list):
            yield f"{at}: not an array"
            return
        yield from _bounds(len(value), schema, "Length", at)
        for number, one in enumerate(value):
            yield from self.check(one, schema["items"], within, f"{at}/{number}")

    def _string(self, value: Any, schema: dict[str, Any], _within: str, at: str) -> Complaints:
        if not isinstance(value, str):
            yield f"{at}: not a string"
            return
        yield from _bounds(len(value.encode()), schema, "Length", at)
        yield from _bounds(len(regex.findall(r"\X", value)), schema, "Graphemes", at)
        if "format" in schema and not is_format(schema["format"], value):
            yield f"{at}: {value!r} is not a {schema['format']}"
        if value not in schema.get("enum", [value]) or value != schema.get("const", value):
            yield f"{at}: {value!r} is not one of those allowed"

    def _integer(self, value: Any, schema: dict[str, Any], _within: str, at: str) -> Complaints:
        if not isinstance(value, int) or isinstance(value, bool):
            yield f"{at}: not an integer"
            return
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            yield f"{at}: {value} is out of bounds"

    def _boolean(self, value: Any, _schema: dict[str, Any], _within: str, at: str) -> Complaints:
        if not isinstance(value, bool):
            yield f"{at}: not a boolean"

    def _ref(self, value: Any, schema: dict[str, Any], within: str, at: str) -> Complaints:
        found, where = self.find(schema["ref"], within)
        yield from self.check(value, found, where, at)

    def _union(self, value: Any, schema: dict[str, Any], within: str, at: str) -> Complaints:
        name = value.get("$type") if isinstance(value, dict) else None
        if not isinstance(name, str):
            yield f"{at}: a union needs a $type"
            return
        refs = {ref if ref.partition("#")[0] else within + ref: ref for ref in schema["refs"]}
        if name not in refs:
            yield from [f"{at}: {name} is not one of the union"] if schema.get("closed") or self.strict else []
            return
        yield from self._ref(value, {"ref": refs[name]}, within, at)

    def _blob(self, value: Any, schema: dict[str, Any], _within: str, at: str) -> Complaints:
        if not isinstance(value, dict) or value.get("$type") != "blob" or not isinstance(value.get("ref"), dict):
            yield f"{at}: not a blob"
            return
        if not is_format("cid", str(value["ref"].get("$link", ""))):
            yield f"{at}: the blob has no ref"
        if value.get("size", -1) < 1 or value["size"] > schema.get("maxSize", value["size"]):
            yield f"{at}: {value.get('size')} bytes"
        accepted = [re.escape(kind).replace(r"\*", ".*") for kind in schema.get("accept", ["*"])]
        if not any(re.fullmatch(kind, str(value.get("mimeType", ""))) for kind in accepted):
            yield f"{at}: {value.get('mimeType')} is not accepted"

    def _unknown(self, value: Any, _schema: dict[str, Any], _within: str, at: str) -> Complaints:
        if not isinstance(value, dict):
            yield f"{at}: not an object"
        elif value.get("$type") in self.documents:
            yield from self.record(value)


def _bounds(size: int, schema: dict[str, Any], what: str, at: str) -> Complaints:
    if not schema.get(f"min{what}", size) <= size <= schema.get(f"max{what}", size):
        yield f"{at}: {what.lower()} {size}"


@cache
def lexicons() -> Lexicons:
    """Those of the AT Protocol and of Bluesky."""
    found = [json.loads(path.read_text()) for path in sorted((folder("bluesky") / "lexicons").rglob("*.json"))]
    return Lexicons({document["id"]: document for document in found})


# ── a call ───────────────────────────────────────────────────────────────────────────────────────
def problems(request: Request, response: Response) -> list[str]:
    """What is wrong with a call that the server took, and with its answer."""
    name = request.path.rpartition("/")[2]
    if name not in lexicons().documents:
        return [f"{request.path}: there is no such method"]
    main, within = lexicons().find(name, name)
    method = {"query": "GET", "procedure": "POST"}[main["type"]]
    found = [] if request.method == method else [f"{name}: asked by {request.method}, which is for {method}"]
    if response.status >= 400:
        shaped = isinstance(response.body, dict) and isinstance(response.body.get("error"), str)
        return found if shaped else [*found, f"{name}: an error without a name"]
    found += lexicons().check(_params(request, main), main.get("parameters", {"type": "params"}), within, f"{name}?")
    if "schema" in main.get("input", {}):
        found += lexicons().check(request.json, main["input"]["schema"], within, f"{name}<")
    if "schema" in main.get("output", {}):
        body = json.loads(response.packed()[0])
        found += lexicons().check(body, main["output"]["schema"], within, f"{name}>")
    return found


def _params(request: Request, main: dict[str, Any]) -> dict[str, Any]:
    """The query with its types: all values where an array is meant."""
    known = main.get("parameters", {}).get("properties", {})
    made: dict[str, Any] = {}
    for name, values in request.every.items():
        kind = known.get(name, {}).get("type")
        made[name] = values if kind == "array" else int(values[-1]) if kind == "integer" else values[-1]
    return made


def hold(fake: Fake) -> None:
    """Let a fake complain of every call and answer that the lexicons do not allow."""
    fake.check = lambda request, response: fake.complaints.extend(problems(request, response))
