"""Refusing to decide a case yet, when its party has asked for it (förvaltningslagen 12 §)."""

from dataclasses import fields
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.access.rules import require
from services.audit.log import record
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.deadlines import queries as deadlines
from services.decisions import policy, queries, regimes
from services.decisions.commands import Wording, check_wording, me
from services.decisions.models import About, Communication, Decision, Stage
from services.forms.deciding import DecisionType
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.work import Work

LAW = {
    "sv": "12 § förvaltningslagen (2017:900)",
    "en": "Section 12, Administrative Procedure Act (2017:900)",
}


def draft_of_case(session: Session, case_id: UUID) -> Decision | None:
    """A refusal that is being written."""
    return session.scalar(
        select(Decision).where(
            Decision.case_id == case_id,
            Decision.about == About.REQUEST,
            Decision.stage.in_([Stage.DRAFT, Stage.PROPOSED]),
        )
    )


def refuse(work: Work, case_id: UUID, says: str, reasons: str) -> Decision:
    """Write a decision of its own that refuses the party's request; nothing is decided yet.

    Once made it ends the four weeks, and the case goes on as before. It is appealed as a
    decision in the case would be (12 § second paragraph). Raises Conflict("no-request") when
    nobody has asked or it has been answered, Conflict("request-not-by-law") where the case is
    tried by no higher instance under this law (2 §), and Invalid when the reasons are missing.
    """
    case = work.session.get(Case, case_id)
    if case is None:
        raise NotFound("case")
    require(work, policy.WRITE, case)
    if deadlines.open_request(work.session, case.id) is None:
        raise Conflict("no-request")
    # It always goes against the party, who is owed the reasons (32 §).
    if not reasons.strip():
        raise Invalid("decision-without-reasons")
    wording = Wording(says, reasons, communication=Communication.UNNECESSARY)
    check_wording(wording)
    tried = tried_as(work.session, case)
    draft = draft_of_case(work.session, case.id)
    if draft is None:
        draft = Decision(id=new_id(), case_id=case.id, authority_id=case.authority_id)
        draft.about, draft.stage, draft.written_by_id = About.REQUEST, Stage.DRAFT, me(work)
        work.session.add(draft)
    draft.status, draft.outcome = case.status, "refused"
    draft.regime, draft.instance, draft.law = tried.regime, tried.instance, dict(LAW)
    for each in fields(wording):
        setattr(draft, each.name, getattr(wording, each.name))
    draft.presenter_id = me(work)
    record(work, "decision:write", draft.id, case=str(case.id))
    return draft


def tried_as(session: Session, case: Case) -> DecisionType:
    """The way to decide the case itself whose higher instance tries a refusal: that of saying no."""
    outcomes = {
        each.key: each.outcome
        for each in catalogue.version_document(session, case.version_id).statuses
    }
    through_us = regimes.APPEALABLE - regimes.TO_THE_COURT
    known = [each for each in queries.types_of(session, case) if each.regime in through_us]
    if not known:
        raise Conflict("request-not-by-law")
    return next((each for each in known if outcomes[each.status] == "refused"), known[0])
