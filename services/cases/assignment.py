"""Who works on a case: its lead handler, those who help, and those who must not (jäv)."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.cases import policy
from services.cases.changing import for_change, locked, note_event
from services.cases.desk_models import CaseTask
from services.cases.lifecycle import Step, check
from services.cases.models import Case, CaseConflict, CaseHandler
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.kernel.work import Work
from services.organisation import queries as organisation
from services.organisation.models import Team

# Förvaltningslagen 16 § first paragraph, points 1 to 5.
GROUNDS = ("party", "related", "representative", "earlier", "other")


def take(work: Work, case_id: UUID) -> Case:
    """Become the case's handler; taking over from a colleague leaves a trace."""
    case = for_change(work, case_id, policy.WORK_ON)
    check(case.state, Step.TAKE)
    if case.handler_id == work.actor.person_id:
        return case
    before = case.handler_id
    case.handler_id = work.actor.person_id
    note_event(work, case, "taken", public=True, taken_over=before is not None, before=_id(before))
    return case


def assign(work: Work, case_id: UUID, person_id: UUID) -> Case:
    """Set a colleague to lead the work on a case.

    Raises Invalid for somebody who does not handle cases in its authority, and NotAllowed for
    somebody with jäv in it. Who is away gives way to their substitute.
    """
    case = for_change(work, case_id, policy.WORK_ON)
    check(case.state, Step.TAKE)
    _set_handler(work, case, present(work, case, person_id))
    return case


def distribute(work: Work, case: Case, person_id: UUID, rule: str) -> bool:
    """The same by a rule, when a case comes in or gets a status; tells whether it could be done."""
    try:
        _set_handler(work, locked(work, case.id), present(work, case, person_id), rule=rule)
    except (Invalid, NotAllowed):
        return False
    return True


def move_to_unit(work: Work, case: Case, unit_key: str, rule: str) -> None:
    """Let another unit of the same authority have a case, by a rule; the caller has locked it.

    Raises Invalid for another authority's unit.
    """
    if organisation.authority_of_unit(work.session, unit_key) != case.authority_id:
        raise Invalid("not-a-unit-there")
    if case.unit_key != unit_key:
        before, case.unit_key = case.unit_key, unit_key
        note_event(work, case, "unit_set", public=False, to=unit_key, before=before, rule=rule)


def _set_handler(work: Work, case: Case, person_id: UUID, **by: str) -> None:
    if case.handler_id == person_id:
        return
    before = case.handler_id
    case.handler_id = person_id
    case.unread_by_desk = True
    note_event(work, case, "assigned", public=True, to=str(person_id), before=_id(before), **by)


def present(work: Work, case: Case, person_id: UUID) -> UUID:
    """Who is to be set to the case when somebody is wanted: they, or the one who stands in.

    Raises Invalid("not-a-handler-there") and NotAllowed("conflict-of-interest").
    """
    today = local_day(work.now)
    stands_in = organisation.away(work.session, {person_id}, today).get(person_id)
    chosen = stands_in or person_id
    if chosen not in organisation.handlers(work.session, case.authority_id, today):
        raise Invalid("not-a-handler-there")
    if barred(case, chosen):
        raise NotAllowed("conflict-of-interest")
    return chosen


def barred(case: Case, person_id: UUID) -> bool:
    """Whether somebody must not work on the case: it is their own, or jäv is declared."""
    return is_own_of(case, person_id) or any(each.person_id == person_id for each in case.conflicts)


def is_own_of(case: Case, person_id: UUID) -> bool:
    """Whether the case is about somebody, or sent in by them."""
    return person_id in (case.acting_person_id, case.subject_person_id)


def put_back(work: Work, case_id: UUID) -> Case:
    """Leave a case without handler again, so that it can be distributed anew."""
    case = for_change(work, case_id, policy.WORK_ON)
    check(case.state, Step.TAKE)
    if case.handler_id is not None:
        before, case.handler_id = case.handler_id, None
        note_event(work, case, "put_back", public=False, before=_id(before))
    return case


def add_person(work: Work, case_id: UUID, person_id: UUID) -> Case:
    """Let a colleague work on the case too. Raises as `assign` does."""
    case = for_change(work, case_id, policy.WORK_ON)
    chosen = present(work, case, person_id)
    if chosen == case.handler_id or any(each.person_id == chosen for each in case.handlers):
        return case
    _add(work, case, CaseHandler(person_id=chosen))
    note_event(work, case, "handler_added", public=False, person=str(chosen))
    return case


