"""``stamtafel check``: each unsafe setting by its id, with what to do about it."""

from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from stamtafel.commands import check, checks
from tests.commands.program import SOUND, stamtafel

KEY = "k" * 60
SAFE: dict[str, Any] = {
    "DEVELOPMENT": False,
    "DEBUG": False,
    "SECRET_KEY": KEY,
    "FOLLOW_KEY": "f" * 60,
    "SITE_URL": "https://praat.lindewaard.example",
    "ALLOWED_HOSTS": ["praat.lindewaard.example"],
    "TRUSTED_PROXIES": ["127.0.0.1"],
    "EMAIL_URL": "smtp://post.lindewaard.example:587",
    "EMAIL_FROM": "Gemeente Lindewaard <noreply@lindewaard.example>",
    "SECURITY_CONTACT": "mailto:security@lindewaard.example",
    "OIDC": {"issuer": "", "client_id": ""},
    "SQLITE_SYNC": "FULL",
}
UNSAFE: list[tuple[str, dict[str, Any], str]] = [
    ("stamtafel.E001", {"SECRET_KEY": "short"}, "STAMTAFEL_SECRET_KEY"),
    ("stamtafel.E001", {"SECRET_KEY": checks.SAMPLE + "-that-production-refuses-whatever"}, "STAMTAFEL_SECRET_KEY"),
    ("stamtafel.W001", {"FOLLOW_KEY": KEY}, "STAMTAFEL_FOLLOW_KEY"),
    ("stamtafel.E002", {"SITE_URL": "http://praat.lindewaard.example"}, "STAMTAFEL_URL"),
    ("stamtafel.E003", {"ALLOWED_HOSTS": ["*"]}, "STAMTAFEL_HOSTS"),
    ("stamtafel.E003", {"ALLOWED_HOSTS": ["ander.example"]}, "STAMTAFEL_HOSTS"),
    ("stamtafel.E004", {"DEBUG": True}, "STAMTAFEL_DEBUG"),
    ("stamtafel.W002", {"TRUSTED_PROXIES": []}, "STAMTAFEL_TRUSTED_PROXIES"),
    ("stamtafel.E005", {"EMAIL_URL": ""}, "STAMTAFEL_EMAIL"),
    ("stamtafel.E006", {"EMAIL_FROM": "Gemeente <noreply@localhost>"}, "STAMTAFEL_EMAIL_FROM"),
    ("stamtafel.E007", {"SQLITE_SYNC": "OFF"}, "FULL"),
    ("stamtafel.E008", {"DATA": Path(__file__) / "data"}, "STAMTAFEL_DATA"),
    ("stamtafel.E009", {"OIDC": {"issuer": "https://id.example", "client_id": ""}}, "STAMTAFEL_OIDC_CLIENT_ID"),
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
    assert "Traceback" not in told.stderr
    assert "secretword" not in told.stderr + told.stdout
