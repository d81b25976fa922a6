"""An office where things are paid: a chart, a pretend provider, a clock, and jobs done by hand."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, text

from services import wiring
from services.jobs import worker
from services.jobs.worker import Errand
from services.kernel.money import Money
from services.kernel.work import SYSTEM, Actor, Duty, Event, Role, Work
from services.payments import coding, commands
from services.payments.books import Entry, Posting
from services.payments.coding import Coded
from services.payments.commands import Item, Payer, Terms
from services.payments.models import Order, Payment, Refund
from services.payments.provider import Notice
from services.payments.providers import counter, invoice, pretend
from tests.builders import NOON, a_person, an_authority

FEE = Coded("3110", "3100", "310")
MAPS = Coded("3120", "1100", "130", vat_class="vat25")
WAYS = ("pretend", "counter", "invoice")


@dataclass
class ByHand:
    """An errand that stops where the test wants it to, as if the worker had died there."""

    office: "Office"
    kind: str
    arguments: dict[str, str]

    def prepare(self) -> Any:
        """The first unit of work; returns the call."""
        with self.office.work() as work:
            return wiring.HANDLERS[self.kind].prepare(work, self.arguments)

    def note(self, answer: Any) -> None:
        """The second unit of work."""
        with self.office.work() as work:
            wiring.HANDLERS[self.kind].note(work, self.arguments, answer)


class Office:
    """Whatever is done here is done at `now`, in units of work that end as real ones do."""

    def __init__(self, session: Any, now: datetime = NOON) -> None:
        self.session = session
        self.open_anew(now)
        self.authority = an_authority(session)
        self.resident = Actor(Role.RESIDENT, a_person(session).id)
        with self.work() as work:
            coding.lay_out(work)

    def open_anew(self, now: datetime = NOON) -> None:
        """Begin another life with the same chart and people: a provider that knows of nothing."""
        self.now = now
        self.pretend = pretend.open_provider(pretend.Settings(production=False, pays_at_once=False))
        self.session.info["providers"] = {
            "pretend": self.pretend,
            "counter": counter.open_provider(counter.Settings("Säby torg 16")),
            "invoice": invoice.open_provider(invoice.Settings("991-2346", 30)),
        }
        self.told: list[Event] = []

    @contextmanager
    def work(self, actor: Actor = SYSTEM):
        """A unit of work: deferred constraints are checked at its end, as a commit would."""
        current = Work(self.session, actor, self.now)
        yield current
        for event in current.happened:
            self._hear(current, event)
        self.told += current.happened
        self.session.flush()
        self.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        self.session.execute(text("SET CONSTRAINTS ALL DEFERRED"))

    def _hear(self, current: Work, event: Event) -> None:
        """Payments' own listeners hear what has happened; there are no cases here."""
        for listener in wiring.LISTENERS[type(event)]:
            if listener.__module__.startswith("services.payments."):
                listener(current, event)

    def staff(self, *duties: Duty) -> Actor:
        """Somebody who works in the authority."""
        person = a_person(self.session, "Ekon", "Omsson")
        return Actor(Role.STAFF, person.id, authorities={self.authority.id: frozenset(duties)})

    def order(self, *kronor: str, **terms: Any) -> Order:
        """An order with a line of each amount, for a fee without VAT."""
        return self.order_of([(each, FEE) for each in kronor or ("900",)], **terms)

    def order_of(self, lines: list[tuple[str, Coded]], **terms: Any) -> Order:
        """An order with lines of these amounts and codings."""
        words = {"sv": "Kulturskola", "en": "School of arts"}
        items = [Item(words, Money.kronor(kronor), coded) for kronor, coded in lines]
        with self.work() as work:
            return commands.place_order(
                work,
                owner_kind="case",
                owner_id=uuid4(),
                authority_id=self.authority.id,
                payer=Payer(person_id=self.resident.person_id),
                description=words,
                items=items,
                terms=Terms(**{"ways": WAYS, **terms}),
            )

    def start(self, order: Order, way: str = "pretend", **wishes: Any) -> Payment:
        """Begin to pay; the provider has not been asked yet."""
        with self.work() as work:
            return commands.start(work, order.id, way, **wishes)

    def begun(self, order: Order, way: str = "pretend", **wishes: Any) -> Payment:
        """Begin to pay, and let the provider know."""
        payment = self.start(order, way, **wishes)
        self.do("payments.begin", payment_id=payment.id)
        return payment

    def paid(self, order: Order, **wishes: Any) -> Payment:
        """Pay by the pretend provider, and hear of it."""
        payment = self.begun(order, **wishes)
        self.pretend.pay(payment.instruction)
        self.ask(payment)
        return payment

    def ask(self, payment: Payment) -> None:
        """Ask the provider how it stands."""
        self.do("payments.ask", payment_id=payment.id)

    def heard(self, event_id: str, instruction: str | None, provider: str = "pretend") -> None:
        """A callback comes, and is acted upon."""
        with self.work() as work:
            commands.heard(work, provider, Notice(event_id, instruction, None))
        self.work_through()

    def do(self, kind: str, **arguments: Any) -> None:
        """Do a job as the worker would, in as many units of work as it takes."""
        handler = wiring.HANDLERS[kind]
        told = {name: str(value) for name, value in arguments.items()}
        if not isinstance(handler, Errand):
            worker.run_of(handler, self.work)(**told)
            return
        with self.work() as work:
            call = handler.prepare(work, told)
        if call is not None:
            answer = call()
            with self.work() as work:
                handler.note(work, told, answer)

    def errand(self, kind: str, **arguments: Any) -> "ByHand":
        """An errand whose parts a test does one by one."""
        return ByHand(self, kind, {name: str(value) for name, value in arguments.items()})

    def work_through(self, within: timedelta = timedelta(0)) -> int:
        """Do the payments' jobs that are due, and those that they plan; returns how many."""
        done = 0
        while (job := self._next(self.now + within)) is not None:
            self.do(job.task_name, **job.args)
            done += 1
        return done

    def _next(self, until: datetime) -> Any:
        query = text(
            "SELECT id, task_name, args FROM procrastinate_jobs WHERE task_name LIKE 'payments.%'"
            " AND coalesce(scheduled_at, :until) <= :until ORDER BY scheduled_at NULLS FIRST, id LIMIT 1"
        )
        job = self.session.execute(query, {"until": until}).one_or_none()
        if job is not None:
            gone = text("DELETE FROM procrastinate_jobs WHERE id = :id")
            self.session.execute(gone, {"id": job.id})
        return job

    def forget_jobs(self) -> None:
        """All planned jobs are lost, as no real database loses them."""
        self.session.execute(text("DELETE FROM procrastinate_jobs"))

    def balance(self, account: str) -> Money:
        """What stands on an account."""
        query = select(func.coalesce(func.sum(Posting.amount_ore), 0))
        return Money(int(self.session.scalar(query.where(Posting.account == account))))

    def entries(self, order_id: UUID | None = None) -> list[Entry]:
        """The vouchers, in the order of their numbers."""
        query = select(Entry).order_by(Entry.booked_at, Entry.series, Entry.number)
        if order_id is not None:
            query = query.where(Entry.order_id == order_id)
        return list(self.session.scalars(query))

    def refunds(self) -> list[Refund]:
        """Everything that is on its way back or has gone."""
        return list(self.session.scalars(select(Refund).order_by(Refund.id)))
