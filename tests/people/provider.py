"""A small real OpenID provider on loopback, that can be told to lie."""

import json
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwk, jwt


@dataclass
class Provider:
    """``lies`` change the claims; ``alg`` and ``key`` how they are signed."""

    address: str = ""
    client_id: str = "stamtafel"
    secret: str = "a-secret"
    client_key: Any = None  # public key: then a signed assertion is asked
    claims: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    alg: str = "RS256"
    key: Any = field(default_factory=lambda: jwk.RSAKey.generate_key(2048, {"kid": "k1"}))
    other_key: Any = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def authorize(self, address: str) -> dict[str, str]:
        """What a browser would bring back to us after signing in."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert query["client_id"] == self.client_id
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The token endpoint: a code counts once, with its verifier and the client's proof."""
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = create_s256_code_challenge(form["code_verifier"])  # type: ignore[no-untyped-call]
        if asked is None or challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if not self.proves(form, authorization) or form["redirect_uri"] != asked["redirect_uri"]:
            return 401, {"error": "invalid_client"}
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": self.client_id, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            **self.claims, **self.lies,
        }  # fmt: skip
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(claims)}

    def proves(self, form: dict[str, str], authorization: str) -> bool:
        if self.client_key is None:
            return b64decode(authorization.removeprefix("Basic ")).decode() == f"{self.client_id}:{self.secret}"
        claims = jwt.decode(form["client_assertion"], self.client_key, algorithms=["RS256"]).claims
        assert claims["aud"] == f"{self.address}/token"
        return bool(claims["iss"] == claims["sub"] == self.client_id)

    def sign(self, claims: dict[str, Any]) -> str:
        if self.alg == "none":
            from base64 import urlsafe_b64encode

            parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
            return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
        if self.alg == "HS256":  # the public key as a shared secret: the classic confusion
            key = jwk.OctKey.import_key(
                self.key.as_pem(private=False).decode().replace("BEGIN PUBLIC", "BEGIN  PUBLIC")
            )
            return jwt.encode({"alg": "HS256", "kid": "k1"}, claims, key, algorithms=["HS256"])
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.other_key or self.key)


@contextmanager
def provider(**options: Any) -> Iterator[Provider]:
    """Run one on a free port."""
    made = Provider(**options)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith("/openid-configuration"):
                a = made.address
                self.say(200, {
                    "issuer": made.lies.get("discovery", a), "authorization_endpoint": f"{a}/authorize",
                    "token_endpoint": f"{a}/token", "jwks_uri": f"{a}/keys",
                })  # fmt: skip
            else:
                self.say(200, {"keys": [made.key.as_dict(private=False)]})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.say(*made.token(form, self.headers.get("Authorization", "")))

        def say(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
