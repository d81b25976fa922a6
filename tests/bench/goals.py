"""The goals, what was measured for each, and whether it is met."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.bench.load import Figure
from tests.bench.proof import View
from tests.bench.residents import Receipt, Report
from tests.bench.rounds import Measured
from tests.bench.stage import Memory

BASE = 10_000
MEGABYTE = 1_000_000
KILOBYTE = 1_000


@dataclass
class Findings:
    """All that one run has found."""

    sizes: list[Measured] = field(default_factory=list)
    memory: list[Memory] = field(default_factory=list)
    first_answer: float = 0.0
    views: dict[str, View] = field(default_factory=dict)
    paced: Figure | None = None
    faults: list[str] = field(default_factory=list)
    checked: int = 0
    at_once: list[Receipt] = field(default_factory=list)
    busy: Report | None = None
    calm: Report | None = None


@dataclass(frozen=True)
class Verdict:
    """A goal, what was measured, and whether that is enough."""

    key: str
    goal: str
    figure: str
    met: bool


def verdicts(found: Findings) -> Iterator[Verdict]:
    """Every goal that this run can judge."""
    yield from _pages(found.sizes[0])
    yield from _desk(found.sizes[-1])
    by_size = {each.cases: each for each in found.sizes}
    if BASE in by_size and found.sizes[-1].cases > BASE:
        yield from _growth(by_size[BASE], found.sizes[-1])
    yield from _people(found)
    yield from _kept(found)
    yield from _weight(found)


def _at_least(key: str, goal: str, value: float, least: float) -> Verdict:
    return Verdict(key, f"{goal} ≥ {least}", f"{value:.3f}", value >= least)


def _pages(measured: Measured) -> Iterator[Verdict]:
    ratio = measured.ratio
    for name in ("catalogue", "start page", "service page"):
        yield _at_least("G1", f"{name}, made anew, to jinja-page", ratio(name, "jinja-page"), 0.5)
        kept = ratio(f"{name}, kept", "hello")
        yield _at_least("G1", f"{name}, kept, to hello", kept, 0.5)
    form = ratio("question page", "form-page")
    yield _at_least("G2", "question page with CSRF and draft to form-page", form, 0.2)
    whole = ratio("submissions", "pgbench-submit")
    yield _at_least("G3", "whole submissions to pgbench-submit", whole, 0.03)


def _desk(measured: Measured) -> Iterator[Verdict]:
    for name in ("inbox", "case page"):
        value = measured.ratio(name, "orm-page")
        yield _at_least("G4", f"{name} to orm-page, {measured.cases:,} cases", value, 0.1)


def _growth(base: Measured, large: Measured) -> Iterator[Verdict]:
    sizes = f"{large.cases:,} to {base.cases:,} cases"
    for name, most in (("inbox", 1.5), ("inbox, 20 found", 3.0), ("inbox, found by number", 3.0)):
        value = _p95(large, f"{name}, alone") / _p95(base, f"{name}, alone")
        yield Verdict("G5", f"{name}: p95, {sizes} ≤ {most}", f"{value:.2f}", value <= most)
    rate = large.ratio("submissions", "pgbench-submit") / base.ratio(
        "submissions", "pgbench-submit"
    )
    yield _at_least("G6", f"submissions, {sizes}", rate, 0.9)


def _p95(measured: Measured, name: str) -> float:
    return measured.figures[name].percentile(0.95)


def _people(found: Findings) -> Iterator[Verdict]:
    if found.busy is not None:
        done, failed = len(found.busy.receipts), len(found.busy.failed)
        words = f"{done} done, {failed} failed"
        yield Verdict("G7", "8 users without pause: none refused or failed", words, failed == 0)
    if found.calm is not None:
        answers = found.calm.answers
        mean, slowest = 1000 * sum(answers) / len(answers), 1000 * max(answers)
        words = f"{len(answers)} answers, {len(found.calm.failed)} failed, mean {mean:.0f} ms, slowest {slowest:.0f} ms"
        met = not found.calm.failed and mean < 100 and slowest < 1000
        goal = "50 people with 3 s between steps: all answered, mean < 100 ms, slowest < 1 s"
        yield Verdict("G7", goal, words, met)


def _kept(found: Findings) -> Iterator[Verdict]:
    words = f"{found.checked} looked up, {len(found.faults)} faults"
    goal = "each acknowledged number unique, and behind its own follow link"
    yield Verdict("G9", goal, words, not found.faults)
    numbers = {receipt.number for receipt in found.at_once}
    words = f"{len(found.at_once)} answers, {len(numbers)} number"
    met = len(numbers) == 1 and len(found.at_once) == 8
    yield Verdict(
        "G9", "8 simultaneous confirmations of one draft: one case, 8 answers", words, met
    )


def _weight(found: Findings) -> Iterator[Verdict]:
    for name, view in found.views.items():
        words = f"{view.packed / KILOBYTE:.1f} kB in {view.requests} requests ({view.sent / KILOBYTE:.1f} kB without a packing proxy)"
        met = view.packed <= 60 * KILOBYTE and view.requests <= 8
        yield Verdict("G11", f"first view, {name}: ≤ 60 kB gzip, ≤ 8 requests", words, met)
    if found.paced is not None:
        p95 = found.paced.percentile(0.95)
        goal = "public page at a tenth of the peak: p95 ≤ 50 ms"
        yield Verdict("G11", goal, f"{p95:.1f} ms at {found.paced.rate:.0f}/s", p95 <= 50)
    words = ", ".join(
        f"{each.resident / MEGABYTE:.0f} MB ({each.share / MEGABYTE:.0f} MB its share)"
        for each in found.memory
    )
    met = all(each.resident <= 150 * MEGABYTE for each in found.memory)
    yield Verdict("G12", "resident memory of each worker ≤ 150 MB", words, met)
    first = found.first_answer
    yield Verdict("G12", "first good page ≤ 5 s after the start", f"{first:.1f} s", first <= 5)
