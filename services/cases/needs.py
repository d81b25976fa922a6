"""Understanding and being understood: interpreter, sign language, translation (förvaltningslagen 13 §)."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.access.rules import Action
from services.cases import policy
from services.cases.changing import for_change, note_event
from services.cases.investigation_models import CaseNeed, Help
from services.cases.models import Case
from services.kernel.errors import Conflict, Invalid
from services.kernel.work import Work

LONGEST = 60
# Where it must be said which language.
IN_A_LANGUAGE = (Help.INTERPRETER, Help.TRANSLATION)


def of(session: Session, case_id: UUID) -> CaseNeed | None:
    """What the party of a case needs, if it is known."""
    return session.get(CaseNeed, case_id)


def note_as_party(work: Work, case_id: UUID, help_: str, language: str = "") -> Case:
    """Say as the party what one needs. The desk sees it at the head of the case."""
    return _noted(work, case_id, policy.ACT_AS_PARTY, help_, language)


def note_at_desk(work: Work, case_id: UUID, help_: str, language: str = "") -> Case:
    """Note what the party has said or what is seen to be needed."""
    return _noted(work, case_id, policy.WORK_ON, help_, language)


def _noted(work: Work, case_id: UUID, what: Action, help_: str, language: str) -> Case:
    """An empty `help_` takes the need away. Raises Invalid for one without its language."""
    case = for_change(work, case_id, what)
    if not case.is_open:
        raise Conflict("case-state", state=case.state)
    language = " ".join(language.split())[:LONGEST]
    row = of(work.session, case.id)
    if not help_:
        if row is not None:
            work.session.delete(row)
            note_event(work, case, "need_noted", public=True, help="none")
        return case
    if help_ not in tuple(Help):
        raise Invalid("unknown-help")
    if help_ in IN_A_LANGUAGE and not language:
        raise Invalid("which-language")
    row = row or CaseNeed(case_id=case.id)
    row.help, row.language = help_, language
    row.noted_by_id, row.noted_by_role = work.actor.person_id, work.actor.role.value
    row.noted_at = work.now
    work.session.add(row)
    if what is policy.ACT_AS_PARTY:
        case.unread_by_desk = True
    note_event(work, case, "need_noted", public=True, help=help_)
    return case
