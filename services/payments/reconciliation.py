"""Comparing our books with each provider's, every night. What differs is told, never mended."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from services.jobs.commands import plan
from services.jobs.worker import Errand
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import NotFound
from services.kernel.numbers import SWEDEN
from services.kernel.work import Work
from services.payments.at_provider import provider_of
from services.payments.incoming import Difference
from services.payments.models import Payment, Refund, RefundState
from services.payments.provider import BookRow

log = structlog.get_logger("salem24.payments")
COMPARE = "payments.compare"
# A provider may book around midnight what we were told on the other side of it.
AROUND = timedelta(days=1)
MOST = 200_000


@dataclass(frozen=True)
class Compared:
    """How a day with a provider came out; `differences` is None when it has no books to ask for."""

    provider: str
    day: date
    differences: int | None


def reconcile(work: Work, day: date | None = None) -> None:
    """Plan to compare a day, yesterday unless told, with every provider that settles by itself."""
    compared = day or local_day(work.now) - timedelta(days=1)
    for key, provider in work.resources["providers"].items():
        if provider.settles:
            plan(work, COMPARE, provider=key, day=compared.isoformat())


def asked(work: Work, key: str, day: date) -> Callable[[], list[BookRow] | None]:
    """What to ask a provider: its books of the day and of those around it."""
    provider = provider_of(work, key)

    def call() -> list[BookRow] | None:
        try:
            return [
                row for each in (day - AROUND, day, day + AROUND) for row in provider.books(each)
            ]
        except NotFound:
            return None

    return call


def compare(work: Work, key: str, day: date, theirs: list[BookRow] | None) -> Compared:
    """Note each difference between a provider's books and ours, once.

    Ours of the day must be in theirs of about that day, with the same amount; theirs of the day
    must be in ours, whenever.
    """
    if theirs is None:
        return Compared(key, day, None)
    ours = _ours(work, key, day)
    names = _names(work, key, theirs)
    told = {name: row.amount.ore for name, row in zip(names, theirs)}
    known = {**_known(work, key, told), **ours}
    found = 0
    for name, ore in ours.items():
        if name not in told:
            found += _differ(work, key, day, "missing_there", name, ore, None)
        elif told[name] != ore:
            found += _differ(work, key, day, "amount", name, ore, told[name])
    for name, row in zip(names, theirs):
        if local_day(row.booked_at) == day and name not in known:
            found += _differ(work, key, day, "missing_here", name, None, row.amount.ore)
    return Compared(key, day, found)


def _names(work: Work, key: str, theirs: list[BookRow]) -> list[str]:
    """Our own name of each row, if we have one; else what the provider calls it."""
    unnamed = [row.paid_reference for row in theirs if row.instruction is None]
    query = select(Payment.paid_reference, Payment.instruction).where(
        Payment.provider == key, Payment.paid_reference.in_(unnamed)
    )
    ours = {row.paid_reference: row.instruction for row in work.session.execute(query.limit(MOST))}
    return [row.instruction or ours.get(row.paid_reference) or row.paid_reference for row in theirs]


def _ours(work: Work, key: str, day: date) -> dict[str, int]:
    """What we have from, and have given back by, a provider on a Swedish day, by instruction."""
    begins = datetime.combine(day, time(0), SWEDEN).astimezone(UTC)
    ends = datetime.combine(day + AROUND, time(0), SWEDEN).astimezone(UTC)
    paid = select(Payment.instruction, Payment.paid_ore).where(
        Payment.provider == key, Payment.paid_at >= begins, Payment.paid_at < ends
    )
    returned = select(Refund.instruction, -Refund.amount_ore).where(
        Refund.provider == key, Refund.done_at >= begins, Refund.done_at < ends
    )
    return _as_sums(work, (paid, returned))


def _known(work: Work, key: str, told: Iterable[str]) -> dict[str, int]:
    """What we know of by the names that the provider tells, whenever it was."""
    names = list(told)
    paid = select(Payment.instruction, Payment.paid_ore).where(
        Payment.provider == key, Payment.instruction.in_(names), Payment.paid_at.is_not(None)
    )
    returned = select(Refund.instruction, -Refund.amount_ore).where(
        Refund.provider == key, Refund.instruction.in_(names), Refund.state == RefundState.DONE
    )
    return _as_sums(work, (paid, returned))


def _as_sums(work: Work, queries: Iterable[Any]) -> dict[str, int]:
    return {
        name: int(ore) for query in queries for name, ore in work.session.execute(query.limit(MOST))
    }


def _differ(
    work: Work, key: str, day: date, kind: str, name: str, ours: int | None, theirs: int | None
) -> int:
    row = {
        "id": new_id(),
        "provider": key,
        "day": day,
        "kind": kind,
        "reference": name,
        "ours_ore": ours,
        "theirs_ore": theirs,
        "found_at": work.now,
    }
    inserted = work.session.execute(
        postgresql.insert(Difference).values(row).on_conflict_do_nothing().returning(Difference.id)
    ).scalar_one_or_none()
    if inserted is not None:
        log.error("books-differ", provider=key, day=str(day), kind=kind)
    return 1


def _prepare(work: Work, arguments: dict[str, Any]) -> Callable[[], list[BookRow] | None]:
    return asked(work, arguments["provider"], date.fromisoformat(arguments["day"]))


def _note(work: Work, arguments: dict[str, Any], theirs: list[BookRow] | None) -> None:
    compare(work, arguments["provider"], date.fromisoformat(arguments["day"]), theirs)


comparing = Errand(_prepare, _note)
