"""What an authority holds of one person, told to that person (dataskyddsförordningen, article 15)."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.attachments import queries as attachments
from services.audit.log import record
from services.cases import party, policy, queries
from services.cases.models import FROM_RESIDENT, NOT_RECEIVED, Case
from services.catalogue import queries as catalogue
from services.decisions import queries as decisions
from services.forms import answers as forms_answers
from services.kernel.errors import Invalid, NotAllowed, NotFound
from services.kernel.words import say
from services.kernel.work import Actor, Role, Work
from services.people import queries as people
from services.people.models import Person
from services.records import secrecy

MOST = 500
# Why an authority takes an extract out: the person or who represents them has asked, or somebody
# who has oversight of the authority has.
REASONS = ("person", "representative", "oversight")


def authorities_of(work: Work) -> set[UUID]:
    """The authorities that hold cases of whoever asks, or of whom they act for."""
    query = select(Case.authority_id).where(_own(work)).distinct().limit(MOST)
    return set(work.session.scalars(query))


def _own(work: Work) -> Any:
    return policy.partys_own(work.actor) & Case.state.not_in(NOT_RECEIVED)


def of(work: Work, authority_id: UUID, language: str) -> list[dict[str, Any]]:
    """Everything in one's own cases at one authority, oldest first, as JSON-safe data.

    Each authority is a controller of its own (article 4.7). What is kept from the party by
    secrecy is left out, and internal notes are not among it. It is logged.
    """
    query = select(Case).where(_own(work), Case.authority_id == authority_id)
    cases = list(work.session.scalars(query.order_by(Case.received_at, Case.id).limit(MOST)))
    for case in cases:
        record(work, "case:extract-as-party", case.id)
    return [_told(work, case, language) for case in cases]


def at_desk(
    work: Work, number: str, authority_id: UUID, language: str, reason: str
) -> tuple[Person, list[dict[str, Any]]]:
    """The same for the person with a personal number, taken out by whoever leads the authority.

    It holds what the person would get, and only of this authority, within the border of the desk:
    one's own cases and those in which one is jävig are not among it. `reason` is one of `REASONS`.
    Each case is logged, and so is that nothing was found. Raises NotAllowed for others, Invalid
    for an unknown reason, and NotFound when the authority has no case of that person.
    """
    duties = work.actor.authorities.get(authority_id, frozenset())
    if not (work.actor.works_in(authority_id) and duties & policy.LEADERS):
        raise NotAllowed("not-leading")
    if reason not in REASONS:
        raise Invalid("unknown-reason")
    person = people.person_by_identifier(work.session, "pnr", number)
    cases = _cases_of(work, person.id, authority_id) if person else []
    record(work, "person:extract", person.id if person else None, reason=reason, cases=len(cases))
    if person is None or not cases:
        raise NotFound("no-cases-of-person")
    for case in cases:
        record(work, "case:extract-at-desk", case.id, reason=reason)
    return person, [_told(work, case, language) for case in cases]


def _cases_of(work: Work, person_id: UUID, authority_id: UUID) -> list[Case]:
    as_the_person = Actor(Role.RESIDENT, person_id)
    query = select(Case).where(
        policy.partys_own(as_the_person),
        policy.visible_at_desk(work.actor),
        Case.authority_id == authority_id,
        Case.state.not_in(NOT_RECEIVED),
    )
    return list(work.session.scalars(query.order_by(Case.received_at, Case.id).limit(MOST)))


def _told(work: Work, case: Case, language: str) -> dict[str, Any]:
    document = catalogue.version_document(work.session, case.version_id)
    kept_from = secrecy.kept_from_party(work.session, case)
    messages = queries.messages(work.session, case.id, with_notes=False)
    files = attachments.of_owners(work.session, [case.id, *(each.id for each in messages)])
    return {
        "number": case.number,
        "service": say(document.title, language),
        "received": case.received_at.isoformat() if case.received_at else None,
        "closed": case.closed_at.isoformat() if case.closed_at else None,
        "state": case.state,
        "channel": case.channel,
        "name": case.contact_name,
        "email": case.contact_email,
        "phone": case.contact_phone,
        "answers": [
            {"question": say(question.label, language), "answer": party.as_text(text)}
            for _page, rows in forms_answers.shown(document, case.answers, language)
            for question, text in rows
        ],
        "messages": [
            {"at": each.at.isoformat(), "from_you": each.kind == FROM_RESIDENT, "text": each.body}
            for each in messages
            if f"message-{each.id}" not in kept_from
        ],
        "decisions": [
            {"number": each.number, "day": str(each.decided_on), "text": each.says, "reasons": each.reasons}
            for each in decisions.made_in_case(work.session, case.id)
            if f"decision-{each.id}" not in kept_from
        ],
        "files": [
            each.name
            for each in files
            if not {f"paper-{each.id}", f"message-{each.owner_id}"} & kept_from
        ],
    }  # fmt: skip
