"""Writing a decision, putting it to the committee, and making it."""

from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.access.rules import Action, require
from services.audit.log import record
from services.cases import commands as cases
from services.cases.changing import note_event
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.decisions import delegation, notices, policy, queries
from services.decisions.events import DecisionMade
from services.decisions.models import Communication, Decision, DecisionSeries, Stage
from services.forms.deciding import DecisionType
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.work import Work
from services.organisation.models import Authority

# What is fully in the party's favour need not be explained (FL 32 §) nor communicated (25 §).
FAVOURABLE = frozenset({"granted", "registered", "done"})
LONGEST = 50_000


@dataclass(frozen=True)
class Wording:
    """What a decision says: the decision itself, why, on which conditions, and for how long.

    `communication` says how 25 § was met; `amount_ore` is a sum granted, in öre.
    """

    says: str
    reasons: str = ""
    conditions: str = ""
    dissent: str = ""
    participants: str = ""
    communication: str = Communication.FAVOURABLE
    amount_ore: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    immediate: bool = False


def _for_change(work: Work, decision_id: UUID, what: Action) -> tuple[Decision, Case]:
    query = select(Decision).where(Decision.id == decision_id).with_for_update()
    decision = work.session.scalar(query.execution_options(populate_existing=True))
    if decision is None:
        raise NotFound("decision")
    case = work.session.get_one(Case, decision.case_id)
    require(work, what, case)
    return decision, case


def write(work: Work, case_id: UUID, status: str, wording: Wording) -> Decision:
    """Write a decision that leads to one of the service's statuses; nothing is decided yet.

    A case has one such draft; writing again replaces what it says. Raises NotFound when the
    service has no such decision, Conflict when the draft lies before the committee, and
    Invalid when something in it is missing or too long.
    """
    case = work.session.get(Case, case_id)
    if case is None:
        raise NotFound("case")
    require(work, policy.WRITE, case)
    kind = queries.type_of(work.session, case, status)
    _check_wording(wording)
    decision = queries.draft_of_case(work.session, case.id)
    if decision is None:
        decision = Decision(id=new_id(), case_id=case.id, authority_id=case.authority_id)
        decision.stage, decision.written_by_id = Stage.DRAFT, _me(work)
        work.session.add(decision)
    elif decision.stage != Stage.DRAFT:
        raise Conflict("decision-before-committee")
    _say(work, decision, case, kind, wording)
    record(work, "decision:write", decision.id, case=str(case.id))
    return decision


def _check_wording(wording: Wording) -> None:
    if not wording.says.strip():
        raise Invalid("decision-says-nothing")
    for each in fields(wording):
        value = getattr(wording, each.name)
        if isinstance(value, str) and len(value) > LONGEST:
            raise Invalid("decision-too-long", field=each.name, limit=LONGEST)
    if wording.valid_from and wording.valid_to and wording.valid_to < wording.valid_from:
        raise Invalid("decision-ends-before-it-begins")


def _say(work: Work, decision: Decision, case: Case, kind: DecisionType, wording: Wording) -> None:
    document = catalogue.version_document(work.session, case.version_id)
    outcome = next(each.outcome for each in document.statuses if each.key == kind.status)
    decision.status, decision.outcome = kind.status, outcome or "done"
    decision.regime, decision.instance, decision.law = kind.regime, kind.instance, dict(kind.law)
    for each in fields(wording):
        setattr(decision, each.name, getattr(wording, each.name))
    decision.presenter_id = _me(work)


def _me(work: Work) -> UUID:
    if work.actor.person_id is None:
        raise NotFound("person")
    return work.actor.person_id


def drop(work: Work, decision_id: UUID) -> None:
    """Throw away a draft, or take a proposal back. Raises Conflict for one that is made."""
    decision, _ = _for_change(work, decision_id, policy.WRITE)
    if decision.stage not in (Stage.DRAFT, Stage.PROPOSED):
        raise Conflict("decision-made")
    decision.stage = Stage.DROPPED
    record(work, "decision:drop", decision.id)


def propose(work: Work, decision_id: UUID) -> Decision:
    """Put a draft to the committee as a proposal (tjänsteskrivelse). Raises Conflict when it is
    not a draft, and Invalid when it lacks what the law asks for."""
    decision, case = _for_change(work, decision_id, policy.WRITE)
    if decision.stage != Stage.DRAFT:
        raise Conflict("decision-not-draft", stage=decision.stage)
    _check_law(work, decision)
    decision.stage = Stage.PROPOSED
    note_event(work, case, "decision_proposed", public=True)
    return decision


def decide(work: Work, decision_id: UUID, *, seen: int | None = None) -> Decision:
    """Make a draft a decision by delegation.

    Raises NotAllowed when the actor does not hold the point or handles a matter of one's own
    (FL 16 §), Conflict when the draft has changed since it was read (`seen`) or only the
    committee may decide it, and Invalid when reasons (32 §) or communication (25 §) are missing.
    """
    decision, case = _for_change(work, decision_id, policy.MAKE)
    if decision.stage != Stage.DRAFT:
        raise Conflict("decision-not-draft", stage=decision.stage)
    if seen is not None and seen != decision.revision:
        raise Conflict("decision-changed-meanwhile")
    if is_the_committees(work, decision):
        raise Conflict("decision-is-the-committees")
    kind = queries.type_of(work.session, case, decision.status)
    today = local_day(work.now)
    point = delegation.point(work.session, case.authority_id, kind.point, today)
    delegation.require_held(
        work, point, today, outcome=decision.outcome, amount_ore=decision.amount_ore
    )
    decision.point_id, decision.decided_by_id = point.id, _me(work)
    return _make(work, decision, case)


