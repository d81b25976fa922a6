"""Who somebody is when what their e-ID says of them has changed (identity ID-10).

An account key is (kind, value) and never anything else. What merely hints that two accounts
are one person's becomes a suggestion; a case handler decides, and the log tells who did.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from services.audit.log import record
from services.kernel.db import new_id
from services.kernel.errors import Conflict, NotFound
from services.kernel.numbers import day_of_birth
from services.kernel.work import Work
from services.people import commands, queries
from services.people.account_models import SamePerson
from services.people.commands import Named
from services.people.events import PersonsMerged
from services.people.models import LoginSession, Mandate, Person, PersonIdentifier
from services.people.secrets import Keyring

PNR, EIDAS, SCHOOL_NUMBER = "pnr", "eidasPersonIdentifier", "norEduPersonNIN"
# A pupil is never a resident, and neither is a member of staff, not even by a decision.
FAMILIES = (frozenset({PNR, "prid", EIDAS}), frozenset({"eppn", SCHOOL_NUMBER}))
SUGGESTED, MERGED, DISMISSED = "suggested", "merged", "dismissed"
MOST = 100


@dataclass(frozen=True)
class Ties:
    """What an e-ID says of somebody besides the account key; none of it is a way in.

    `lasting` is False when the account key may be another one's next time (prid of class C).
    """

    previous_number: str | None = None
    eidas_identifier: str | None = None
    school_number: str | None = None
    lasting: bool = True


@dataclass(frozen=True)
class Suggestion:
    """Two accounts that may be one person's, as they are listed for whoever decides."""

    id: UUID
    reason: str
    earlier: Person
    later: Person
    earlier_born: date | None = None
    later_born: date | None = None


def recognise(work: Work, named: Named, ties: Ties) -> Person:
    """The person of an account key, made known if new, with what ties them to other accounts.

    A key that does not last gives a person for this session only.
    """
    if not ties.lasting:
        person = commands.add_person(work, named.given_name, named.surname)
        person.session_only = True
        return person
    person = commands.recognise(work, named)
    # The rows below point at somebody who may be new in this very unit of work.
    work.session.flush()
    if ties.previous_number is not None:
        earlier = queries.person_by_identifier(work.session, PNR, ties.previous_number)
        _suggest(work, earlier, person, "previous-number")
    for kind, value in ((EIDAS, ties.eidas_identifier), (SCHOOL_NUMBER, ties.school_number)):
        if value is not None:
            _tie(work, person, kind, value)
    return person


def _tie(work: Work, person: Person, kind: str, value: str) -> None:
    """Keep an identifier, sealed; if it is another account's already, suggest that they are one."""
    known = queries.person_by_identifier(work.session, kind, value)
    if known is None:
        commands.add_identifier(work, person.id, kind, value)
    _suggest(work, known, person, kind)


def _suggest(work: Work, earlier: Person | None, later: Person, reason: str) -> None:
    if earlier is None or earlier.id == later.id:
        return
    suggested = work.session.execute(
        insert(SamePerson)
        .values(
            id=new_id(),
            earlier_id=earlier.id,
            later_id=later.id,
            reason=reason,
            state=SUGGESTED,
            suggested_at=work.now,
        )
        .on_conflict_do_nothing()
        .returning(SamePerson.id)
    ).scalar_one_or_none()
    if suggested is not None:
        record(work, "person:may-be-same", later.id, earlier=str(earlier.id), reason=reason)


def looked_at(work: Work) -> list[Suggestion]:
    """The suggestions, for whoever decides about them; that they were read stands in the log."""
    found = suggestions(work.session)
    for one in found:
        record(work, "person:read-suggestion", one.later.id, earlier=str(one.earlier.id))
    return found


def suggestions(session: Session) -> list[Suggestion]:
    """Those that nobody has decided, oldest first, with the days of birth that we can tell."""
    earlier, later = aliased(Person), aliased(Person)
    rows = session.execute(
        select(SamePerson, earlier, later)
        .join(earlier, earlier.id == SamePerson.earlier_id)
        .join(later, later.id == SamePerson.later_id)
        .where(SamePerson.state == SUGGESTED)
        .order_by(SamePerson.suggested_at, SamePerson.id)
        .limit(MOST)
    )
    found = list(rows)
    born = _born(session, {person.id for _, *both in found for person in both})
    return [
        Suggestion(one.id, one.reason, first, second, born.get(first.id), born.get(second.id))
        for one, first, second in found
    ]


