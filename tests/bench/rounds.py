"""What is measured, in rounds whose order is shuffled: all share the machine's good and bad moments."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from urllib.parse import quote

from tests.bench import floor, load
from tests.bench.load import Figure
from tests.bench.residents import Receipt, begun, submissions
from tests.bench.signed_in import WORD, SignedIn
from tests.bench.stage import Stage

# A cookie that is ours but says nothing: the page is made anew, as for one who has begun something.
BEGUN = "salem24_draft=begun"
PGBENCH_SECONDS = 4.0
REFERENCES = ("hello", "jinja-page", "form-page", "orm-page")


@dataclass
class Measured:
    """All figures of one size, by name, and what was acknowledged meanwhile."""

    cases: int
    figures: dict[str, Figure] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def ratio(self, name: str, reference: str) -> float:
        """Requests for each processor-second, as a share of the reference's."""
        of = self.figures[reference].per_processor_second
        return self.figures[name].per_processor_second / of


@dataclass(frozen=True)
class Subject:
    """A page of the product, who asks for it, and what it is compared with."""

    name: str
    path: str
    cookie: str
    reference: str


def subjects(visitors: SignedIn) -> list[Subject]:
    """The pages that are measured."""
    desk, mine, draft = visitors.handler, visitors.resident, begun()
    search = "/handlaggning?vy=all&q="
    return [
        Subject("start page", "/", BEGUN, "jinja-page"),
        Subject("start page, kept", "/", "", "hello"),
        Subject("catalogue", "/e-tjanster", BEGUN, "jinja-page"),
        Subject("catalogue, kept", "/e-tjanster", "", "hello"),
        Subject("service page", "/e-tjanster/felanmalan", BEGUN, "jinja-page"),
        Subject("service page, kept", "/e-tjanster/felanmalan", "", "hello"),
        Subject("question page", draft.path, draft.cookie, "form-page"),
        Subject("Mina sidor", "/mina-sidor", mine, "orm-page"),
        Subject("inbox", "/handlaggning", desk, "orm-page"),
        Subject("inbox, own cases", "/handlaggning?vy=mine", desk, "orm-page"),
        Subject("inbox, 20 found", search + quote(WORD), desk, "orm-page"),
        Subject("inbox, found by number", search + visitors.case, desk, "orm-page"),
        Subject("case page", f"/handlaggning/arenden/{visitors.case}", desk, "orm-page"),
    ]


# Asked for by one person, without others in the queue: how long the answer itself takes.
ALONE = ("inbox", "inbox, 20 found", "inbox, found by number", "case page")


def measure(
    stage: Stage, visitors: SignedIn, cases: int, *, rounds: int, seconds: float, seed: int
) -> Measured:
    """Everything, so many rounds, each in an order of its own."""
    measured = Measured(cases)
    chance = Random(f"{seed}:{cases}")
    wanted = _runs(stage, visitors, measured, seconds)
    for _, run in wanted:
        # Once for nothing: the first of each kind pays for what is remembered afterwards.
        run(min(seconds, 0.5))
    measured.receipts.clear()
    for _ in range(rounds):
        for name, run in chance.sample(wanted, len(wanted)):
            figure = run(seconds)
            earlier = measured.figures.get(name)
            measured.figures[name] = earlier + figure if earlier else figure
    return measured


Run = Callable[[float], Figure]


def _runs(
    stage: Stage, visitors: SignedIn, measured: Measured, seconds: float
) -> list[tuple[str, Run]]:
    def page(server: str, path: str, cookie: str = "", connections: int = load.CONNECTIONS) -> Run:
        return lambda time: load.pages(
            stage, server, path, cookie, seconds=time, connections=connections
        )

    def submit(time: float) -> Figure:
        report = submissions(stage, time * 2)
        measured.receipts.extend(report.receipts)
        measured.failed.extend(report.failed)
        return report.figure

    pages = subjects(visitors)
    return [
        *((name, page("reference", f"/{name}")) for name in REFERENCES),
        *((each.name, page("product", each.path, each.cookie)) for each in pages),
        *(
            (f"{each.name}, alone", page("product", each.path, each.cookie, 1))
            for each in pages
            if each.name in ALONE
        ),
        ("submissions", submit),
        ("pgbench-submit", lambda time: floor.pgbench(stage, min(PGBENCH_SECONDS, time * 2))),
    ]
