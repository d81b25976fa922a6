"""Appealing: handed in, tested for time, sent on, settled; and legal force when nobody appeals."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from services.access.rules import require
from services.audit.log import record
from services.cases import policy as case_policy
from services.cases.changing import note_event
from services.cases.models import Case
from services.decisions import queries, regimes
from services.decisions.arrival import HOWS, Arrival
from services.decisions.events import DecisionFinal
from services.decisions.models import Appeal, Decision, Stage
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.work import Role, Work

RESULTS = ("upheld", "changed", "revoked", "sent_back", "withdrawn")
AT_ONCE = 5000
LONGEST = 50_000
LONGEST_NAME = 200
# Why an appeal that came here too late is in time all the same (FL 45 § second paragraph).
EXCUSES = ("wrong_information", "higher_instance")


def appeal(work: Work, decision_id: UUID, body: str) -> Appeal:
    """Hand in an appeal as the party; it is taken in also when it is late (FL 43 and 45 §§).

    Raises Conflict when the decision cannot be appealed to us, and Invalid when nothing is said.
    """
    decision, case = _found(work, decision_id)
    require(work, case_policy.ACT_AS_PARTY, case)
    if is_misdirected(decision):
        raise Conflict("decision-not-appealed-here", regime=decision.regime)
    return _handed_in(work, decision, case, body, "web")


def register(
    work: Work,
    decision_id: UUID,
    body: str,
    channel: str,
    *,
    appellant: str = "",
    arrival: Arrival | None = None,
) -> Appeal:
    """Note at the desk an appeal that came by letter, e-mail or visit, from the party or another.

    One that should have gone straight to the court (KL 13 kap.) is taken in too, to be sent on
    (FL 8 §): whoever has turned to the wrong place must not lose their right by it. `arrival`
    tells when one that was not registered at once came in (22 §): its time is tested by that day.
    Raises Invalid("arrived-on-impossible-day") when that lies ahead or before the decision.
    """
    decision, case = _found(work, decision_id)
    require(work, case_policy.WORK_ON, case)
    if arrival is not None:
        _check_arrival(work, decision, arrival)
    handed_in = _handed_in(
        work, decision, case, body, channel, (appellant.strip()[:LONGEST_NAME], arrival)
    )
    if arrival is not None:
        came_in = arrival.counts_from.isoformat()
        record(work, "appeal:arrived", handed_in.id, on=came_in, how=arrival.how)
    return handed_in


def _check_arrival(work: Work, decision: Decision, arrival: Arrival) -> None:
    if arrival.how not in HOWS:
        raise Invalid("unknown-arrival", how=arrival.how)
    is_ahead = arrival.on > local_day(work.now)
    if is_ahead or decision.decided_on is None or arrival.counts_from < decision.decided_on:
        raise Invalid("arrived-on-impossible-day")


def _found(work: Work, decision_id: UUID) -> tuple[Decision, Case]:
    decision = work.session.get(Decision, decision_id)
    if decision is None:
        raise NotFound("decision")
    return decision, work.session.get_one(Case, decision.case_id)


def is_misdirected(decision: Decision) -> bool:
    """Whether an appeal against it should have gone straight to the court, not to us."""
    return decision.regime in regimes.TO_THE_COURT


def _handed_in(
    work: Work,
    decision: Decision,
    case: Case,
    body: str,
    channel: str,
    whence: tuple[str, Arrival | None] = ("", None),
) -> Appeal:
    appellant, arrival = whence
    time = queries.time_to_appeal(work.session, decision)
    if not time.can_be:
        raise Conflict("decision-not-appealed-here", regime=decision.regime)
    if not body.strip():
        raise Invalid("appeal-says-nothing")
    if len(body) > LONGEST:
        raise Invalid("appeal-too-long", limit=LONGEST)
    by_party = work.actor.role is Role.RESIDENT
    handed_in = Appeal(
        id=new_id(),
        decision_id=decision.id,
        appellant_id=work.actor.person_id if by_party else _known(case, appellant),
        appellant_name=appellant,
        channel=channel,
        body=body.strip(),
        received_at=work.now,
        arrived_on=arrival.counts_from if arrival else None,
        arrived_how=arrival.how if arrival else None,
        last_day=time.last_day,
        reason="",
        enclosed=[],
    )
    work.session.add(handed_in)
    # Whoever appeals in time keeps the decision from gaining legal force, whatever was noted.
    if not is_late(handed_in):
        _is_not_final(work, decision)
    case.unread_by_desk = True
    note_event(work, case, "appealed", public=True, decision=decision.number)
    return handed_in


def _is_not_final(work: Work, decision: Decision) -> None:
    for each in (decision, queries.current(work.session, decision)):
        each.legal_force_on = None


def _known(case: Case, appellant: str) -> UUID | None:
    return None if appellant else case.subject_person_id


def is_late(appeal: Appeal) -> bool:
    """Whether it came in after the last day, by the day on which it came (FL 44 §)."""
    return appeal.last_day is not None and came_in_on(appeal) > appeal.last_day


def came_in_on(appeal: Appeal) -> date:
    """The day on which it came in, also when it was registered later (FL 22 §)."""
    return appeal.arrived_on or local_day(appeal.received_at)


def judge_time(
    work: Work, appeal_id: UUID, *, in_time: bool, reason: str = "", excuse: str | None = None
) -> Appeal:
    """Test whether an appeal came in time (FL 45 §). One that is late is rejected, with a reason.

    One that came here late is in time all the same when we had told the party wrongly, or when
    it had reached the higher instance before (`excuse`). Raises Conflict when it was tested
    before or only the court tests it, and Invalid when the answer does not fit the day.
    """
    tested, decision, case = _for_change(work, appeal_id)
    if tested.tested_at is not None:
        raise Conflict("appeal-tested")
    if is_misdirected(decision):
        raise Conflict("court-tests-time")
    _check_judged(tested, in_time, reason, excuse)
    tested.in_time, tested.reason = in_time, reason.strip()
    tested.excuse = excuse if in_time and is_late(tested) else None
    tested.tested_by_id, tested.tested_at = work.actor.person_id, work.now
    if in_time:
        _is_not_final(work, decision)
    kind = "appeal_in_time" if in_time else "appeal_too_late"
    note_event(work, case, kind, public=True)
    return tested


def _check_judged(tested: Appeal, in_time: bool, reason: str, excuse: str | None) -> None:
    if not in_time and not is_late(tested):
        raise Invalid("appeal-is-in-time")
    if not in_time and not reason.strip():
        raise Invalid("appeal-without-reason")
    if in_time and is_late(tested) and excuse not in EXCUSES:
        raise Invalid("appeal-is-late")


def reconsider(work: Work, appeal_id: UUID, outcome: str) -> Appeal:
    """Note that we have looked at the decision again because of the appeal (FL 37–39 §§).

    `stands`, or `changed` when a new decision has been made. Raises Invalid for anything else
    or when nothing has been changed, and Conflict when it is not to be sent on.
    """
    seen, decision, case = _for_change(work, appeal_id)
    if not seen.in_time or seen.forwarded_on is not None:
        raise Conflict("appeal-not-in-time")
    if outcome not in ("stands", "changed"):
        raise Invalid("unknown-result", result=outcome)
    is_changed = queries.current(work.session, decision).id != decision.id
    if is_changed != (outcome == "changed"):
        raise Invalid("appeal-not-changed" if outcome == "changed" else "appeal-has-changed")
    seen.reconsidered, seen.reconsidered_at = outcome, work.now
    note_event(work, case, "appeal_reconsidered", public=True, outcome=outcome)
    return seen


def forward(work: Work, appeal_id: UUID, on: date, enclosed: Collection[str] = ()) -> Appeal:
    """Note that an appeal and the papers of the case were sent to the higher instance (FL 46 §).

    `enclosed` are the documents that went along, by their keys in the case. Raises Conflict
    before it has been tested for time and reconsidered; one that only strayed here is sent
    on to the court as it is.
    """
    sent, decision, case = _for_change(work, appeal_id)
    if not is_misdirected(decision):
        if not sent.in_time:
            raise Conflict("appeal-not-in-time")
        if sent.reconsidered is None:
            raise Conflict("appeal-not-reconsidered")
    if on > local_day(work.now) or on < local_day(sent.received_at):
        raise Invalid("forwarded-on-impossible-day")
    sent.forwarded_on, sent.enclosed = on, list(enclosed)
    note_event(work, case, "appeal_forwarded", public=True, documents=len(sent.enclosed))
    return sent


def settle(work: Work, appeal_id: UUID, result: str, on: date) -> Appeal:
    """Note how the higher instance decided, or that the appeal was withdrawn.

    When no appeal is left open the decision gains legal force from that day, unless it was
    revoked or sent back.
    """
    settled, decision, case = _for_change(work, appeal_id)
    if result not in RESULTS:
        raise Invalid("unknown-result", result=result)
    is_tested = settled.in_time is not None or is_misdirected(decision)
    if not settled.is_open or not is_tested:
        raise Conflict("appeal-not-open")
    settled.result, settled.settled_on = result, on
    standing = queries.current(work.session, decision)
    covering = queries.appeals_covering(work.session, standing)
    is_last = not any(each.is_open for each in covering if each.id != settled.id)
    if is_last and not queries.is_set_aside(work.session, standing):
        _gains_force(work, standing, case, on)
    note_event(work, case, "appeal_settled", public=True, result=result)
    return settled


def _for_change(work: Work, appeal_id: UUID) -> tuple[Appeal, Decision, Case]:
    found = work.session.get(Appeal, appeal_id, with_for_update=True)
    if found is None:
        raise NotFound("appeal")
    decision, case = _found(work, found.decision_id)
    require(work, case_policy.WORK_ON, case)
    return found, decision, case


def gain_force(work: Work) -> int:
    """Note legal force for every decision whose time to appeal has passed; returns how many."""
    today = local_day(work.now)
    count = 0
    for decision in queries.waiting_for_force(work.session, AT_ONCE):
        from_day = _force_from(work, decision)
        if from_day is not None and from_day <= today:
            case = work.session.get_one(Case, decision.case_id)
            _gains_force(work, decision, case, from_day)
            count += 1
    return count


def _force_from(work: Work, decision: Decision) -> date | None:
    time = queries.time_to_appeal(work.session, decision)
    if not time.can_be:
        return decision.decided_on
    if time.last_day is None:
        return None
    if any(each.is_open for each in queries.appeals_covering(work.session, decision)):
        return None
    if queries.is_set_aside(work.session, decision):
        return None
    return regimes.in_force_from(time.last_day)


def _gains_force(work: Work, decision: Decision, case: Case, from_day: date) -> None:
    if decision.stage != Stage.DECIDED:
        return
    decision.legal_force_on = from_day
    note_event(work, case, "legal_force", public=True, on=from_day.isoformat())
    record(work, "decision:legal-force", decision.id, on=from_day.isoformat())
    work.tell(DecisionFinal(decision.id, case.id))
