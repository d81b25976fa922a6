"""The tables: for the terminal, and for the documentation."""

import os
import platform
import re
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import psycopg

from tests.bench.goals import Verdict
from tests.bench.rounds import REFERENCES, Measured, Subject
from tests.bench.stage import Stage

BENCH = "./start bench"
OTHERS = {"submissions": "pgbench-submit"}


def goals(verdicts: Iterable[Verdict]) -> list[str]:
    """Goal, figure, met or not."""
    rows = [
        f"| {each.key} | {each.goal} | {each.figure} | {'met' if each.met else '**not met**'} |"
        for each in verdicts
    ]
    return ["| # | goal | measured | |", "|---|---|---|---|", *rows]


def ratios(sizes: list[Measured], subjects: list[Subject]) -> list[str]:
    """Requests for each processor-second as a share of the reference's, at each size."""
    known = {each.name: each.reference for each in subjects} | OTHERS
    head = " | ".join(f"{each.cases:,}" for each in sizes)
    lines = [f"| what | reference | {head} |", "|---|---|" + "--:|" * len(sizes)]
    for name, reference in known.items():
        values = " | ".join(f"{each.ratio(name, reference):.3f}" for each in sizes)
        lines.append(f"| {name} | {reference} | {values} |")
    return lines


def details(sizes: list[Measured]) -> list[str]:
    """What the ratios are made of: requests for each processor-second, and times."""
    lines = ["| what | cases | for each processor-second | median ms | p95 ms |"]
    lines.append("|---|--:|--:|--:|--:|")
    for measured in sizes:
        for name, figure in _ordered(measured):
            lines.append(
                f"| {name} | {measured.cases:,} | {figure.per_processor_second:,.1f} |"
                f" {figure.median:.1f} | {figure.percentile(0.95):.1f} |"
            )
    return lines


def _ordered(measured: Measured):
    first = [*REFERENCES, "pgbench-submit"]
    rest = [name for name in measured.figures if name not in first]
    return [(name, measured.figures[name]) for name in [*first, *sorted(rest)]]


def machine(stage: Stage) -> str:
    """What it was measured on, without saying where."""
    with psycopg.connect(stage.conninfo) as connection:
        postgres = connection.info.server_version // 10_000
    packages = ", ".join(f"{name} {version(name)}" for name in ("granian", "flask", "sqlalchemy"))
    return (
        f"{computer(postgres)}, {packages}; "
        "2 web processes with 4 threads each; load, web and database on the same cores"
    )


def computer(postgres: int) -> str:
    """The machine, its Python, and the major version of PostgreSQL on it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, PostgreSQL {postgres}"
    )


def write(page: Path, lines: list[str], command: str = BENCH) -> None:
    """Put the tables where the documentation has its place for what a command finds."""
    begin, end = (f"<!-- {word}: written by {command} --write -->" for word in ("begin", "end"))
    text = page.read_text()
    body = "\n".join([begin, "", *lines, "", end])
    page.write_text(
        re.sub(f"{re.escape(begin)}.*{re.escape(end)}", lambda _: body, text, flags=re.S)
    )
