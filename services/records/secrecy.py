"""Marks of secrecy: a warning with its provision, until it is lifted (OSL 5 kap. 5 §).

A case with a mark that holds is a case under secrecy: then the border in SQL keeps it from
the contact centre and from other agents of the party, in every list, search, file and export.
"""

import re
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.access.rules import require
from services.cases import parties, policy
from services.cases.changing import for_change, note_event
from services.cases.models import Case
from services.cases.secrecy_models import SecrecyMark
from services.catalogue import queries as catalogue
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.work import Actor, Work
from services.records import documents

MOST = 500
WHATS = ("case", "document", "answer", "party")
# 21 kap. 1 § OSL, with or without the paragraph's part: what a mark must name.
PROVISION = re.compile(r"^\d{1,2} kap\. \d{1,2} ?[a-z]? ?§( [\w .]{1,40})?$")


def of_case(session: Session, case_id: UUID) -> list[SecrecyMark]:
    """The marks that hold in a case, oldest first."""
    query = select(SecrecyMark).where(
        SecrecyMark.case_id == case_id, SecrecyMark.lifted_at.is_(None)
    )
    return list(session.scalars(query.order_by(SecrecyMark.made_at, SecrecyMark.id).limit(MOST)))


def kept_from_party(session: Session, case: Case) -> frozenset[str]:
    """The keys of the documents that even the party may not see (FL 10 §, OSL 10 kap. 3 §)."""
    if not case.secrecy:
        return frozenset()
    return frozenset(
        each.key
        for each in of_case(session, case.id)
        if each.what == "document" and each.from_party
    )


def mark(
    work: Work,
    case_id: UUID,
    what: str,
    key: str,
    law: str,
    *,
    from_party: bool = False,
    review_on: date | None = None,
) -> SecrecyMark:
    """Warn that a case, or a document, an answer or a party of it, may be secret by a provision.

    Raises Invalid for a provision, a day or a thing that there is not, and Conflict when the
    mark is there.
    """
    case = for_change(work, case_id, policy.WORK_ON)
    law = " ".join(law.split())
    _check(work, case, (what, key, law), review_on)
    made = SecrecyMark(
        id=new_id(),
        case_id=case.id,
        what=what,
        key=key,
        law=law,
        from_party=from_party and what == "document",
        review_on=review_on,
        made_by_id=work.actor.person_id,
        made_at=work.now,
        lifted_because="",
    )
    work.session.add(made)
    case.secrecy = True
    note_event(work, case, "secrecy_marked", public=False, what=what, law=law)
    return made


def _check(work: Work, case: Case, asked: tuple[str, str, str], review_on: date | None) -> None:
    what, key, law = asked
    if not PROVISION.match(law):
        raise Invalid("provision")
    if review_on is not None and review_on <= local_day(work.now):
        raise Invalid("review-day")
    if what not in WHATS or key not in _keys(work.session, case, what):
        raise Invalid("unknown-document")
    if any((each.what, each.key, each.law) == asked for each in of_case(work.session, case.id)):
        raise Conflict("marked-already")


def _keys(session: Session, case: Case, what: str) -> set[str]:
    if what == "document":
        return {each.key for each in documents.of_case(session, case)}
    if what == "answer":
        document = catalogue.version_document(session, case.version_id)
        return {each.key for each in document.questions}
    if what == "party":
        return {str(each.id) for each in parties.of(session, case.id)}
    return {""}


def lift(work: Work, mark_id: UUID, because: str) -> Case:
    """Take a mark away, with the reason, as the registrar or manager.

    With the last mark the case is under secrecy only if its service is. Raises NotFound.
    """
    found = work.session.get(SecrecyMark, mark_id)
    if found is None or found.lifted_at is not None:
        raise NotFound("secrecy-mark")
    case = for_change(work, found.case_id, policy.WORK_ON)
    require(work, policy.LEAD, case)
    if not because.strip():
        raise Invalid("say-why")
    found.lifted_at, found.lifted_by_id = work.now, work.actor.person_id
    found.lifted_because = because.strip()[:1000]
    work.session.flush()
    if not of_case(work.session, case.id):
        case.secrecy = catalogue.version_document(work.session, case.version_id).secrecy
    note_event(work, case, "secrecy_lifted", public=False, what=found.what, law=found.law)
    return case


def to_review(session: Session, actor: Actor, today: date) -> list[tuple[SecrecyMark, Case]]:
    """The marks whose day of re-examination has come, in cases that the actor may see."""
    rows = session.execute(
        select(SecrecyMark, Case)
        .join(Case, Case.id == SecrecyMark.case_id)
        .where(
            policy.visible_at_desk(actor),
            SecrecyMark.lifted_at.is_(None),
            SecrecyMark.review_on <= today,
        )
        .order_by(SecrecyMark.review_on, SecrecyMark.id)
        .limit(MOST)
    )
    return [(each, case) for each, case in rows]
