"""What comes in: webhooks at a steady pace, taking items in, and the inbox with 200,000 conversations.

python -m benchmarks.inbound [sqlite|postgres] [webhook|working|take_in|inbox]
"""

import http.client
import json
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.machine import cpu_seconds, installation, serving
from benchmarks.pages import run_python

RATE, SECONDS, HANDS = 200, 20, 16  # calls in a second, for so long, over so many connections
ITEMS, CONVERSATIONS = 50_000, 200_000
PARTS = ("webhook", "working", "take_in", "inbox")
ACCOUNT = """
import json, sys, django; django.setup()
from stamtafel.channels.hearing import open_hook
from stamtafel.channels.models import Account
from stamtafel.channels.vault import keep_secrets
from stamtafel.channels.adapters.demo.residents import call
account = Account.objects.create(kind='demo', name='bench', options={'folder': sys.argv[1], 'listen_seconds': 99999})
keep_secrets(account, {'secret': 'geheim'})
with open(sys.argv[2], 'w') as out:
    for number in range(int(sys.argv[3])):
        event = {'id': f'call-{number}', 'what': 'said', 'sort': 'comment', 'by': f'p{number % 900}', 'about': 'demo-1',
                 'text': f'Wanneer komt het fietspad er, en wat kost dat? Café {number}', 'at': '2026-11-23T10:00:00+00:00',
                 'thread': f'call-{number - number % 3}'}
        body, headers = call([event], 'geheim')
        out.write(json.dumps([body.decode(), headers]) + '\\n')
print(open_hook(account=account).split('/', 3)[3])
"""
LEFT = """
import django; django.setup()
from stamtafel.channels.models import InboundItem
from stamtafel.inbox.models import Message
print(InboundItem.objects.count(), InboundItem.objects.filter(state='waiting').count(), Message.objects.filter(sort='comment').count())
"""
TAKE_IN = """
import sys, time, django; django.setup()
from datetime import timedelta
from django.utils import timezone
from stamtafel.channels.hearing import keep_updates
from stamtafel.channels.contract import Update
from stamtafel.channels.models import Account, InboundItem
from stamtafel.inbox.actions.take_in import take_in
from stamtafel.inbox.models import Conversation, Message
account, now, many = Account.objects.get(name='bench'), timezone.now(), int(sys.argv[1])
def event(number):
    first = number - number % 4
    base = {'by': f'p{first % 5000}', 'about': 'demo-1', 'sort': 'message' if first % 3 == 0 else 'comment',
            'at': (now - timedelta(minutes=9 + number % 97)).isoformat(), 'thread': f't-{first}'}
    if number % 20 == 19:
        return {**base, 'id': f's-{number - 1}', 'what': 'edited', 'text': 'Toch anders', 'edited': now.isoformat()}
    if number % 50 == 33:
        return {**base, 'id': f's-{first}', 'what': 'deleted', 'text': '', 'deleted': now.isoformat()}
    return {**base, 'id': f's-{number}', 'what': 'said', 'text': f'Wanneer komt het fietspad er, nummer {number}?'}
keep_updates(account=account, now=now, updates=(Update(remote_id=f"x:{n}:{event(n)['what']}", payload=event(n)) for n in range(many)))
InboundItem.objects.filter(remote_id__startswith='call').delete()
before = Message.objects.count()
start = time.perf_counter()
while take_in(now):
    pass
spent = time.perf_counter() - start
print(f"{many / spent:.0f}", f"{spent:.1f}", InboundItem.objects.exclude(state='done').filter(account=account).count(),
      Message.objects.count() - before, Conversation.objects.filter(account=account).count())
"""
INBOX = """
import random, sys, time, django; django.setup()
from datetime import timedelta
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from stamtafel.channels.models import Account
from stamtafel.inbox.models import Conversation, Message
from stamtafel.people.models import StaffMember
from benchmarks.world import sentences
from tests.people.builders import signed_in
many, waiting, chance, now = int(sys.argv[1]), int(sys.argv[2]), random.Random(3), timezone.now()
account, words = Account.objects.get(name='bench'), sentences()
staff = list(StaffMember.objects.order_by('pk'))
for first in range(0, many, 5000):
    rows = []
    for number in range(first, min(first + 5000, many)):
        at, open_, text = now - timedelta(minutes=7 * number), number < waiting, chance.choice(words)
        rows.append(Conversation(
            account=account, thread=f'bench-{number}', channel='demo', subject=text[:80], excerpt=text[:240], opened_at=at,
            last_message_at=at, last_heard_at=at, message_count=1, state='open' if open_ else 'closed', kind='question',
            waits_since=at if open_ else None, answer_due_at=at + timedelta(days=7), private=number % 3 == 0,
            assignee=chance.choice(staff) if number % 4 == 0 else None, person={'id': str(number), 'handle': f'p{number}'}))
    made = Conversation.objects.bulk_create(rows, batch_size=500)
    Message.objects.bulk_create([
        Message(conversation=one, direction='in', text=one.excerpt, at=one.opened_at, key=f'bench:{one.thread}',
                remote_id=one.thread, sort='comment', author='P', target={'remote_id': one.thread}) for one in made
    ], batch_size=500)
connection.cursor().execute('ANALYZE')
me = next(one for one in staff if one.is_active and 'conversationalist' in one.roles)
client = Client(HTTP_HOST='127.0.0.1')
signed_in(client, me)
for box in ('open', 'mine', 'late', 'answered', 'closed', 'all'):
    url = f'/desk/inbox/?box={box}'
    answer = client.get(url)
    assert answer.status_code == 200, (answer.status_code, answer.get('Location'))
    with CaptureQueriesContext(connection) as seen:
        client.get(url)
    count, times, used = len(seen), [], time.process_time()
    for _round in range(15):
        start = time.perf_counter()
        client.get(url)
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    used = (time.process_time() - used) * 1000 / len(times)
    print(f"{box:<10} {count} queries, median {times[7]:.1f} ms, worst {times[-1]:.1f} ms, CPU {used:.1f} ms, "
          f"{len(answer.content) / 1000:.0f} kB")
print(Conversation.objects.count(), 'conversations,', Conversation.objects.filter(state='open', waits_since__isnull=False).count(), 'wait')
"""


