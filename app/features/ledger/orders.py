"""Orders: found by reference, amount, case, service, state and day; summed up; and as a file."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import i18n
from app.features.ledger.blueprint import bp, require_money
from app.features.ledger.words import state_words
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.audit.log import record
from services.cases import after_payment
from services.cases import queries as cases
from services.catalogue import queries as catalogue
from services.forms.amounts import ore_from
from services.kernel.calendar import local_day
from services.kernel.errors import NotFound
from services.kernel.words import say
from services.payments import finding, queries
from services.payments.finding import Wanted
from services.payments.models import Order

LONGEST_SEARCH = 100
MONTH = timedelta(days=30)
STATES = (
    "unpaid",
    "open",
    "part_paid",
    "paid",
    "part_refunded",
    "refunded",
    "written_off",
    "cancelled",
    "disputed",
)
ASKED = ("q", "lage", "tjanst", "fran", "till")
COLUMNS = ("number", "ocr", "created", "service", "state", "total_ore", "received_ore", "refunded_ore", "written_off_ore", "due")  # fmt: skip


@bp.route("/ekonomi")
@staff
def index():
    """Search among what is to be paid and has been paid."""
    current = work()
    require_money(current.actor)
    wanted = _wanted()
    found = finding.search(session(), current.actor, wanted)
    return page(
        "ledger/index.html",
        found=found,
        wanted=wanted,
        words=request.args.get("q", "").strip()[:LONGEST_SEARCH],
        states=STATES,
        state_words=state_words(),
        services=services(),
        next_page=bookmark(found.next_before),
        arguments={name: value for name in ASKED if (value := request.args.get(name))},
        waiting=queries.standing(session(), current.now),
        stuck=after_payment.stuck(session(), current.actor),
        today=local_day(current.now),
    )


def _wanted() -> Wanted:
    words = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    state = request.args.get("lage", "")
    return Wanted(
        words=words,
        amount_ore=ore_from(words) if words else None,
        owner_id=_case(words),
        state=state if state in STATES else None,
        service_slug=request.args.get("tjanst") or None,
        since=day("fran"),
        until=day("till"),
        before=place(request.args.get("fore", "")),
    )


def _case(words: str) -> UUID | None:
    if not words.upper().startswith("S24-"):
        return None
    try:
        return cases.at_desk(session(), work().actor, words.upper()).id
    except NotFound:
        return None


def day(name: str) -> date | None:
    """A day that the address says, if it says one."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def bookmark(before: tuple[datetime, UUID] | None) -> str | None:
    """A place in a list as a word for an address."""
    return f"{before[0].isoformat()}_{before[1]}" if before else None


def place(mark: str) -> tuple[datetime, UUID] | None:
    """The place that a bookmark says. Raises BadRequest for one that cannot be read."""
    if not mark:
        return None
    moment, _, order_id = mark.rpartition("_")
    try:
        read = datetime.fromisoformat(moment)
        if read.tzinfo is None:
            raise BadRequest("bookmark")
        return read, UUID(order_id)
    except ValueError as fault:
        raise BadRequest("bookmark") from fault


def services() -> dict[str, str]:
    """The titles of the e-services with fees, by slug."""
    language = i18n.language()
    offered = catalogue.everything(session())
    return {service.slug: say(each.title, language) for service, each in offered if each.fees}


@bp.route("/ekonomi/summor")
@staff
def sums():
    """What each service has had to be paid in a time."""
    actor = work().actor
    require_money(actor)
    today = local_day(work().now)
    since, until = day("fran") or today - MONTH, day("till") or today
    return page(
        "ledger/sums.html",
        sums=finding.sums(session(), actor, since, until),
        services=services(),
        since=since,
        until=until,
    )


@bp.route("/ekonomi/betalningar.csv")
@staff
def file():
    """What was found, as a file without names; that it was fetched is logged."""
    require_money(work().actor)
    return as_file("betalningar", COLUMNS, map(_row, _all_found()))


def _all_found() -> Iterator[Order]:
    wanted = _wanted()
    while True:
        found = finding.search(session(), work().actor, wanted)
        yield from found.orders
        if found.next_before is None:
            return
        wanted = replace(wanted, before=found.next_before)


def as_file(name: str, columns: Sequence[str], rows: Iterable[list[Any]]) -> Response:
    """Rows as a CSV file to keep; that it was fetched, and how many there were, is logged."""
    text, written = io.StringIO(), list(rows)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([columns, *written])
    record(work(), "ledger:export", None, orders=len(written))
    answer = Response(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}.csv"
    return answer


def _row(order: Order) -> list[Any]:
    sums_of = (order.total_ore, order.received_ore, order.refunded_ore, order.written_off_ore)
    created = local_day(order.created_at).isoformat()
    return [
        order.number,
        order.ocr,
        created,
        order.service_slug,
        order.state,
        *sums_of,
        order.due_on,
    ]
