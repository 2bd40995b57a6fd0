"""All pretended networks at once, to try the product on by hand: ``make fakes``.

Prints how to connect an account to each. A resident is played with curl: ``POST <address>/_do/<method>`` with the
arguments as JSON, see the methods of each fake.
"""

import shlex
import threading
from types import SimpleNamespace

import django


def main() -> None:
    """Start them all and wait."""
    django.setup()
    from tests.faults.rigs import RIGS

    rigs = [make(SimpleNamespace()) for make in RIGS.values()]
    hosts = ",".join(host for rig in rigs for host in rig.hosts)
    print(f"Start the product with  STAMTAFEL_OUTBOUND_ALLOW={hosts}\n")
    for rig in rigs:
        rig.fake.by_hand = True
        rig.fake.start()
        if rig.site is not None:
            rig.site.start()
        options = [word for name, value in rig.options.items() for word in ("--option", f"{name}={value}")]
        secrets = [word for name, value in rig.secrets.items() for word in ("--secret", f"{name}={value}")]
        words = ["stamtafel", "account", "add", rig.kind, "--name", f"{rig.kind} (proef)", *options, *secrets]
        print(f"{rig.kind:<10} {rig.fake.address}\n  .venv/bin/{shlex.join(words)}\n")
    print("Stop with Ctrl-C.", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
