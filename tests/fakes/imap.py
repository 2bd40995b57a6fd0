"""A pretended mailbox that speaks as much IMAP (RFC 3501, RFC 9051) as a reader needs, and notes what it is asked.

It keeps state (UIDs, UIDVALIDITY), refuses what a real one refuses, and can break off anywhere (``breaks``).
"""

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

AT = datetime(2026, 11, 23, 9, 58, 30, tzinfo=UTC)


@dataclass
class FakeMailbox:
    """One folder. ``breaks``: the beginning of a command at which it hangs up; ``refuses``: at which it says NO."""

    user: str = "reacties"
    password: str = "geheim"
    folder: str = "INBOX"
    validity: int = 7
    next_uid: int = 1
    tells_next: bool = True
    dated: str = ""
    breaks: str = ""
    refuses: str = ""
    claims: int = 0  # bytes that it says will come of each mail, whatever comes
    tls: ssl.SSLContext | None = None
    mails: dict[int, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def deliver(self, raw: bytes) -> int:
        """A mail arrives."""
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.mails[uid] = raw
        return uid

    def build_anew(self) -> None:
        """The server lost its numbering, as after a move: other UIDs, another UIDVALIDITY."""
        mails, self.mails, self.next_uid = list(self.mails.values()), {}, 1
        self.validity += 1
        for raw in mails:
            self.deliver(raw)


class _Talk:
    """One connection."""

    def __init__(self, box: FakeMailbox, line: socket.socket) -> None:
        self.box, self.line = box, line
        self.file = line.makefile("rb")

    def send(self, *lines: bytes) -> None:
        self.line.sendall(b"".join(part + b"\r\n" for part in lines))

    def run(self) -> None:
        self.send(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready")
        while raw := self.file.readline():
            tag, _space, command = raw.decode().strip().partition(" ")
            self.box.asked.append(re.sub(r"^(LOGIN|AUTHENTICATE).*", r"\1", command))
            if self.box.breaks and command.upper().startswith(self.box.breaks):
                return
            self.answer(tag, command)

    def answer(self, tag: str, command: str) -> None:
        words = command.upper()
        if self.box.refuses and words.startswith(self.box.refuses):
            self.send(f"{tag} NO not today".encode())
        elif words.startswith("STARTTLS"):
            self.start_tls(tag)
        elif words.startswith("AUTHENTICATE"):
            self.authenticate(tag)
        else:
            name = "uid" if words.startswith("UID") else words.partition(" ")[0].lower()
            getattr(self, f"on_{name}", self.on_anything)(tag, command)

    def on_anything(self, tag: str, _command: str) -> None:
        self.send(
            b"* CAPABILITY IMAP4rev1 AUTH=PLAIN" + (b" STARTTLS" if self.box.tls else b""), f"{tag} OK done".encode()
        )

    def on_login(self, tag: str, command: str) -> None:
        good = command.replace('"', "").split()[1:] == [self.box.user, self.box.password]
        self.send(f"{tag} {'OK done' if good else 'NO [AUTHENTICATIONFAILED] no'}".encode())

    def on_logout(self, tag: str, _command: str) -> None:
        self.send(b"* BYE bye", f"{tag} OK done".encode())

    def on_examine(self, tag: str, command: str) -> None:
        if command.partition(" ")[2].strip('"') != self.box.folder:
            return self.send(f"{tag} NO no such folder".encode())
        told = [b"* %d EXISTS" % len(self.box.mails), b"* OK [UIDVALIDITY %d] valid" % self.box.validity]
        if self.box.tells_next:
            told.append(b"* OK [UIDNEXT %d] next" % self.box.next_uid)
        return self.send(*told, f"{tag} OK [READ-ONLY] done".encode())

    def on_uid(self, tag: str, command: str) -> None:
        _uid, what, rest = command.split(" ", 2)
        (self.search if what.upper() == "SEARCH" else self.fetch)(tag, rest)

    def search(self, tag: str, rest: str) -> None:
        known = sorted(self.box.mails)
        after = re.match(r"\(?UID (\d+):\*", rest)
        if after and known:  # "n:*" always holds the last one
            known = [uid for uid in known if uid >= min(int(after[1]), known[-1])]
        self.send(b"* SEARCH " + " ".join(map(str, known)).encode(), f"{tag} OK done".encode())

    def fetch(self, tag: str, rest: str) -> None:
        raw = self.box.mails.get(int(rest.partition(" ")[0]))
        if raw is not None:
            most = re.search(r"<0\.(\d+)>", rest)
            part = raw[: int(most[1])] if most else raw
            dated = self.box.dated or f"{AT:%d-%b-%Y %H:%M:%S +0000}"
            head = f'* 1 FETCH (UID 1 RFC822.SIZE {len(raw)} INTERNALDATE "{dated}" BODY[]<0> {{{self.box.claims or len(part)}}}'
            self.line.sendall(head.encode() + b"\r\n" + part + b")\r\n")
        self.send(f"{tag} OK done".encode())

    def authenticate(self, tag: str) -> None:
        self.send(b"+ ")
        self.file.readline()
        self.send(f"{tag} OK done".encode())

    def start_tls(self, tag: str) -> None:
        assert self.box.tls is not None
        self.send(f"{tag} OK begin".encode())
        self.line = self.box.tls.wrap_socket(self.line, server_side=True)
        self.file = self.line.makefile("rb")


def _serve(box: FakeMailbox, listening: socket.socket, *, implicit: bool) -> None:
    while True:
        try:
            line, _address = listening.accept()
        except OSError:  # closed: the end
            return
        talk = None
        try:
            if implicit and box.tls:
                line = box.tls.wrap_socket(line, server_side=True)
            talk = _Talk(box, line)
            talk.run()
        except OSError:
            pass
        finally:
            if talk:
                talk.file.close()
                talk.line.close()
            line.close()


@contextmanager
def serving(box: FakeMailbox, *, implicit: bool = False) -> Iterator[FakeMailbox]:
    """Serve it on a port of this machine, one connection after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        box.port = listening.getsockname()[1]
        thread = threading.Thread(target=_serve, args=(box, listening), kwargs={"implicit": implicit})
        thread.start()
        try:
            yield box
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            thread.join(5)
