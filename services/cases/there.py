"""What there is of the rarer things, asked for in one go, so that what is not there is not looked for."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from services.cases.desk_models import (
    AnswerChange,
    CaseLink,
    CaseMention,
    CaseParty,
    CaseTask,
    Completion,
)
from services.cases.investigation_models import CaseNeed
from services.kernel.work import Actor
from services.payments.models import Order


def in_case(session: Session, case_id: UUID, actor: Actor) -> frozenset[str]:
    """Which a case has: parties, tasks, links, completions, changes, orders, a need, mentions."""
    return _answered(
        session,
        {
            "parties": CaseParty.case_id == case_id,
            "tasks": CaseTask.case_id == case_id,
            "links": or_(CaseLink.case_id == case_id, CaseLink.other_id == case_id),
            "completions": Completion.case_id == case_id,
            "changes": AnswerChange.case_id == case_id,
            "orders": Order.owner_id == case_id,
            "need": CaseNeed.case_id == case_id,
            "mentions": (CaseMention.case_id == case_id) & _unseen(actor),
        },
    )


def for_handler(session: Session, actor: Actor) -> frozenset[str]:
    """Whether somebody has tasks left or is mentioned somewhere."""
    left = (CaseTask.who_id == actor.person_id) & CaseTask.done_at.is_(None)
    return _answered(session, {"tasks": left, "mentions": _unseen(actor)})


def _unseen(actor: Actor) -> ColumnElement[bool]:
    return (CaseMention.person_id == actor.person_id) & CaseMention.seen_at.is_(None)


def _answered(session: Session, asked: dict[str, ColumnElement[bool]]) -> frozenset[str]:
    row = session.execute(select(*(exists().where(each) for each in asked.values()))).one()
    return frozenset(name for name, there in zip(asked, row) if there)
