"""Memory of a web worker after 10,000 requests over all kinds of public pages, with searching and posting.

python -m benchmarks.memory
"""

import json

from benchmarks.machine import installation, memory_mb, needs, proportional_mb, serving, wrk
from benchmarks.pages import PICK, run_python
from benchmarks.posting import KEYS, MAKE_KEYS, SCRIPT

REQUESTS = 10_000


def measure() -> None:
    """Print megabytes per process before and after."""
    with installation("sqlite") as (env, folder):
        run_python(MAKE_KEYS, env, str(folder / "keys"), str(KEYS))
        pk, slug = json.loads(run_python(PICK, env))
        pages = [
            "/",
            "/bijdragen/",
            f"/bijdragen/{pk}/",
            f"/onderwerpen/{slug}/",
            "/bijdragen/?q=huizen",
            "/en/",
            "/besluiten/",
        ]
        with serving(env) as (address, pid):
            before, done = memory_mb(pid), 0
            headers = ("Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin")
            while done < REQUESTS:
                for page in pages:
                    done += wrk(address + page, pid=pid, seconds=2).requests
                done += wrk(
                    address + "/zeg-het-ons/", pid=pid, seconds=2, headers=headers, script=SCRIPT % (folder / "keys")
                ).requests
            after, shared = memory_mb(pid), proportional_mb(pid)
        print(f"{done} requests; MB per process (the first is the one that starts the others)")
        for name, found in (
            ("at the start", before),
            ("at the end", after),
            ("at the end, shared pages shared", shared),
        ):
            print(f"  {name:<34}{' '.join(f'{mb:.0f}' for mb in found)}")


if __name__ == "__main__":
    needs("wrk")
    measure()
