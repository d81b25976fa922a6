"""`./start run`: the database, the web, the worker, the demonstration e-ID and the mail catcher."""

import argparse
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from app.config import ConfigurationFault, Settings
from app.runner.postgres import Postgres, PostgresFault
from app.runner.supervisor import Child, Supervisor
from app.runner.translations import compile_catalogues

ROOT = Path(__file__).resolve().parents[2]
CASES = 400


@dataclass(frozen=True)
class Options:
    """What `./start run` was asked for."""

    port: int = 8024
    data: Path = ROOT / "var"
    workers: int = 2
    database_url: str | None = None
    reset: bool = False


def main(arguments: list[str]) -> int:
    """Start everything and stay until told to stop. Exits 2 on faults of the configuration."""
    options = _read(arguments)
    if options.reset:
        shutil.rmtree(options.data, ignore_errors=True)
    options.data.mkdir(parents=True, exist_ok=True)
    environ = {**os.environ, **environment_of(options)}
    server = None if options.database_url else database_of(options)
    try:
        if server is not None:
            _say("Starting PostgreSQL …")
            server.start()
        environ["SALEM24_DATABASE_URL"] = options.database_url or (server.url() if server else "")
        Settings.from_environment(environ)
        _prepare(environ)
    except (ConfigurationFault, PostgresFault, subprocess.CalledProcessError) as fault:
        print(
            fault if not isinstance(fault, ConfigurationFault) else "\n".join(fault.faults),
            file=sys.stderr,
        )
        if server is not None:
            server.stop()
        return 2
    return Supervisor(_children(options, environ), server, options.port).run()


def _read(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="./start run")
    parser.add_argument(
        "--port", type=int, default=8024, help="the e-ID takes the next one, mail the one after"
    )
    parser.add_argument("--data", type=Path, default=ROOT / "var", help="where everything is kept")
    parser.add_argument("--workers", type=int, default=2, help="web processes")
    parser.add_argument("--database-url", default=os.environ.get("SALEM24_DATABASE_URL"))
    parser.add_argument(
        "--reset", action="store_true", help="begin again with an empty data folder"
    )
    found = parser.parse_args(arguments)
    return Options(found.port, found.data.resolve(), found.workers, found.database_url, found.reset)


def database_of(options: Options) -> Postgres:
    """The embedded server of a data folder."""
    return Postgres(options.data / "postgres")


def environment_of(options: Options) -> dict[str, str]:
    """What the children are told, unless the environment says otherwise already."""
    ours = {
        "SALEM24_DATA": str(options.data),
        "SALEM24_PUBLIC_URL": f"http://localhost:{options.port}",
        "SALEM24_SUPERVISED": "1",
        "PYTHONUNBUFFERED": "1",
    }
    return {name: os.environ.get(name, value) for name, value in ours.items()}


def _prepare(environ: dict[str, str]) -> None:
    compile_catalogues(ROOT)
    _say("Bringing the database up to date …")
    _flask(environ, "db", "upgrade")
    if environ.get("SALEM24_ENV", "demonstration") != "production":
        _say("Filling in the demonstration municipality …")
        _flask(environ, "demo", "fill", "--cases", str(CASES), "--seed", "1")


def _flask(environ: dict[str, str], *command: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
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
        "wsgi:application",
    ]
    children = [
        Child("web", web, environ, ROOT),
        Child("worker", [sys.executable, "-m", "app.worker"], environ, ROOT),
    ]
    if environ.get("SALEM24_ENV", "demonstration") == "production":
        return children
    data = ["--data", str(options.data)]
    eid = [sys.executable, "-m", "app.demo.eid", "--port", str(options.port + 1), *data]
    mail = [sys.executable, "-m", "app.demo.mail", "--port", str(options.port + 2), *data]
    return [*children, Child("e-ID", eid, environ, ROOT), Child("mail", mail, environ, ROOT)]


def _say(words: str) -> None:
    print(words, flush=True)