class Caller:
    """Calls at a steady pace, whatever the answers: a late one counts from the moment when it should have begun."""

    def __init__(self, address: str, path: str, calls: list[tuple[bytes, dict[str, str]]]) -> None:
        self.host, self.path, self.calls = urlsplit(address).netloc, path, calls
        self.took: list[float] = []
        self.refused = 0
        self.begin = time.perf_counter() + 0.5

    def run(self) -> None:
        """All calls, over several connections in turn."""
        hands = [threading.Thread(target=self.hand, args=(number,)) for number in range(HANDS)]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()

    def hand(self, first: int) -> None:
        """Every so many-th call, over one connection."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        for number in range(first, len(self.calls), HANDS):
            body, headers = self.calls[number]
            due = self.begin + number / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.request("POST", self.path, body, headers)
            answer = connection.getresponse()
            answer.read()
            self.took.append((time.perf_counter() - due) * 1000)
            self.refused += answer.status != 200


def webhooks(env: dict[str, str], folder: Path, *, working: bool) -> None:
    """Print how long the answers took, and prove that all is kept. ``working``: it is taken in at the same time."""
    number = len(list(folder.glob("calls-*")))
    path = run_python(ACCOUNT.replace("'bench'", f"'bench {number}'"), env, str(folder / "network"),
                      str(folder / f"calls-{number}"), str(RATE * SECONDS)).strip()  # fmt: skip
    lines = (folder / f"calls-{number}").read_text().splitlines()
    calls = [(body.encode(), headers) for body, headers in map(json.loads, lines)]
    before = int(run_python(LEFT, env).split()[0])
    with serving(env, *([] if not working else ["--host", "127.0.0.1"])) as (address, pid):
        warm = Caller(address, "/" + path, calls[:100])
        warm.run()
        caller, used = Caller(address, "/" + path, calls), cpu_seconds(pid)
        caller.run()
        used = cpu_seconds(pid) - used
        if working:
            time.sleep(5)
    kept, waiting, _messages = run_python(LEFT, env).split()
    took = sorted(caller.took)
    verdict = "all kept" if int(kept) - before == len(calls) and not caller.refused else "ITEMS ARE MISSING"
    beside = f", {waiting} not yet taken in 5 s later" if working else ""
    print(f"  {len(took)} calls at {RATE}/s, {'worker running' if working else 'no worker'}: p50 {took[len(took) // 2]:.1f} ms  "
          f"p99 {took[int(len(took) * 0.99)]:.1f} ms  worst {took[-1]:.1f} ms  CPU {used * 1000 / len(took):.2f} ms: {verdict}{beside}")  # fmt: skip


def measure(database: str, parts: tuple[str, ...]) -> None:
    """Print the figures of one database."""
    with installation(database) as (env, folder):
        print(database)
        run_python(ACCOUNT, env, str(folder / "network"), str(folder / "none"), "0")
        if "webhook" in parts:
            webhooks(env, folder, working=False)
        if "working" in parts:
            webhooks(env, folder, working=True)
        if "take_in" in parts:
            rate, spent, left, messages, talks = run_python(TAKE_IN, env, str(ITEMS)).split()
            print(
                f"  {ITEMS} items taken in: {rate}/s ({spent} s), {messages} messages, {talks} conversations, {left} wait"
            )
        if "inbox" in parts:
            print("  " + run_python(INBOX, env, str(CONVERSATIONS), "2000").rstrip().replace("\n", "\n  "))


if __name__ == "__main__":
    asked = sys.argv[1:]
    for name in [one for one in asked if one not in PARTS] or ["sqlite", "postgres"]:
        measure(name, tuple(one for one in asked if one in PARTS) or PARTS)
