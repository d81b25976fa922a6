"""Services whose places are limited, and an office where they are paid for."""

from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from services import wiring
from services.cases import charges, drafts
from services.cases.models import Case
from services.cases.place_models import PlaceHold
from services.kernel.money import Money
from services.kernel.work import SYSTEM
from services.payments import commands as payments
from services.payments import settling
from services.payments.lifecycle import Accepted, Paid, Tried
from services.payments.models import Order, Payment
from services.payments.providers.pretend import Pretend, Settings
from tests.builders import a_resident
from tests.builders.paying import a_paid_service
from tests.builders.payments import Office

CAPACITY = {"by": ["stolpe"], "places": [{"places": 2}], "late": "pagar", "frees": ["klar"]}
ANYBODY = ("swish", "card")


def limited(slug="plats", most=2, **changes):
    """A service that is paid first, with two places of each kind."""
    capacity = {**CAPACITY, "places": [{"places": most}], **changes.pop("capacity", {})}
    terms = {"ways": list(ANYBODY)}
    facts = {"slug": slug, "when": "before", "terms": terms, "capacity": capacity}
    return a_paid_service(**{**facts, **changes})


class Fair(Office):
    """An office where places are paid for by Swish; what happens is told to who listens."""

    def open_anew(self, *now: Any) -> None:
        super().open_anew(*now)
        self.swish = Pretend(Settings(production=False, pays_at_once=False), key="swish")
        self.session.info["providers"]["swish"] = self.swish
        self.pretend = self.swish

    @contextmanager
    def work(self, actor=SYSTEM):
        with super().work(actor) as current:
            yield current
            wiring.deliver(current)

    def applicant(self, document, kind="A"):
        """Somebody who has checked their answers and is about to pay."""
        by = a_resident(self.session)
        with self.work(by) as work:
            case = drafts.begin(work, document.slug, drafts.Beginning("sv"))
            page = {"stolpe": kind, "epost": "tolvan@example.se"}
            drafts.save_page(work, case, "vad", page)
            self.session.flush()
            order = charges.pay_first(work, case)
        return case, order

    def pays(self, order: Order, way="swish") -> Payment:
        """Begin to pay; refused when it cannot be had."""
        with self.work() as work:
            return payments.start(work, order.id, way, eligible=charges.may_be_paid)

    def hears(self, payment: Payment, *happenings: Any) -> None:
        """What the provider said of a payment."""
        with self.work() as work:
            order, locked = settling.locked_payment(work, payment.id)
            for happening in (Tried(), Accepted("r", {}), *happenings):
                settling.happened(work, order, locked, happening)

    def paid(self, payment: Payment, *, amount: Money | None = None) -> None:
        """The money came."""
        self.hears(payment, Paid(amount or payment.amount, self.now, "ref"))

    def sweeps(self) -> None:
        """The job that gives back what nobody paid for in time."""
        self.do("places.release")

    def holds(self, *cases: Case, **of: Any) -> list[str]:
        """The states of some cases' places."""
        query = select(PlaceHold).where(PlaceHold.case_id.in_([each.id for each in cases]))
        found = self.session.scalars(query.order_by(PlaceHold.made_at, PlaceHold.id)).all()
        return [each.state for each in found]
