"""Fees that were handed over for collection: which, when, what is left; and as a file."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import request

from app.features.ledger import orders
from app.features.ledger.blueprint import bp, require_money
from app.features.ledger.words import state_words
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.cases import handed_over
from services.cases.handed_over import ENDED, STILL, HandedOver, Wanted
from services.kernel.calendar import local_day

ASKED = ("lage", "tjanst", "fran", "till")
ALL = "alla"
COLUMNS = ("number", "ocr", "service", "handed_over", "reminders", "due", "state", "total_ore", "received_ore", "written_off_ore", "left_ore")  # fmt: skip


@bp.route("/ekonomi/inkasso")
@staff
def collection():
    """What was handed over for collection, the last first; what is not paid unless asked otherwise."""
    actor = work().actor
    require_money(actor)
    wanted = _wanted()
    found = handed_over.search(session(), actor, wanted)
    arguments = {name: value for name in ASKED if (value := request.args.get(name))}
    return page(
        "ledger/collection.html",
        found=found,
        sums=handed_over.sums(session(), actor, wanted),
        wanted=wanted,
        still=STILL,
        ended=ENDED,
        all=ALL,
        state_words=state_words(),
        services=orders.services(),
        next_page=orders.bookmark(found.next_before),
        arguments=arguments,
    )


def _wanted() -> Wanted:
    state = request.args.get("lage", STILL)
    return Wanted(
        state=None if state == ALL else ENDED if state == ENDED else STILL,
        service_slug=request.args.get("tjanst") or None,
        since=orders.day("fran"),
        until=orders.day("till"),
        before=orders.place(request.args.get("fore", "")),
    )


@bp.route("/ekonomi/inkasso.csv")
@staff
def collection_file():
    """The same as a file without names, for the economy system; that it was fetched is logged."""
    require_money(work().actor)
    return orders.as_file("inkasso", COLUMNS, map(_row, _all_found()))


def _all_found() -> Iterator[HandedOver]:
    wanted = _wanted()
    while True:
        found = handed_over.search(session(), work().actor, wanted)
        yield from found.fees
        if found.next_before is None:
            return
        wanted = replace(wanted, before=found.next_before)


def _row(each: HandedOver) -> list[Any]:
    order = each.order
    sums_of = (order.total_ore, order.received_ore, order.written_off_ore, order.outstanding.ore)
    told = (order.number, order.ocr, order.service_slug, local_day(each.at).isoformat())
    return [*told, each.reminders, order.due_on, order.state, *sums_of]
