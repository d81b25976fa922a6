"""`./start COMMAND`, once everything is installed."""

import os
import subprocess
import sys
from collections.abc import Callable

from app.runner import check, data_folder, run, suite
from app.runner.data_folder import FolderTaken
from app.runner.run import ROOT, database_of, environment_of
from app.runner.translations import compile_catalogues


def flask(arguments: list[str]) -> int:
    """A command of the application, on the database of `./start run` when none is named."""
    compile_catalogues(ROOT)
    options = run.Options()
    environ = {**os.environ, **environment_of(options)}
    if "SALEM24_DATABASE_URL" in os.environ or os.environ.get("SALEM24_ENV") == "production":
        return _flask(arguments, environ)
    server = database_of(options)
    environ["SALEM24_DATABASE_URL"] = server.url()
    try:
        with data_folder.claimed(options.data):
            server.start()
            try:
                return _flask(arguments, environ)
            finally:
                server.stop()
    except FolderTaken:
        # `./start run` is up, and so is its database.
        return _flask(arguments, environ)


def _flask(arguments: list[str], environ: dict[str, str]) -> int:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode


def bench(arguments: list[str]) -> int:
    """The benchmark lives with the tests, since it is no part of the product."""
    return subprocess.run(
        [sys.executable, "-m", "tests.bench", *arguments], cwd=ROOT, check=False
    ).returncode


def keep_bytecode() -> None:
    """Let every process that we start keep what it has compiled, out of the way in `.venv`.

    Starting takes a third of the time then.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".venv" / "bytecode"))


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run.main,
    "test": suite.main,
    "check": check.main,
    "bench": bench,
    "flask": flask,
}

if __name__ == "__main__":
    keep_bytecode()
    sys.exit(COMMANDS[sys.argv[1]](sys.argv[2:]))
