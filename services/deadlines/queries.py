"""Asking for the times of a case, and for those that run out."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.cases import policy
from services.cases.models import Case
from services.cases.queries import LIGHT
from services.deadlines.counting import share_passed
from services.deadlines.models import Deadline, Ending, Kind, Pause
from services.kernel.work import Actor

PAGE = 100
SOON = timedelta(days=14)
# When this much of the promised time has passed, it is time to tell the party of a delay.
DELAY_SHOWS = 0.8


@dataclass(frozen=True)
class SixMonths:
    """How a case stands to förvaltningslagen 12 §: from when one may ask, whether one has, and
    when it was refused."""

    since: date | None
    asked_until: date | None
    may_ask: bool
    refused_on: date | None = None


@dataclass(frozen=True)
class Running:
    """A time that runs in a case, in a list over many cases."""

    deadline: Deadline
    case: Case
    share: float

    @property
    def is_to_be_told(self) -> bool:
        """A promise that is about to break, of which the party has not been told (FL 11 §)."""
        is_promise = self.deadline.kind == Kind.PROMISE
        return is_promise and self.deadline.delay_told_at is None and self.share >= DELAY_SHOWS


def of_case(session: Session, case_id: UUID) -> list[Deadline]:
    """Every time that has run in a case, the next to end first."""
    query = select(Deadline).where(Deadline.case_id == case_id)
    return list(session.scalars(query.order_by(Deadline.due_on, Deadline.key).limit(100)))


def days_late(session: Session, case_id: UUID, today: date) -> int:
    """How many days after the law's last day a case was decided, or is undecided still; 0 in time."""
    limits = [each for each in of_case(session, case_id) if each.kind == Kind.LIMIT]
    late = [((each.ended_on or today) - each.due_on).days for each in limits]
    return max([0, *late])


def open_of_case(session: Session, case_id: UUID) -> list[Deadline]:
    """Those that still run."""
    return [each for each in of_case(session, case_id) if each.ended_on is None]


def pauses_of_case(session: Session, case_id: UUID) -> list[Pause]:
    """The pauses, oldest first; the last may be open."""
    query = select(Pause).where(Pause.case_id == case_id)
    return list(session.scalars(query.order_by(Pause.from_on, Pause.id).limit(200)))


def open_pause(session: Session, case_id: UUID) -> Pause | None:
    """The pause that the case is in now."""
    return session.scalar(select(Pause).where(Pause.case_id == case_id, Pause.to_on.is_(None)))


def open_promise(session: Session, case_id: UUID) -> Deadline | None:
    """The service's own promise, if it still runs."""
    return session.scalar(
        select(Deadline).where(
            Deadline.case_id == case_id,
            Deadline.kind == Kind.PROMISE,
            Deadline.ended_on.is_(None),
        )
    )


def open_request(session: Session, case_id: UUID) -> Deadline | None:
    """The four weeks that run since the party asked for a decision (förvaltningslagen 12 §)."""
    return session.scalar(
        select(Deadline).where(
            Deadline.case_id == case_id,
            Deadline.kind == Kind.FOUR_WEEKS,
            Deadline.ended_on.is_(None),
        )
    )


def next_due(session: Session, case_id: UUID) -> date | None:
    """The first day by which the desk must have done something. Six months bind nobody yet."""
    return session.scalar(
        select(func.min(Deadline.due_on)).where(
            Deadline.case_id == case_id,
            Deadline.kind != Kind.SIX_MONTHS,
            Deadline.ended_on.is_(None),
        )
    )


def six_months(session: Session, case_id: UUID, today: date) -> SixMonths:
    """Whether the party may ask for a decision today (förvaltningslagen 12 §)."""
    known = {each.kind: each for each in of_case(session, case_id) if each.key == "fl-12"}
    half_a_year, asked = known.get(Kind.SIX_MONTHS), known.get(Kind.FOUR_WEEKS)
    if half_a_year is None:
        return SixMonths(None, None, may_ask=False)
    since = half_a_year.due_on + timedelta(days=1)
    still_runs = half_a_year.ended_on is None
    return SixMonths(
        since,
        asked.due_on if asked and asked.ended_on is None else None,
        may_ask=still_runs and asked is None and today >= since,
        refused_on=asked.ended_on if asked and asked.ending == Ending.REFUSED else None,
    )


def running(
    session: Session, actor: Actor, today: date, *, until: timedelta = SOON
) -> list[Running]:
    """Times that have run out or soon will, in the actor's own authorities, the worst first."""
    rows = session.execute(
        select(Deadline, Case)
        .join(Case, Case.id == Deadline.case_id)
        .where(
            policy.visible_at_desk(actor),
            Deadline.ended_on.is_(None),
            Deadline.kind != Kind.SIX_MONTHS,
            Deadline.due_on <= today + until,
        )
        .order_by(Deadline.due_on, Deadline.case_id)
        .limit(PAGE)
        .options(*LIGHT)
    )
    return [
        Running(deadline, case, share_passed(deadline.starts_on, deadline.due_on, today))
        for deadline, case in rows
    ]
