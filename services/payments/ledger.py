"""Booking: what an order's money means in the ledger, and writing it down as vouchers.

Money that is paid at once is income when it comes; an invoice is income, and a claim, when it is
sent. A payment of a part pays the lines from the top, and a refund gives back from the bottom.
So what is booked for an order is always the same function of how much of it has been earned.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Conflict
from services.kernel.money import Money
from services.kernel.work import Work
from services.payments import coding
from services.payments.books import ClosedMonth, Entry, EntryKind, Posting, VoucherSeries
from services.payments.models import Order, OrderLine

# One series for each kind of voucher: those who book one never wait for those who book another.
SERIES = {
    EntryKind.INVOICE: "F",
    EntryKind.CREDIT: "F",
    EntryKind.PAYMENT: "B",
    EntryKind.INCOMING: "I",
    EntryKind.PLACED: "I",
    EntryKind.REFUND: "R",
    EntryKind.WRITE_OFF: "J",
    EntryKind.CORRECTION: "J",
    EntryKind.PAYOUT: "J",
    EntryKind.RETURN: "R",
}
TITLES = {
    EntryKind.INVOICE: "Faktura",
    EntryKind.CREDIT: "Krediterad faktura",
    EntryKind.PAYMENT: "Betalning",
    EntryKind.INCOMING: "Inbetalning",
    EntryKind.PLACED: "Placerad inbetalning",
    EntryKind.REFUND: "Återbetalning",
    EntryKind.WRITE_OFF: "Avskrivning",
    EntryKind.CORRECTION: "Rättelse",
    EntryKind.PAYOUT: "Utbetalning från betalleverantör",
    EntryKind.RETURN: "Återbetald inbetalning",
}
Key = tuple[str, str | None, str | None, str | None]


@dataclass(frozen=True)
class Leg:
    """An amount on an account with its coding; debit is positive, credit negative."""

    account: str
    amount: Money
    responsibility: str | None = None
    activity: str | None = None
    project: str | None = None

    @property
    def key(self) -> Key:
        """What legs that can be added up have in common."""
        return (self.account, self.responsibility, self.activity, self.project)


@dataclass(frozen=True)
class About:
    """What an entry is about; its text names the order, never a person."""

    order: Order | None = None
    payment_id: UUID | None = None
    refund_id: UUID | None = None
    adjustment_id: UUID | None = None
    incoming_row_id: UUID | None = None


def earned(lines: Sequence[OrderLine], before: Money, after: Money) -> list[Leg]:
    """The income and VAT when what has been earned of an order goes from one sum to another.

    More is credit, less is debit; together they are `before - after`.
    """
    legs = [Leg(*key[:1], amount, *key[1:]) for key, amount in _earned(lines, after).items()]
    back = [Leg(*key[:1], -amount, *key[1:]) for key, amount in _earned(lines, before).items()]
    return merged([*legs, *back])


def _earned(lines: Sequence[OrderLine], so_far: Money) -> dict[Key, Money]:
    sums: dict[Key, Money] = {}
    for line in sorted(lines, key=lambda each: each.position):
        part = min(line.amount, so_far)
        so_far -= part
        tax = part.tax_within(line.vat_percent)
        income = (line.account, line.responsibility, line.activity, line.project)
        sums[income] = sums.get(income, Money(0)) - (part - tax)
        if line.vat_account is not None:
            vat: Key = (line.vat_account, None, None, None)
            sums[vat] = sums.get(vat, Money(0)) - tax
    return sums


def arrived(order: Order, lines: Sequence[OrderLine], amount: Money, claim: Leg) -> list[Leg]:
    """What money for an order is booked against: first its invoice's claim, then as income.

    `claim` is a leg of nothing on the account for claims. What becomes income is counted in the
    order's sum of it.
    """
    claimed = min(amount, order.claim)
    before = Money(order.recognised_ore)
    after = before + amount - claimed
    order.recognised_ore = after.ore
    return [replace(claim, amount=-claimed), *earned(lines, before, after)]


def merged(legs: Sequence[Leg]) -> list[Leg]:
    """The same, with one leg for each account and coding, and none of nothing."""
    sums: dict[Key, Money] = {}
    for leg in legs:
        sums[leg.key] = sums.get(leg.key, Money(0)) + leg.amount
    return [Leg(key[0], amount, *key[1:]) for key, amount in sums.items() if amount]


def own(session: Session, purpose: str, amount: Money, on: date) -> Leg:
    """A leg on one of the ledger's own accounts."""
    found = coding.ledger_account(session, purpose, on)
    return Leg(found.account, amount, found.responsibility, found.activity)


