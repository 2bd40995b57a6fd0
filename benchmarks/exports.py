"""Downloading 10,000 contributions as CSV and XLSX: first byte, all, and the growth of the server's memory.

python -m benchmarks.exports [sqlite|postgres]
"""

import sys
import time
import urllib.request

from benchmarks.machine import installation, memory_mb, serving

FILES = ("/open-data/bijdragen.csv", "/open-data/bijdragen.xlsx")


def measure(database: str) -> None:
    """Print a row per file; the first download warms the worker."""
    with installation(database) as (env, _folder), serving({**env, "STAMTAFEL_WORKERS": "1"}) as (address, pid):
        for path in FILES:
            urllib.request.urlopen(address + path).read()
            before, started = max(memory_mb(pid)), time.perf_counter()
            with urllib.request.urlopen(address + path) as answer:
                answer.read(1)
                first = time.perf_counter() - started
                size, most = 1, before
                while part := answer.read(262_144):
                    size += len(part)
                    most = max(most, *memory_mb(pid))
            total = time.perf_counter() - started
            print(f"{database:<10}{path:<28} first byte {first:.2f} s  all {total:.2f} s  {size / 1e6:.1f} MB"
                  f"  memory +{most - before:.0f} MB")  # fmt: skip


if __name__ == "__main__":
    for name in sys.argv[1:] or ["sqlite", "postgres"]:
        measure(name)
