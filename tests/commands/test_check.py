"""``stamtafel check``: each unsafe setting by its id, with what to do about it."""

from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory, override_settings

from stamtafel.commands import check, checks
from stamtafel.web.design.address import client_address
from tests.commands.program import SOUND, stamtafel

KEY = "k" * 30 + "0123456789" * 3
SAFE: dict[str, Any] = {
    "DEVELOPMENT": False,
    "DEBUG": False,
    "SECRET_KEY": KEY,
    "FOLLOW_KEY": "f" * 30 + "0123456789" * 3,
    "SITE_URL": "https://praat.lindewaard.example",
    "ALLOWED_HOSTS": ["praat.lindewaard.example"],
    "TRUSTED_PROXIES": ["127.0.0.1"],
    "EMAIL_URL": "smtp://post.lindewaard.example:587",
    "EMAIL_FROM": "Gemeente Lindewaard <noreply@lindewaard.example>",
    "SECURITY_CONTACT": "mailto:security@lindewaard.example",
    "EMAIL_REPLY_TO": "",
    "OIDC": {"issuer": "", "client_id": "", "private_key": ""},
    "SQLITE_SYNC": "FULL",
}
PROVIDER = {"issuer": "https://id.example", "client_id": "stamtafel", "private_key": ""}
UNSAFE: list[tuple[str, dict[str, Any], str]] = [
    ("stamtafel.E001", {"SECRET_KEY": "short"}, "STAMTAFEL_SECRET_KEY"),
    ("stamtafel.E001", {"SECRET_KEY": checks.SAMPLE + "-that-production-refuses-whatever"}, "STAMTAFEL_SECRET_KEY"),
    ("stamtafel.E001", {"SECRET_KEY": "a" * 60}, "STAMTAFEL_SECRET_KEY"),
    ("stamtafel.E001", {"SECRET_KEY_FALLBACKS": ["short"]}, "_FALLBACKS"),
    ("stamtafel.E012", {"FOLLOW_KEY": "a"}, "STAMTAFEL_FOLLOW_KEY"),
    ("stamtafel.E012", {"FOLLOW_KEY": "ab" * 40}, "STAMTAFEL_FOLLOW_KEY"),
    ("stamtafel.W001", {"FOLLOW_KEY": KEY}, "STAMTAFEL_FOLLOW_KEY"),
    ("stamtafel.E002", {"SITE_URL": "http://praat.lindewaard.example"}, "STAMTAFEL_URL"),
    ("stamtafel.E003", {"ALLOWED_HOSTS": ["*"]}, "STAMTAFEL_HOSTS"),
    ("stamtafel.E003", {"ALLOWED_HOSTS": ["ander.example"]}, "STAMTAFEL_HOSTS"),
    ("stamtafel.E003", {"ALLOWED_HOSTS": ["praat.lindewaard.example", ".example"]}, "STAMTAFEL_HOSTS"),
    ("stamtafel.E004", {"DEBUG": True}, "STAMTAFEL_DEBUG"),
    ("stamtafel.W002", {"TRUSTED_PROXIES": []}, "STAMTAFEL_TRUSTED_PROXIES"),
    ("stamtafel.E005", {"EMAIL_URL": ""}, "STAMTAFEL_EMAIL"),
    ("stamtafel.E006", {"EMAIL_FROM": "Gemeente <noreply@localhost>"}, "STAMTAFEL_EMAIL_FROM"),
    *(
        ("stamtafel.E006", {"EMAIL_FROM": wrong}, "STAMTAFEL_EMAIL_FROM")
        for wrong in ("", "bla", "Gemeente", "Gemeente <a@b.example>\nBcc: c@d.example", "a@b.example, c@d.example")
    ),
    ("stamtafel.E013", {"EMAIL_REPLY_TO": "gemeente"}, "STAMTAFEL_EMAIL_REPLY_TO"),
    *(
        ("stamtafel.E014", {"TRUSTED_PROXIES": ["127.0.0.1", wrong]}, "STAMTAFEL_TRUSTED_PROXIES")
        for wrong in ("*", "proxy", "10.0.0.0/99", "0.0.0.0/0", "::/0", "10.0.0.1-10.0.0.9")
    ),
    ("stamtafel.E011", {"WORKERS": 0}, "STAMTAFEL_WORKERS"),
    ("stamtafel.E011", {"THREADS": 0}, "STAMTAFEL_THREADS"),
    ("stamtafel.E011", {"AXES_FAILURE_LIMIT": 0}, "STAMTAFEL_SIGN_IN_TRIES"),
    ("stamtafel.E011", {"SESSION_COOKIE_AGE": 0}, "STAMTAFEL_SESSION_HOURS"),
    ("stamtafel.E015", {"OIDC": {**PROVIDER, "issuer": "http://id.example"}}, "https://"),
    ("stamtafel.E015", {"OIDC": {**PROVIDER, "issuer": "id.example"}}, "https://"),
    ("stamtafel.E016", {"OIDC": {**PROVIDER, "private_key": "/nowhere/key.pem"}}, "STAMTAFEL_OIDC_PRIVATE_KEY"),
    ("stamtafel.E016", {"OIDC": {**PROVIDER, "private_key": __file__}}, "STAMTAFEL_OIDC_PRIVATE_KEY"),
    ("stamtafel.E007", {"SQLITE_SYNC": "OFF"}, "FULL"),
    ("stamtafel.E008", {"DATA": Path(__file__) / "data"}, "STAMTAFEL_DATA"),
    ("stamtafel.E009", {"OIDC": {**PROVIDER, "client_id": ""}}, "STAMTAFEL_OIDC_CLIENT_ID"),
    ("stamtafel.E010", {"EMAIL_URL": "mail.example:587"}, "STAMTAFEL_EMAIL"),
    ("stamtafel.E010", {"EMAIL_URL": "smtp://mail.example?tls=maybe"}, "STAMTAFEL_EMAIL"),
    ("stamtafel.W003", {"STATIC_ROOT": Path("/nowhere")}, "make build"),
    ("stamtafel.W004", {"SECURITY_CONTACT": ""}, "STAMTAFEL_SECURITY_CONTACT"),
]


