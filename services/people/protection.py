"""Protected identity that becomes known after we have known the person (domain reference §1.5)."""

from uuid import UUID

from services.audit.log import record
from services.kernel.errors import NotFound
from services.kernel.work import Work
from services.people.events import PersonProtected, PersonUnprotected
from services.people.models import Person


def protect(work: Work, person_id: UUID) -> Person:
    """Note that a person's data are protected. It sticks until two have taken it away.

    Whoever calls has made sure that the actor may say so. Raises NotFound.
    """
    person = _locked(work, person_id)
    if person.protected:
        return person
    person.protected = True
    # Nothing that tells where somebody is, or is sent there by default.
    person.email = person.phone = None
    record(work, "person:protect", person.id)
    work.tell(PersonProtected(person.id))
    return person


def unprotect(work: Work, person_id: UUID) -> Person:
    """Note that a person's data are protected no more.

    Whoever calls has made sure that two have agreed on it. Raises NotFound.
    """
    person = _locked(work, person_id)
    if not person.protected:
        return person
    person.protected = False
    record(work, "person:unprotect", person.id)
    work.tell(PersonUnprotected(person.id))
    return person


def _locked(work: Work, person_id: UUID) -> Person:
    person = work.session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound("person")
    return person
