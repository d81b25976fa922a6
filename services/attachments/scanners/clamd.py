"""ClamAV's daemon, asked over its INSTREAM command (clamd(8)).

Written out here rather than through a client library: the one there is connects without a
time limit and sends without making sure that everything was sent.
"""

import re
import socket
import struct
from urllib.parse import urlsplit

from services.attachments.scanning import Verdict
from services.kernel.errors import Unavailable

CHUNK = 64 * 1024
CONNECT_SECONDS = 3
ANSWER_SECONDS = 60
LONGEST_ANSWER = 4096
PORT = 3310


def answers_to(address: str | None) -> bool:
    """Whether the address is a socket's path, or a host with or without a port."""
    return _is_socket(address) or (bool(address) and urlsplit(f"//{address}").hostname is not None)


def open_scanner(address: str, *, production: bool) -> "ClamdScanner":
    """The daemon at `host:port`, or at the socket `/path`."""
    if _is_socket(address):
        return ClamdScanner(address)
    parts = urlsplit(f"//{address}")
    return ClamdScanner((parts.hostname or "", parts.port or PORT))


def _is_socket(address: str | None) -> bool:
    return bool(address) and str(address).startswith("/")


class ClamdScanner:
    """Sends the bytes in chunks and reads one line of answer."""

    at_once_bytes = 2 * 1024 * 1024

    def __init__(self, address: str | tuple[str, int]) -> None:
        self.address = address

    def scan(self, data: bytes) -> Verdict:
        """Ask the daemon; anything but a clear answer is no answer."""
        try:
            answer = self._asked(data)
        except OSError as fault:
            raise Unavailable("scanner-away") from fault
        if answer == "stream: OK":
            return Verdict(None)
        found = re.fullmatch(r"stream: (.+) FOUND", answer)
        if found is None:
            raise Unavailable("scanner-away", answer=answer[:80])
        return Verdict(found[1])

    def _asked(self, data: bytes) -> str:
        with self._connected() as daemon:
            daemon.settimeout(ANSWER_SECONDS)
            daemon.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), CHUNK):
                chunk = data[start : start + CHUNK]
                daemon.sendall(struct.pack("!L", len(chunk)) + chunk)
            daemon.sendall(struct.pack("!L", 0))
            answer = b""
            while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
                more = daemon.recv(LONGEST_ANSWER)
                if not more:
                    break
                answer += more
        return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()

    def _connected(self) -> socket.socket:
        if isinstance(self.address, tuple):
            return socket.create_connection(self.address, timeout=CONNECT_SECONDS)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(self.address)
        except OSError:
            connection.close()
            raise
        return connection