def is_the_committees(work: Work, decision: Decision) -> bool:
    """Whether delegation does not reach this decision, by the service and the answers."""
    case = work.session.get_one(Case, decision.case_id)
    kind = queries.type_of(work.session, case, decision.status)
    return kind.is_the_committees(case.answers)


def enter_minutes(
    work: Work, decision_id: UUID, *, minutes: str, met_on: date, participants: str = ""
) -> Decision:
    """Enter that the committee has decided as proposed, with the paragraph of its minutes.

    Raises Conflict when nothing lies before the committee, and Invalid without a paragraph.
    """
    decision, case = _for_change(work, decision_id, policy.ENTER_MINUTES)
    if decision.stage != Stage.PROPOSED:
        raise Conflict("decision-not-proposed", stage=decision.stage)
    if not minutes.strip():
        raise Invalid("decision-without-paragraph")
    if met_on > local_day(work.now):
        raise Invalid("decision-in-the-future")
    decision.minutes = minutes.strip()
    decision.participants = participants or decision.participants
    return _make(work, decision, case, on=met_on)


def _make(work: Work, decision: Decision, case: Case, *, on: date | None = None) -> Decision:
    _check_law(work, decision)
    number = _next_number(work, decision)
    decision.stage, decision.number = Stage.DECIDED, number
    decision.decided_at, decision.decided_on = work.now, on or local_day(work.now)
    if decision.replaces_id is None:
        cases.decided(work, case.id, decision.status)
    notices.send(work, decision, case)
    record(work, "decision:make", decision.id, case=str(case.id), number=decision.number)
    work.tell(DecisionMade(decision.id, case.id))
    return decision


def _check_law(work: Work, decision: Decision) -> None:
    if decision.outcome in FAVOURABLE and not decision.conditions.strip():
        return
    if not decision.reasons.strip():
        raise Invalid("decision-without-reasons")
    if decision.communication == Communication.FAVOURABLE:
        raise Invalid("decision-not-communicated")
    if decision.communication == Communication.DONE and not queries.is_communicated(
        work.session, decision.case_id, local_day(work.now)
    ):
        raise Invalid("decision-not-communicated")


def _next_number(work: Work, decision: Decision) -> str:
    year = local_day(work.now).year
    taken = (
        insert(DecisionSeries)
        .values(authority_id=decision.authority_id, year=year, last=1)
        .on_conflict_do_update(
            index_elements=["authority_id", "year"], set_={"last": DecisionSeries.last + 1}
        )
        .returning(DecisionSeries.last)
    )
    last = work.session.scalar(taken)
    code = work.session.scalar(select(Authority.code).where(Authority.id == decision.authority_id))
    return f"{code} D {year}/{last}"


def replace(work: Work, decision_id: UUID, wording: Wording, *, how: str) -> Decision:
    """Correct an obvious slip (FL 36 §, `corrected`) or change a decision (37–38 §§, `changed`).

    The new decision is made at once by who holds the point, gets a number of its own, and the
    old one stays as it was. Raises Conflict when the old one is not the one in force.
    """
    old, case = _for_change(work, decision_id, policy.MAKE)
    if old.stage != Stage.DECIDED:
        raise Conflict("decision-not-in-force")
    if how not in ("corrected", "changed"):
        raise ValueError(how)
    _check_wording(wording)
    kind = queries.type_of(work.session, case, old.status)
    today = local_day(work.now)
    new = Decision(id=new_id(), case_id=case.id, authority_id=case.authority_id)
    new.stage, new.written_by_id, new.decided_by_id = Stage.DRAFT, _me(work), _me(work)
    new.replaces_id, new.replacement, new.minutes = old.id, how, None
    _say(work, new, case, kind, wording)
    point = delegation.point(work.session, case.authority_id, kind.point, today)
    delegation.require_held(work, point, today, outcome=new.outcome, amount_ore=new.amount_ore)
    new.point_id = point.id
    work.session.add(new)
    old.stage = Stage.REPLACED
    return _make(work, new, case)


def report(work: Work, authority_id: UUID, until: date, meeting_on: date) -> int:
    """Mark the delegated decisions until a day as reported at a meeting (KL 6 kap. 40 §).

    Returns how many. Raises NotAllowed for others than the authority's own registrars and managers.
    """
    require(work, policy.REPORT, authority_id)
    found = queries.to_report(work.session, work.actor, authority_id, until)
    for decision in found:
        decision.reported_on = meeting_on
    record(work, "decision:report", authority_id, count=len(found), meeting=meeting_on.isoformat())
    return len(found)


def posted(work: Work, decision_id: UUID, on: date) -> Decision:
    """Note the day when the decision, or the minutes that report it, was announced on the board."""
    decision, _ = _for_change(work, decision_id, policy.WRITE)
    if not decision.is_made:
        raise Conflict("decision-not-made")
    if on > local_day(work.now):
        raise Invalid("decision-in-the-future")
    decision.posted_on = on
    record(work, "decision:posted", decision.id, on=on.isoformat())
    return decision
