"""Children that are started, watched, started again, and stopped together."""

import ctypes
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from app.runner.postgres import Postgres, PostgresFault

READY_SECONDS = 90.0
STOP_SECONDS = 15.0
LOOK_SECONDS = 0.2
# A child that dies at once again and again waits a little longer each time.
LONGEST_PAUSE = 10.0
PR_SET_PDEATHSIG = 1
# Whatever proxy the environment names, we ask our own server ourselves.
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _die_with_us() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """A program that shall run as long as we do."""

    name: str
    command: list[str]
    environ: dict[str, str]
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    not_before: float = field(default=0.0)

    def start(self) -> None:
        """Start it; it dies with us, whatever becomes of us."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_us,
        )

    def look_after(self) -> None:
        """Start it again if it has died."""
        if self.process is not None and self.process.poll() is None:
            return
        now = time.monotonic()
        if self.not_before == 0.0:
            lived = now - self.started
            self.pause = 0.0 if lived > LONGEST_PAUSE else min(LONGEST_PAUSE, self.pause * 2 + 0.2)
            self.not_before = now + self.pause
        if now >= self.not_before:
            self.not_before = 0.0
            self.start()

    def stop(self) -> None:
        """Ask it to stop."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for it to stop, and kill it when the time is out."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Runs until SIGINT or SIGTERM."""

    def __init__(self, children: list[Child], server: Postgres | None, port: int) -> None:
        self.children = children
        self.server = server
        self.address = f"http://localhost:{port}"
        # A minimal machine may not know the name localhost.
        self.probe = f"http://127.0.0.1:{port}/health/ready"
        self.stopping = False

    def run(self) -> int:
        """Start all, say when ready, look after them, and stop them in order at the end."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        try:
            for child in self.children:
                child.start()
            ready = self._wait_until_ready()
            if ready:
                print(f"Salem 24 is ready: {self.address}", flush=True)
            elif not self.stopping:
                print("Salem 24 does not answer; see what is printed above.", file=sys.stderr)
            while ready and not self.stopping:
                self._look_after_all()
                time.sleep(LOOK_SECONDS)
            return 0 if ready or self.stopping else 1
        finally:
            self._stop_all()

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _look_after_all(self) -> None:
        if (
            self.server is not None
            and self.server.process is not None
            and self.server.process.poll() is not None
        ):
            try:
                self.server.start()
            except PostgresFault as fault:
                print(fault, file=sys.stderr)
        for child in self.children:
            child.look_after()

    def _wait_until_ready(self) -> bool:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and not self.stopping:
            try:
                with DIRECTLY.open(self.probe, timeout=5) as answer:
                    if answer.status == 200:
                        return True
            except OSError:
                self._look_after_all()
            time.sleep(0.1)
        return False

    def _stop_all(self) -> None:
        for child in self.children:
            child.stop()
        until = time.monotonic() + STOP_SECONDS
        for child in self.children:
            child.wait(until)
        if self.server is not None:
            self.server.stop()
