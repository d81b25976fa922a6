"""The diary: a number in the authority's series of the year, given as the case is received (OSL 5:1)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.cases import policy
from services.cases.events import CaseReceived
from services.cases.models import NOT_RECEIVED, Case
from services.cases.queries import LIGHT
from services.kernel.calendar import local_day
from services.kernel.work import Actor, Work
from services.organisation.models import Authority
from services.records.models import DiaryEntry, DiarySeries

MOST = 500
AT_ONCE = 1000


@dataclass(frozen=True)
class Line:
    """One line of the diary: a place in it, and the case where the reader may see it."""

    entry: DiaryEntry
    case: Case | None


def case_received(work: Work, event: CaseReceived) -> None:
    """Enter a case in the diary, in the very transaction in which it is received."""
    case = work.session.get_one(Case, event.case_id)
    _enter(work, case)


def _enter(work: Work, case: Case) -> DiaryEntry:
    # Gap-free: the series' row is locked until the transaction ends, so that a number that
    # was drawn is either used or drawn again by the next.
    entered_on = local_day(case.received_at or work.now)
    number = _next(work.session, case.authority_id, entered_on.year)
    code = work.session.scalar(select(Authority.code).where(Authority.id == case.authority_id))
    entry = DiaryEntry(
        case_id=case.id,
        authority_id=case.authority_id,
        year=entered_on.year,
        number=number,
        designation=f"{code} {entered_on.year}/{number}",
        entered_on=entered_on,
    )
    work.session.add(entry)
    return entry


def _next(session: Session, authority_id: UUID, year: int) -> int:
    query = insert(DiarySeries).values(authority_id=authority_id, year=year, last=1)
    drawn = query.on_conflict_do_update(
        index_elements=["authority_id", "year"], set_={"last": DiarySeries.last + 1}
    )
    number: int = session.execute(drawn.returning(DiarySeries.last)).scalar_one()
    return number


def enter_missing(work: Work) -> int:
    """Enter received cases that have no place yet, in the order they came; returns how many."""
    entered = select(DiaryEntry.case_id).where(DiaryEntry.case_id == Case.id).exists()
    missing = work.session.scalars(
        select(Case)
        .where(Case.state.not_in(NOT_RECEIVED), ~entered)
        .order_by(Case.received_at, Case.id)
        .limit(AT_ONCE)
    )
    count = 0
    for case in missing:
        _enter(work, case)
        count += 1
    return count


def entry(session: Session, case_id: UUID) -> DiaryEntry | None:
    """A case's place in the diary."""
    return session.get(DiaryEntry, case_id)


def lines(
    session: Session, actor: Actor, authority_id: UUID, since: date, until: date
) -> list[Line]:
    """An authority's diary of a time, in order, for its own staff.

    A case that the reader may not see has its number alone, so that no gap is left unexplained.
    """
    if not actor.works_in(authority_id):
        return []
    seen = select(Case.id).where(policy.visible_at_desk(actor))
    rows = session.execute(
        select(DiaryEntry, Case)
        .outerjoin(Case, (Case.id == DiaryEntry.case_id) & Case.id.in_(seen))
        .where(
            DiaryEntry.authority_id == authority_id,
            DiaryEntry.entered_on.between(since, until),
        )
        .order_by(DiaryEntry.year.desc(), DiaryEntry.number.desc())
        .limit(MOST)
        .options(*LIGHT)
    )
    return [Line(each, case) for each, case in rows]


def gaps(session: Session) -> Collection[str]:
    """The series in which fewer numbers are in the diary than were drawn: none, ever."""
    counted = (
        select(DiaryEntry.authority_id, DiaryEntry.year, func.count().label("used"))
        .group_by(DiaryEntry.authority_id, DiaryEntry.year)
        .subquery()
    )
    rows = session.execute(
        select(Authority.code, DiarySeries.year)
        .join(Authority, Authority.id == DiarySeries.authority_id)
        .outerjoin(
            counted,
            (counted.c.authority_id == DiarySeries.authority_id)
            & (counted.c.year == DiarySeries.year),
        )
        .where(func.coalesce(counted.c.used, 0) != DiarySeries.last)
        .order_by(Authority.code, DiarySeries.year)
        .limit(MOST)
    )
    return [f"{code} {year}" for code, year in rows]
