"""`./start bench identity`: what a sign-in costs, and what a message costs that is refused.

Every post goes through the whole application with its database, in this process; the figure
is the processor time of this process from the first byte to the last. A valid message is
given its share of PostgreSQL's time besides. The references are measured in the same run.
"""

import argparse
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from alembic import command
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from flask import Flask

from app import create_app
from app.config import Settings
from app.runner.migrations import alembic_config
from app.runner.postgres import Postgres
from app.runner.run import ROOT
from app.runner.translations import compile_catalogues
from identity import keys
from tests.bench import paper
from tests.bench.stage import used
from tests.identity.kit import ACCEPTED, Stage, Variant
from tests.identity.kit_web import SIGN_INS, Web

PAGE = ROOT / "docs" / "operations" / "performance.md"
COMMAND = "./start bench identity"
# As most providers do it: AES-256-GCM, RSA-SHA-256, response and assertion both signed.
PLAIN = Variant("valid", "as most providers do it", ACCEPTED, {"sign_assertion": True})
WARM = 10
VALID_MILLISECONDS, REFUSED_MILLISECONDS = 40.0, 50.0
MESSAGE_BYTES = 11_000


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor time of one variant, each time that it was played."""

    variant: Variant
    times: tuple[float, ...]

    @property
    def usual(self) -> float:
        """The median."""
        return statistics.median(self.times)


@dataclass(frozen=True)
class Findings:
    """All that one run has found, in milliseconds of processor time."""

    postgres: int
    check: float
    opening: float
    valid: Cost
    database: float
    kit: tuple[Cost, ...]
    wrong: tuple[str, ...]

    @property
    def whole(self) -> float:
        """A valid sign-in post, PostgreSQL's share included."""
        return self.valid.usual + self.database


def main(arguments: list[str]) -> int:
    """Measure, print, and write it down if asked to; 1 when something came out wrong."""
    options = _read(arguments)
    with tempfile.TemporaryDirectory(prefix="salem24-bench-") as folder:
        database = Postgres(Path(folder) / "postgres")
        database.start()
        try:
            found = _found(database, Path(folder), options)
        finally:
            database.stop()
    lines = [*_table(found), "", *_families(found)]
    print("\n".join(lines))
    if options.write:
        paper.write(PAGE, lines, COMMAND)
    print(*found.wrong, sep="\n", file=sys.stderr)
    return 1 if found.wrong else 0


def _read(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--posts", type=int, default=200, help="valid posts that are measured")
    parser.add_argument("--times", type=int, default=5, help="how often each variant is played")
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.relative_to(ROOT)}")
    return parser.parse_args(arguments)


def _found(database: Postgres, folder: Path, options: argparse.Namespace) -> Findings:
    with _application(database, folder) as app:
        # Keys as long as those that we make ourselves; providers seldom have longer ones.
        web = Web(app, Stage(keys.BITS))
        wrong: list[str] = []
        with web.at_our_desks():
            # The first page of a process compiles what all pages share; nobody's answer does.
            app.test_client().get("/logga-in").close()
            _cost(web, PLAIN, WARM, wrong)
            server = database.process
            before = used(server.pid) if server else 0.0
            valid = _cost(web, PLAIN, options.posts, wrong)
            spent = (used(server.pid) if server else 0.0) - before
            kit = tuple(_cost(web, each, options.times, wrong) for each in SIGN_INS)
        return Findings(
            _version(app),
            *_references(web.stage),
            valid,
            1000 * spent / options.posts,
            kit,
            tuple(wrong),
        )


def _version(app: Flask) -> int:
    with app.extensions["engine"].connect() as connection:
        return int(connection.dialect.server_version_info[0])


