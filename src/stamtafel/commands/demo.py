"""``stamtafel demo``: set up and serve the demo municipality."""

import argparse
import os
import sys
import threading
import time
import urllib.error
import urllib.request

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from stamtafel.commands.migrate import prepare
from stamtafel.commands.serve import is_taken, serve
from stamtafel.demo.load import is_loaded, load
from stamtafel.demo.network import load_network
from stamtafel.people.actions.sign_in import make_sign_in_link
from stamtafel.people.models import StaffMember

WAIT_SECONDS = 60


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="stamtafel demo", description=run.__doc__)
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--port", type=int, default=8000)
    made.add_argument("--load-only", action="store_true", help="load the data, serve nothing")
    return made


def administrator() -> StaffMember:
    """Somebody of the demo who may do everything."""
    return next(member for member in StaffMember.objects.order_by("id") if "administrator" in member.roles)


def announce_when_up(address: str, link: str) -> None:
    """Print the addresses once the server answers."""

    def wait() -> None:
        """Ask until it answers."""
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own loopback address
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
                continue
            print(
                f"\n  Stamtafel is up, with the demo municipality Lindewaard.\n\n"
                f"  Residents   {address}/   (English: {address}/en/)\n"
                f"  The desk    {link}\n"
                f"              This link signs you in once, as an administrator, within 15 minutes.\n"
                f"              Another one: STAMTAFEL_URL={address} .venv/bin/stamtafel staff link"
                f" {administrator().email}\n\n"
                f"  Mail is not sent: it is kept in {os.environ.get('STAMTAFEL_DATA', 'var')}/mail."
                f" Stop with Ctrl-C.\n",
                flush=True,
            )
            return

    threading.Thread(target=wait, daemon=True).start()


def live_at(address: str) -> None:
    """Let links in mails and feeds lead here, unless STAMTAFEL_URL is set: the server forks, the worker starts anew."""
    if "STAMTAFEL_URL" not in os.environ:
        os.environ["STAMTAFEL_URL"] = settings.SITE_URL = address


def run(arguments: list[str]) -> int:
    """Set up the demo municipality where there is nothing yet, then serve site, desk and worker."""
    options = parser().parse_args(arguments)
    if not options.load_only and is_taken(options.host, options.port):
        return 1
    prepare()
    if not is_loaded():
        print("Loading the demo municipality …", file=sys.stderr)
        load(now=timezone.localtime())
        load_network(now=timezone.localtime())
    if options.load_only:
        return 0
    address = f"http://{options.host}:{options.port}"
    live_at(address)
    token = make_sign_in_link(staff=administrator(), now=timezone.now())
    announce_when_up(address, address + reverse("desk:sign_in_link", kwargs={"token": token}))
    serve(host=options.host, port=options.port, work=True)
    return 0
