"""`./start bench desk`: the desk at 10,000, 100,000 and 1,000,000 cases, measured in turns.

Each size is a database of its own in one server, copied from the one that goes on growing: the
same handlers, the same open cases, the same case that is opened; only the archive differs. Each
page is asked for in all of them within the same moment, again and again, so that a busy machine
is as busy for all. Pages of the database that are touched are counted by EXPLAIN (ANALYZE, BUFFERS)
of every question that the page asks; they do not depend on the machine at all.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

import psycopg

from app.runner.postgres import Postgres
from app.runner.run import ROOT
from app.runner.translations import compile_catalogues
from tests.bench import paper
from tests.bench.stage import flask
from tests.bench.turns import JOURNEY, Place, subjects

PAGE = ROOT / "docs" / "operations" / "performance.md"
COMMAND = "./start bench desk"
FILLED = 400
MOST = 1.5


def main(arguments: list[str]) -> int:
    """Measure, print, and write it down if asked to."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--sizes", default="10000,100000,1000000", help="how many cases, in turn")
    parser.add_argument("--open", type=int, default=20_000, help="open cases of the last variant")
    parser.add_argument("--rounds", type=int, default=30, help="how often each page is asked for")
    parser.add_argument("--journeys", type=int, default=10, help="cases taken, answered and closed")
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    sizes = sorted(int(each) for each in options.sizes.split(","))
    with tempfile.TemporaryDirectory(prefix="salem24-bench-") as folder:
        ground = Ground(Path(folder))
        try:
            lines = _measured(ground, sizes, options)
        finally:
            ground.close()
    print("\n".join(lines))
    if options.write:
        paper.write(PAGE, lines, COMMAND)
    return 0


class Ground:
    """One server with the growing database, and a copy of it at each size."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Postgres(folder / "postgres")
        compile_catalogues(ROOT)
        self.database.start()
        self.places: list[Place] = []
        flask(self.environ("salem24"), "db", "upgrade")
        flask(self.environ("salem24"), "demo", "fill", "--cases", str(FILLED), "--seed", "1")

    def environ(self, name: str) -> dict[str, str]:
        """What the application is told about a database."""
        return {
            "SALEM24_ENV": "test",
            "SALEM24_DATA": str(self.folder),
            "SALEM24_DATABASE_URL": self.database.url(name),
            "SALEM24_PUBLIC_URL": "http://localhost:8124",
        }

    def add(self, cases: int, *more: str) -> Place:
        """Grow to so many cases, and keep that as a place to measure in."""
        _say(f"{cases:,} cases …")
        flask(self.environ("salem24"), "demo", "bulk", "--cases", str(cases), *more)
        name = f"desk_{cases}"
        with self._connected("salem24") as connection:
            connection.execute("VACUUM (ANALYZE)")
        with self._connected("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE salem24 STRATEGY FILE_COPY")
        address = f"host={self.database.socket} user=salem24 dbname={name}"
        first = self.places[0].visitors if self.places else None
        place = Place(cases, self.environ(name), address, first)
        self.places.append(place)
        return place

    def version(self) -> int:
        """PostgreSQL's major version."""
        with self._connected("postgres") as connection:
            return connection.info.server_version // 10_000

    def _connected(self, name: str) -> psycopg.Connection:
        address = f"host={self.database.socket} user=salem24 dbname={name}"
        return psycopg.connect(address, autocommit=True)

    def close(self) -> None:
        """Let go of all databases and stop the server."""
        for place in self.places:
            place.close()
        self.database.stop()


def _measured(ground: Ground, sizes: Sequence[int], options: argparse.Namespace) -> list[str]:
    for cases in sizes:
        ground.add(cases)
    known = list(ground.places)
    _take_turns(known, options)
    fuller = ground.add(sizes[-1] + options.open, "--open", str(options.open))
    _take_turns([known[0], fuller], options, only_pages=True)
    computer = paper.computer(ground.version())
    spread = ", ".join(f"{each.still_open:,} of {each.cases:,}" for each in ground.places)
    return [
        f"Measured on {computer}, by `{COMMAND}`; open cases: {spread}.",
        "",
        *_goals(known, fuller),
        "",
        *_table(known, fuller),
    ]


def _take_turns(
    places: Sequence[Place], options: argparse.Namespace, *, only_pages: bool = False
) -> None:
    chance = Random(1)
    names = list(subjects(places[0].visitors))
    for place in places:
        for name in names:
            place.count(name)
    for _ in range(options.rounds):
        for name in chance.sample(names, len(names)):
            for place in chance.sample(places, len(places)):
                place.ask(name)
    for _ in range(0 if only_pages else options.journeys):
        for place in chance.sample(places, len(places)):
            place.journey()


def _ratio(large: Place, base: Place, name: str) -> tuple[float, float, float]:
    """Of the shortest times, of the medians, and of the pages of the database."""
    mine, theirs = large.times[name], base.times[name]
    touched = large.touched.get(name, 0) / max(base.touched.get(name, 0), 1)
    medians = statistics.median(mine) / statistics.median(theirs)
    return min(mine) / min(theirs), medians, touched


def _goals(known: Sequence[Place], fuller: Place) -> list[str]:
    base, large = known[0], known[-1]
    lines = ["| goal | measured | |", "|---|---|---|"]
    for which in (large, fuller):
        # In the fuller place more is open: what counts is what the pages of ten thousand took.
        inboxes = [name for name in which.times if name.startswith("inbox")]
        worst = max(inboxes, key=lambda name: _ratio(which, base, name)[0])
        value = _ratio(which, base, worst)[0]
        told = f"every inbox, {which.cases:,} cases with {which.still_open:,} open to {base.cases:,} ≤ {MOST}"
        met = "met" if value <= MOST else "**not met**"
        lines.append(f"| {told} | {value:.2f} ({worst}) | {met} |")
    return lines


def _table(known: Sequence[Place], fuller: Place) -> list[str]:
    base = known[0]
    places = [*known, fuller]
    head = " | ".join(f"{each.cases:,}" for each in places)
    ratios = " | ".join(f"time, {each.cases:,}" for each in places[1:])
    lines = [
        "Pages of the database (8 kB) touched for one view / shortest time in ms, by number of cases; then the time as a ratio to the first size's, of the shortest and (of the medians):",
        "",
        f"| what | {head} | {ratios} |",
        "|---|" + "--:|" * (2 * len(places) - 1),
    ]
    for name in [*subjects(base.visitors), JOURNEY]:
        cells = [_cell(each, name) for each in places]
        grown = [_grown(each, base, name) for each in places[1:]]
        lines.append(f"| {name} | {' | '.join([*cells, *grown])} |")
    return lines


def _cell(place: Place, name: str) -> str:
    if name not in place.times:
        return "–"
    shortest = f"{1000 * min(place.times[name]):.1f}"
    return f"{place.touched[name]:,} / {shortest}" if name in place.touched else shortest


def _grown(place: Place, base: Place, name: str) -> str:
    if name not in place.times:
        return "–"
    shortest, medians, _ = _ratio(place, base, name)
    return f"{shortest:.2f} ({medians:.2f})"


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
