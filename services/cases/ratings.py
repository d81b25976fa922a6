"""The question at the end of a case: how did it go, from one to five? Answered once, by nobody."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.access.rules import require
from services.cases import policy
from services.cases.changing import locked
from services.cases.models import Case, State
from services.cases.rating_models import Rated, Rating
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid
from services.kernel.work import Work

SCORES = range(1, 6)
LONGEST = 2000
# Fewer answers than this say too much of single persons.
FEW = 5


@dataclass(frozen=True)
class Mean:
    """What the answers about a service say together."""

    answers: int
    score: float


def may_be_asked(session: Session, case: Case) -> bool:
    """Whether a case is at its end and nobody has answered for it yet."""
    return case.state == State.CLOSED and session.get(Rated, case.id) is None


def rate(work: Work, case_id: UUID, score: int, words: str = "") -> None:
    """Answer for one's own closed case, once.

    The answer is kept by service and month, never with the case or the person, and is not
    logged. Raises Conflict when it was answered before or the case is not closed.
    """
    case = locked(work, case_id)
    require(work, policy.ACT_AS_PARTY, case)
    if not may_be_asked(work.session, case):
        raise Conflict("rated-already")
    if score not in SCORES:
        raise Invalid("unknown-score")
    if len(words) > LONGEST:
        raise Invalid("message-too-long", limit=LONGEST)
    work.session.add(Rated(case_id=case.id))
    month = local_day(work.now).replace(day=1)
    rating = Rating(id=uuid4(), service_id=case.service_id, month=month, score=score)
    rating.words = words.strip()
    work.session.add(rating)


def means(session: Session, service_ids: set[UUID]) -> dict[UUID, Mean]:
    """The means of services with answers enough."""
    if not service_ids:
        return {}
    rows = session.execute(
        select(Rating.service_id, func.count(), func.avg(Rating.score))
        .where(Rating.service_id.in_(service_ids))
        .group_by(Rating.service_id)
        .having(func.count() >= FEW)
    )
    return {key: Mean(count, round(float(score), 1)) for key, count, score in rows}
