"""The same step with many cases: first tried without being done, then done, each case by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from services.audit.log import record
from services.cases import assignment, commands, policy
from services.cases.models import Case
from services.cases.queries import LIGHT
from services.catalogue import queries as catalogue
from services.desk import texts
from services.kernel.errors import Invalid, Refusal
from services.kernel.work import Work

MOST = 100
Step = Callable[[Work, Case], None]


@dataclass(frozen=True)
class Outcome:
    """What becomes of one case: done, or refused with a code."""

    case: Case
    refused: Refusal | None


def assign_to(person_id: UUID) -> Step:
    """Set a colleague to lead the work."""
    return lambda work, case: _done(assignment.assign(work, case.id, person_id))


def set_status(key: str) -> Step:
    """Move along to a status, where the service of the case has it."""
    return lambda work, case: _done(commands.set_status(work, case.id, key))


def send(body: str) -> Step:
    """Write the same message to all, with the merge fields filled in for each."""

    def written(work: Work, case: Case) -> None:
        document = catalogue.version_document(work.session, case.version_id)
        commands.write_from_desk(work, case.id, texts.filled(body, case, document))

    return written


def _done(_: Case) -> None:
    return None


def chosen(work: Work, numbers: Sequence[str]) -> list[Case]:
    """The cases with these numbers that the actor may see, in the order given. Raises Invalid
    for more than a hundred at once."""
    if len(numbers) > MOST:
        raise Invalid("too-many-cases", limit=MOST)
    query = select(Case).where(Case.number.in_(numbers), policy.visible_at_desk(work.actor))
    found = {each.number: each for each in work.session.scalars(query.limit(MOST).options(*LIGHT))}
    return [found[number] for number in dict.fromkeys(numbers) if number in found]


def preview(work: Work, cases: Sequence[Case], step: Step) -> list[Outcome]:
    """What would become of each case; everything is really tried, and taken back again."""
    return [Outcome(each, _tried(work, each, step, keep=False)) for each in cases]


def carry_out(work: Work, cases: Sequence[Case], step: Step, name: str) -> list[Outcome]:
    """Do it: each case is done whole or not at all, and one that is refused stops no other."""
    outcomes = [Outcome(each, _tried(work, each, step, keep=True)) for each in cases]
    done = sum(each.refused is None for each in outcomes)
    record(work, "desk:bulk", None, step=name, done=done, refused=len(outcomes) - done)
    return outcomes


class _TakenBack(Exception):
    """What was only tried is undone."""


def _tried(work: Work, case: Case, step: Step, *, keep: bool) -> Refusal | None:
    happened = list(work.happened)
    entries = list(work.session.info.get("audit_entries", ()))
    refused: Refusal | None = None
    try:
        with work.session.begin_nested():
            step(work, case)
            work.session.flush()
            if not keep:
                raise _TakenBack
        return None
    except Refusal as refusal:
        refused = refusal
    except _TakenBack:
        pass
    # What did not happen is told to nobody, and stands in no log.
    work.happened[:] = happened
    work.session.info["audit_entries"] = entries
    return refused
