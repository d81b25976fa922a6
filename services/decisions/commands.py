"""Writing a decision, putting it to the committee, and making it."""

from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.access.rules import Action, require
from services.audit.log import record
from services.cases import commands as cases
from services.cases import investigation
from services.cases.changing import note_event
from services.cases.events import CaseChanged
from services.cases.lifecycle import Step, check
from services.cases.models import Case, State
from services.catalogue import queries as catalogue
from services.deadlines import commands as deadlines
from services.decisions import delegation, notices, policy, queries
from services.decisions.events import DecisionMade
from services.decisions.models import About, Communication, Decision, DecisionSeries, Stage
from services.forms.deciding import DecisionType
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.work import Work
from services.organisation.models import Authority

# What is fully in the party's favour need not be explained (FL 32 §) nor communicated (25 §).
FAVOURABLE = frozenset({"granted", "registered", "done"})
LONGEST = 50_000
# The point of every delegation order by which a request to decide is refused (FL 12 §).
REFUSES_REQUESTS = "FL 12"


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


def for_change(work: Work, decision_id: UUID, what: Action) -> tuple[Decision, Case]:
    """A decision, locked, with its case, for whoever may do this. Raises NotFound, NotAllowed."""
    query = select(Decision).where(Decision.id == decision_id).with_for_update()
    decision = work.session.scalar(query.execution_options(populate_existing=True))
    if decision is None:
        raise NotFound("decision")
    case = work.session.get_one(Case, decision.case_id)
    require(work, what, case)
    return decision, case


def write(
    work: Work, case_id: UUID, status: str, wording: Wording, *, seen: int | None = None
) -> Decision:
    """Write a decision that leads to one of the service's statuses; nothing is decided yet.

    A case has one such draft; writing again replaces what it says. Raises NotFound when the
    service has no such decision, Conflict when the draft lies before the committee or has changed
    since it was shown (`seen`: its revision, or 0 when there was none) or the case is withdrawn, and
    Invalid when something in it is missing or too long.
    """
    case = work.session.get(Case, case_id)
    if case is None:
        raise NotFound("case")
    require(work, policy.WRITE, case)
    check(case.state, Step.SET_STATUS)
    kind = queries.type_of(work.session, case, status)
    check_wording(wording)
    decision = queries.draft_of_case(work.session, case.id)
    if seen is not None and seen != (decision.revision if decision else 0):
        raise Conflict("decision-changed-meanwhile")
    if decision is None:
        decision = Decision(id=new_id(), case_id=case.id, authority_id=case.authority_id)
        decision.stage, decision.written_by_id = Stage.DRAFT, me(work)
        work.session.add(decision)
    elif decision.stage != Stage.DRAFT:
        raise Conflict("decision-before-committee")
    put_in_words(work, decision, case, kind, wording)
    record(work, "decision:write", decision.id, case=str(case.id))
    return decision


def check_wording(wording: Wording) -> None:
    """Raises Invalid for a wording that says nothing, is too long, or ends before it begins."""
    if not wording.says.strip():
        raise Invalid("decision-says-nothing")
    for each in fields(wording):
        value = getattr(wording, each.name)
        if isinstance(value, str) and len(value) > LONGEST:
            raise Invalid("decision-too-long", field=each.name, limit=LONGEST)
    if wording.valid_from and wording.valid_to and wording.valid_to < wording.valid_from:
        raise Invalid("decision-ends-before-it-begins")


def put_in_words(
    work: Work, decision: Decision, case: Case, kind: DecisionType, wording: Wording
) -> None:
    """Lay a wording over a decision that is not made yet, with what the service says of its kind."""
    document = catalogue.version_document(work.session, case.version_id)
    outcome = next(each.outcome for each in document.statuses if each.key == kind.status)
    decision.status, decision.outcome = kind.status, outcome or "done"
    decision.regime, decision.instance, decision.law = kind.regime, kind.instance, dict(kind.law)
    for each in fields(wording):
        setattr(decision, each.name, getattr(wording, each.name))
    decision.presenter_id = me(work)


def me(work: Work) -> UUID:
    """Who acts. Raises NotFound for whoever is nobody."""
    if work.actor.person_id is None:
        raise NotFound("person")
    return work.actor.person_id


def drop(work: Work, decision_id: UUID) -> None:
    """Throw away a draft, or take a proposal back. Raises Conflict for one that is made."""
    decision, _ = for_change(work, decision_id, policy.WRITE)
    if decision.stage not in (Stage.DRAFT, Stage.PROPOSED):
        raise Conflict("decision-made")
    decision.stage = Stage.DROPPED
    record(work, "decision:drop", decision.id)


