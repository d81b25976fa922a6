"""Disposal by rule and decision, and the redaction of one case: what goes, goes everywhere.

What is left is the number, the diary's line, the timeline's codes, and the record of it.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, delete, select, text, update

from services.attachments import commands as attachments
from services.cases import party, policy
from services.cases.changing import for_change, note_event
from services.cases.charge_models import Charge
from services.cases.desk_models import (
    AnswerChange,
    Assistance,
    CaseMention,
    CaseParty,
    CaseTask,
    Completion,
)
from services.cases.models import Case, CaseMessage, State
from services.catalogue import queries as catalogue
from services.consultations.models import Consultation, Consulted, Dormancy
from services.decisions.models import Appeal, Decision, Notice
from services.desk.models import Referral
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid
from services.kernel.work import Work
from services.notifications.models import Notification
from services.records import documents, retention
from services.records.models import Disposal, SecrecyMark
from services.records.retention import WHOLE
from services.signatures.models import Signature, SignatureRequest, SigningAttempt

GONE = "–"
NOBODY = ("acting_person_id", "subject_person_id", "subject_organisation_id", "mandate_id")
FREE = ("headline", "search_text", "party_text")
CONTACT = ("contact_name", "contact_email", "contact_phone")
ALLOWED = text("SET LOCAL salem24.disposing = 'on'")
FORBIDDEN = text("SET LOCAL salem24.disposing = 'off'")
LONGEST = 200


def dispose(work: Work, case_id: UUID, decision: str) -> Disposal:
    """Dispose of what is due in an ended case, as its registrar or manager.

    `decision` names the authority's own decision on disposal (arkivlagen 10 §, domain §3.6).
    Raises Conflict("nothing-due"), Conflict("rule-not-decided") for an example, and
    Conflict("legal-hold") while something stands in the way.
    """
    case = for_change(work, case_id, policy.LEAD)
    decision = _said(decision)
    found = retention.of_case(work.session, case, local_day(work.now))
    if found is None:
        raise Conflict("nothing-due")
    if not found.is_decided:
        raise Conflict("rule-not-decided")
    if found.holds:
        raise Conflict("legal-hold", holds=list(found.holds))
    work.session.execute(ALLOWED)
    removed = _whole(work, case) if WHOLE in found.kinds else _some(work, case, found.kinds)
    work.session.flush()
    work.session.execute(FORBIDDEN)
    note_event(work, case, "disposed", public=False, kinds=sorted(found.kinds))
    return _recorded(work, case, "disposed", found.rule, decision, removed)


def _said(decision: str) -> str:
    decision = " ".join(decision.split())
    if not decision or len(decision) > LONGEST:
        raise Invalid("name-the-decision")
    return decision


def _recorded(
    work: Work, case: Case, kind: str, rule: str, decision: str, removed: dict[str, int]
) -> Disposal:
    made = Disposal(
        id=new_id(),
        case_id=case.id,
        authority_id=case.authority_id,
        kind=kind,
        rule=rule,
        decision=decision,
        removed=removed,
        done_by_id=work.actor.person_id,
        done_at=work.now,
    )
    work.session.add(made)
    return made


def _some(work: Work, case: Case, kinds: frozenset[str]) -> dict[str, int]:
    """The text and files of some kinds of documents; that they were there is left."""
    found = [each for each in documents.of_case(work.session, case) if each.kind in kinds]
    ids = [each.source_id for each in found]
    work.session.execute(
        update(CaseMessage).where(CaseMessage.id.in_(ids)).values(body=GONE),
        execution_options={"synchronize_session": False},
    )
    attachments.dispose(work, ids)
    return {kind: sum(each.kind == kind for each in found) for kind in sorted(kinds)}


def _whole(work: Work, case: Case) -> dict[str, int]:
    messages = list(
        work.session.scalars(select(CaseMessage.id).where(CaseMessage.case_id == case.id))
    )
    removed = {
        "files": attachments.dispose(work, [case.id, *messages, *_heard(work, case)]),
        "answers": len(case.answers),
        **_signatures(work, case.id),
        **_decisions(work, case.id),
        **_rows(work, case, messages),
    }
    for name in NOBODY + CONTACT:
        setattr(case, name, None)
    for name in FREE:
        setattr(case, name, "")
    case.answers, case.typed, case.attributes = {}, {}, {}
    case.state = State.DISPOSED
    return removed


def _heard(work: Work, case: Case) -> list[UUID]:
    """Those who were asked in the case: their answers may have files."""
    asked = select(Consultation.id).where(Consultation.case_id == case.id)
    return list(
        work.session.scalars(select(Consulted.id).where(Consulted.consultation_id.in_(asked)))
    )


def _rows(work: Work, case: Case, messages: list[UUID]) -> dict[str, int]:
    """Delete what hangs on the case, what points at other rows first."""
    asked = select(Consultation.id).where(Consultation.case_id == case.id)
    gone: list[tuple[str, type, ColumnElement[bool]]] = [
        ("changes", AnswerChange, AnswerChange.case_id == case.id),
        ("completions", Completion, Completion.case_id == case.id),
        ("mentions", CaseMention, CaseMention.message_id.in_(messages)),
        ("messages", CaseMessage, CaseMessage.case_id == case.id),
        ("tasks", CaseTask, CaseTask.case_id == case.id),
        ("parties", CaseParty, CaseParty.case_id == case.id),
        ("assistance", Assistance, Assistance.case_id == case.id),
        ("consulted", Consulted, Consulted.consultation_id.in_(asked)),
        ("consultations", Consultation, Consultation.case_id == case.id),
        ("dormancies", Dormancy, Dormancy.case_id == case.id),
        ("referrals", Referral, Referral.case_id == case.id),
        ("letters", Notification, Notification.case_number == case.number),
        ("marks", SecrecyMark, SecrecyMark.case_id == case.id),
    ]
    # The charge itself is bookkeeping, which has its own seven years (bokföringslagen 7 kap. 2 §).
    work.session.execute(
        update(Charge).where(Charge.case_id == case.id).values(answers={}, given={})
    )
    return {name: _deleted(work, table, which) for name, table, which in gone}


def _decisions(work: Work, case_id: UUID) -> dict[str, int]:
    """A decision's number, day and outcome are left; its text, letter and notices are not."""
    own = list(work.session.scalars(select(Decision.id).where(Decision.case_id == case_id)))
    work.session.execute(
        update(Appeal)
        .where(Appeal.decision_id.in_(own))
        .values(body="", reason="", appellant_id=None)
    )
    blank = dict.fromkeys(("says", "reasons", "conditions", "dissent", "participants"), "")
    work.session.execute(
        update(Decision).where(Decision.id.in_(own)).values(**blank, letter_checksum=None)
    )
    return {"decisions": len(own), "notices": _deleted(work, Notice, Notice.decision_id.in_(own))}


