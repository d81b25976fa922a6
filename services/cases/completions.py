"""Asking for what is missing, answer by answer, and what follows when it comes or does not come."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cases import corrections, notices, policy, tasks
from services.cases.changing import add_message, for_change, locked, note_event
from services.cases.desk_models import Completion
from services.cases.events import CaseChanged
from services.cases.lifecycle import Step, check
from services.cases.models import COMPLETION, FROM_RESIDENT, Case, State
from services.catalogue import queries as catalogue
from services.forms.definition import Page, ServiceDocument
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid
from services.kernel.work import Work

GO_ON, DISMISS = "go_on", "dismiss"
PAGE = "komplettering"
REMIND_BEFORE = timedelta(days=3)
AT_ONCE = 200
LONGEST_WHY = 500
TITLE = {"sv": "Komplettera", "en": "Complete"}
NEXT_STEPS = (GO_ON, DISMISS)
EXPIRED = "completion_expired"


def ask(
    work: Work,
    case_id: UUID,
    body: str,
    answer_by: date | None,
    *,
    asked: Sequence[tuple[str, str]] = (),
    next_step: str = GO_ON,
    message_id: UUID | None = None,
) -> Case:
    """Ask the party for what is missing, with a last day (förvaltningslagen 20 §).

    `asked` are the questions whose answers or files fail, each with why; then the party is shown
    only those. `next_step` tells what happens when the day passes: the case is tried on what
    there is, or it may be dismissed.
    """
    case = for_change(work, case_id, policy.WORK_ON)
    check(case.state, Step.ASK_COMPLETION)
    if answer_by is not None and answer_by < local_day(work.now):
        raise Invalid("answer-by-passed")
    if next_step not in NEXT_STEPS:
        raise Invalid("unknown-next-step")
    wanted = _wanted(work, case, asked)
    message = add_message(work, case, COMPLETION, body, message_id, answer_by)
    # The request names its message by its key only.
    work.session.flush()
    request = Completion(id=message.id, case_id=case.id, asked=wanted, next_step=next_step)
    request.answer_by, request.asked_at = answer_by, work.now
    work.session.add(request)
    _wait(work, case, answer_by)
    return case


def _wait(work: Work, case: Case, answer_by: date | None) -> None:
    case.state = State.AWAITING_COMPLETION
    day = answer_by.isoformat() if answer_by else None
    note_event(work, case, "completion_asked", public=True, answer_by=day)
    notices.tell(work, case, "completion-requested")
    work.tell(CaseChanged(case.id, case.status))


def _wanted(work: Work, case: Case, asked: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    document = catalogue.version_document(work.session, case.version_id)
    whys = dict(asked)
    if set(whys) - {question.key for question in document.questions}:
        raise Invalid("unknown-question")
    if any(not why.strip() for why in whys.values()):
        raise Invalid("say-why")
    return [
        {"question": question.key, "why": whys[question.key].strip()[:LONGEST_WHY]}
        for question in document.questions
        if question.key in whys
    ]


def waited_for(session: Session, case: Case) -> Completion | None:
    """The request that a case waits for an answer to, if it waits for one."""
    if case.state != State.AWAITING_COMPLETION:
        return None
    query = select(Completion).where(
        Completion.case_id == case.id,
        Completion.answered_at.is_(None),
        Completion.expired_at.is_(None),
    )
    return session.scalar(query.order_by(Completion.asked_at.desc(), Completion.id).limit(1))


def is_just_answered(session: Session, case: Case, at: datetime) -> bool:
    """Whether the party has completed a case at this very moment."""
    query = select(Completion.id).where(Completion.case_id == case.id, Completion.answered_at == at)
    return session.scalar(query.limit(1)) is not None


def call_off(work: Work, case: Case) -> None:
    """Nobody waits for the answer any more: the case has been moved on without it, or has ended."""
    asked = waited_for(work.session, case)
    if asked is not None:
        asked.expired_at = work.now


def last_days(session: Session, cases: Sequence[Case]) -> dict[UUID, date]:
    """The last day to answer in each of those cases that wait and have one, asked for at once."""
    waiting = [each.id for each in cases if each.state == State.AWAITING_COMPLETION]
    if not waiting:
        return {}
    rows = session.execute(
        select(Completion.case_id, Completion.answer_by)
        .where(Completion.case_id.in_(waiting), Completion.answer_by.is_not(None))
        .order_by(Completion.asked_at)
    )
    return {case_id: day for case_id, day in rows if day is not None}


def of_case(session: Session, case_id: UUID) -> dict[UUID, Completion]:
    """All requests of a case, by the message that told of each."""
    query = select(Completion).where(Completion.case_id == case_id).order_by(Completion.asked_at)
    return {found.id: found for found in session.scalars(query.limit(200))}


def page_of(document: ServiceDocument, completion: Completion) -> Page:
    """The page that the party is shown: the questions that fail, and no others."""
    wanted = {each["question"] for each in completion.asked}
    questions = tuple(question for question in document.questions if question.key in wanted)
    return Page(key=PAGE, title=TITLE, questions=questions)


def answer(
    work: Work,
    case: Case,
    stored: Mapping[str, Any],
    body: str = "",
    message_id: UUID | None = None,
) -> Case:
    """Take in the answers to a request, as its party; what they were before is kept.

    The caller has locked the case, made sure whose it is, and validated the answers by the form
    of `page_of`. Raises Conflict when the case waits for nothing any more.
    """
    check(case.state, Step.COMPLETE)
    completion = waited_for(work.session, case)
    if completion is None:
        raise Conflict("nothing-asked")
    asked = {each["question"] for each in completion.asked}
    corrections.put(
        work,
        case,
        {key: value for key, value in stored.items() if key in asked},
        completion_id=completion.id,
    )
    if body.strip():
        add_message(work, case, FROM_RESIDENT, body, message_id)
    case.unread_by_desk = True
    close(work, case, completion)
    return case


def close(work: Work, case: Case, completion: Completion | None) -> None:
    """The answer has come: the case goes on."""
    if completion is not None:
        completion.answered_at = work.now
    go_on(work, case)
    note_event(work, case, "completed", public=True)
    work.tell(CaseChanged(case.id, case.status))


def go_on(work: Work, case: Case) -> None:
    """Work goes on where it was.

    Asking for completion leaves the service's own status as it was, unless that status itself
    means waiting; then work goes on at the first status that means work.
    """
    statuses = catalogue.version_document(work.session, case.version_id).statuses
    status = next(each for each in statuses if each.key == case.status)
    if State(status.state) is State.AWAITING_COMPLETION:
        working = (each for each in statuses if State(each.state) is State.IN_PROGRESS)
        status = next(working, statuses[0])
    case.state, case.status = State(status.state), status.key


def follow_up(work: Work) -> int:
    """Job: remind in time, and take the next step where the day has passed; returns how many."""
    today = local_day(work.now)
    due = work.session.scalars(
        select(Completion)
        .where(
            Completion.answered_at.is_(None),
            Completion.expired_at.is_(None),
            Completion.answer_by <= today + REMIND_BEFORE,
        )
        .order_by(Completion.answer_by, Completion.id)
        .limit(AT_ONCE)
    )
    count = 0
    for completion in list(due):
        count += _followed_up(work, completion, today)
    return count


def _followed_up(work: Work, completion: Completion, today: date) -> bool:
    case = locked(work, completion.case_id)
    work.session.refresh(completion)
    if completion.answered_at or completion.expired_at or completion.answer_by is None:
        return False
    if case.state != State.AWAITING_COMPLETION:
        completion.expired_at = work.now
        return False
    if completion.answer_by < today:
        _expire(work, case, completion, today)
        return True
    if completion.reminded_at is None and local_day(completion.asked_at) < today:
        completion.reminded_at = work.now
        note_event(work, case, "completion_reminded", public=True)
        notices.tell(work, case, "completion-reminder")
        return True
    return False


def _expire(work: Work, case: Case, completion: Completion, today: date) -> None:
    completion.expired_at = work.now
    go_on(work, case)
    case.unread_by_desk = True
    note_event(work, case, "completion_expired", public=True, next_step=completion.next_step)
    tasks.ask(work, case, EXPIRED, due_on=today, next_step=completion.next_step)
    notices.tell(work, case, "case-updated")
    work.tell(CaseChanged(case.id, case.status))
