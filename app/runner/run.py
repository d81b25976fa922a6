"""`./start run`: the database, the web, the worker, and a demonstration's servers beside them.

Those are the e-ID, the mail catcher, and the simulators of the ways to pay.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from alembic import command
from sqlalchemy.exc import OperationalError

from app import payment_settings
from app.config import ConfigurationFault, Settings
from app.runner import data_folder, ports
from app.runner.data_folder import FolderFault
from app.runner.migrations import alembic_config
from app.runner.ports import PortFault
from app.runner.postgres import Postgres, PostgresFault
from app.runner.supervisor import Child, Supervisor
from app.runner.translations import compile_catalogues

ROOT = Path(__file__).resolve().parents[2]
CASES = 400
# How far from the web's port each simulator of a way to pay listens.
SIMULATORS = {"swish": 3, "card": 4}


def default_data() -> Path:
    """Where everything is kept unless `--data` says otherwise."""
    return Path(os.environ.get("SALEM24_DATA") or ROOT / "var").resolve()


@dataclass(frozen=True)
class Options:
    """What `./start run` was asked for."""

    port: int = 8024
    data: Path = field(default_factory=default_data)
    workers: int = 2
    database_url: str | None = None
    reset: bool = False

    @property
    def ports(self) -> list[int]:
        """The ports that are listened on: the web's, and in a demonstration four more."""
        return [self.port + more for more in range(1 if _in_production() else 5)]


def main(arguments: list[str]) -> int:
    """Start everything and stay until told to stop. Exits 2 when it cannot be started as asked."""
    options = _read(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with data_folder.claimed(options.data):
            return _run(options)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except ConfigurationFault as fault:
        print("\n".join(fault.faults), file=sys.stderr)
    except OperationalError as fault:
        print(f"The database cannot be used: {fault.orig}", file=sys.stderr)
    except (FolderFault, PortFault, PostgresFault, subprocess.CalledProcessError) as fault:
        print(fault, file=sys.stderr)
    return 2


def _run(options: Options) -> int:
    ports.require_free(options.ports)
    if options.reset:
        _reset(options)
    environ = {**os.environ, **environment_of(options)}
    server = None if options.database_url or _in_production() else database_of(options)
    try:
        if server is not None:
            _say("Starting PostgreSQL …")
            server.start()
        environ["SALEM24_DATABASE_URL"] = options.database_url or (server.url() if server else "")
        environ["SALEM24_DATABASE_URL"] = Settings.from_environment(environ).database_url
        _prepare(environ)
        return Supervisor(_children(options, environ), server, options.port).run()
    finally:
        if server is not None:
            server.stop()


def _reset(options: Options) -> None:
    data_folder.require_ours(options.data)
    database_of(options).discard()
    data_folder.empty(options.data)


def _read(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="./start run")
    parser.add_argument(
        "--port",
        type=_port,
        default=8024,
        help="the e-ID takes the next one, then mail, Swish and cards",
    )
    parser.add_argument(
        "--data", type=Path, default=default_data(), help="where everything is kept"
    )
    parser.add_argument("--workers", type=_at_least_one, default=2, help="web processes")
    parser.add_argument(
        "--database-url",
        default=os.environ.get("SALEM24_DATABASE_URL"),
        help="a PostgreSQL of one's own, 15 to 18, instead of the embedded one",
    )
    parser.add_argument(
        "--reset", action="store_true", help="begin again with an empty data folder"
    )
    found = parser.parse_args(arguments)
    if found.reset and found.database_url:
        parser.error("--reset does not empty a database of one's own: do that yourself")
    return Options(found.port, found.data.resolve(), found.workers, found.database_url, found.reset)


def _port(text: str) -> int:
    if not 1 <= int(text) <= 65531:
        raise argparse.ArgumentTypeError("expected a port from 1 to 65531")
    return int(text)


def _at_least_one(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError("expected 1 or more")
    return int(text)


def _in_production() -> bool:
    return os.environ.get("SALEM24_ENV") == "production"


def database_of(options: Options) -> Postgres:
    """The embedded server of a data folder."""
    return Postgres(options.data / "postgres")


def environment_of(options: Options) -> dict[str, str]:
    """What the children are told; addresses give way to those that the environment names."""
    addresses = {"SALEM24_PUBLIC_URL": f"http://localhost:{options.port}"}
    if not _in_production():
        addresses["SALEM24_EID_DEMO_URL"] = f"http://127.0.0.1:{options.port + 1}"
        addresses["SALEM24_SMTP_PORT"] = str(options.port + 2)
        addresses |= payment_settings.addresses(options.port)
    return {
        **{name: os.environ.get(name) or value for name, value in addresses.items()},
        "SALEM24_DATA": str(options.data),
        "SALEM24_SUPERVISED": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _prepare(environ: dict[str, str]) -> None:
    compile_catalogues(ROOT)
    _say("Bringing the database up to date …")
    command.upgrade(alembic_config(environ["SALEM24_DATABASE_URL"]), "head")
    if not _in_production():
        _say("Filling in the demonstration municipality …")
        _flask(environ, "demo", "fill", "--cases", str(CASES), "--seed", "1")


def _flask(environ: dict[str, str], *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT,
        env=environ,
        check=True,
    )


def _children(options: Options, environ: dict[str, str]) -> list[Child]:
    web = [
        str(Path(sys.executable).with_name("granian")),
        *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(options.port)),
        *("--workers", str(options.workers), "--blocking-threads", "4", "--backlog", "1024"),
        *("--http1-header-read-timeout", "5000", "--respawn-failed-workers", "--no-log"),
        # A worker told to stop while it starts never does.
        *("--workers-kill-timeout", "5", "--respawn-interval", "0.5"),
        "wsgi:application",
    ]
    children = [
        Child("web", web, {**environ, **_shared_metrics(options)}, ROOT),
        Child("worker", [sys.executable, "-m", "app.worker"], environ, ROOT),
    ]
    if _in_production():
        return children
    data = ["--data", str(options.data)]
    eid = [sys.executable, "-m", "app.demo.eid", "--port", str(options.port + 1), *data]
    mail = [sys.executable, "-m", "app.demo.mail", "--port", str(options.port + 2), *data]
    children += [Child("e-ID", eid, environ, ROOT), Child("mail", mail, environ, ROOT)]
    ways = Settings.from_environment(environ).payment_providers
    return [*children, *(_simulator(way, options, environ) for way in SIMULATORS if way in ways)]


def _simulator(way: str, options: Options, environ: dict[str, str]) -> Child:
    port = ["--port", str(options.port + SIMULATORS[way])]
    program = [sys.executable, "-m", f"app.demo.payments.{way}", *port]
    return Child(way, [*program, "--data", str(options.data)], environ, ROOT)


def _shared_metrics(options: Options) -> dict[str, str]:
    """One folder in which all web processes count, new at each start."""
    folder = options.data / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}


def _say(words: str) -> None:
    print(words, flush=True)
