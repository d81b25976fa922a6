"""What is to be done in a case: by whom, by when, and whether it is done."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cases import policy
from services.cases.assignment import present
from services.cases.changing import for_change, note_event
from services.cases.desk_models import CaseTask
from services.cases.models import Case
from services.kernel.db import new_id
from services.kernel.errors import Invalid, NotFound
from services.kernel.work import Actor, Work

LONGEST = 300
# Money has come for a place that is gone.
PLACE_GONE = "place_gone"


def add(work: Work, case_id: UUID, what: str, who_id: UUID | None, due_on: date | None) -> CaseTask:
    """Note something to be done. Raises Invalid for somebody who does not handle cases there,
    and NotAllowed for somebody with jäv in the case."""
    case = for_change(work, case_id, policy.WORK_ON)
    if not what.strip():
        raise Invalid("task-empty")
    task = CaseTask(
        id=new_id(),
        case_id=case.id,
        what=what.strip()[:LONGEST],
        who_id=present(work, case, who_id) if who_id else None,
        due_on=due_on,
        made_by_id=work.actor.person_id,
        made_at=work.now,
    )
    work.session.add(task)
    note_event(work, case, "task_added", public=False)
    return task


def ask(work: Work, case: Case, kind: str, due_on: date | None = None, **facts: str) -> CaseTask:
    """Note what the case itself asks of its handler: kept by `kind` and facts, and said on the page
    in the handler's own language. The caller has locked the case."""
    task = CaseTask(
        id=new_id(),
        case_id=case.id,
        what="",
        kind=kind,
        facts=facts,
        who_id=case.handler_id,
        due_on=due_on,
        made_by_id=work.actor.person_id,
        made_at=work.now,
    )
    work.session.add(task)
    return task


def done(work: Work, case_id: UUID, task_id: UUID) -> Case:
    """Tick a task off."""
    case = for_change(work, case_id, policy.WORK_ON)
    task = work.session.get(CaseTask, task_id)
    if task is None or task.case_id != case.id:
        raise NotFound("case-task")
    if task.done_at is None:
        task.done_at, task.done_by_id = work.now, work.actor.person_id
        note_event(work, case, "task_done", public=False)
    return case


def end(work: Work, case: Case) -> None:
    """Tick off what is left to do in a case that ends. The caller has locked the case.

    What late money asks for stays to be done: it is somebody's money.
    """
    left = select(CaseTask).where(CaseTask.case_id == case.id, CaseTask.done_at.is_(None))
    for task in work.session.scalars(left.order_by(CaseTask.id)):
        if task.kind != PLACE_GONE:
            task.done_at, task.done_by_id = work.now, work.actor.person_id


def of(session: Session, case_id: UUID) -> list[CaseTask]:
    """The tasks of a case: what is left first, then what is done."""
    query = select(CaseTask).where(CaseTask.case_id == case_id)
    order = (CaseTask.done_at.desc().nulls_first(), CaseTask.due_on.asc().nulls_last(), CaseTask.id)
    return list(session.scalars(query.order_by(*order).limit(200)))


def mine(session: Session, actor: Actor) -> list[tuple[CaseTask, Case]]:
    """What the actor has left to do, what is due first, within the border."""
    rows = session.execute(
        select(CaseTask, Case)
        .join(Case, Case.id == CaseTask.case_id)
        .where(
            CaseTask.who_id == actor.person_id,
            CaseTask.done_at.is_(None),
            policy.visible_at_desk(actor),
        )
        .order_by(CaseTask.due_on.asc().nulls_last(), CaseTask.id)
        .limit(50)
    )
    return [(task, case) for task, case in rows]
