"""Settings of the test run: SQLite in memory, or a private PostgreSQL with ``STAMTAFEL_TEST_DB=postgres``."""

import os
import tempfile

os.environ.setdefault("STAMTAFEL_DEVELOPMENT", "yes")
os.environ.setdefault("STAMTAFEL_DATA", tempfile.mkdtemp(prefix="stamtafel-test-"))
if os.environ.get("STAMTAFEL_TEST_DB") == "postgres" and "STAMTAFEL_TEST_CLUSTER" not in os.environ:
    from tests import cluster

    # workers of the same run inherit the address and use the same cluster
    os.environ["STAMTAFEL_TEST_CLUSTER"] = cluster.start()
if "STAMTAFEL_TEST_CLUSTER" in os.environ:
    os.environ["STAMTAFEL_DATABASE"] = os.environ["STAMTAFEL_TEST_CLUSTER"]

from stamtafel.settings import *  # noqa: F403

if "STAMTAFEL_TEST_CLUSTER" not in os.environ:
    # a file, so that tests with parallel requests (own connections) meet the real locking
    DATABASES["default"]["TEST"] = {"NAME": f"{DATA}/test.sqlite3"}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = DATA / "static"  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
