"""What is done every day: remind before the last day. Waking is in dormancy."""

from datetime import timedelta

from sqlalchemy import select

from services.cases import notices
from services.cases.changing import locked, note_event
from services.cases.models import OPEN, Case
from services.consultations import asking
from services.consultations.models import Consultation, Consulted, Kind
from services.kernel.calendar import local_day
from services.kernel.work import Work

REMIND_BEFORE = timedelta(days=3)
AT_ONCE = 200


def remind(work: Work) -> int:
    """Job: remind the party and those outside who have a mail address, once; returns how many."""
    today = local_day(work.now)
    rows = work.session.execute(
        select(Consulted.id, Consultation)
        .join(Consultation, Consultation.id == Consulted.consultation_id)
        .join(Case, Case.id == Consultation.case_id)
        .where(
            Consultation.closed_at.is_(None),
            Consultation.answer_by.between(today, today + REMIND_BEFORE),
            Consulted.answered_at.is_(None),
            Consulted.reminded_at.is_(None),
            Consulted.selector.is_(None),
            Case.state.in_(OPEN),
        )
        .order_by(Consultation.answer_by, Consulted.id)
        .limit(AT_ONCE)
    )
    found = [(row_id, consultation) for row_id, consultation in rows]
    return sum(_reminded(work, row_id, consultation) for row_id, consultation in found)


def _reminded(work: Work, row_id: object, consultation: Consultation) -> bool:
    case = locked(work, consultation.case_id)
    row = work.session.get_one(Consulted, row_id, with_for_update=True, populate_existing=True)
    if row.answered_at is not None or row.reminded_at is not None:
        return False
    if local_day(consultation.asked_at) == local_day(work.now):
        return False
    if consultation.kind == Kind.PARTY:
        row.reminded_at = work.now
        link = asking.party_link(work, case, consultation)
        notices.tell(work, case, "communication-reminder", link=link)
        note_event(work, case, "communication_reminded", public=True)
    else:
        asking.remind(work, case, row)
        note_event(work, case, "consultation_reminded", public=False)
    return True