def case_changed(work: Work, event: CaseChanged) -> None:
    """What was to be decided in a case that is withdrawn is decided no more."""
    case = work.session.get_one(Case, event.case_id)
    draft = queries.draft_of_case(work.session, case.id)
    if case.state == State.WITHDRAWN and draft is not None:
        draft.stage = Stage.DROPPED
        record(work, "decision:drop", draft.id)


def propose(work: Work, decision_id: UUID) -> Decision:
    """Put a draft to the committee as a proposal (tjänsteskrivelse). Raises Conflict when it is
    not a draft, and Invalid when it lacks what the law asks for."""
    decision, case = for_change(work, decision_id, policy.WRITE)
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
    decision, case = for_change(work, decision_id, policy.MAKE)
    if decision.stage != Stage.DRAFT:
        raise Conflict("decision-not-draft", stage=decision.stage)
    if seen is not None and seen != decision.revision:
        raise Conflict("decision-changed-meanwhile")
    if is_the_committees(work, decision):
        raise Conflict("decision-is-the-committees")
    today = local_day(work.now)
    code = _point_of(work, decision, case)
    point = delegation.point(work.session, case.authority_id, code, today)
    delegation.require_held(
        work, point, today, outcome=decision.outcome, amount_ore=decision.amount_ore
    )
    decision.point_id, decision.decided_by_id = point.id, me(work)
    return make_it(work, decision, case)


def _point_of(work: Work, decision: Decision, case: Case) -> str:
    if decision.about == About.REQUEST:
        return REFUSES_REQUESTS
    return queries.type_of(work.session, case, decision.status).point


def is_the_committees(work: Work, decision: Decision) -> bool:
    """Whether delegation does not reach this decision, by the service and the answers."""
    if decision.about == About.REQUEST:
        return False
    case = work.session.get_one(Case, decision.case_id)
    kind = queries.type_of(work.session, case, decision.status)
    return kind.is_the_committees(case.answers)


def enter_minutes(
    work: Work, decision_id: UUID, *, minutes: str, met_on: date, participants: str = ""
) -> Decision:
    """Enter that the committee has decided as proposed, with the paragraph of its minutes.

    Raises Conflict when nothing lies before the committee, and Invalid without a paragraph.
    """
    decision, case = for_change(work, decision_id, policy.ENTER_MINUTES)
    if decision.stage != Stage.PROPOSED:
        raise Conflict("decision-not-proposed", stage=decision.stage)
    if not minutes.strip():
        raise Invalid("decision-without-paragraph")
    if met_on > local_day(work.now):
        raise Invalid("decision-in-the-future")
    decision.minutes = minutes.strip()
    decision.participants = participants or decision.participants
    return make_it(work, decision, case, on=met_on)


def make_it(work: Work, decision: Decision, case: Case, *, on: date | None = None) -> Decision:
    """Make a decision by the law (FL 31–33 §§): numbered, dated and told to the party."""
    _check_law(work, decision)
    number = _next_number(work, decision)
    decision.stage, decision.number = Stage.DECIDED, number
    decision.decided_at, decision.decided_on = work.now, on or local_day(work.now)
    if decision.about == About.REQUEST:
        deadlines.request_refused(work, case)
        note_event(work, case, "request_refused", public=True, number=number)
    elif decision.replaces_id is None:
        cases.decided(work, case.id, decision.status)
    notices.send(work, decision, case)
    record(work, "decision:make", decision.id, case=str(case.id), number=decision.number)
    work.tell(DecisionMade(decision.id, case.id))
    return decision


def _check_law(work: Work, decision: Decision) -> None:
    case = work.session.get_one(Case, decision.case_id)
    # A slip is corrected without looking into the whole matter again, and who says that it
    # cannot be decided yet need not have done so.
    is_the_matter = decision.replaces_id is None and decision.about != About.REQUEST
    if is_the_matter and investigation.left(work.session, case):
        raise Invalid("investigation-not-done")
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
    decision, _ = for_change(work, decision_id, policy.WRITE)
    if not decision.is_made:
        raise Conflict("decision-not-made")
    if on > local_day(work.now):
        raise Invalid("decision-in-the-future")
    decision.posted_on = on
    record(work, "decision:posted", decision.id, on=on.isoformat())
    return decision
