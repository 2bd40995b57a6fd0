"""Every benchmark in turn: ``python -m benchmarks`` (about fifteen minutes on two cores)."""

import subprocess
import sys

ALL = ("pages", "copies", "posting", "exports", "search", "inbound", "newsletter", "outgoing", "weight", "memory")

for name in sys.argv[1:] or ALL:
    print(f"\n── {name} " + "─" * (70 - len(name)), flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False)
