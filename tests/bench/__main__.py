"""`./start bench`: everything in one run, as a table of ratios and a list of goals."""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.runner.run import ROOT
from tests.bench import (
    bank_file,
    desk,
    floor,
    goals,
    identity,
    load,
    paper,
    payments,
    proof,
    residents,
    rounds,
    signed_in,
)
from tests.bench.goals import Findings
from tests.bench.signed_in import SignedIn
from tests.bench.stage import Stage

PAGE = ROOT / "docs" / "operations" / "performance.md"
FILLED = 400
CONFIRMATIONS = 8
PEOPLE = 50
PAUSE = 3.0


@dataclass(frozen=True)
class Options:
    """What `./start bench` was asked for."""

    sizes: tuple[int, ...]
    seconds: float
    rounds: int
    seed: int
    quick: bool
    write: bool
    command: str


def main(arguments: list[str]) -> int:
    """Measure, print, and write it down if asked to; ends with 1 only if something was lost."""
    if arguments[:1] == ["identity"]:
        return identity.main(arguments[1:])
    if arguments[:1] == ["payments"]:
        return payments.main(arguments[1:])
    if arguments[:1] == ["bank-file"]:
        return bank_file.main(arguments[1:])
    if arguments[:1] == ["desk"]:
        return desk.main(arguments[1:])
    options = _read(arguments)
    with tempfile.TemporaryDirectory(prefix="salem24-bench-") as folder:
        stage = Stage(Path(folder))
        with stage:
            found, visitors = _found(stage, options)
            subjects = rounds.subjects(visitors)
            machine = paper.machine(stage)
    lines = [
        f"Measured on {machine}, by `{options.command}`.",
        "",
        *paper.goals(goals.verdicts(found)),
        "",
        "Requests for each processor-second, as a share of the reference's, by number of cases:",
        "",
        *paper.ratios(found.sizes, subjects),
        "",
        *paper.details(found.sizes),
    ]
    print("\n".join(lines))
    if options.write:
        paper.write(PAGE, lines)
    for fault in found.faults:
        print(fault, file=sys.stderr)
    return 1 if found.faults else 0


def _read(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="./start bench")
    parser.add_argument("--quick", action="store_true", help="400 cases, short rounds, no G7")
    parser.add_argument("--sizes", default="400,10000,100000", help="how many cases, in turn")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each page in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same order")
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.relative_to(ROOT)}")
    read = parser.parse_args(arguments)
    sizes = (FILLED,) if read.quick else tuple(sorted(int(each) for each in read.sizes.split(",")))
    return Options(
        sizes,
        min(read.seconds, 1.0) if read.quick else read.seconds,
        min(read.rounds, 2) if read.quick else read.rounds,
        read.seed,
        read.quick,
        read.write,
        " ".join(["./start bench", *arguments]),
    )


def _found(stage: Stage, options: Options) -> tuple[Findings, SignedIn]:
    found = Findings(first_answer=stage.first_answer)
    floor.prepare(stage)
    visitors = signed_in.sign_in(stage.environ)
    for cases in options.sizes:
        _say(f"{cases:,} cases …")
        if cases > FILLED:
            stage.grow(cases)
        signed_in.mark(stage.conninfo, visitors)
        measured = rounds.measure(
            stage,
            visitors,
            cases,
            rounds=options.rounds,
            seconds=options.seconds,
            seed=options.seed,
        )
        found.sizes.append(measured)
        _prove(found, measured.receipts)
        found.faults.extend(measured.failed)
    _once_for_all(stage, found, options)
    return found, visitors


def _once_for_all(stage: Stage, found: Findings, options: Options) -> None:
    _say("Eight confirmations at once, first views, a tenth of the peak …")
    found.at_once = residents.confirmed_at_once(CONFIRMATIONS)
    found.views = {
        "catalogue": proof.first_view("/e-tjanster"),
        "form": proof.first_view("/e-tjanster/felanmalan/ansok"),
    }
    peak = found.sizes[0].figures["catalogue, kept"].rate
    found.paced = load.paced(stage, "/e-tjanster", peak / 10, 3 * options.seconds)
    if not options.quick:
        _say("8 users for 60 s, then 50 people for 180 s …")
        found.busy = residents.submissions(stage, 60)
        found.calm = residents.submissions(stage, 180, people=PEOPLE, pause=PAUSE)
        _prove(found, [*found.busy.receipts, *found.calm.receipts])
    found.memory = stage.memory()


def _prove(found: Findings, receipts: list[residents.Receipt]) -> None:
    found.faults.extend(proof.wrong(receipts))
    found.checked += len(receipts)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
