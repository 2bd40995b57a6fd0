"""Searching 50,000 texts through the public list: p50 and p95 per query, server side.

python -m benchmarks.search [sqlite|postgres]
"""

import sys

from benchmarks.machine import installation
from benchmarks.pages import run_python

TEXTS = 50_000
CODE = """
import time, django; django.setup()
from benchmarks.world import grow
from stamtafel.dossier.models import Contribution
from stamtafel.dossier.queries.public import Filters, contributions
grow(%d, 0)
from django.db import connection
if connection.vendor == 'postgresql':
    with connection.cursor() as cursor:
        cursor.execute('ANALYZE')
words = ['huizen', 'fietspad', 'speelplaats', 'bomen', 'zwembad', 'geluid', 'station', 'afval', 'licht', 'parkeren',
         'een veilig fietspad', 'meer groen', 'ideeën', 'kinderspeelplaats', 'bankje schaduw', 'xyzzy', 'café nacht']
contributions(Filters(query='warm'))
times = []
for _round in range(12):
    for word in words:
        start = time.perf_counter()
        contributions(Filters(query=word))
        times.append((time.perf_counter() - start) * 1000)
times.sort()
print(Contribution.objects.count(), f"{times[len(times) // 2]:.1f}", f"{times[int(len(times) * .95)]:.1f}", f"{times[-1]:.1f}")
"""


def measure(database: str) -> None:
    """Print the figures."""
    with installation(database) as (env, _folder):
        count, p50, p95, worst = run_python(CODE % TEXTS, env).split()
        print(f"{database:<10} {count} texts: p50 {p50} ms, p95 {p95} ms, worst {worst} ms")


if __name__ == "__main__":
    for name in sys.argv[1:] or ["sqlite", "postgres"]:
        measure(name)