def _born(session: Session, person_ids: set[UUID]) -> dict[UUID, date | None]:
    """Days of birth of several persons at once, out of the numbers that are in force."""
    keyring: Keyring = session.info["keyring"]
    rows = session.execute(
        select(PersonIdentifier.person_id, PersonIdentifier.sealed)
        .where(
            PersonIdentifier.person_id.in_(person_ids),
            PersonIdentifier.kind.in_((PNR, SCHOOL_NUMBER)),
            PersonIdentifier.ended_at.is_(None),
        )
        .limit(4 * MOST)
    )
    return {
        person_id: day_of_birth(keyring.open(sealed, f"person_identifier:{person_id}"))
        for person_id, sealed in rows
    }


def merge(work: Work, suggestion_id: UUID) -> Person:
    """Decide that two accounts are one person's: the earlier one stays, with both ways in.

    The number before stays findable, as one that has ended. Raises NotFound when there is
    nothing to decide, and Conflict when one of the accounts is a school's or staff's and the
    other is not.
    """
    decided = _decided(work, suggestion_id, MERGED)
    kept = work.session.get_one(Person, decided.earlier_id)
    gone = work.session.get_one(Person, decided.later_id)
    _check_family(work, kept, gone)
    _move_identifiers(work, kept, gone)
    kept.given_name, kept.surname = gone.given_name, gone.surname
    kept.protected = kept.protected or gone.protected
    kept.email, kept.phone = gone.email or kept.email, gone.phone or kept.phone
    gone.merged_into_id, gone.email, gone.phone = kept.id, None, None
    _move_mandates(work, kept.id, gone.id)
    work.session.execute(
        update(LoginSession)
        .where(LoginSession.person_id == gone.id, LoginSession.revoked_at.is_(None))
        .values(revoked_at=work.now)
    )
    record(work, "person:merge", kept.id, gone=str(gone.id), reason=decided.reason)
    work.tell(PersonsMerged(kept.id, gone.id))
    return kept


def dismiss(work: Work, suggestion_id: UUID) -> None:
    """Decide that two accounts are not one person's. Raises NotFound when there is nothing to decide."""
    decided = _decided(work, suggestion_id, DISMISSED)
    record(
        work,
        "person:not-same",
        decided.later_id,
        earlier=str(decided.earlier_id),
        reason=decided.reason,
    )


def _decided(work: Work, suggestion_id: UUID, state: str) -> SamePerson:
    found = work.session.scalar(
        select(SamePerson)
        .where(SamePerson.id == suggestion_id, SamePerson.state == SUGGESTED)
        .with_for_update()
    )
    if found is None:
        raise NotFound("same-person")
    found.state, found.decided_at, found.decided_by_id = state, work.now, work.actor.person_id
    return found


def _check_family(work: Work, kept: Person, gone: Person) -> None:
    kinds = set(
        work.session.scalars(
            select(PersonIdentifier.kind)
            .where(PersonIdentifier.person_id.in_((kept.id, gone.id)))
            .distinct()
            .limit(MOST)
        )
    )
    if kept.merged_into_id or gone.merged_into_id or not any(kinds <= one for one in FAMILIES):
        raise Conflict("accounts-apart")


def _move_identifiers(work: Work, kept: Person, gone: Person) -> None:
    """Seal what was the later account's anew, for the one that stays; its own number has ended."""
    keyring: Keyring = work.resources["keyring"]
    moved = list(
        work.session.scalars(
            select(PersonIdentifier).where(PersonIdentifier.person_id == gone.id).limit(MOST)
        )
    )
    if any(one.kind == PNR for one in moved):
        work.session.execute(
            update(PersonIdentifier)
            .where(
                PersonIdentifier.person_id == kept.id,
                PersonIdentifier.kind == PNR,
                PersonIdentifier.ended_at.is_(None),
            )
            .values(ended_at=work.now)
        )
    for one in moved:
        value = keyring.open(one.sealed, f"person_identifier:{gone.id}")
        one.person_id, one.sealed = kept.id, keyring.seal(value, f"person_identifier:{kept.id}")


def _move_mandates(work: Work, kept: UUID, gone: UUID) -> None:
    for column in (Mandate.person_id, Mandate.principal_id):
        work.session.execute(update(Mandate).where(column == gone).values({column: kept}))
    # Nobody represents themselves.
    work.session.execute(delete(Mandate).where(Mandate.person_id == Mandate.principal_id))


def birth_date(session: Session, person_id: UUID) -> date | None:
    """The day somebody was born, out of the number that we hold; the number itself stays sealed.

    None for whoever has no Swedish number. A coordination number tells it too (SKV 707).
    """
    for kind in (PNR, SCHOOL_NUMBER):
        number = queries.identifier(session, person_id, kind)
        if number is not None:
            return day_of_birth(number)
    return None