def booking_day(session: Session, happened_on: date, today: date) -> date:
    """The day when it happened, or today when its month is closed, or it has not come yet."""
    if happened_on >= today or is_closed(session, happened_on):
        return today
    return happened_on


def is_closed(session: Session, day: date) -> bool:
    """Whether nothing more may be booked on a day."""
    return session.get(ClosedMonth, day.replace(day=1)) is not None


@dataclass(frozen=True)
class Voucher:
    """What shall be booked. `amount` is what the order's sums change by."""

    kind: EntryKind
    legs: Sequence[Leg]
    amount: Money
    about: About
    on: date


def book(
    work: Work, kind: EntryKind, legs: Sequence[Leg], amount: Money, about: About, on: date
) -> UUID:
    """Write one voucher, as `book_all` writes many. Returns the entry's id."""
    return book_all(work, [Voucher(kind, legs, amount, about, on)])[0]


def book_all(work: Work, vouchers: Sequence[Voucher]) -> list[UUID]:
    """Write vouchers; each one's number follows the last of its series. Returns their ids.

    Raises Conflict("month-closed"). The rows that count the series stay locked until the commit,
    so book last of all.
    """
    for on in {voucher.on for voucher in vouchers}:
        if is_closed(work.session, on):
            raise Conflict("month-closed", month=f"{on:%Y-%m}")
    work.session.flush()  # The rows that the entries name must be there before them.
    numbers = _numbers(work.session, vouchers)
    entries, postings = [], []
    for voucher in vouchers:
        legs = merged(voucher.legs)
        if len(legs) < 2 or Money.total(leg.amount for leg in legs):
            raise ValueError(f"legs that do not balance: {legs}")
        number = next(numbers[(SERIES[voucher.kind], voucher.on.year)])
        entries.append(_entry(work, voucher, number, len(legs)))
        postings += _postings(entries[-1]["id"], legs)
    work.session.execute(insert(Entry), entries)
    work.session.execute(insert(Posting), postings)
    return [entry["id"] for entry in entries]


def _numbers(session: Session, vouchers: Sequence[Voucher]) -> dict[tuple[str, int], Iterator[int]]:
    wanted = Counter((SERIES[each.kind], each.on.year) for each in vouchers)
    return {
        (series, year): count(next_numbers(session, series, year, many))
        for (series, year), many in sorted(wanted.items())
    }


def _entry(work: Work, voucher: Voucher, number: int, posting_count: int) -> dict[str, Any]:
    about = voucher.about
    order_number = f" {about.order.number}" if about.order is not None else ""
    return {
        "id": new_id(),
        "series": SERIES[voucher.kind],
        "year": voucher.on.year,
        "number": number,
        "booked_on": voucher.on,
        "kind": voucher.kind.value,
        "text": TITLES[voucher.kind] + order_number,
        "amount_ore": voucher.amount.ore,
        "posting_count": posting_count,
        "order_id": about.order.id if about.order is not None else None,
        "payment_id": about.payment_id,
        "refund_id": about.refund_id,
        "adjustment_id": about.adjustment_id,
        "incoming_row_id": about.incoming_row_id,
        "booked_at": work.now,
        "booked_by_id": work.actor.person_id,
    }


def _postings(entry_id: UUID, legs: Sequence[Leg]) -> list[dict[str, Any]]:
    return [
        {
            "entry_id": entry_id,
            "position": position,
            "account": leg.account,
            "responsibility": leg.responsibility,
            "activity": leg.activity,
            "project": leg.project,
            "amount_ore": leg.amount.ore,
        }
        for position, leg in enumerate(legs, start=1)
    ]


def next_numbers(session: Session, series: str, year: int, many: int) -> int:
    """The first of so many numbers that follow in a series, without a gap (bokföringslagen 5:7)."""
    counted = postgresql.insert(VoucherSeries).values(series=series, year=year, last_number=many)
    taken = counted.on_conflict_do_update(
        index_elements=["series", "year"],
        set_={"last_number": VoucherSeries.last_number + many},
    ).returning(VoucherSeries.last_number)
    last: int = session.execute(taken).scalar_one()
    return last - many + 1


def lines_of(session: Session, order_id: UUID) -> list[OrderLine]:
    """An order's lines, from the top."""
    query = select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position)
    return list(session.scalars(query.limit(1000)))


def today(work: Work) -> date:
    """The day in Sweden."""
    return local_day(work.now)
