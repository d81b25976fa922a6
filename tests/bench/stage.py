"""What is measured: a database with cases, the product, and the references beside it."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from app.runner.postgres import Postgres
from app.runner.run import ROOT
from app.runner.translations import compile_catalogues

TICKS = os.sysconf("SC_CLK_TCK")
PORTS = {"product": 8124, "reference": 8129}
READY_SECONDS = 60.0


@dataclass(frozen=True)
class Memory:
    """Resident memory of a process in bytes, and its share of it: shared pages are divided."""

    resident: int
    share: int


class Stage:
    """Starts all, tells how much processor time it has used, and takes it down."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Postgres(folder / "postgres")
        self.conninfo = f"host={self.database.socket} user=salem24 dbname=salem24"
        self.first_answer = 0.0
        self.environ = {
            **os.environ,
            "SALEM24_DATA": str(folder),
            "SALEM24_PUBLIC_URL": f"http://localhost:{PORTS['product']}",
        }
        self.servers: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Stage":
        compile_catalogues(ROOT)
        self.database.start()
        self.environ["SALEM24_DATABASE_URL"] = self.database.url()
        flask(self.environ, "db", "upgrade")
        flask(self.environ, "demo", "fill", "--cases", "400", "--seed", "1")
        self.first_answer = self._serve("product", "wsgi:application")
        self._serve("reference", "tests.bench.reference:application")
        return self

    def __exit__(self, *_: object) -> None:
        for server in self.servers.values():
            server.terminate()
        for server in self.servers.values():
            server.wait(20)
        self.database.stop()

    def grow(self, cases: int) -> None:
        """Copy cases until there are so many in all, and let PostgreSQL tidy up after it."""
        flask(self.environ, "demo", "bulk", "--cases", str(cases))
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")

    def _serve(self, name: str, target: str) -> float:
        program = str(Path(sys.executable).with_name("granian"))
        command = [
            program,
            "--interface",
            "wsgi",
            "--workers",
            "2",
            "--blocking-threads",
            "4",
            "--no-log",
        ]
        self.servers[name] = subprocess.Popen(
            [*command, "--port", str(PORTS[name]), target],
            cwd=ROOT,
            env=self.environ,
            stderr=subprocess.DEVNULL,
        )
        began = time.monotonic()
        until = began + READY_SECONDS
        path = "/e-tjanster" if name == "product" else "/hello"
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://localhost:{PORTS[name]}{path}", timeout=5).close()
                return time.monotonic() - began
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(f"{name} does not answer")

    def processor_seconds(self, name: str) -> float:
        """Used so far by a server's processes and by PostgreSQL, in seconds."""
        return used(self.servers[name].pid) + self.database_seconds()

    def database_seconds(self) -> float:
        """Used so far by PostgreSQL, in seconds."""
        return used(self.database.process.pid) if self.database.process else 0.0

    def memory(self) -> list[Memory]:
        """What each web process takes."""
        return [_memory(pid) for pid in _family(self.servers["product"].pid)[1:]]


def flask(environ: Mapping[str, str], *command: str) -> None:
    """Run a command of the application."""
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=ROOT,
        env={**os.environ, **environ},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def used(root: int) -> float:
    """Processor time of a process and of all that it has begun, in seconds."""
    return sum(_ticks(pid) for pid in _family(root)) / TICKS


def _family(root: int) -> list[int]:
    family = [root]
    for pid in family:
        children = Path(f"/proc/{pid}/task/{pid}/children")
        if children.exists():
            family += [int(child) for child in children.read_text().split()]
    return family


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0
    # Own time, and that of children that have ended: user and system (proc(5), fields 14 to 17).
    return sum(int(fields[number]) for number in (11, 12, 13, 14))


def _memory(pid: int) -> Memory:
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {row.split(":")[0]: int(row.split()[1]) * 1024 for row in rows}
    return Memory(sizes["Rss"], sizes["Pss"])
