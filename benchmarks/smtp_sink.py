"""A mail server that takes everything and writes down what it got: ``python -m benchmarks.smtp_sink FILE``.

Prints its port. FILE gets a line per accepted mail, before the answer goes out: Message-ID, recipient.
"""

import asyncio
import re
import sys
from pathlib import Path
from typing import IO

from aiosmtpd.smtp import SMTP, Envelope, Session

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Sink:
    """Counts; nothing is kept of the mail itself."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        found = MESSAGE_ID.search(envelope.original_content or b"")
        name = found.group(1).decode() if found else "?"
        self.file.write(f"{name}\t{envelope.rcpt_tos[0]}\n")
        self.file.flush()
        return "250 OK"


async def serve(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        sink = Sink(file)
        server = await asyncio.get_running_loop().create_server(lambda: SMTP(sink), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
