"""Everything that hangs on a case, and what becomes of it when the case is disposed of or redacted.

Each table that leads to a case has its line here, so that what is shown beforehand and what is
then done are read from the same list. A table that is added and forgotten fails a test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Select,
    and_,
    delete,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from services.attachments.models import Attachment
from services.cases.charge_models import Charge
from services.cases.desk_models import (
    AnswerChange,
    Assistance,
    CaseLink,
    CaseMention,
    CaseParty,
    CaseTask,
    Completion,
)
from services.cases.draft_models import DraftAnswer
from services.cases.investigation_models import CaseCheck, CaseNeed
from services.cases.models import (
    Case,
    CaseConflict,
    CaseEvent,
    CaseHandler,
    CaseMessage,
    CaseShare,
)
from services.cases.place_models import PlaceHold
from services.cases.rating_models import Rated
from services.cases.secrecy_models import SecrecyMark
from services.cases.unmarking_models import ProtectionProposal
from services.consultations.models import Consultation, Consulted, Dormancy
from services.deadlines.models import Deadline, Pause
from services.decisions.models import Appeal, Decision, Notice
from services.desk.models import Referral
from services.kernel.work import Role, Work
from services.notifications.models import Notification
from services.payments.models import Order
from services.records.models import DiaryEntry, Disposal, LegalHold
from services.signatures.models import Signature, SignatureRequest, SigningAttempt

Which = Callable[[Case], ColumnElement[bool]]


class Fate(StrEnum):
    """What becomes of a table's rows."""

    DELETED = "deleted"
    BLANKED = "blanked"
    KEPT = "kept"


@dataclass(frozen=True)
class Belonging:
    """The rows of a table that belong to a case, by a name; `blank` is what is written over them."""

    name: str
    table: type[Any]
    fate: Fate
    which: Which
    blank: Mapping[str, Any] = field(default_factory=dict)


def _of_case(table: type[Any]) -> Which:
    return lambda case: table.case_id == case.id


def _messages(case: Case) -> Select[Any]:
    return select(CaseMessage.id).where(CaseMessage.case_id == case.id)


def _asked(case: Case) -> Select[Any]:
    return select(Consultation.id).where(Consultation.case_id == case.id)


def _consulted(case: Case) -> Select[Any]:
    return select(Consulted.id).where(Consulted.consultation_id.in_(_asked(case)))


def _decisions(case: Case) -> Select[Any]:
    return select(Decision.id).where(Decision.case_id == case.id)


def _requests(case: Case) -> Select[Any]:
    """What was to be signed: the application, and the letters of decisions."""
    of_it = or_(
        SignatureRequest.owner_id == case.id, SignatureRequest.owner_id.in_(_decisions(case))
    )
    return select(SignatureRequest.id).where(of_it)


def _signatures(case: Case) -> Select[Any]:
    return select(Signature.id).where(Signature.request_id.in_(_requests(case)))


def files(case: Case) -> ColumnElement[bool]:
    """The files of a case: handed in, sent with messages and answers, signed."""
    owners = (_messages(case), _consulted(case), _requests(case))
    return or_(Attachment.owner_id == case.id, *(Attachment.owner_id.in_(each) for each in owners))


def _by_party(case: Case) -> ColumnElement[bool]:
    of_party = CaseEvent.actor_role.in_([Role.RESIDENT, Role.SCHOOL, Role.ANYONE])
    return and_(CaseEvent.case_id == case.id, of_party, CaseEvent.actor_id.is_not(None))


def _letters(case: Case) -> ColumnElement[bool]:
    return Notification.case_number == case.number if case.number else false()


def _text(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "")


