"""Posting a contribution, durable, through the whole stack (form, rules, two or more rows, commit).

python -m benchmarks.posting [sqlite|sqlite-normal|postgres]
"""

import sys

from benchmarks.machine import installation, needs, serving, wrk
from benchmarks.pages import run_python

KEYS = 60_000
SCRIPT = """
local number, thread, keys = 0, 0, {}
function setup(t) thread = thread + 1; t:set("id", thread) end
function init(args)
  local line = 0
  for key in io.lines("%s") do
    line = line + 1
    if line %% 2 == id %% 2 then keys[#keys + 1] = key end
  end
end
request = function()
  number = number + 1
  local text = "Bij+ons+in+de+straat+staan+te+weinig+bomen+en+te+veel+auto's,+nummer+" .. id .. "x" .. number
  return wrk.format("POST", nil, nil, "kind=idea&form_key=" .. keys[number] .. "&text=" .. text)
end
"""
MAKE_KEYS = """
import sys, django; django.setup()
from urllib.parse import quote
from stamtafel.dossier.actions.keys import new_form_key
with open(sys.argv[1], 'w') as out:
    for _number in range(int(sys.argv[2])):
        out.write(quote(new_form_key()) + '\\n')
"""
COUNT = "import django; django.setup(); from stamtafel.dossier.models import Contribution; print(Contribution.objects.count())"


def measure(name: str) -> None:
    """Print posts per second, and prove that every answered one lies in the table."""
    with installation("postgres" if name == "postgres" else "sqlite") as (bare, folder):
        env = {**bare, "STAMTAFEL_SQLITE_SYNC": "NORMAL" if name == "sqlite-normal" else "FULL"}
        run_python(MAKE_KEYS, env, str(folder / "keys"), str(KEYS))
        before = int(run_python(COUNT, env))
        with serving(env) as (address, pid):
            headers = ("Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin")
            load = wrk(
                address + "/zeg-het-ons/",
                pid=pid,
                seconds=8,
                connections=16,
                headers=headers,
                script=SCRIPT % (folder / "keys"),
            )
        kept = int(run_python(COUNT, env)) - before
        verdict = "all kept" if kept >= load.requests - load.errors else "ROWS ARE MISSING"
        print(f"{name:<16}{load.rate:>8.0f} posts/s  p50 {load.p50:.1f} ms  p99 {load.p99:.1f} ms  CPU {load.cpu_ms:.2f} ms"
              f"  answered {load.requests}, refused {load.errors}, kept {kept}: {verdict}")  # fmt: skip


if __name__ == "__main__":
    needs("wrk")
    for chosen in sys.argv[1:] or ["sqlite", "sqlite-normal", "postgres"]:
        measure(chosen)
