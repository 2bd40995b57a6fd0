"""Settings, all of them from the environment (12-factor); docs/reference/settings.md lists each one.

A test reads ``ENVIRONMENT`` and proves that the reference page is complete.
"""

import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

PACKAGE: Final = Path(__file__).resolve().parent
LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
ENVIRONMENT: Final[dict[str, str]] = {}  # every name that was asked for → its default, for docs and tests


def text(name: str, default: str = "") -> str:
    """Read ``STAMTAFEL_<name>`` as text."""
    ENVIRONMENT[f"STAMTAFEL_{name}"] = default
    return os.environ.get(f"STAMTAFEL_{name}", default).strip()


def flag(name: str, *, default: bool) -> bool:
    """Read ``STAMTAFEL_<name>`` as yes or no (1, true, yes, on)."""
    return text(name, "yes" if default else "no").lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    """Read ``STAMTAFEL_<name>`` as a whole number; raises ImproperlyConfigured for anything else."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"STAMTAFEL_{name} is not a whole number: '{value}'.")
    return int(value)


def log_level(name: str, default: str) -> str:
    """Read ``STAMTAFEL_<name>`` as a level of the log; raises ImproperlyConfigured for anything else."""
    value = text(name, default).upper()
    if value not in LOG_LEVELS:
        raise ImproperlyConfigured(f"STAMTAFEL_{name} is not one of {', '.join(LOG_LEVELS)}: '{value}'.")
    return value


def time_zone(name: str, default: str) -> str:
    """Read ``STAMTAFEL_<name>`` as the name of a time zone; raises ImproperlyConfigured for anything else."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ImproperlyConfigured(
            f"STAMTAFEL_{name} is not a time zone: '{value}'. Write it like Europe/Amsterdam."
        ) from None
    return value


