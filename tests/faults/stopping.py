"""Stops the real web and the real worker at a point, so that a test can kill them just there.

Nothing of this is in the product: a test starts the web and the worker by `faults.web` and
`faults.worker`, which wrap what they serve. An order that shall meet a fault carries the name of
the point in its description. Whoever comes there with it stands still until it is killed.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from procrastinate import App
from sqlalchemy import event
from sqlalchemy.orm import Session

from services import wiring
from services.jobs import worker
from services.jobs.worker import Errand
from services.kernel.work import Work
from services.payments import at_provider, commands, refunding
from services.payments.models import Order, Payment, Refund
from services.payments.provider import Notice

FOLDER = "SALEM24_TEST_STOPS"
# Each commit and each call to a provider, from the payer's button to the booked money.
POINTS = (
    *("start before commit", "start after commit"),
    *("begin prepare before commit", "begin prepare after commit"),
    *("begin before call", "begin after call"),
    *("begin note before commit", "begin note after commit"),
    *("heard before commit", "heard after commit"),
    *("ask prepare before commit", "ask prepare after commit"),
    *("ask before call", "ask after call"),
    *("ask note before commit", "ask note after commit"),
)


def _of_errand(name: str) -> tuple[str, ...]:
    """The points of an errand."""
    return (
        *(f"{name} prepare before commit", f"{name} prepare after commit"),
        *(f"{name} before call", f"{name} after call"),
        *(f"{name} note before commit", f"{name} note after commit"),
    )


# From the payer's wish to stop to the provider's word, and from two persons' yes to the money back.
CANCELLING = ("wish before commit", "wish after commit", *_of_errand("cancel"))
REFUNDING = (*_of_errand("refund"), *_of_errand("ask_refund"))
PLACE = "place"


class Place:
    """What is being done, with which order."""

    def __init__(self, doing: str, order: Order) -> None:
        self.doing, self.number, self.stop = doing, order.number, order.description["en"]

    def reach(self, what: str) -> None:
        """Stand still for ever when this is where the order shall stop, the first time."""
        mark = Path(os.environ[FOLDER]) / self.number
        if self.stop == f"{self.doing} {what}" and not mark.exists():
            mark.touch()
            threading.Event().wait()


def install() -> None:
    """Wrap what begins a payment, what hears of it, and the errands that ask; and hurry."""
    commands.start = _started(commands.start)
    commands.heard = _heard(commands.heard)
    commands.cancel = _wished(commands.cancel)
    for name in ("begin", "ask", "cancel", "refund", "ask_refund"):
        errand = wiring.HANDLERS[f"payments.{name}"]
        assert isinstance(errand, Errand)
        wiring.HANDLERS[f"payments.{name}"] = _stopping(name, errand)
    event.listen(Session, "before_commit", _before)
    event.listen(Session, "after_commit", _after)
    _hurry()


def _hurry() -> None:
    """What takes minutes takes seconds: when a worker counts as dead, and when the sweep comes."""
    worker.STALLED_AFTER_SECONDS = 4
    worker.EVERY_MINUTE = wiring.TIMETABLE["payments.sweep"] = "* * * * * */2"
    at_provider.OVERDUE = refunding.OVERDUE = at_provider.SOONEST
    build = worker.build_app

    def built(*arguments: Any) -> App:
        app = build(*arguments)
        app.worker_defaults["update_heartbeat_interval"] = 0.5
        return app

    worker.build_app = built


def _before(session: Session) -> None:
    place: Place | None = session.info.get(PLACE)
    if place is not None:
        session.flush()
        place.reach("before commit")


def _after(session: Session) -> None:
    place: Place | None = session.info.get(PLACE)
    if place is not None:
        place.reach("after commit")


def _started(start: Callable[..., Payment]) -> Callable[..., Payment]:
    def stopping(work: Work, order_id: Any, *arguments: Any, **named: Any) -> Payment:
        work.session.info[PLACE] = Place("start", work.session.get_one(Order, order_id))
        return start(work, order_id, *arguments, **named)

    return stopping


def _wished(cancel: Callable[..., Payment]) -> Callable[..., Payment]:
    def stopping(work: Work, payment_id: Any) -> Payment:
        payment = work.session.get_one(Payment, payment_id)
        place = Place("wish", work.session.get_one(Order, payment.order_id))
        work.session.info[PLACE] = place
        return cancel(work, payment_id)

    return stopping


def _heard(heard: Callable[..., None]) -> Callable[..., None]:
    def stopping(work: Work, key: str, notice: Notice) -> None:
        heard(work, key, notice)
        _, payment, _ = commands._meant(work, key, notice)
        if payment is not None:
            order = work.session.get_one(Order, payment.order_id)
            work.session.info[PLACE] = Place("heard", order)

    return stopping


def _stopping(name: str, errand: Errand) -> Errand:
    def mark(work: Work, arguments: dict[str, Any], part: str) -> Place:
        about: Payment | Refund = (
            work.session.get_one(Refund, arguments["refund_id"])
            if "refund_id" in arguments
            else work.session.get_one(Payment, arguments["payment_id"])
        )
        order = work.session.get_one(Order, about.order_id)
        work.session.info[PLACE] = Place(f"{name} {part}", order)
        return Place(name, order)

    def prepare(work: Work, arguments: dict[str, Any]) -> Any:
        place = mark(work, arguments, "prepare")
        call = errand.prepare(work, arguments)

        def stopping() -> Any:
            assert call is not None
            place.reach("before call")
            answer = call()
            place.reach("after call")
            return answer

        return None if call is None else stopping

    def note(work: Work, arguments: dict[str, Any], answer: Any) -> None:
        mark(work, arguments, "note")
        errand.note(work, arguments, answer)

    return Errand(prepare, note)
