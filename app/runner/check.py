"""`./start check`: everything that can be said of the code without running the suite."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from jinja2 import Environment, FileSystemLoader, TemplateSyntaxError

from app.runner.migrations import alembic_config
from app.runner.postgres import Postgres
from app.runner.run import ROOT
from app.runner.translations import compile_catalogues, missing

# The longest first: two run at once.
PROGRAMS = {
    "types": ["mypy", "services", "identity"],
    "templates' form": ["djlint", "--lint", "--quiet", "templates"],
    "imports": ["lint-imports"],
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
}
AT_ONCE = 2


def main(arguments: list[str]) -> int:
    """Run each check, or those named; says which failed and exits 1 if any did."""
    checks: dict[str, Callable[[], bool]] = {
        **{name: lambda program=program: _runs(program) for name, program in PROGRAMS.items()},
        "templates": _templates_compile,
        "translations": _all_translated,
        "migrations": _migrations_fit,
    }
    wanted = [name for name in checks if not arguments or name in arguments]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        passed = list(pool.map(lambda name: _told(name, checks[name]()), wanted))
    return 0 if all(passed) else 1


def _told(name: str, passed: bool) -> bool:
    print(f"{'ok  ' if passed else 'FAIL'}  {name}", flush=True)
    return passed


def _runs(program: list[str]) -> bool:
    path = Path(sys.executable).with_name(program[0])
    done = subprocess.run(
        [str(path), *program[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stdout + done.stderr)
    return done.returncode == 0


def _templates_compile() -> bool:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"), extensions=["jinja2.ext.i18n", "jinja2.ext.do"]
    )
    environment.filters = {
        **environment.filters,
        **dict.fromkeys(("date", "datetime", "when", "money"), str),
    }
    holds = True
    for path in sorted((ROOT / "templates").rglob("*.html")):
        try:
            environment.parse(path.read_text(), str(path), str(path))
        except TemplateSyntaxError as fault:
            print(f"{path.relative_to(ROOT)}:{fault.lineno}: {fault.message}")
            holds = False
    return holds


def _all_translated() -> bool:
    compile_catalogues(ROOT)
    untranslated = missing(ROOT, "sv")
    for message in untranslated:
        print(f"untranslated: {message}")
    return not untranslated


def _migrations_fit() -> bool:
    heads = ScriptDirectory.from_config(alembic_config()).get_heads()
    if len(heads) != 1:
        print(f"migrations have {len(heads)} heads")
        return False
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder) / "postgres", durable=False)
        server.start()
        try:
            config = alembic_config(server.url())
            command.upgrade(config, "head")
            command.check(config)
        except Exception as fault:
            print(fault)
            return False
        finally:
            server.stop()
    return True
