"""X's own description of its API, the newest (2.167) and the one before its names changed (2.166): requests and answers
held to it.
"""

import gzip
import json
from collections.abc import Callable
from functools import cache
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from tests.contracts import folder
from tests.fakes.base import Request, Response

HOST = "https://api.x.com"
CONSENT = "/i/oauth2/authorize"  # a page for people
SIGN_IN = "/2/oauth2/token"  # not in the document; RFC 6749 says what it takes


@cache
def data(generation: str = "post") -> dict[str, Any]:
    """The document as it is, but for an enum with the same value twice."""
    if generation == "tweet":
        found: dict[str, Any] = json.loads(gzip.decompress((folder("x") / "openapi-2.166.json.gz").read_bytes()))
    else:
        found = json.loads((folder("x") / "openapi-2.167.json").read_text())
    _single(found)
    for operation in _operations(found):
        operation.pop("security", None)  # openapi-core knows no OAuth 2; the fake itself looks at the token
        for kind, body in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "multipart/form-data":
                _bytes_are_bytes(body["schema"], found)
    return found


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for path in document["paths"].values() for one in path.values() if isinstance(one, dict)]


def _single(part: Any) -> None:
    if isinstance(part, dict):
        if isinstance(part.get("enum"), list):
            part["enum"] = list(dict.fromkeys(part["enum"]))
        for value in part.values():
            _single(value)
    elif isinstance(part, list):
        for value in part:
            _single(value)


def _bytes_are_bytes(schema: dict[str, Any], document: dict[str, Any]) -> None:
    """A file in a form is bytes, which the document calls a string of format binary or byte."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "media" in schema.get("properties", {}):
        schema["properties"]["media"] = {}


@cache
def document(generation: str = "post") -> OpenAPI:
    """Loaded once for all tests."""
    return OpenAPI.from_dict(data(generation), config=Config(spec_validator_cls=None))


class _Asked:
    """A request as openapi-core reads it."""

    def __init__(self, request: Request) -> None:
        self.host_url = HOST
        self.path = request.path
        self.method = request.method.lower()
        self.full_url_pattern = f"{HOST}{request.path}"
        query = ImmutableMultiDict(list(request.query.items()))
        self.parameters = RequestParameters(query=query, header=Headers(request.headers), cookie=ImmutableMultiDict())
        self.content_type = request.headers.get("content-type", "")
        self.body = request.body or None


class _Answered:
    def __init__(self, response: Response) -> None:
        self.data, self.content_type = response.packed()
        self.content_type = response.headers.get("Content-Type", self.content_type)
        self.status_code = response.status
        self.headers = Headers(response.headers)


def complaints(request: Request, response: Response, generation: str = "post") -> list[str]:
    """What the document has against it. Errors are held to their form alone: it knows no ``about:blank``, which is what
    X says most.
    """
    if request.path == CONSENT:
        return []
    if request.path == SIGN_IN:
        return _token_complaints(request, response)
    asked, found = _Asked(request), []
    try:
        if response.status < 400:
            document(generation).validate_request(asked)
            found += _unknown_names(request, generation)
            document(generation).validate_response(asked, _Answered(response))
        else:
            found += [f"an error without {name}" for name in ("title", "detail", "type") if name not in response.body]
    except OpenAPIError as error:
        found.append(_why(error))
    return [f"{request.method} {request.path} {response.status}: {one}" for one in found]


def _unknown_names(request: Request, generation: str) -> list[str]:
    """Names in the query that the document does not know; openapi-core passes them over, X refuses them."""
    known: set[str] = set()
    spec = data(generation)
    for template, path in spec["paths"].items():
        if _fits(template, request.path) and request.method.lower() in path:
            for parameter in path[request.method.lower()].get("parameters") or ():
                reference = parameter.get("$ref", "").rpartition("/")[2]
                known.add((spec["components"]["parameters"][reference] if reference else parameter)["name"])
    return [f"{name} is not known" for name in request.query if name not in known]


def _fits(template: str, path: str) -> bool:
    parts, asked = template.split("/"), path.split("/")
    return len(parts) == len(asked) and all(a == b or a.startswith("{") for a, b in zip(parts, asked, strict=True))


def _token_complaints(request: Request, response: Response) -> list[str]:
    wanted = {"authorization_code": {"code", "redirect_uri", "code_verifier"}, "refresh_token": {"refresh_token"}}
    missing = wanted.get(request.form.get("grant_type", ""), {"grant_type"}) - request.form.keys()
    told = {"access_token", "token_type"} if response.status < 400 else {"error"}
    return [f"{SIGN_IN} lacks {name}" for name in sorted(missing | (told - response.body.keys()))]


def _why(error: Any) -> str:
    cause = error.__cause__ or error
    details = "; ".join(str(one)[:300] for one in getattr(cause, "schema_errors", ()))
    return f"{type(error).__name__} {cause} {details}"[:900]


def hold(fake: Any) -> None:
    """Let a fake of X note everything that the document of its generation has against it."""
    check: Callable[[Request, Response], None] = lambda request, response: fake.complaints.extend(  # noqa: E731
        complaints(request, response, fake.generation)
    )
    document(fake.generation)
    fake.check = check