@pytest.fixture(autouse=True)
def built(settings: Any, tmp_path: Path) -> None:
    """A front end that is there, whether this machine built it or not."""
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "manifest.json").write_text("{}")


def found() -> dict[str, str]:
    return {str(message.id): str(message.hint) for message in check.complaints()}


def test_sound_settings_have_nothing_to_say() -> None:
    with override_settings(**SAFE):
        assert found() == {}


@pytest.mark.parametrize(("name", "unsafe", "hint"), UNSAFE)
def test_each_unsafe_setting_is_named_with_what_to_do(name: str, unsafe: dict[str, Any], hint: str) -> None:
    with override_settings(**{**SAFE, **unsafe}):
        assert list(found()) == [name]
        assert hint in found()[name]
        assert check.refuses(check.complaints()) is name.startswith("stamtafel.E")


@pytest.mark.parametrize(("proxies", "hops"), [
    (["127.0.0.1", "10.0.0.0/8"], ["10.255.1.2"]), (["::1", "2001:db8::/32"], ["2001:db8::7"]),
])  # fmt: skip
def test_addresses_and_networks_of_proxies_are_sound(proxies: list[str], hops: list[str]) -> None:
    with override_settings(**{**SAFE, "TRUSTED_PROXIES": proxies}):
        assert found() == {}
        head = ", ".join(["198.51.100.9", "203.0.113.5", *hops])  # whoever asks can put the first one there
        for socket in (proxies[0], f"::ffff:{proxies[0]}" if "." in proxies[0] else proxies[0]):
            request = RequestFactory().get("/", REMOTE_ADDR=socket, headers={"X-Forwarded-For": head})
            assert client_address(request) == "203.0.113.5"
        stranger = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": head})
        assert client_address(stranger) == "192.0.2.1"


def keys() -> dict[str, bytes]:
    """Files that are no private RSA key, and one that is."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    own, other = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    pem, shape = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return {
        "good": own.private_bytes(pem, shape, serialization.NoEncryption()),
        "curve": other.private_bytes(pem, shape, serialization.NoEncryption()),
        "locked": own.private_bytes(pem, shape, serialization.BestAvailableEncryption(b"word")),
        "public": own.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo),
        "empty": b"",
    }


def test_a_key_for_the_provider_is_tried_before_anybody_signs_in(tmp_path: Path) -> None:
    sound = {}
    for name, content in keys().items():
        (tmp_path / name).write_bytes(content)
        with override_settings(**{**SAFE, "OIDC": {**PROVIDER, "private_key": str(tmp_path / name)}}):
            sound[name] = found() == {}
    assert sound == {"good": True, "curve": False, "locked": False, "public": False, "empty": False}


@pytest.mark.parametrize(("name", "value"), [
    ("TIME_ZONE", "Mars/Base"), ("TIME_ZONE", "../etc/passwd"), ("LOG_LEVEL", "LOUD"), ("WORKERS", "two"),
    ("DATABASE", "postgres://nobody:secretword@127.0.0.1:many/none"),
    ("DATABASE", "postgres://nobody:secret/word@127.0.0.1/none"),
])  # fmt: skip
def test_what_can_not_be_read_is_said_by_its_name(name: str, value: str, tmp_path: Path) -> None:
    told = stamtafel("check", folder=tmp_path, env={**SOUND, f"STAMTAFEL_{name}": value})
    assert told.returncode == 1
    assert told.stderr.startswith(f"stamtafel: STAMTAFEL_{name} ")
    assert len(told.stderr.splitlines()) == 1
    assert "secret" not in told.stderr


def test_every_check_that_there_is_was_tried() -> None:
    source = Path(checks.__file__).read_text()
    assert {name for name, _unsafe, _hint in UNSAFE} == {part.split('"')[0] for part in source.split('id="')[1:]}


def test_development_spares_what_only_production_asks() -> None:
    with override_settings(DEVELOPMENT=True, SECRET_KEY="short", EMAIL_URL="", SITE_URL="http://127.0.0.1:8000"):
        assert found() == {}


def test_a_new_installation_is_told_to_migrate_and_then_is_sound(tmp_path: Path) -> None:
    first = stamtafel("check", folder=tmp_path, env=SOUND)
    assert first.returncode == 1
    assert "stamtafel.E021" in first.stderr
    assert "Run 'stamtafel migrate'." in first.stderr
    assert "Something must be mended" in first.stdout
    assert stamtafel("migrate", folder=tmp_path, env=SOUND).stdout == "The database is up to date.\n"
    second = stamtafel("check", folder=tmp_path, env=SOUND)
    assert (second.returncode, second.stdout) == (0, "This installation is sound.\n")


def test_a_database_that_does_not_answer_is_said(tmp_path: Path) -> None:
    gone = {**SOUND, "STAMTAFEL_DATABASE": "postgres://nobody:secretword@127.0.0.1:1/none"}
    told = stamtafel("check", folder=tmp_path, env=gone)
    assert told.returncode == 1
    assert "stamtafel.E020: The database does not answer" in told.stderr
    assert "On a new installation, run 'stamtafel migrate'." in told.stderr
    assert "Traceback" not in told.stderr
    assert "secretword" not in told.stderr + told.stdout