DELETED, BLANKED, KEPT = Fate.DELETED, Fate.BLANKED, Fate.KEPT
# What points at other rows goes before them.
BELONGINGS: tuple[Belonging, ...] = (
    Belonging("changes", AnswerChange, DELETED, _of_case(AnswerChange)),
    Belonging("completions", Completion, DELETED, _of_case(Completion)),
    Belonging("mentions", CaseMention, DELETED, lambda case: CaseMention.message_id.in_(_messages(case))),
    Belonging("messages", CaseMessage, DELETED, _of_case(CaseMessage)),
    Belonging("tasks", CaseTask, DELETED, _of_case(CaseTask)),
    Belonging("parties", CaseParty, DELETED, _of_case(CaseParty)),
    Belonging("shares", CaseShare, DELETED, _of_case(CaseShare)),
    Belonging("unmarkings", ProtectionProposal, DELETED, _of_case(ProtectionProposal)),
    Belonging("needs", CaseNeed, DELETED, _of_case(CaseNeed)),
    Belonging("checks", CaseCheck, DELETED, _of_case(CaseCheck)),
    Belonging("assistance", Assistance, DELETED, _of_case(Assistance)),
    Belonging("draft answers", DraftAnswer, DELETED, _of_case(DraftAnswer)),
    Belonging("places", PlaceHold, DELETED, _of_case(PlaceHold)),
    Belonging("consulted", Consulted, DELETED, lambda case: Consulted.consultation_id.in_(_asked(case))),
    Belonging("consultations", Consultation, DELETED, _of_case(Consultation)),
    Belonging("dormancies", Dormancy, DELETED, _of_case(Dormancy)),
    Belonging("referrals", Referral, DELETED, _of_case(Referral)),
    Belonging("letters", Notification, DELETED, _letters),
    Belonging("marks", SecrecyMark, DELETED, _of_case(SecrecyMark)),
    Belonging("attempts", SigningAttempt, DELETED,
              lambda case: SigningAttempt.signature_id.in_(_signatures(case))),
    Belonging("signatures", Signature, DELETED, lambda case: Signature.request_id.in_(_requests(case))),
    Belonging("signed", SignatureRequest, DELETED, lambda case: SignatureRequest.id.in_(_requests(case))),
    Belonging("notices", Notice, DELETED, lambda case: Notice.decision_id.in_(_decisions(case))),
    Belonging("appeals", Appeal, BLANKED, lambda case: Appeal.decision_id.in_(_decisions(case)),
              {**_text("body", "reason", "appellant_name"), "appellant_id": None}),
    # A decision's number, day, outcome, law and sum are left; its text and letter are not.
    Belonging("decisions", Decision, BLANKED, _of_case(Decision),
              {**_text("says", "reasons", "conditions", "dissent", "participants"), "letter_checksum": None}),
    # The timeline says when and what, no longer who of the party.
    Belonging("actors", CaseEvent, BLANKED, _by_party, {"actor_id": None}),
    # The charge itself is bookkeeping, which has its own seven years (bokföringslagen 7 kap. 2 §).
    Belonging("charges", Charge, BLANKED, _of_case(Charge), {"answers": {}, "given": {}}),
    Belonging("orders", Order, KEPT, lambda case: Order.owner_id == case.id),
    Belonging("timeline", CaseEvent, KEPT, _of_case(CaseEvent)),
    Belonging("diary", DiaryEntry, KEPT, _of_case(DiaryEntry)),
    Belonging("handlers", CaseHandler, KEPT, _of_case(CaseHandler)),
    Belonging("conflicts", CaseConflict, KEPT, _of_case(CaseConflict)),
    Belonging("links", CaseLink, KEPT, lambda case: or_(CaseLink.case_id == case.id, CaseLink.other_id == case.id)),
    Belonging("deadlines", Deadline, KEPT, _of_case(Deadline)),
    Belonging("pauses", Pause, KEPT, _of_case(Pause)),
    Belonging("rated", Rated, KEPT, _of_case(Rated)),
    Belonging("holds", LegalHold, KEPT, _of_case(LegalHold)),
    # That another authority handed it over is that authority's own record.
    Belonging("referred", Referral, KEPT, lambda case: Referral.new_case_id == case.id),
    Belonging("disposals", Disposal, KEPT, _of_case(Disposal)),
)  # fmt: skip


def counted(session: Session, case: Case, *fates: Fate) -> dict[str, int]:
    """How many rows there are of each, by name, where there are any; nothing is changed."""
    found = {
        each.name: _count(session, each.table, each.which(case))
        for each in BELONGINGS
        if each.fate in fates
    }
    return {name: count for name, count in found.items() if count}


def files_in(session: Session, case: Case) -> int:
    """How many files a case has, of every kind."""
    return _count(session, Attachment, files(case))


def _count(session: Session, table: type[Any], which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(which)) or 0


def removed(work: Work, case: Case) -> dict[str, int]:
    """Delete and blank everything that does not stay; returns how many rows of each, by name.

    The caller has the rule and the decision, and has let the database allow it.
    """
    done = {
        each.name: _changed(work, each, case) for each in BELONGINGS if each.fate is not Fate.KEPT
    }
    return {name: count for name, count in done.items() if count}


def _changed(work: Work, each: Belonging, case: Case) -> int:
    which = each.which(case)
    query = (
        delete(each.table).where(which)
        if each.fate is Fate.DELETED
        else update(each.table).where(which).values(**each.blank)
    )
    done = work.session.execute(query.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount
