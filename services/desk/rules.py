"""To whom cases go by themselves: rules by answers and by status.

Those that who leads the work has set at the desk come first, for they know who is there; then
those of the service's own document. A case goes by the first that fits and can be followed.
"""

from collections.abc import Sequence
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
from services.catalogue import queries as catalogue
from services.desk import load
from services.desk.models import AssignmentRule
from services.forms.assigning import AssignmentRule as DocumentRule
from services.forms.assigning import Receiver
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Invalid, NotFound
from services.kernel.work import Actor, Duty, Work
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
    if not _by_the_desk(work, case, status):
        _by_the_document(work, case, status)


def _by_the_desk(work: Work, case: Case, status: str | None) -> bool:
    rules = [each for each in of_service(work.session, case.service_id) if each.status == status]
    return any(
        _distribute(work, case, rule)
        for rule in rules
        if rule.authority_id == case.authority_id and _holds(rule, case.attributes)
    )


def _by_the_document(work: Work, case: Case, status: str | None) -> bool:
    document = catalogue.version_document(work.session, case.version_id)
    fitting = [rule for rule in document.assignment if rule.fits(status, case.answers)]
    if not fitting:
        return False
    home = organisation.authority_by_code(work.session, document.authority)
    # What has been handed over to another authority goes by that one's rules alone.
    return home.id == case.authority_id and any(_follow(work, case, rule) for rule in fitting)


def _holds(rule: AssignmentRule, attributes: dict[str, Any]) -> bool:
    if rule.attribute is None:
        return True
    held = attributes.get(rule.attribute)
    return rule.value in held if isinstance(held, list) else str(held) == rule.value


def _distribute(work: Work, case: Case, rule: AssignmentRule) -> bool:
    if rule.team_id is None:
        assert rule.person_id is not None
        return assignment.distribute(work, case, rule.person_id, str(rule.id))
    assignment.put_to_team(work, locked(work, case.id), rule.team_id, rule=str(rule.id))
    return _to_the_lightest(work, case, _members(work, rule.team_id), str(rule.id))


def _follow(work: Work, case: Case, rule: DocumentRule) -> bool:
    """Do what a rule of the document says; False where it names what is not there any more."""
    to, team = rule.to, None
    if to.team is not None:
        team = organisation.team_by_name(work.session, case.authority_id, to.team)
        if team is None:
            return False
    if to.unit is not None:
        try:
            assignment.move_to_unit(work, locked(work, case.id), to.unit, rule.key)
        except Invalid:
            return False
    if team is not None:
        assignment.put_to_team(work, locked(work, case.id), team.id, rule=rule.key)
    able = _able(work, case, to, team)
    # Whoever has the case already and is one of them keeps it.
    led = case.handler_id in able or _to_the_lightest(work, case, able, rule.key)
    return led or team is not None or to.unit is not None


def _able(work: Work, case: Case, to: Receiver, team: Team | None) -> list[UUID]:
    """Those of whom one becomes the handler; nobody where they shall take the case themselves."""
    if team is not None:
        return _members(work, team.id) if to.balance else []
    if to.duty is None:
        return []
    today = local_day(work.now)
    return organisation.holders(work.session, case.authority_id, (Duty(to.duty),), today)


def _members(work: Work, team_id: UUID) -> list[UUID]:
    return organisation.members(work.session, {team_id})[team_id]


def _to_the_lightest(work: Work, case: Case, able: Sequence[UUID], rule: str) -> bool:
    return any(
        assignment.distribute(work, case, each, rule)
        for each in load.lightest_first(work.session, able, local_day(work.now))
    )
