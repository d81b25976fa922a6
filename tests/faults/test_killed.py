"""`kill -9` of the web and the worker, wherever a payment may be just then.

Payments stand still at every commit and every call to a provider at once, while they are begun,
called off or given back, and the web and the worker are killed; then everything is started again
and nobody lends a hand, except that payers look at their pages. SALEM24_KILLS=50 kills fifty times more, at any moment.
"""

import os
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy import func, select

from services.kernel.calendar import local_day
from services.kernel.money import Money
from services.payments import checking, queries, reconciliation
from services.payments.books import Posting
from services.payments.models import OrderState, PaymentState
from tests import database
from tests.faults.stopping import CANCELLING, POINTS, REFUNDING
from tests.faults.town import PART, WAYS, Town, a_town

KILLS = int(os.environ.get("SALEM24_KILLS", "0"))
# Whoever stands still there keeps the next from booking, or the simulator from calling.
BOOKING = "ask note before commit"
HEARING = ("heard before commit", "heard after commit")
GIVING_BACK = "ask_refund note before commit"
CLEARING = {"swish": "1910", "card": "1911"}


@pytest.fixture
def killed_town(tmp_path) -> Iterator[Town]:
    url = database.own_database(os.environ[database.SHARED], f"killed_{os.getpid()}")
    with a_town(tmp_path, url, _five_ports()) as town:
        yield town


def _five_ports() -> int:
    """The first of five ports in a row that nobody listens on."""
    for first in range(18500, 19500, 5):
        try:
            for port in range(first, first + 5):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first
    raise AssertionError("no free ports")


def test_killed_at_every_commit_and_every_call_everything_becomes_right_by_itself(killed_town):
    town = killed_town
    quiet = [point for point in POINTS if point not in (BOOKING, *HEARING)]
    lives = [
        [*_in_every_way(town, quiet), town.orders("swish", [BOOKING]), *_in_every_way(town, HEARING[:1])],
        [town.orders("card", [BOOKING]), *_in_every_way(town, HEARING[1:])],
    ]  # fmt: skip
    for life in lives:
        town.live()
        for orders in life:
            town.until(lambda those=orders: town.have_stopped(those))
        town.kill()
    everyone = [order for life in lives for orders in life for order in orders]
    town.live()
    everyone += _killed_at_any_moment(town)
    town.until(lambda: town.are_paid(everyone))
    _require_right(town, everyone)


def test_killed_while_it_is_called_off_or_given_back_everything_becomes_right_by_itself(
    killed_town,
):
    town = killed_town
    quiet = [point for point in REFUNDING if point != GIVING_BACK]
    town.live()
    [called_off] = _in_every_way(town, CANCELLING)
    town.until(lambda: town.have_stopped_cancelling(called_off))
    [given_back] = _in_every_way(town, quiet)
    booking = [town.orders(way, [GIVING_BACK]) for way in WAYS]
    paid_back = [*given_back, *(order for orders in booking for order in orders)]
    town.until(lambda: town.are_paid(paid_back))
    # Whoever stands still there keeps all others from booking: one way in each life, and last.
    for orders in (given_back, booking[0]):
        town.give_back(orders)
        town.until(lambda those=orders: town.have_stood_still(those))
    town.kill()
    town.live()
    town.give_back(booking[1])
    town.until(lambda: town.have_stood_still(booking[1]))
    town.kill()
    town.live()
    town.until(lambda: town.have_gone_back(paid_back))
    # What was called off has ended without money, and can be paid anew.
    town.until(lambda: town.are_paid(called_off))
    _require_right(town, [*called_off, *paid_back], given_back=paid_back)


def _in_every_way(town, points):
    """Orders of all ways, begun together."""
    return [[order for way in WAYS for order in town.orders(way, points)]]


def _killed_at_any_moment(town):
    chance, placed = Random(24), []
    for _ in range(KILLS):
        placed += [order for way in WAYS for order in town.orders(way, ["anywhere"] * 3)]
        until = time.monotonic() + chance.uniform(0.1, 3)
        while time.monotonic() < until:
            town.are_paid(placed[-18:])
        town.kill()
        town.live()
    return placed


def _require_right(town, orders, given_back=()):
    """Every order is paid once; what was to go back has gone back once."""
    back = {order.id for order in given_back}
    today = local_day(datetime.now(UTC))
    with town.work() as work:
        assert list(checking.faults(work.session)) == []
        for order in orders:
            attempts = queries.payments_of(work.session, order.id)
            paid = [each for each in attempts if each.state == PaymentState.PAID]
            assert [each.paid_ore for each in paid] == [order.total_ore]
            found = queries.order(work.session, order.id)
            wanted = OrderState.PART_REFUNDED if order.id in back else OrderState.PAID
            assert found.state == wanted
            assert found.refunded_ore == (PART.ore if order.id in back else 0)
    for way in WAYS:
        _require_books(town, way, today)
    for order in orders:
        assert town.receipt(order) == f"Kvitto {order.number}"


def _require_books(town, way, day):
    """What stands in our books is what stands in theirs."""
    with town.work() as work:
        ask = reconciliation.asked(work, way, day)
    theirs = ask()
    with town.work() as work:
        assert reconciliation.compare(work, way, day, theirs).differences == 0
        query = select(func.sum(Posting.amount_ore)).where(Posting.account == CLEARING[way])
        ours = Money(int(work.session.scalar(query)))
    assert ours == Money.total(row.amount for row in theirs)
