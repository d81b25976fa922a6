"""The scanners, ClamAV's daemon played by a socket that knows its protocol."""

import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from services.attachments.scanners import open_scanner
from services.attachments.scanners.clamd import ClamdScanner
from services.attachments.scanners.pretend import EICAR, PretendScanner
from services.kernel.errors import Unavailable


class Daemon(threading.Thread):
    """Answers INSTREAM once for each connection."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listening.getsockname()[1]
        self.received = b""
        self.answer: bytes | None = None

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                self.received = self._told(stream)
                found = b"Eicar-Test-Signature FOUND" if EICAR in self.received else b"OK"
                connection.sendall(self.answer or b"stream: " + found + b"\0")

    def _told(self, stream: BinaryIO) -> bytes:
        assert stream.read(10) == b"zINSTREAM\0"
        data = b""
        while length := struct.unpack("!L", stream.read(4))[0]:
            data += stream.read(length)
        return data


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    started = Daemon()
    started.start()
    yield started
    # A listening socket that is only closed would leave its thread waiting.
    started.listening.shutdown(socket.SHUT_RDWR)
    started.listening.close()
    started.join(5)


def test_the_daemon_gets_every_byte_and_finds_nothing(daemon: Daemon) -> None:
    data = bytes(range(256)) * 1000
    assert open_scanner(f"127.0.0.1:{daemon.port}", production=True).scan(data).is_clean
    assert daemon.received == data


def test_the_daemon_finds_the_test_string(daemon: Daemon) -> None:
    verdict = ClamdScanner(("127.0.0.1", daemon.port)).scan(b"x" * 70_000 + EICAR)
    assert verdict.signature == "Eicar-Test-Signature"


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"garbage\0", b"\0"])
def test_anything_but_a_clear_answer_is_no_answer(daemon: Daemon, answer: bytes) -> None:
    daemon.answer = answer
    with pytest.raises(Unavailable, match="scanner-away"):
        ClamdScanner(("127.0.0.1", daemon.port)).scan(b"x")


def test_a_daemon_that_is_away_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="scanner-away"):
        open_scanner(f"{tmp_path}/clamd.sock", production=True).scan(b"x")


def test_the_pretend_scanner_finds_the_test_string_anywhere() -> None:
    scanner = open_scanner(None, production=False)
    assert isinstance(scanner, PretendScanner)
    assert not scanner.scan(b"before" + EICAR + b"after").is_clean
    assert scanner.scan(b"harmless").is_clean


def test_the_pretend_scanner_refuses_to_load_in_production() -> None:
    with pytest.raises(ValueError, match="production"):
        open_scanner(None, production=True)


def test_an_unknown_scanner_is_refused() -> None:
    with pytest.raises(ValueError, match="no scanner"):
        open_scanner("", production=False)
