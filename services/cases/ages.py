"""How old one must be to use a service by oneself, decided by the personal number (ID-26)."""

from datetime import date
from uuid import UUID

from services.forms.definition import ServiceDocument
from services.forms.types.person_number import born_on
from services.kernel.calendar import local_day
from services.kernel.work import Role, Work
from services.people import queries as people


def is_old_enough(work: Work, document: ServiceDocument) -> bool:
    """Whether the one who acts is of the age that the service asks for.

    Somebody without a Swedish number, and whoever a clerk writes for, is asked no age here:
    the handler sees to it.
    """
    actor = work.actor
    if actor.role is not Role.RESIDENT:
        return True
    return was_old_enough(work, document, actor.person_id)


def was_old_enough(work: Work, document: ServiceDocument, person_id: UUID | None) -> bool:
    """The same of whoever began it, by somebody who may be anybody: the payer behind a link."""
    if document.ages is None or person_id is None:
        return True
    number = people.identifier(work.session, person_id, "pnr")
    born = born_on(number) if number else None
    return born is None or document.ages.least <= age(born, local_day(work.now))


def age(born: date, today: date) -> int:
    """Whole years; one born on a leap day is a year older on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