@contextmanager
def _application(database: Postgres, folder: Path) -> Iterator[Flask]:
    compile_catalogues(ROOT)
    settings = Settings.from_environment(
        {
            "SALEM24_ENV": "test",
            "SALEM24_DATABASE_URL": database.url(),
            "SALEM24_DATA": str(folder / "data"),
        }
    )
    command.upgrade(alembic_config(settings.database_url), "head")
    app = create_app(settings)
    # As in wsgi.py.
    gc.collect()
    gc.freeze()
    with Path(os.devnull).open("w") as nowhere:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(nowhere))
        yield app
    app.extensions["engine"].dispose()


def _cost(web: Web, variant: Variant, times: int, wrong: list[str]) -> Cost:
    taken = []
    for _ in range(times):
        posted = web.prepare(variant)
        begun = time.process_time()
        answer = web.answer(posted)
        taken.append((time.process_time() - begun) * 1000)
        if answer.signs_in is not (variant.expected == ACCEPTED) or answer.status == 500:
            wrong.append(f"{variant.family}: {variant.name}: {answer}")
    return Cost(variant, tuple(taken))


def _references(stage: Stage) -> tuple[float, float]:
    """A bare check of an RSA signature over a message, and a bare opening with our key."""
    message, scheme = os.urandom(MESSAGE_BYTES), padding.PKCS1v15()
    signature = stage.provider.private.sign(message, scheme, hashes.SHA256())
    public = stage.provider.private.public_key()
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    sealed = stage.ours.private.public_key().encrypt(os.urandom(32), oaep)
    return (
        _each(lambda: public.verify(signature, message, scheme, hashes.SHA256())),
        _each(lambda: stage.ours.private.decrypt(sealed, oaep)),
    )


def _each(act: Callable[[], object], times: int = 300) -> float:
    begun = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - begun) * 1000 / times


def _table(found: Findings) -> list[str]:
    refused = [each for each in found.kit if each.variant.expected != ACCEPTED]
    accepted = [each for each in found.kit if each.variant.expected == ACCEPTED]
    costliest = max(refused, key=lambda each: each.usual)
    rows = [
        ("bare check of an RSA-3072 signature", found.check, ""),
        ("bare opening with an RSA-3072 key", found.opening, ""),
        (
            f"valid sign-in post, median of {len(found.valid.times)}, with PostgreSQL ≤ 40 ms",
            found.whole,
            _met(found.whole, VALID_MILLISECONDS),
        ),
        ("of which PostgreSQL", found.database, ""),
        ("valid, the slowest single one", max(found.valid.times), ""),
        ("costliest genuine message of the kit", max(each.usual for each in accepted), ""),
        ("refused post, median", statistics.median(each.usual for each in refused), ""),
        (
            f"costliest refused post ({costliest.variant.family}: {costliest.variant.name}) ≤ 50 ms",
            costliest.usual,
            _met(costliest.usual, REFUSED_MILLISECONDS),
        ),
        ("refused, the slowest single one", max(max(each.times) for each in refused), ""),
    ]
    version = (
        f"Measured on {paper.computer(found.postgres)}, by `{COMMAND}`: {len(found.kit)} variants."
    )
    return [
        version,
        "",
        "| what | ms of processor time | times the bare check | |",
        "|---|--:|--:|---|",
        *(f"| {what} | {ms:.2f} | {ms / found.check:,.0f} | {met} |" for what, ms, met in rows),
    ]


def _met(milliseconds: float, most: float) -> str:
    return "met" if milliseconds <= most else "**not met**"


def _families(found: Findings) -> list[str]:
    families: dict[str, list[Cost]] = {}
    for cost in found.kit:
        families.setdefault(cost.variant.family, []).append(cost)
    lines = ["| family | variants | median ms | costliest ms | times the bare check |"]
    lines.append("|---|--:|--:|--:|--:|")
    for name, costs in families.items():
        usual = [each.usual for each in costs]
        lines.append(
            f"| {name} | {len(costs)} | {statistics.median(usual):.1f} | {max(usual):.1f} |"
            f" {max(usual) / found.check:,.0f} |"
        )
    return lines
