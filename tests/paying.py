"""Paying in a town: ways that do as a test says, and the jobs that a worker would do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services import wiring
from services.catalogue import commands as catalogue
from services.jobs import worker
from services.jobs.worker import Errand
from services.kernel.money import Money
from services.organisation import queries as organisation
from services.payments import commands, links, queries
from services.payments.coding import Coded
from services.payments.models import Order, Payment
from services.payments.provider import Asked, Begun
from services.payments.providers.pretend import Pretend, Settings
from tests.builders.paying import waits_for_payment
from tests.town import Town

SLUG = "betald-after-receipt"
TITLE = {"sv": "Det som kostar", "en": "What costs something"}
FEE = Coded("3110", "3100", "310")
JOBS = text(
    "SELECT id, task_name, args FROM procrastinate_jobs"
    " WHERE task_name LIKE 'payments.%' AND status = 'todo' AND task_name NOT LIKE '%@timetable'"
    " AND coalesce(scheduled_at, now()) <= now() ORDER BY id LIMIT 1"
)


class Way(Pretend):
    """A pretend way that shows its payer what a real one would."""

    def begin(self, asked: Asked) -> Begun:
        """As Swish or a card company begins."""
        begun = super().begin(asked)
        if self.key != "swish":
            return Begun(begun.provider_reference, {"kind": "redirect", "url": asked.return_url})
        there = asked.payer_alias is not None
        shown = {
            "kind": "swish",
            "token": None if there else "token",
            "app": None if there else "swish://paymentrequest?token=token",
            "qr": None if there else "Dtoken",
        }
        return Begun(begun.provider_reference, shown)


@dataclass
class Till:
    """The ways to pay of a town while a test stands at it."""

    town: Town
    ways: dict[str, Way]

    def work_through(self) -> None:
        """Do what is planned about payments, as a worker would."""
        while (job := self._next()) is not None:
            handler = wiring.HANDLERS[job.task_name]
            worker.run_of(handler, self.town.work)(**job.args)

    def forget(self) -> None:
        """Let what is planned about payments never be done."""
        with self.town.work() as work:
            work.session.execute(
                text("DELETE FROM procrastinate_jobs WHERE task_name LIKE 'payments.%'")
            )

    def _next(self) -> Any:
        with self.town.work() as work:
            job = work.session.execute(JOBS).one_or_none()
            if job is not None:
                gone = text("DELETE FROM procrastinate_jobs WHERE id = :id")
                work.session.execute(gone, {"id": job.id})
        return job

    def hear(self, payment: Payment) -> None:
        """The provider is asked how it stands."""
        handler = wiring.HANDLERS[commands.ASK]
        arguments = {"payment_id": str(payment.id)}
        assert isinstance(handler, Errand)
        with self.town.work() as work:
            call = handler.prepare(work, arguments)
        assert call is not None
        answer = call()
        with self.town.work() as work:
            handler.note(work, arguments, answer)

    def payments(self, order_id: UUID) -> list[Payment]:
        """Every attempt to pay an order."""
        with self.town.work() as work:
            return queries.payments_of(work.session, order_id)

    def order(self, *kronor: int, **terms: Any) -> tuple[Order, str]:
        """An order of nothing in particular, such as a letter asks for, and the word of its link."""
        words = {"sv": "Kulturskolan, våren 2027", "en": "School of arts, spring 2027"}
        payer = terms.pop("payer", commands.Payer())
        with self.town.work() as work:
            authority = organisation.authority_by_code(work.session, "BUN")
            order = commands.place_order(
                work,
                owner_kind="letter",
                owner_id=authority.id,
                authority_id=authority.id,
                payer=payer,
                description=words,
                items=[_item(each) for each in kronor or (900,)],
                terms=commands.Terms(**{"ways": ("swish", "card", "invoice", "counter"), **terms}),
            )
            return order, links.code_of(work.session, order.id)


def _item(kronor: int) -> commands.Item:
    step = {"sv": f"Fast avgift: {kronor} kr", "en": f"Fixed fee: SEK {kronor}"}
    words = {"sv": f"Avgift {kronor}", "en": f"Fee {kronor}"}
    return commands.Item(words, Money.kronor(kronor), FEE, [step])


@contextmanager
def at_the_till(town: Town) -> Iterator[Till]:
    """Ways that wait for the test to say what the payer does, and a service that is paid first."""
    lent = town.app.extensions["sessions"].kw["info"]
    real = lent["providers"]
    ways = {
        key: Way(Settings(production=False, pays_at_once=False), key=key)
        for key in ("swish", "card")
    }
    lent["providers"] = {**real, **ways}
    with town.work() as work:
        catalogue.publish(work, waits_for_payment(title=TITLE))
        catalogue.show(work, SLUG)
    try:
        yield Till(town, ways)
    finally:
        lent["providers"] = real
        with town.work() as work:
            # Other tests look for what the town offers.
            catalogue.hide(work, SLUG)


class Bill:
    """A payer at an order's page."""

    def __init__(self, till, order, code):
        self.till, self.order, self.code = till, order, code
        self.browser = till.town.visitor().get(f"/betala/{code}")

    def swish(self):
        """Begin to pay by Swish in this telephone."""
        self.browser.get(f"/betala/{self.code}").submit("Nästa", way="swish")
        self.browser.submit("Öppna Swish eller visa QR-koden")
        return self.begun()

    def card(self):
        """Begin to pay by card."""
        self.browser.get(f"/betala/{self.code}").submit("Nästa", way="card")
        return self.begun()

    def begun(self):
        """The worker has asked; the page shows what to do."""
        self.till.work_through()
        self.reload()
        return self.payment

    def reload(self):
        """Look again."""
        return self.browser.get(self.browser.address)

    @property
    def payment(self):
        """The newest attempt."""
        return self.till.payments(self.order.id)[-1]

    def ends(self, outcome, code=None):
        """The payer's way ends without money, and the page is looked at again."""
        self.till.ways[self.payment.provider].end(self.payment.instruction, outcome, code)
        self.till.hear(self.payment)
        return self.reload()

    def pays(self, amount=None):
        """The payer pays, and the page is looked at again."""
        self.till.ways[self.payment.provider].pay(self.payment.instruction, amount)
        self.till.hear(self.payment)
        return self.reload()

    @property
    def state(self):
        """How it stands with the order."""
        with self.till.town.work() as work:
            return queries.order(work.session, self.order.id).state
