"""How long a closed case is kept, what may be disposed of now, and what stands in the way."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Integer, cast, func, or_, select
from sqlalchemy.orm import Session

from services.access.rules import require
from services.cases import policy
from services.cases.changing import for_change, note_event
from services.cases.desk_models import CaseLink
from services.cases.models import Case, State
from services.catalogue import queries as catalogue
from services.catalogue.models import Service, ServiceVersion
from services.decisions.models import Appeal, Decision, Stage
from services.decisions.regimes import is_appealable
from services.forms.definition import Retention
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.work import Actor, Work
from services.payments import queries as payments
from services.payments.models import OrderState
from services.records.models import Disposal, LegalHold

ENDED = (State.CLOSED, State.WITHDRAWN)
GROUNDS = ("request", "appeal", "audit", "dispute")
REQUESTS = "begara-allman-handling"
WHOLE = "case"
MOST = 200


@dataclass(frozen=True)
class Due:
    """A case of which something may go: all of it (WHOLE) or some kinds of documents.

    `holds` are why it may not go now; `is_decided` is False where the rule is an example only.
    """

    case: Case
    kinds: frozenset[str]
    rule: str
    since: date
    is_decided: bool
    holds: tuple[str, ...]

    @property
    def may_go(self) -> bool:
        """Whether a registrar can dispose of it now."""
        return self.is_decided and not self.holds


def earliest(case: Case, years: int) -> date | None:
    """The first day on which the case may be disposed of: after so many whole years from its closing.

    None while the case is open.
    """
    if case.closed_at is None:
        return None
    closed = local_day(case.closed_at)
    if (closed.month, closed.day) == (2, 29):
        closed += timedelta(days=1)
    return closed.replace(year=closed.year + years) + timedelta(days=1)


def due(session: Session, actor: Actor, today: date) -> list[Due]:
    """What may be disposed of by its service's rule, the longest closed first, at most two hundred.

    Nothing changes: this is the dry run, and the preview of a real one.
    """
    years = ServiceVersion.document["retention"]["years"].astext
    over = Case.closed_at + func.make_interval(cast(years, Integer)) < today
    early = ServiceVersion.document["retention"]["documents"].astext.is_not(None)
    rows = session.scalars(
        select(Case)
        .join(ServiceVersion, ServiceVersion.id == Case.version_id)
        .where(
            policy.visible_at_desk(actor),
            Case.state.in_(ENDED),
            Case.closed_at.is_not(None),
            or_(over, early),
        )
        .order_by(Case.closed_at, Case.id)
        .limit(MOST)
    )
    found = [of_case(session, case, today) for case in rows]
    return [each for each in found if each is not None]


def of_case(session: Session, case: Case, today: date) -> Due | None:
    """What of one ended case may go today by its rule; None when nothing may."""
    rule = catalogue.version_document(session, case.version_id).retention
    kinds = _kinds(session, case, rule, today)
    if case.state not in ENDED or not kinds:
        return None
    years = rule.years if WHOLE in kinds else min((rule.documents or {}).values())
    since = earliest(case, years or 0)
    assert since is not None
    said = ", ".join(sorted(kinds)) + f": {years} år efter avslut"
    return Due(case, kinds, said, since, not rule.example, tuple(holds(session, case)))


def _kinds(session: Session, case: Case, rule: Retention, today: date) -> frozenset[str]:
    if rule.years is not None and _is_over(case, rule.years, today):
        return frozenset({WHOLE})
    gone = session.scalars(
        select(Disposal.removed).where(Disposal.case_id == case.id, Disposal.kind == "disposed")
    ).all()
    before = {kind for each in gone for kind in each}
    over = {kind for kind, years in (rule.documents or {}).items() if _is_over(case, years, today)}
    return frozenset(over - before)


def _is_over(case: Case, years: int, today: date) -> bool:
    since = earliest(case, years)
    return since is not None and since <= today


def holds(session: Session, case: Case) -> list[str]:
    """Why nothing of the case may go: noted by somebody, appealed or not final, asked for, unpaid.

    JO 3434-2016: what somebody has asked to see is not destroyed while they wait.
    """
    noted = session.scalars(
        select(LegalHold.ground).where(LegalHold.case_id == case.id, LegalHold.lifted_at.is_(None))
    ).all()
    found = set(noted)
    if _is_contested(session, case.id):
        found.add("appeal")
    if _is_asked_for(session, case.id):
        found.add("request")
    if _is_unpaid(session, case.id):
        found.add("unpaid")
    return sorted(found)


def _is_unpaid(session: Session, case_id: UUID) -> bool:
    """Whoever owes something must be known until it is paid, cancelled or written off."""
    orders = payments.orders_of_owner(session, case_id)
    return any(each.state in (OrderState.OPEN, OrderState.PART_PAID) for each in orders)


def _is_contested(session: Session, case_id: UUID) -> bool:
    made = session.scalars(
        select(Decision).where(Decision.case_id == case_id, Decision.decided_at.is_not(None))
    ).all()
    # One that has been replaced never gains force: the new one does.
    standing = [each for each in made if each.stage != Stage.REPLACED]
    appeals = session.scalars(
        select(Appeal).where(Appeal.decision_id.in_([each.id for each in made]))
    ).all()
    revoked = {each.decision_id for each in appeals if each.result == "revoked"}
    if any(
        each.legal_force_on is None and is_appealable(each.regime) and each.id not in revoked
        for each in standing
    ):
        return True
    return any(each.is_open for each in appeals)


def _is_asked_for(session: Session, case_id: UUID) -> bool:
    other = Case.id.in_(
        select(CaseLink.other_id)
        .where(CaseLink.case_id == case_id)
        .union(select(CaseLink.case_id).where(CaseLink.other_id == case_id))
    )
    query = (
        select(Case.id)
        .join(Service, Service.id == Case.service_id)
        .where(other, Service.slug == REQUESTS, Case.state.not_in([*ENDED, State.DISPOSED]))
    )
    return session.scalar(query.limit(1)) is not None


def hold(work: Work, case_id: UUID, ground: str) -> LegalHold:
    """Stop the disposal of a case. Raises Conflict when it is stopped for the reason already."""
    case = for_change(work, case_id, policy.WORK_ON)
    if ground not in GROUNDS:
        raise Invalid("unknown-ground")
    query = select(LegalHold.id).where(
        LegalHold.case_id == case.id, LegalHold.ground == ground, LegalHold.lifted_at.is_(None)
    )
    if work.session.scalar(query) is not None:
        raise Conflict("held-already")
    made = LegalHold(
        id=new_id(),
        case_id=case.id,
        ground=ground,
        made_by_id=work.actor.person_id,
        made_at=work.now,
    )
    work.session.add(made)
    note_event(work, case, "disposal_stopped", public=False, ground=ground)
    return made


def noted(session: Session, case_id: UUID) -> list[LegalHold]:
    """What somebody has noted as a reason not to dispose of the case, oldest first."""
    query = select(LegalHold).where(LegalHold.case_id == case_id, LegalHold.lifted_at.is_(None))
    return list(session.scalars(query.order_by(LegalHold.made_at).limit(len(GROUNDS))))


def release(work: Work, hold_id: UUID) -> Case:
    """Let disposal go on, as the registrar or manager. Raises NotFound."""
    found = work.session.get(LegalHold, hold_id)
    if found is None or found.lifted_at is not None:
        raise NotFound("legal-hold")
    case = for_change(work, found.case_id, policy.WORK_ON)
    require(work, policy.LEAD, case)
    found.lifted_at, found.lifted_by_id = work.now, work.actor.person_id
    note_event(work, case, "disposal_released", public=False, ground=found.ground)
    return case


def counted(session: Session, today: date) -> dict[str, int]:
    """How many whole cases are past their time in each authority, for the nightly report."""
    years = ServiceVersion.document["retention"]["years"].astext
    rows = session.execute(
        select(Service.authority_code, func.count())
        .select_from(Case)
        .join(ServiceVersion, ServiceVersion.id == Case.version_id)
        .join(Service, Service.id == Case.service_id)
        .where(
            Case.state.in_(ENDED),
            Case.closed_at + func.make_interval(cast(years, Integer)) < today,
        )
        .group_by(Service.authority_code)
        .order_by(Service.authority_code)
        .limit(MOST)
    )
    return {row[0]: row[1] for row in rows}
