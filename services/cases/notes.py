"""Notes for the desk (tjänsteanteckningar): what is written down stands, and colleagues can be named."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.cases import policy
from services.cases.assignment import barred
from services.cases.changing import add_message, for_change, note_event
from services.cases.desk_models import CaseMention
from services.cases.models import NOTE, ORAL, Case
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.work import Actor, Work
from services.notifications import commands as notifications
from services.organisation import queries as organisation
from services.people import queries as people

LETTER = "colleague-mentioned"


def note(work: Work, case_id: UUID, body: str, *, message_id: UUID | None = None) -> Case:
    """Write an internal note (förvaltningslagen 27 §), which the party does not see.

    Colleagues named with an @ before their whole name are told of it.
    """
    return _noted(work, case_id, NOTE, body, message_id)


def oral(work: Work, case_id: UUID, body: str, *, message_id: UUID | None = None) -> Case:
    """Write down what somebody has said (förvaltningslagen 24 and 27 §§)."""
    return _noted(work, case_id, ORAL, body, message_id)


def _noted(work: Work, case_id: UUID, kind: str, body: str, message_id: UUID | None) -> Case:
    case = for_change(work, case_id, policy.WORK_ON)
    message = add_message(work, case, kind, body, message_id)
    note_event(work, case, kind, public=False)
    named = _named(work, case, message.body)
    if named:
        # A mention names its message by its key only.
        work.session.flush()
    for person_id in named:
        _mention(work, case, message.id, person_id)
    return case


def _named(work: Work, case: Case, body: str) -> list[UUID]:
    if "@" not in body:
        return []
    staff = organisation.staff(work.session, case.authority_id, local_day(work.now))
    names = people.names(work.session, set(staff) - {work.actor.person_id})
    lower = body.lower()
    return [
        person_id
        for person_id, name in names.items()
        if f"@{name.lower()}" in lower and not barred(case, person_id)
    ]


def _mention(work: Work, case: Case, message_id: UUID, person_id: UUID) -> None:
    work.session.add(
        CaseMention(
            id=new_id(), case_id=case.id, message_id=message_id, person_id=person_id, at=work.now
        )
    )
    colleague = people.person(work.session, person_id)
    if colleague is None or not colleague.email:
        return
    link = f"{work.resources['public_url']}/handlaggning/arenden/{case.number}"
    notifications.notify(
        work,
        to_email=colleague.email,
        template=LETTER,
        language=colleague.language,
        values={"number": case.number, "link": link},
        case_number=case.number,
    )


def unseen(session: Session, actor: Actor) -> list[tuple[CaseMention, Case]]:
    """Where the actor has been named and has not looked yet, newest first, within the border."""
    rows = session.execute(
        select(CaseMention, Case)
        .join(Case, Case.id == CaseMention.case_id)
        .where(
            CaseMention.person_id == actor.person_id,
            CaseMention.seen_at.is_(None),
            policy.visible_at_desk(actor),
        )
        .order_by(CaseMention.at.desc(), CaseMention.id)
        .limit(20)
    )
    return [(mention, case) for mention, case in rows]


def seen(work: Work, case: Case) -> None:
    """Whoever opens the case has seen where they were named in it."""
    work.session.execute(
        update(CaseMention)
        .where(
            CaseMention.case_id == case.id,
            CaseMention.person_id == work.actor.person_id,
            CaseMention.seen_at.is_(None),
        )
        .values(seen_at=work.now)
        .execution_options(synchronize_session=False)
    )
