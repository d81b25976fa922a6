"""A form on paper with a code: when the letter comes, the code leads to the case it was printed for."""

import secrets

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.audit.log import record
from services.cases import drafts, queries
from services.cases.models import Case
from services.kernel.errors import NotAllowed, NotFound, Unavailable
from services.kernel.numbers import LETTERS
from services.kernel.work import Work

LENGTH, TRIES = 8, 5


def printed(work: Work, slug: str, language: str) -> Case:
    """Begin a draft for somebody who writes on paper; its code stands on the form."""
    if not work.actor.is_staff:
        raise NotAllowed("staff-only")
    case = drafts.begin(work, slug, drafts.Beginning(language, channel="letter"))
    for _ in range(TRIES):
        case.paper_code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        try:
            with work.session.begin_nested():
                work.session.flush()
        except IntegrityError as fault:
            if "uq_case_paper_code" not in str(fault.orig):
                raise
        else:
            record(work, "case:print-form", case.id)
            return case
    raise Unavailable("no-code")


def by_code(work: Work, code: str) -> Case:
    """The draft or the case behind a code on paper.

    A draft goes over to whoever opens the letter; a received case is only for its authority.
    Raises NotFound.
    """
    plain = "".join(code.split()).replace("-", "").upper()
    query = select(Case).where(Case.paper_code == plain, Case.paper_code.is_not(None))
    case = work.session.scalar(query.with_for_update())
    if case is None or not work.actor.is_staff:
        raise NotFound("paper-code")
    if case.number is not None:
        return queries.at_desk(work.session, work.actor, case.number)
    case.registered_by_id = work.actor.person_id
    record(work, "case:open-letter", case.id)
    return case


def of_clerk(work: Work, case: Case) -> Case:
    """The printed draft, for the clerk who printed it. Raises NotFound for others'."""
    if case.paper_code is None or case.registered_by_id != work.actor.person_id:
        raise NotFound("paper-form")
    return case
