"""What was asked and answered in a case, as the plain text of its documents."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.consultations import material, queries
from services.consultations.models import Consultation, Consulted

ANSWERS = {"nothing": "Ingen erinran", "comments": "Synpunkter"}


def asked(session: Session, consultation_id: UUID) -> str:
    """The question, until when, to whom, and what was shown with it."""
    made = session.get_one(Consultation, consultation_id)
    shown = material.of(session, made)
    lines = [made.question, "", f"Svara senast: {made.answer_by.isoformat()}"]
    for row in queries.asked_in(session, made.id):
        lines.append(f"Till: {_who(row)}")
    lines += [f"Bifogad fil: {each.name}" for each in shown.files]
    lines += [f"Bifogat meddelande: {each.at.isoformat()}" for each in shown.messages]
    lines += [f"Bifogat svar: {_who(each)}" for each in shown.answers]
    if made.despite_secrecy:
        lines.append(f"Sekretessmarkerat lämnades ut: {made.despite_secrecy}")
    return "\n".join(lines)


def said(session: Session, consulted_id: UUID) -> str:
    """Who answered, as whom, and what."""
    row = session.get_one(Consulted, consulted_id)
    lines = [f"Från: {_who(row)}", f"Svar: {ANSWERS.get(row.answer or '', '')}"]
    if row.capacity:
        lines.append(f"Svarar som: {row.capacity}")
    return "\n".join([*lines, "", row.body])


def _who(row: Consulted) -> str:
    return ", ".join(each for each in (row.name, row.address, row.email, row.property) if each)
