"""Mastodon's API as described for 4.7.0 (OpenAPI, made from its documentation): requests and answers held to it."""

import json
from functools import cache
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from tests.contracts import folder
from tests.fakes.base import Request, Response

HOST = "https://mastodon.example"


@cache
def document() -> OpenAPI:
    """Loaded once; the document does not pass the check of documents themselves (see its README)."""
    data = json.loads((folder("mastodon") / "openapi-4.7.0.json").read_text())
    for operation in (one for path in data["paths"].values() for one in path.values() if isinstance(one, dict)):
        operation.pop("security", None)  # openapi-core knows no OAuth 2; the fake itself looks at the token
        for body in operation.get("requestBody", {}).get("content", {}).values():
            body["schema"] = _asked_schema(body["schema"])
    return OpenAPI.from_dict(data, config=Config(spec_validator_cls=None))


def _asked_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Mended where the document says other than it means, and stricter: a name that it does not know is wrong.

    A status with text and pictures is both a text and a picture status (``oneOf`` would forbid that), and a file is
    bytes, not a ``string``.
    """
    kinds = {"anyOf" if name == "oneOf" else name: value for name, value in schema.items()}
    fields = {
        name: {} if field.get("format") == "binary" else field for name, field in kinds.get("properties", {}).items()
    }
    return {**kinds, **({"properties": fields} if fields else {}), "unevaluatedProperties": False}


class _Asked:
    """A request as openapi-core reads it. Rails' ``types[]`` is what the document calls ``types``."""

    def __init__(self, request: Request) -> None:
        self.host_url = HOST
        self.path = request.path
        self.method = request.method.lower()
        query = [(name.removesuffix("[]"), value) for name, value in request.query.items()]
        self.full_url_pattern = f"{HOST}{request.path}"
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(query), header=Headers(request.headers), cookie=ImmutableMultiDict()
        )
        self.content_type = request.headers.get("content-type", "")
        self.body = request.body or None


class _Answered:
    def __init__(self, response: Response) -> None:
        self.data, self.content_type = response.packed()
        self.status_code = response.status
        self.headers = Headers(response.headers)


def complaints(request: Request, response: Response) -> list[str]:
    """What the document has against it."""
    found = []
    asked = _Asked(request)
    try:
        document().validate_request(asked)
    except OpenAPIError as error:
        found.append(f"asked {request.method} {request.path}: {_why(error)}")
    if response.status != 206 and "json" in _Answered(response).content_type:
        try:
            document().validate_response(asked, _Answered(response))
        except OpenAPIError as error:
            found.append(f"answered {request.method} {request.path} {response.status}: {_why(error)}")
    return found


def _why(error: Any) -> str:
    cause = error.__cause__ or error
    details = "; ".join(str(one)[:300] for one in getattr(cause, "schema_errors", ()))
    return f"{type(error).__name__} {cause} {details}"[:900]


def hold(fake: Any) -> None:
    """Let a fake note everything that the document has against it."""
    fake.check = lambda request, response: fake.complaints.extend(complaints(request, response))
