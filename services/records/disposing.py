"""Disposal by rule and decision, and the redaction of one case: what goes, goes everywhere.

What is left is the number, the diary's line, the timeline's codes, and the record of it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from services.attachments import commands as attachments
from services.attachments.models import Attachment
from services.audit.log import record
from services.cases import policy
from services.cases.changing import for_change, note_event
from services.cases.desk_models import Completion
from services.cases.models import Case, CaseMessage, State
from services.catalogue import queries as catalogue
from services.decisions.models import Decision
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid
from services.kernel.work import Work
from services.records import belongings, documents, retention
from services.records.belongings import Fate
from services.records.models import Disposal
from services.records.retention import WHOLE

GONE = "–"
NOBODY = (
    *("acting_person_id", "subject_person_id", "subject_organisation_id", "mandate_id"),
    *("assurance", "draft_secret_hash", "paper_code"),
)
FREE = ("headline", "search_text", "party_text")
CONTACT = ("contact_name", "contact_email", "contact_phone")
ALLOWED = text("SET LOCAL salem24.disposing = 'on'")
FORBIDDEN = text("SET LOCAL salem24.disposing = 'off'")
LONGEST = 200
# Why one case is redacted: the data must not have been kept, somebody has ordered it, or the
# authority has decided that this case is disposed of.
GROUNDS = {
    "erasure": "dataskyddsförordningen artikel 17.1",
    "order": "dataskyddsförordningen artikel 58.2 g",
    "decision": "arkivlagen (1990:782) 10 §",
}
# Answers that were chosen from what we had written tell of nobody, unless the question is personal.
CHOSEN = ("choice", "choices", "yes_no")


@dataclass(frozen=True)
class Preview:
    """What goes and what stays, counted by name. Nothing has changed by it."""

    goes: dict[str, int]
    stays: dict[str, int]


def dispose(work: Work, case_id: UUID, decision: str) -> Disposal:
    """Dispose of what is due in an ended case, as its registrar or manager.

    `decision` names the authority's own decision on disposal (arkivlagen 10 §, domain §3.6).
    Raises Conflict("nothing-due"), Conflict("rule-not-decided") for an example, and
    Conflict("legal-hold") while something stands in the way.
    """
    case = for_change(work, case_id, policy.LEAD)
    decision = _said(decision)
    found = retention.of_case(work.session, case, local_day(work.now))
    if found is None:
        raise Conflict("nothing-due")
    if not found.is_decided:
        raise Conflict("rule-not-decided")
    if found.holds:
        raise Conflict("legal-hold", holds=list(found.holds))
    removed = _whole(work, case) if WHOLE in found.kinds else _some(work, case, found.kinds)
    note_event(work, case, "disposed", public=False, kinds=sorted(found.kinds))
    return _recorded(work, case, "disposed", found.rule, decision, removed)


def _said(decision: str) -> str:
    decision = " ".join(decision.split())
    if not decision or len(decision) > LONGEST:
        raise Invalid("name-the-decision")
    return decision


def _recorded(
    work: Work, case: Case, kind: str, rule: str, decision: str, removed: dict[str, int]
) -> Disposal:
    made = Disposal(
        id=new_id(),
        case_id=case.id,
        authority_id=case.authority_id,
        kind=kind,
        rule=rule,
        decision=decision,
        removed=removed,
        done_by_id=work.actor.person_id,
        done_at=work.now,
    )
    work.session.add(made)
    return made


def preview(session: Session, case: Case, kinds: Collection[str]) -> Preview:
    """The dry run of a disposal of so much of a case: exactly what `dispose` would count."""
    if WHOLE in kinds:
        return Preview(_counted(session, case, set()), belongings.counted(session, case, Fate.KEPT))
    found = documents.of_case(session, case)
    return Preview(
        _by_kind(found, kinds), _by_kind(found, {each.kind for each in found} - {*kinds})
    )


def _by_kind(found: list[documents.Document], kinds: Collection[str]) -> dict[str, int]:
    return {kind: sum(each.kind == kind for each in found) for kind in sorted(kinds)}


def preview_redaction(session: Session, case: Case) -> Preview:
    """The dry run of a redaction: exactly what `redact` would count, and what it would leave."""
    kept = _chosen(session, case)
    stays = belongings.counted(session, case, Fate.KEPT)
    return Preview(
        _counted(session, case, kept), {**stays, **({"answers": len(kept)} if kept else {})}
    )


def _counted(session: Session, case: Case, kept: set[str]) -> dict[str, int]:
    own = _own(session, case, kept)
    return {**own, **belongings.counted(session, case, Fate.DELETED, Fate.BLANKED)}


def _own(session: Session, case: Case, kept: set[str]) -> dict[str, int]:
    """What of the case's own row and of the store would go."""
    facts = (getattr(case, name) for name in NOBODY + CONTACT)
    found = {
        "files": belongings.files_in(session, case),
        "decision_letters": len(_letters(session, case)),
        "answers": len(case.answers.keys() - kept),
        "contact": sum(each is not None for each in facts),
    }
    return {name: count for name, count in found.items() if count}


