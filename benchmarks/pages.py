"""Public pages, anonymous, nothing cached: requests per second, CPU per request, queries, size.

python -m benchmarks.pages [sqlite|postgres]
"""

import json
import subprocess
import sys
import urllib.request

from benchmarks.machine import ROOT, installation, needs, serving, wrk

COUNT = """
import json, sys, django; django.setup()
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from stamtafel.places import queries
client, found = Client(HTTP_HOST='127.0.0.1'), {}
for url in json.loads(sys.argv[1]):
    client.get(url)
    with CaptureQueriesContext(connection, ) as seen:
        client.get(url)
    found[url] = len(seen)
print(json.dumps(found))
"""
PICK = """
import json, django; django.setup()
from stamtafel.dossier.models import Contribution, Topic
one = Contribution.objects.filter(published_at__isnull=False, reaction_count__gt=2).order_by('-id').first()
print(json.dumps([one.pk, Topic.objects.order_by('id').first().slug]))
"""
SECONDS = 6


def run_python(code: str, env: dict[str, str], *arguments: str) -> str:
    """Run a piece of Python in the installation."""
    full = {**env, "DJANGO_SETTINGS_MODULE": "stamtafel.settings"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], env=full, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def measure(database: str) -> None:
    """Print a row per page."""
    with installation(database) as (env, _folder):
        pk, slug = json.loads(run_python(PICK, env))
        pages = ["/", "/bijdragen/", f"/bijdragen/{pk}/", f"/onderwerpen/{slug}/", "/besluiten/", "/berichten/"]
        queries = json.loads(run_python(COUNT, env, json.dumps(pages)))
        print(f"\n{database}: 10,000 contributions, 50,000 messages; 16 connections, nothing cached, 2 workers")
        print(f"{'page':<32}{'req/s':>8}{'p50 ms':>8}{'p99 ms':>8}{'CPU ms':>8}{'queries':>9}{'kB':>7}{'errors':>8}")
        with serving(env) as (address, pid):
            for page in pages:
                size = len(urllib.request.urlopen(address + page).read())
                wrk(address + page, pid=pid, seconds=1)
                load = wrk(address + page, pid=pid, seconds=SECONDS)
                print(f"{page:<32}{load.rate:>8.0f}{load.p50:>8.1f}{load.p99:>8.1f}{load.cpu_ms:>8.2f}"
                      f"{queries[page]:>9}{size / 1000:>7.1f}{load.errors:>8}")  # fmt: skip


if __name__ == "__main__":
    needs("wrk")
    for name in sys.argv[1:] or ["sqlite", "postgres"]:
        measure(name)
