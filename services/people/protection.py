"""Protected identity that becomes known after we have known the person (domain reference §1.5)."""

from uuid import UUID

from services.audit.log import record
from services.kernel.errors import NotFound
from services.kernel.work import Work
from services.people.events import PersonProtected
from services.people.models import Person


def protect(work: Work, person_id: UUID) -> Person:
    """Note that a person's data are protected. It sticks: nothing here takes it away again.

    Whoever calls has made sure that the actor may say so. Raises NotFound.
    """
    person = work.session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NotFound("person")
    if person.protected:
        return person
    person.protected = True
    # Nothing that tells where somebody is, or is sent there by default.
    person.email = person.phone = None
    record(work, "person:protect", person.id)
    work.tell(PersonProtected(person.id))
    return person
