"""Changing answers of a received case: what each was before stays in its history."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cases import party, policy
from services.cases.changing import for_change, note_event
from services.cases.desk_models import AnswerChange
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.forms import answers as forms_answers
from services.kernel.errors import Invalid
from services.kernel.work import Work

MANY = 500


def correct(
    work: Work, case_id: UUID, stored: Mapping[str, Any], reason: str, *, seen: int | None = None
) -> Case:
    """Correct answers at the desk, by what the party has said. Raises Invalid without a reason,
    and Conflict when the case has changed since it was shown (`seen`)."""
    case = for_change(work, case_id, policy.WORK_ON, seen=seen)
    if not reason.strip():
        raise Invalid("say-why")
    changed = put(work, case, stored, reason=reason.strip())
    if changed:
        note_event(work, case, "answers_corrected", public=True, questions=changed)
    return case


def put(
    work: Work,
    case: Case,
    stored: Mapping[str, Any],
    *,
    completion_id: UUID | None = None,
    reason: str | None = None,
) -> list[str]:
    """Lay answers over the case's own, each change noted; returns the questions that changed."""
    changed = [key for key, value in stored.items() if case.answers.get(key) != value]
    for key in changed:
        work.session.add(
            AnswerChange(
                case_id=case.id,
                completion_id=completion_id,
                question=key,
                before=case.answers.get(key),
                after=stored[key],
                reason=reason,
                at=work.now,
                actor_id=work.actor.person_id,
                actor_role=work.actor.role.value,
            )
        )
    if changed:
        document = catalogue.version_document(work.session, case.version_id)
        case.answers = forms_answers.kept(document, {**case.answers, **stored})
        party.note_contact(case, document)
        case.attributes = forms_answers.attributes(document, case.answers)
        party.describe(work, case, document)
    return changed


def history(session: Session, case_id: UUID) -> list[AnswerChange]:
    """How the answers of a case have changed, oldest first."""
    query = select(AnswerChange).where(AnswerChange.case_id == case_id)
    return list(session.scalars(query.order_by(AnswerChange.id).limit(MANY)))
