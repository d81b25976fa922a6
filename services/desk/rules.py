"""To whom cases go by themselves: rules by answers and by status, edited at the desk."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.access.rules import require
from services.audit.log import record
from services.cases import assignment
from services.cases.changing import locked
from services.cases.events import CaseChanged, CaseReceived
from services.cases.lifecycle import Step, is_possible
from services.cases.models import Case
from services.desk import load
from services.desk.models import AssignmentRule
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Invalid, NotFound
from services.kernel.work import Actor, Work
from services.organisation import queries as organisation
from services.organisation.commands import LEAD
from services.organisation.models import Team

MOST = 200


def add(
    work: Work,
    authority_id: UUID,
    service_id: UUID,
    *,
    to: UUID,
    status: str | None = None,
    attribute: tuple[str, str] | None = None,
) -> AssignmentRule:
    """Set a rule last among those of its service. `to` is a handler or a team of the authority."""
    require(work, LEAD, authority_id)
    team = work.session.get(Team, to)
    if team is not None and team.authority_id != authority_id:
        raise Invalid("not-a-team-there")
    today = local_day(work.now)
    if team is None and to not in organisation.handlers(work.session, authority_id, today):
        raise Invalid("not-a-handler-there")
    rule = AssignmentRule(
        id=new_id(),
        authority_id=authority_id,
        service_id=service_id,
        position=len(of_service(work.session, service_id)) + 1,
        status=status,
        attribute=attribute[0] if attribute else None,
        value=attribute[1] if attribute else None,
        person_id=None if team else to,
        team_id=to if team else None,
        made_by_id=work.actor.person_id,
        made_at=work.now,
        retired_at=None,
    )
    work.session.add(rule)
    record(work, "assignment-rule:add", rule.id)
    return rule


def retire(work: Work, rule_id: UUID) -> None:
    """Let a rule apply no more."""
    rule = work.session.get(AssignmentRule, rule_id)
    if rule is None or not work.actor.works_in(rule.authority_id):
        raise NotFound("assignment-rule")
    require(work, LEAD, rule.authority_id)
    rule.retired_at = rule.retired_at or work.now
    record(work, "assignment-rule:retire", rule.id)


def of(session: Session, actor: Actor) -> list[AssignmentRule]:
    """The rules of the actor's authorities, service by service, in the order in which they are tried."""
    query = select(AssignmentRule).where(
        AssignmentRule.authority_id.in_(list(actor.authorities)),
        AssignmentRule.retired_at.is_(None),
    )
    order = (AssignmentRule.service_id, AssignmentRule.position, AssignmentRule.id)
    return list(session.scalars(query.order_by(*order).limit(MOST)))


def of_service(session: Session, service_id: UUID) -> list[AssignmentRule]:
    """The rules of one service, in the order in which they are tried."""
    query = select(AssignmentRule).where(
        AssignmentRule.service_id == service_id, AssignmentRule.retired_at.is_(None)
    )
    rows = query.order_by(AssignmentRule.position, AssignmentRule.id).limit(MOST)
    return list(session.scalars(rows))


def case_received(work: Work, event: CaseReceived) -> None:
    """Distribute a case that has come in."""
    _apply(work, event.case_id, None)


def case_changed(work: Work, event: CaseChanged) -> None:
    """Distribute a case that has got a status for which there is a rule."""
    _apply(work, event.case_id, event.status)


def _apply(work: Work, case_id: UUID, status: str | None) -> None:
    case = work.session.get_one(Case, case_id)
    # A rule for what comes in takes no case from whoever was quicker.
    taken = status is None and case.handler_id is not None
    if taken or not is_possible(case.state, Step.TAKE):
        return
    rules = [each for each in of_service(work.session, case.service_id) if each.status == status]
    for rule in rules:
        fits = rule.authority_id == case.authority_id and _holds(rule, case.attributes)
        if fits and _distribute(work, case, rule):
            return


def _holds(rule: AssignmentRule, attributes: dict[str, Any]) -> bool:
    if rule.attribute is None:
        return True
    held = attributes.get(rule.attribute)
    return rule.value in held if isinstance(held, list) else str(held) == rule.value


def _distribute(work: Work, case: Case, rule: AssignmentRule) -> bool:
    if rule.team_id is None:
        assert rule.person_id is not None
        return assignment.distribute(work, case, rule.person_id)
    assignment.put_to_team(work, locked(work, case.id), rule.team_id)
    members = organisation.members(work.session, {rule.team_id})[rule.team_id]
    return any(
        assignment.distribute(work, case, each)
        for each in load.lightest_first(work.session, members, local_day(work.now))
    )
