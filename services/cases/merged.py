"""When two accounts turn out to be one person's, so do their cases (identity ID-10)."""

from sqlalchemy import update

from services.cases.desk_models import CaseParty
from services.cases.draft_models import DraftAnswer
from services.cases.models import Case
from services.kernel.work import Work
from services.people.events import PersonsMerged


def follow(work: Work, merged: PersonsMerged) -> None:
    """Let whoever stays be the one who acts, whom a case is about, and party, where the other was."""
    for column in (Case.acting_person_id, Case.subject_person_id):
        work.session.execute(
            update(Case).where(column == merged.gone).values({column: merged.kept})
        )
    work.session.execute(
        update(CaseParty).where(CaseParty.person_id == merged.gone).values(person_id=merged.kept)
    )
    work.session.execute(
        update(DraftAnswer)
        .where(DraftAnswer.saved_by_id == merged.gone)
        .values(saved_by_id=merged.kept)
    )
