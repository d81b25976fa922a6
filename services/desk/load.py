"""How much each handler has to do, and moving cases so that it becomes even.

A case weighs two; one that waits for its party weighs one, one that is overdue four.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy import case as when
from sqlalchemy.orm import Session

from services.cases import assignment, policy
from services.cases.models import STILL_OPEN, WAITING, Case
from services.cases.queries import LIGHT
from services.kernel.work import Actor
from services.organisation import queries as organisation

ORDINARY, RESTING, LATE = 2, 1, 4
MOST_MOVED = 100
OPEN: ColumnElement[bool] = literal_column(f'"case".{STILL_OPEN}')


@dataclass(frozen=True)
class Load:
    """What one handler has: open cases, those that are overdue, and their weight."""

    person_id: UUID
    open: int
    overdue: int
    weight: int


@dataclass(frozen=True)
class Move:
    """A case that is proposed to go from one handler to another."""

    case: Case
    before: UUID
    after: UUID


def of(session: Session, persons: Collection[UUID], today: date) -> dict[UUID, Load]:
    """The load of some handlers; who has nothing has a load of nothing."""
    late = Case.due_on < today
    weight = when((literal_column(f'"case".{WAITING}'), RESTING), (late, LATE), else_=ORDINARY)
    rows = session.execute(
        select(Case.handler_id, func.count(), func.count().filter(late), func.sum(weight))
        .where(Case.handler_id.in_(list(persons)), OPEN)
        .group_by(Case.handler_id)
        .limit(500)
    )
    found = {row[0]: Load(row[0], row[1], row[2], int(row[3])) for row in rows}
    return {each: found.get(each) or Load(each, 0, 0, 0) for each in persons}


def lightest_first(session: Session, persons: Collection[UUID], today: date) -> list[UUID]:
    """Those of some handlers who are here today, the one with least to do first."""
    away = organisation.away(session, set(persons), today)
    here = of(session, [each for each in persons if each not in away], today)
    return sorted(here, key=lambda each: (here[each].weight, str(each)))


def even_out(
    session: Session, actor: Actor, giver: UUID, takers: Sequence[UUID], today: date
) -> list[Move]:
    """A proposal: the giver's open cases to those who have least to do, the oldest first.

    When the giver is among the takers, only as much goes as makes them even. Nobody gets a case
    in which they have jäv, and only cases that the actor may see are moved.
    """
    loads = {each: load.weight for each, load in of(session, {giver, *takers}, today).items()}
    receiving = [each for each in takers if each != giver]
    cases = _cases_of(session, actor, giver)
    barred = assignment.conflicts_of(session, receiving, [each.id for each in cases])
    moves: list[Move] = []
    for found in cases:
        able = [
            each
            for each in receiving
            if (each, found.id) not in barred and not assignment.is_own_of(found, each)
        ]
        if not able:
            continue
        taker = min(able, key=lambda each: (loads[each], str(each)))
        weight = _weight(found, today)
        if giver in takers and loads[taker] + weight > loads[giver] - weight:
            continue
        loads[taker] += weight
        loads[giver] -= weight
        moves.append(Move(found, giver, taker))
    return moves


def _cases_of(session: Session, actor: Actor, giver: UUID) -> list[Case]:
    query = select(Case).where(Case.handler_id == giver, OPEN, policy.visible_at_desk(actor))
    ordered = query.order_by(Case.received_at, Case.id).limit(MOST_MOVED).options(*LIGHT)
    return list(session.scalars(ordered))


def _weight(found: Case, today: date) -> int:
    if found.state in ("awaiting_completion", "awaiting_payment"):
        return RESTING
    return LATE if found.due_on is not None and found.due_on < today else ORDINARY
