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

SCHEMES = ("tcp", "unix")
CHUNK = 64 * 1024
CONNECT_SECONDS = 3
ANSWER_SECONDS = 60
LONGEST_ANSWER = 4096
PORT = 3310


def open_scanner(address: str, *, production: bool) -> "ClamdScanner":
    """The daemon at `tcp://host:port` or `unix:///path/of/socket`."""
    parts = urlsplit(address)
    if parts.scheme == "unix":
        return ClamdScanner(parts.path)
    if not parts.hostname:
        raise ValueError("the scanner's address names no host")
    return ClamdScanner((parts.hostname, parts.port or PORT))


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