def words(name: str, default: str = "") -> list[str]:
    """Read ``STAMTAFEL_<name>`` as a list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(url: str, *, sync: str) -> dict[str, Any]:
    """Turn a database URL into Django's dictionary: ``sqlite:////folder/file`` or ``postgres://user:pw@host/name``.

    Raises ImproperlyConfigured for any other kind; the address is not repeated, for it holds a password.
    """
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError:  # "from None": its message repeats a part of the address
        raise ImproperlyConfigured(
            "STAMTAFEL_DATABASE can't be read: a port is a number; write : @ / in a password as %3A %40 %2F."
        ) from None
    if parts.scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ImproperlyConfigured("STAMTAFEL_DATABASE begins with sqlite:// or postgres://.")
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path,
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={sync}; PRAGMA foreign_keys=ON;"
                " PRAGMA cache_size=-2000; PRAGMA temp_store=MEMORY;",
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.removeprefix("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": port,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # statements that come back are planned once by PostgreSQL, which was half of its time on the home page
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3},
    }


# ── where things are ─────────────────────────────────────────────────────────────────────────────
DATA = Path(text("DATA", "var")).absolute()
DEBUG = flag("DEBUG", default=False)
DEVELOPMENT = flag("DEVELOPMENT", default=False)  # demo and tests: unsafe settings are allowed, with a warning
SITE_URL = text("URL", "http://127.0.0.1:8000").rstrip("/")
SECRET_KEY = text("SECRET_KEY", "insecure-development-key-that-production-refuses")
SECRET_KEY_FALLBACKS = words("SECRET_KEY_FALLBACKS")
FOLLOW_KEY = text("FOLLOW_KEY") or SECRET_KEY
ALLOWED_HOSTS = words("HOSTS", "127.0.0.1,localhost,[::1]")
SQLITE_SYNC = text("SQLITE_SYNC", "FULL").upper()
DATABASE_URL = text("DATABASE") or f"sqlite:///{DATA}/stamtafel.sqlite3"
DATABASES = {"default": database(DATABASE_URL, sync=SQLITE_SYNC)}

# ── who may come in, and from where ──────────────────────────────────────────────────────────────
TRUSTED_PROXIES = words("TRUSTED_PROXIES")  # addresses and networks whose X-Forwarded-For we believe
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SESSION_COOKIE_NAME = "stamtafel_desk"
SESSION_COOKIE_AGE = number("SESSION_HOURS", 10) * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SITE_URL.startswith("https://")
CSRF_COOKIE_NAME = "stamtafel_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_FAILURE_VIEW = "stamtafel.web.site.views.errors.cross_site"
SECURE_HSTS_SECONDS = number("HSTS_SECONDS", 31_536_000 if SITE_URL.startswith("https://") else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("HSTS_SUBDOMAINS", default=True)
AUTH_USER_MODEL = "people.StaffMember"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "stamtafel.people.backends.SignInLinkBackend",
]
LOGIN_URL = "desk:sign_in"
AXES_FAILURE_LIMIT = number("SIGN_IN_TRIES", 5)
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["ip_address", "username"]]
AXES_USERNAME_FORM_FIELD = "username"  # what we call it when we tell axes of a try
AXES_HANDLER = "stamtafel.web.desk.attempts.Attempts"
AXES_DISABLE_ACCESS_LOG = True  # nobody reads who came in when from where, so it is not kept
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "stamtafel.web.design.address.client_address"
AXES_LOCKOUT_CALLABLE = "stamtafel.web.desk.views.sign_in.locked_out"
AXES_SENSITIVE_PARAMETERS = ["code", "csrfmiddlewaretoken", "email"]
OTP_TOTP_ISSUER = "Stamtafel"
OIDC = {
    "issuer": text("OIDC_ISSUER"),
    "client_id": text("OIDC_CLIENT_ID"),
    "client_secret": text("OIDC_CLIENT_SECRET"),
    "private_key": text("OIDC_PRIVATE_KEY"),  # path of a PEM file: private_key_jwt instead of the secret
    "scope": text("OIDC_SCOPE", "openid email profile"),
    "roles_claim": text("OIDC_ROLES_CLAIM", "roles"),
}

# ── other machines ───────────────────────────────────────────────────────────────────────────────
OUTBOUND_ALLOW = words("OUTBOUND_ALLOW")  # loopback and private hosts (host or host:port) that we may call
INBOUND_DAYS = number("INBOUND_DAYS", 30)  # how long what came in is kept as it came, after it was taken in
VAULT_KEYS = words("VAULT_KEYS") or [SECRET_KEY]  # the first locks, all open: the secrets of accounts

# ── mail ─────────────────────────────────────────────────────────────────────────────────────────
EMAIL_URL = text("EMAIL", "")  # smtp://user:password@host:587?tls=starttls ; empty keeps mail in DATA/mail
EMAIL_FROM = text("EMAIL_FROM", "Gemeente <noreply@localhost>")
EMAIL_REPLY_TO = text("EMAIL_REPLY_TO", "")

# ── running ──────────────────────────────────────────────────────────────────────────────────────
WORKERS = number("WORKERS", 2)
THREADS = number("THREADS", 2)
PAGE_COPY_SECONDS = number("PAGE_COPY_MILLISECONDS", 1000) / 1000  # 0 switches the copy of public pages off
SECURITY_CONTACT = text("SECURITY_CONTACT")
FLOOD_LIMITS = flag("FLOOD_LIMITS", default=True)
LOG_LEVEL = log_level("LOG_LEVEL", "INFO")

# ── Django ───────────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "axes",
    "csp",
    "stamtafel.work",
    "stamtafel.ledger",
    "stamtafel.places",
    "stamtafel.people",
    "stamtafel.channels",
    "stamtafel.dossier",
    "stamtafel.announce",
    "stamtafel.inbox",
    "stamtafel.outreach",
    "stamtafel.web.design",
    "stamtafel.web.site",
    "stamtafel.web.desk",
    "stamtafel.commands",
]
MIDDLEWARE = [
    "stamtafel.web.design.headers.SecurityHeaders",
    "stamtafel.web.design.clean.CleanAddress",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "stamtafel.web.design.headers.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "stamtafel.web.design.language.Language",
    "django.middleware.common.CommonMiddleware",
    "stamtafel.web.design.csrf.CrossSite",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "stamtafel.urls"
WSGI_APPLICATION = "stamtafel.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "stamtafel.web.design.backend.LanguageJinja2",
        "DIRS": [PACKAGE / "web" / audience / "templates" for audience in ("design", "site", "desk", "street")],
        "OPTIONS": {
            "environment": "stamtafel.web.design.environment.environment",
            "context_processors": ["stamtafel.web.design.context.everywhere"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.Jinja2"  # the same markup as Django's own templates, in half the time
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
TIME_ZONE = time_zone("TIME_ZONE", "Europe/Amsterdam")
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATIC_ROOT = PACKAGE / "web" / "static" / "collected"
STATICFILES_DIRS = [("build", PACKAGE / "web" / "static" / "build")]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "media", "base_url": "/media/"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False
MEDIA_ROOT = DATA / "media"
MEDIA_URL = "/media/"
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # text fields; photos have their own bound
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SILENCED_SYSTEM_CHECKS = [
    "security.W004",
    "security.W008",
    "axes.W006",
]  # HSTS: ours (stamtafel.E…); TLS ends at the proxy
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE, SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_secrets": {"()": "stamtafel.web.design.logs.WithoutSecrets"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["without_secrets"]},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},  # at DEBUG it writes the headers of answers, where a network may repeat one
        "httpx": {"level": "WARNING"},  # at INFO it writes whole addresses, and some networks want a token in them
        # whoever types another host name gets 400; a traceback of each would fill the disk
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
    },
}
