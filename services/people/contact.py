"""Contact choices: which kinds of news somebody wants by mail.

What somebody must do or answer is always told: a choice must not cost anybody a right.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from services.audit.log import record
from services.kernel.errors import Invalid
from services.kernel.work import Work
from services.people.contact_models import ContactChoice

# Kinds of news that can be chosen away, with the letters that tell them.
KINDS: dict[str, frozenset[str]] = {
    "progress": frozenset({"case-received", "case-updated", "case-closed"}),
    "messages": frozenset({"message-received"}),
    "decisions": frozenset({"decision-made"}),
    "payments": frozenset({"payment-received", "payment-refunded"}),
    "reminders": frozenset({"completion-reminder", "communication-reminder", "payment-reminder"}),
}


def without(session: Session, person_id: UUID) -> frozenset[str]:
    """The kinds that a person has said no to."""
    found = session.get(ContactChoice, person_id)
    return frozenset(found.without if found else ())


def wants(session: Session, person_id: UUID, letter: str) -> bool:
    """Whether a person wants this letter by mail."""
    kind = next((kind for kind, letters in KINDS.items() if letter in letters), None)
    return kind is None or kind not in without(session, person_id)


def by_sms(session: Session, person_id: UUID) -> bool:
    """Whether a person wants to be reminded by text message too."""
    found = session.get(ContactChoice, person_id)
    return found is not None and found.by_sms


def choose(work: Work, wanted: Collection[str], *, by_sms: bool) -> None:
    """Say for oneself which kinds of news one wants by mail, and whether reminders come by text.

    Raises Invalid for unknown kinds.
    """
    person_id = work.actor.person_id
    assert person_id is not None
    if set(wanted) - KINDS.keys():
        raise Invalid("unknown-contact-kind")
    declined = sorted(KINDS.keys() - set(wanted))
    found = work.session.get(ContactChoice, person_id)
    if found is None:
        found = ContactChoice(
            person_id=person_id, without=declined, by_sms=by_sms, changed_at=work.now
        )
        work.session.add(found)
    found.without, found.by_sms, found.changed_at = declined, by_sms, work.now
    record(work, "person:contact-choices", person_id)