def add_team(work: Work, case_id: UUID, team_id: UUID) -> Case:
    """Let a team of the same authority work on the case too."""
    case = for_change(work, case_id, policy.WORK_ON)
    put_to_team(work, case, team_id)
    return case


def put_to_team(work: Work, case: Case, team_id: UUID, **by: str) -> None:
    """Set a team to a case that the caller may change. Raises Invalid for another authority's."""
    team = work.session.get(Team, team_id)
    if team is None or team.authority_id != case.authority_id or team.dissolved_at is not None:
        raise Invalid("not-a-team-there")
    if all(each.team_id != team_id for each in case.handlers):
        _add(work, case, CaseHandler(team_id=team_id))
        note_event(work, case, "team_added", public=False, team=str(team_id), **by)


def _add(work: Work, case: Case, row: CaseHandler) -> None:
    row.id, row.case_id, row.added_by_id = new_id(), case.id, work.actor.person_id
    row.added_at = work.now
    work.session.add(row)
    # The policy reads the helpers anew from the database, also later in this transaction.
    work.session.flush()
    work.session.expire(case, ["handlers"])


def remove(work: Work, case_id: UUID, row_id: UUID) -> Case:
    """Take a helper or a team off the case."""
    case = for_change(work, case_id, policy.WORK_ON)
    row = next((each for each in case.handlers if each.id == row_id), None)
    if row is None:
        raise NotFound("case-handler")
    row.removed_at = work.now
    note_event(work, case, "handler_removed", public=False, person=_id(row.person_id))
    work.session.flush()
    work.session.expire(case, ["handlers"])
    return case


def declare_conflict(work: Work, case_id: UUID, person_id: UUID, ground: str) -> Case:
    """Declare jäv (förvaltningslagen 18 §): from now on the case is closed to that person.

    Everybody declares their own; who leads the work may declare a colleague's. The case goes
    back to be distributed if it was theirs.
    """
    ours = person_id == work.actor.person_id
    case = for_change(work, case_id, policy.READ_AT_DESK if ours else policy.LEAD)
    if ground not in GROUNDS:
        raise Invalid("unknown-ground")
    if any(each.person_id == person_id for each in case.conflicts):
        raise Conflict("conflict-declared-already")
    work.session.add(
        CaseConflict(
            id=new_id(),
            case_id=case.id,
            person_id=person_id,
            ground=ground,
            declared_by_id=work.actor.person_id,
            declared_at=work.now,
        )
    )
    if case.handler_id == person_id:
        case.handler_id = None
        case.unread_by_desk = True
    for helper in case.handlers:
        if helper.person_id == person_id:
            helper.removed_at = work.now
    _free_tasks(work, case, person_id)
    note_event(work, case, "conflict_declared", public=False, person=str(person_id), ground=ground)
    work.session.flush()
    work.session.expire(case, ["handlers", "conflicts"])
    return case


def _free_tasks(work: Work, case: Case, person_id: UUID) -> None:
    """What somebody with jäv was to do in the case is for a colleague to take up."""
    theirs = update(CaseTask).where(CaseTask.case_id == case.id, CaseTask.who_id == person_id)
    work.session.execute(theirs.where(CaseTask.done_at.is_(None)).values(who_id=None))


def lift_conflict(work: Work, case_id: UUID, person_id: UUID) -> Case:
    """Let somebody back to a case when the question of jäv has been tried (18 § third paragraph).

    Only who leads the work may, and nobody for oneself: the policy keeps the barred one out.
    """
    case = for_change(work, case_id, policy.LEAD)
    row = next((each for each in case.conflicts if each.person_id == person_id), None)
    if row is None:
        raise NotFound("case-conflict")
    row.lifted_at, row.lifted_by_id = work.now, work.actor.person_id
    note_event(work, case, "conflict_lifted", public=False, person=str(person_id))
    work.session.flush()
    work.session.expire(case, ["conflicts"])
    return case


def conflicts_of(
    session: Session, person_ids: Iterable[UUID], case_ids: Iterable[UUID]
) -> set[tuple[UUID, UUID]]:
    """Which of some persons have jäv in which of some cases, as (person, case)."""
    rows = session.execute(
        select(CaseConflict.person_id, CaseConflict.case_id)
        .where(
            CaseConflict.person_id.in_(list(person_ids)),
            CaseConflict.case_id.in_(list(case_ids)),
            CaseConflict.lifted_at.is_(None),
        )
        .limit(10_000)
    )
    return {(person_id, case_id) for person_id, case_id in rows}


def _id(person_id: UUID | None) -> str | None:
    return str(person_id) if person_id else None