def _letters(session: Session, case: Case) -> list[str]:
    """The checksums of decisions' letters, as they lie in the store."""
    query = select(Decision.letter_checksum).where(
        Decision.case_id == case.id, Decision.letter_checksum.is_not(None)
    )
    return [each for each in session.scalars(query.order_by(Decision.id)) if each]


def _chosen(session: Session, case: Case) -> set[str]:
    document = catalogue.version_document(session, case.version_id)
    harmless = (each for each in document.questions if each.type in CHOSEN and not each.personal)
    return {each.key for each in harmless} & case.answers.keys()


def _some(work: Work, case: Case, kinds: frozenset[str]) -> dict[str, int]:
    """The text and files of some kinds of documents; that they were there is left."""
    found = documents.of_case(work.session, case)
    ids = [each.source_id for each in found if each.kind in kinds]
    work.session.execute(ALLOWED)
    work.session.execute(
        update(CaseMessage).where(CaseMessage.id.in_(ids)).values(body=GONE),
        execution_options={"synchronize_session": False},
    )
    # What a request for completion said of each answer stands beside its message.
    work.session.execute(
        update(Completion).where(Completion.id.in_(ids)).values(asked=[]),
        execution_options={"synchronize_session": False},
    )
    work.session.execute(FORBIDDEN)
    attachments.dispose(work, ids)
    return _by_kind(found, kinds)


def _whole(work: Work, case: Case) -> dict[str, int]:
    removed = _emptied(work, case, set())
    case.state = State.DISPOSED
    return removed


def _emptied(work: Work, case: Case, kept: set[str]) -> dict[str, int]:
    """Take out everything that the case says, but the answers to the questions that are kept."""
    own = _own(work.session, case, kept)
    owners = select(Attachment.owner_id).where(belongings.files(case)).distinct()
    attachments.dispose(work, work.session.scalars(owners).all())
    attachments.forget(work, _letters(work.session, case))
    # What points at the case and its messages must be there until the files are known.
    work.session.flush()
    work.session.execute(ALLOWED)
    removed = belongings.removed(work, case)
    work.session.execute(FORBIDDEN)
    for name in NOBODY + CONTACT:
        setattr(case, name, None)
    for name in FREE:
        setattr(case, name, "")
    case.answers = {key: said for key, said in case.answers.items() if key in kept}
    case.attributes = {key: said for key, said in case.attributes.items() if key in kept}
    case.typed = {}
    return {**own, **removed}


def redact(work: Work, case_id: UUID, ground: str, reason: str) -> Disposal:
    """Take everything personal out of one ended case before its time, as its registrar or manager.

    What stays is the number, the days, the service, the outcome, answers that were chosen from a
    list, and what the books need. `ground` is one of GROUNDS, `reason` names the decision.
    Raises Invalid("unknown-ground"), Conflict("case-not-ended") and Conflict("legal-hold").
    """
    case = for_change(work, case_id, policy.LEAD)
    if ground not in GROUNDS:
        raise Invalid("unknown-ground")
    reason = _said(reason)
    _require_free(work.session, case)
    removed = _emptied(work, case, _chosen(work.session, case))
    note_event(work, case, "redacted", public=False, ground=ground)
    return _recorded(work, case, "redacted", GROUNDS[ground], reason, removed)


def _require_free(session: Session, case: Case) -> None:
    if case.state not in retention.ENDED:
        raise Conflict("case-not-ended", state=case.state)
    if holding := retention.holds(session, case):
        raise Conflict("legal-hold", holds=holding)


def looked_at(work: Work, case: Case) -> None:
    """Note that somebody has looked at what a redaction would take."""
    record(work, "case:preview-redaction", case.id)


def of_case(work: Work, case_id: UUID) -> list[Disposal]:
    """What has been disposed of in a case, newest first."""
    query = select(Disposal).where(Disposal.case_id == case_id)
    return list(work.session.scalars(query.order_by(Disposal.done_at.desc()).limit(50)))
