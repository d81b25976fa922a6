"""The demonstration's mail catcher: takes every mail on this machine and sends none of them on.

`python -m app.demo.mail --port 8026 --data var` writes each mail to `var/mail/*.eml`.
"""

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from app.demo.caught import keep

HOST = "127.0.0.1"
LARGEST_MAIL = 2 * 1024 * 1024


class Catcher:
    """Takes mail for anybody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the mail, or ask the sender to come back when there is no room."""
        try:
            content = envelope.original_content or b""
            await asyncio.to_thread(keep, self.folder, content)
        except OSError:
            return "452 There is no room just now"
        return "250 Caught"


async def catch(port: int, folder: Path) -> None:
    """Listen until told to stop."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(told, stopping.set)
    server = await loop.create_server(
        lambda: SMTP(
            Catcher(folder), data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, ident="Salem 24"
        ),
        host=HOST,
        port=port,
    )
    async with server:
        print(f"Mail is caught on {HOST}:{port}", flush=True)
        await stopping.wait()


def main(arguments: list[str] | None = None) -> int:
    """Catch mail; returns 2 in production, and 1 when the port is taken."""
    parser = argparse.ArgumentParser(
        prog="python -m app.demo.mail", description="Catch every mail."
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    wishes = parser.parse_args(arguments)
    if os.environ.get("SALEM24_ENV") == "production":
        print("SALEM24_ENV: the mail catcher is not for production", file=sys.stderr)
        return 2
    try:
        asyncio.run(catch(wishes.port, wishes.data / "mail"))
    except OSError as fault:
        print(
            f"The mail catcher cannot listen on port {wishes.port}: {fault.strerror}",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
