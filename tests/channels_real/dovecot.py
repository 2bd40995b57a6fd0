"""A real IMAP server (Debian's dovecot-imapd) on loopback, with TLS, in a folder of its own; as root or as anybody."""

import contextlib
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest

CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = required
ssl_cert = <{pem}
ssl_key = <{pem}
{users}
auth_mechanisms = plain
passdb {{
  driver = static
  args = password=geheim
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/mail/%n
}}
mail_location = maildir:~/Maildir
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
  }}
}}
service anvil {{
  {chroot}
}}
service stats {{
  {chroot}
}}
"""
# https://doc.dovecot.org/2.3/admin_manual/installation_guide/rootless_installation/
ROOTLESS = """default_internal_user = {owner}
default_login_user = {owner}
default_internal_group = {group}"""


@dataclass(frozen=True)
class ImapServer:
    """Where it is; everybody's password is the same, and a mailbox begins to be with the first mail in it."""

    port: int
    pem: Path
    password: str = "geheim"

    def url(self, user: str) -> str:
        return f"imap://{user}:{self.password}@localhost:{self.port}"


def program() -> str:
    """Debian's server; outsiders without it skip, CI may not."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("dovecot-imapd is missing: make system-channels")
        pytest.skip("needs dovecot-imapd: make system-channels")
    return found


@contextlib.contextmanager
def running(pem: Path) -> Iterator[ImapServer]:
    """Start it, wait until it listens, and stop it. ``pem`` holds a key and a certificate for localhost."""
    command = program()
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)  # the folder of pytest is closed to the user that mail belongs to
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    (folder / "mail").mkdir()
    os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
    shutil.copyfile(pem, folder / "both.pem")
    names = {
        "folder": folder,
        "pem": folder / "both.pem",
        "port": port,
        "owner": owner.pw_name,
        "group": grp.getgrgid(owner.pw_gid).gr_name,
    }
    rootless = os.getuid() != 0
    text = CONFIG.format(
        users=ROOTLESS.format(**names) if rootless else "", chroot="chroot =" if rootless else "", **names
    )
    (folder / "conf").write_text(text)
    server = subprocess.Popen([command, "-F", "-c", str(folder / "conf")])
    try:
        _wait(port, server, folder)
        yield ImapServer(port, pem)
    finally:
        server.terminate()
        server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(port: int, server: subprocess.Popen[bytes], folder: Path) -> None:
    end = monotonic() + 20
    while monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        sleep(0.05)
    log = folder / "log"
    pytest.fail(f"dovecot did not start: {log.read_text()[-2000:] if log.exists() else 'no log'}")
