"""Who a case is for, how they are reached, and what the case is called in a list."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.cases import policy
from services.cases.desk_models import CaseParty
from services.cases.models import Case
from services.forms import answers as forms_answers
from services.forms.definition import Question, ServiceDocument
from services.kernel.work import Actor, Role, Work
from services.people import commands as people_commands
from services.people import queries as people

NEUTRAL = "Ärende"
# They say nothing without their question.
BARE = {"Ja", "Nej", "Vet inte"}
SHOWN_IN_HEADLINE = 3
SEARCHED_CHARACTERS = 4000


def of(work: Work, document: ServiceDocument, subject_person_id: UUID | None) -> dict[str, Any]:
    """The columns that tell who acts, for whom, by what right, how surely, and who wrote it in."""
    actor = work.actor
    if actor.role is Role.STAFF:
        return {
            "acting_person_id": None,
            "subject_kind": "self",
            "subject_person_id": subject_person_id,
            "subject_organisation_id": None,
            "mandate_id": None,
            "assurance": None,
            "registered_by_id": actor.person_id,
        }
    resident = actor.role is Role.RESIDENT or _is_known_pupil(actor, document)
    oneself = actor.person_id if resident and not actor.acting_for else None
    return {
        "acting_person_id": actor.person_id if resident else None,
        "subject_kind": actor.subject,
        "subject_person_id": actor.principal_id or oneself,
        "subject_organisation_id": actor.acting_for,
        "mandate_id": actor.mandate_id,
        "assurance": actor.assurance,
        "registered_by_id": None,
    }


def _is_known_pupil(actor: Actor, document: ServiceDocument) -> bool:
    """A pupil is somebody only where the service asks who they are; elsewhere they are anybody."""
    return actor.role is Role.SCHOOL and document.level == "bas"


def prefilled(work: Work, document: ServiceDocument, case: Case) -> dict[str, Any]:
    """First answers from what we know of the person; nothing about somebody with protected identity."""
    if case.acting_person_id is None:
        return {}
    person = people.person(work.session, case.acting_person_id)
    if person is None:
        return {}
    subject = (
        people.person(work.session, case.subject_person_id) if case.subject_person_id else None
    )
    if person.protected or (subject is not None and subject.protected):
        # A child inherits the stricter treatment, and so does whoever acts for a principal.
        case.protected = True
        return {}
    known = {"name": person.name, "email": person.email, "phone": person.phone}
    return {
        question.key: known[question.prefill]
        for question in questions(document)
        if question.prefill and known.get(question.prefill)
    }


def questions(document: ServiceDocument) -> list[Question]:
    """All questions of a document, in order."""
    return [question for page in document.pages for question in page.questions]


def take_contact(work: Work, case: Case, document: ServiceDocument) -> None:
    """Note how the case's person wants to be reached, and remember it for the next time."""
    note_contact(case, document)
    # What somebody else in a room has filled in is not how the one who began it is reached.
    if policy.only_by_room(work.actor, case):
        return
    if case.acting_person_id and (case.contact_email or case.contact_phone):
        people_commands.save_contact(
            work, case.acting_person_id, email=case.contact_email, phone=case.contact_phone
        )


def note_contact(case: Case, document: ServiceDocument) -> None:
    """How the case's person is reached, out of the answers as they are now."""
    for question in questions(document):
        value = case.answers.get(question.key)
        if question.prefill in ("name", "email", "phone") and isinstance(value, str):
            setattr(case, f"contact_{question.prefill}", value)


def describe(work: Work, case: Case, document: ServiceDocument) -> None:
    """The line that a handler reads in the inbox, and the words and names that a search finds.

    Of a case with somebody protected in it, nothing is found (domain reference §1.5).
    """
    if case.protected:
        case.headline, case.search_text, case.party_text = NEUTRAL, "", ""
        return
    shown = [
        (question, text)
        for _, rows in forms_answers.shown(document, case.answers, "sv")
        for question, text in rows
        if not question.personal and text
    ]
    marked = [as_text(text) for question, text in shown if question.attribute]
    marked = [text for text in marked if text not in BARE]
    case.headline = ", ".join(marked[:SHOWN_IN_HEADLINE])[:200]
    case.search_text = " ".join(as_text(text) for _, text in shown)[:SEARCHED_CHARACTERS]
    case.party_text = " ".join(dict.fromkeys(_names(work, case)))[:SEARCHED_CHARACTERS]


def _names(work: Work, case: Case) -> list[str]:
    # Names of others are with the answers only where they are attributes or in the list of parties.
    known = {each for each in (case.acting_person_id, case.subject_person_id) if each}
    names = list(people.names(work.session, known).values())
    if case.subject_organisation_id is not None:
        organisation = people.organisation(work.session, case.subject_organisation_id)
        names += [organisation.name] if organisation else []
    if not case.is_draft:
        others = select(CaseParty.name).where(
            CaseParty.case_id == case.id, CaseParty.removed_at.is_(None)
        )
        names += work.session.scalars(others.order_by(CaseParty.id).limit(100))
    return [each for each in (case.contact_name, *names) if each]


def as_text(shown: Any) -> str:
    """A shown answer, which may be a list or rows of pairs, as one line of text."""
    if isinstance(shown, str):
        return shown
    if isinstance(shown, (list, tuple)):
        return ", ".join(as_text(part) for part in shown)
    return str(shown)
