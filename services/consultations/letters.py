"""The letters of a consultation: to everybody who answers with a code and has not answered."""

from dataclasses import dataclass

from services.audit.log import record
from services.cases import policy
from services.cases.changing import for_change
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.consultations import codes, queries
from services.consultations.models import Consultation, Consulted
from services.documents import hearing
from services.kernel.calendar import local_day
from services.kernel.errors import NotFound
from services.kernel.words import say
from services.kernel.work import Work
from services.organisation.models import Authority


@dataclass(frozen=True)
class Sender:
    """The municipality's name, how it is reached, and the site's address as people write it."""

    municipality: str
    contact: str
    site: str


def pdf(work: Work, case: Case, consultation: Consultation, sender: Sender) -> bytes:
    """The letters, each with its code; whoever handles the case may print them.

    Raises NotFound when nobody is to have a letter. That they were made is logged, as they hold
    the codes.
    """
    for_change(work, case.id, policy.WORK_ON)
    rows = queries.asked_in(work.session, consultation.id)
    waiting = [each for each in rows if each.selector and each.answered_at is None]
    if not waiting:
        raise NotFound("letters")
    document = catalogue.version_document(work.session, case.version_id)
    authority = work.session.get_one(Authority, case.authority_id)
    record(work, "consultation:letters", consultation.id)
    return hearing.pdf(
        hearing.Facts(
            kind=consultation.kind,
            language=case.language,
            municipality=sender.municipality,
            authority=say(authority.names, case.language),
            contact=sender.contact,
            service=say(document.title, case.language),
            case_number=case.number or "",
            question=consultation.question,
            site=sender.site,
            day=local_day(work.now),
            answer_by=consultation.answer_by,
            letters=[_letter(work, each) for each in waiting],
        )
    )


def _letter(work: Work, row: Consulted) -> hearing.Letter:
    lines = [row.name, *(part.strip() for part in (row.address or "").split(","))]
    code = codes.code(work.resources["keyring"], row)
    return hearing.Letter([each for each in lines if each], row.property or "", code)
