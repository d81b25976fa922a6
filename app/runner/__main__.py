"""`./start COMMAND`, once everything is installed."""

import os
import subprocess
import sys
from collections.abc import Callable

from app.runner import check, run, suite
from app.runner.postgres import Postgres
from app.runner.run import ROOT, database_of, environment_of


def flask(arguments: list[str]) -> int:
    """A command of the application, on the database of `./start run` when none is named."""
    environ = {**os.environ, **environment_of(run.Options())}
    server: Postgres | None = None
    if "SALEM24_DATABASE_URL" not in os.environ:
        server = database_of(run.Options())
        started = server.start_unless_running()
        environ["SALEM24_DATABASE_URL"] = server.url()
    try:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode
    finally:
        if server is not None and started:
            server.stop()


def bench(arguments: list[str]) -> int:
    """The benchmark lives with the tests, since it is no part of the product."""
    return subprocess.run(
        [sys.executable, "-m", "tests.bench", *arguments], cwd=ROOT, check=False
    ).returncode


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run.main,
    "test": suite.main,
    "check": check.main,
    "bench": bench,
    "flask": flask,
}

if __name__ == "__main__":
    sys.exit(COMMANDS[sys.argv[1]](sys.argv[2:]))
