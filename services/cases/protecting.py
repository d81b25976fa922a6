"""When somebody gets protected identity, so do all cases that tell of them, open and closed."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from services.cases import party, policy
from services.cases.changing import for_change, note_event
from services.cases.desk_models import CaseParty
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.kernel.work import Work
from services.notifications import commands as notifications
from services.people import protection
from services.people.events import PersonProtected, PersonsMerged, PersonUnprotected
from services.people.models import Person
from services.signatures.models import Signature, SignatureRequest

AT_ONCE = 200


def protect_party(work: Work, case_id: UUID) -> Case:
    """Note at the desk that the person whom a case is about has protected identity.

    Where nobody known is behind the case, the case alone becomes protected.
    """
    case = for_change(work, case_id, policy.WORK_ON)
    person_id = case.subject_person_id or case.acting_person_id
    if person_id is None:
        _protect(work, case)
        return case
    protection.protect(work, person_id)
    _protect(work, case)
    return case


def person_protected(work: Work, event: PersonProtected) -> None:
    """Make every case in which the person has a part protected: lists, search, files, mail."""
    _follow(work, event.person_id)


def persons_merged(work: Work, event: PersonsMerged) -> None:
    """An account that turns out to be somebody protected's brings the protection with it."""
    kept = work.session.get_one(Person, event.kept)
    if kept.protected:
        _follow(work, kept.id)


def _follow(work: Work, person_id: UUID) -> None:
    # Autoflush is on, and each round leaves fewer: there is no limit to how many are reached.
    while found := _unprotected(work, person_id):
        for case in found:
            _protect(work, case)
        work.session.flush()


def _has_part(person_id: UUID) -> ColumnElement[bool]:
    has_part = select(CaseParty.case_id).where(CaseParty.person_id == person_id)
    return or_(
        Case.acting_person_id == person_id,
        Case.subject_person_id == person_id,
        Case.id.in_(has_part),
    )


def _unprotected(work: Work, person_id: UUID) -> list[Case]:
    rows = work.session.scalars(
        select(Case)
        .where(_has_part(person_id), ~Case.protected)
        .order_by(Case.id)
        .limit(AT_ONCE)
        .with_for_update()
    )
    return list(rows)


def person_unprotected(work: Work, event: PersonUnprotected) -> None:
    """Show the person's cases as others again, but those that tell of somebody else protected."""
    seen: set[UUID] = set()
    while found := _protected(work, event.person_id, seen):
        for case in found:
            seen.add(case.id)
            if not _tells_of_protected(work, case):
                case.protected = False
                document = catalogue.version_document(work.session, case.version_id)
                party.describe(work, case, document)
                note_event(work, case, "unprotected", public=False)
        work.session.flush()


def _protected(work: Work, person_id: UUID, but: set[UUID]) -> list[Case]:
    rows = work.session.scalars(
        select(Case)
        .where(_has_part(person_id), Case.protected, Case.id.not_in(but))
        .order_by(Case.id)
        .limit(AT_ONCE)
        .with_for_update()
    )
    return list(rows)


def _tells_of_protected(work: Work, case: Case) -> bool:
    signers = (
        select(Signature.person_id)
        .join(SignatureRequest, SignatureRequest.id == Signature.request_id)
        .where(SignatureRequest.owner_id == case.id)
    )
    parties = select(CaseParty.person_id).where(CaseParty.case_id == case.id)
    told = [each for each in (case.acting_person_id, case.subject_person_id) if each]
    query = select(Person.id).where(
        Person.protected,
        or_(Person.id.in_(told), Person.id.in_(parties), Person.id.in_(signers)),
    )
    return work.session.scalar(query.limit(1)) is not None


def _protect(work: Work, case: Case) -> None:
    if case.protected:
        return
    case.protected = True
    party.describe(work, case, catalogue.version_document(work.session, case.version_id))
    if case.number is not None:
        notifications.stop(work, case.number)
    if not case.is_draft:
        note_event(work, case, "protected", public=False)
