"""Reading what has been counted: for residents before they begin, and for those who lead."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.cases.models import Case, State
from services.kernel.work import Actor
from services.statistics.models import Month, Standing

MOST = 5000
MOST_AHEAD = 500
QUEUED = (State.RECEIVED, State.IN_PROGRESS)
# Fewer than this might tell of single persons, so the public sees only that they are few.
FEW = 5


@dataclass
class Summary:
    """A service's figures over a number of months."""

    service_id: UUID
    received: int = 0
    decided: int = 0
    late: int = 0
    channels: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def late_share(self) -> int | None:
        """How many of a hundred decisions came too late."""
        return round(100 * self.late / self.decided) if self.decided else None


def pace(session: Session, service_id: UUID) -> Standing | None:
    """How long a service's cases take, if enough have been decided to tell."""
    standing = session.get(Standing, service_id)
    return standing if standing is not None and standing.median_days is not None else None


def position(session: Session, case: Case) -> int | None:
    """Which number a case has among those of its service that wait or are worked on, from one.

    None when it is in no queue, or so far back that the number says nothing.
    """
    if case.state not in QUEUED:
        return None
    ahead = (
        select(Case.id)
        .where(
            Case.service_id == case.service_id,
            Case.state.in_(QUEUED),
            Case.received_at < case.received_at,
        )
        .limit(MOST_AHEAD)
    )
    count = session.scalar(select(func.count()).select_from(ahead.subquery())) or 0
    return count + 1 if count < MOST_AHEAD else None


def standings(session: Session, authorities: set[UUID] | None = None) -> dict[UUID, Standing]:
    """How each service stands, by its id; within some authorities, or in all."""
    query = select(Standing).limit(MOST)
    if authorities is not None:
        query = query.where(Standing.authority_id.in_(authorities))
    return {each.service_id: each for each in session.scalars(query)}


def months(
    session: Session, since: date, until: date, authorities: set[UUID] | None = None
) -> list[Month]:
    """The figures of the months from one to another, both included, oldest first."""
    query = select(Month).where(Month.month.between(since, until))
    if authorities is not None:
        query = query.where(Month.authority_id.in_(authorities))
    query = query.order_by(Month.month, Month.service_id, Month.unit_key)
    return list(session.scalars(query.limit(MOST)))


def own(actor: Actor) -> set[UUID]:
    """The authorities whose figures a member of staff sees."""
    return set(actor.authorities)


def summed(found: list[Month]) -> dict[UUID, Summary]:
    """The months' figures added up for each service."""
    sums: dict[UUID, Summary] = {}
    for month in found:
        summary = sums.setdefault(month.service_id, Summary(month.service_id))
        summary.received += month.received
        summary.decided += month.decided
        summary.late += month.late
        summary.channels.update(month.channels)
        summary.outcomes.update(month.outcomes)
    return sums