def _signatures(work: Work, case_id: UUID) -> dict[str, int]:
    requests = list(
        work.session.scalars(
            select(SignatureRequest.id).where(SignatureRequest.owner_id == case_id)
        )
    )
    own = select(Signature.id).where(Signature.request_id.in_(requests))
    attachments.dispose(work, requests)
    _deleted(work, SigningAttempt, SigningAttempt.signature_id.in_(own))
    count = _deleted(work, Signature, Signature.request_id.in_(requests))
    _deleted(work, SignatureRequest, SignatureRequest.id.in_(requests))
    return {"signatures": count}


def _deleted(work: Work, table: type, which: ColumnElement[bool]) -> int:
    query = delete(table).where(which).execution_options(synchronize_session=False)
    done = work.session.execute(query)
    assert isinstance(done, CursorResult)
    return done.rowcount


def redact(work: Work, case_id: UUID, reason: str) -> Disposal:
    """Take the personal answers out of one ended case, as its registrar or manager.

    The answers, their earlier versions and the contact details are kept nowhere; the rest stays.
    Raises Conflict("case-not-ended") and Conflict("legal-hold").
    """
    case = for_change(work, case_id, policy.LEAD)
    reason = _said(reason)
    if case.state not in retention.ENDED:
        raise Conflict("case-not-ended", state=case.state)
    if holding := retention.holds(work.session, case):
        raise Conflict("legal-hold", holds=holding)
    document = catalogue.version_document(work.session, case.version_id)
    personal = [each.key for each in document.questions if each.personal]
    removed = {"answers": len(set(personal) & case.answers.keys())}
    case.answers = {key: said for key, said in case.answers.items() if key not in personal}
    case.attributes = {key: said for key, said in case.attributes.items() if key not in personal}
    case.typed = {}
    removed["changes"] = _deleted(
        work, AnswerChange, (AnswerChange.case_id == case.id) & AnswerChange.question.in_(personal)
    )
    for name in CONTACT:
        setattr(case, name, None)
    party.describe(work, case, document)
    note_event(work, case, "redacted", public=False, questions=len(personal))
    return _recorded(work, case, "redacted", "redact-one-case", reason, removed)


def of_case(work: Work, case_id: UUID) -> list[Disposal]:
    """What has been disposed of in a case, newest first."""
    query = select(Disposal).where(Disposal.case_id == case_id)
    return list(work.session.scalars(query.order_by(Disposal.done_at.desc()).limit(50)))
