"""Answering: the party under Mina sidor, others who come by a link or a letter's code."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from services.cases import policy
from services.cases.changing import LONGEST_MESSAGE, add_message, for_change, locked, note_event
from services.cases.models import FROM_RESIDENT, Case
from services.consultations import codes
from services.consultations.models import Answer, Consultation, Consulted, Kind
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.work import Work


@dataclass(frozen=True)
class Asked:
    """Somebody who is asked, with the question and its case."""

    row: Consulted
    consultation: Consultation
    case: Case

    @property
    def is_over(self) -> bool:
        """Whether nothing can be answered any more."""
        closed = self.consultation.closed_at is not None or not self.case.is_open
        return closed or self.row.answered_at is not None


@dataclass(frozen=True)
class Said:
    """An answer: nothing against it, or comments; `capacity` is as whom a neighbour answers."""

    answer: str
    body: str = ""
    capacity: str = ""


def by_link(work: Work, secret: str) -> Asked:
    """Who a link is for. Raises NotFound when it is not one of ours, old or out of time."""
    row_id = codes.id_in(secret)
    row = work.session.get(Consulted, row_id) if row_id else None
    if row is None or not codes.is_link_of(work.resources["keyring"], row, secret):
        raise NotFound("consultation-link")
    return _in_time(work, row)


def by_code(work: Work, typed: str) -> Asked | None:
    """Who a code is for, or None when it is wrong, which is counted: after ten tries it is void.

    None is no refusal here: a refusal would undo the count.
    """
    selector, rest = codes.parts(typed)
    query = select(Consulted).where(Consulted.selector == selector).with_for_update()
    row = work.session.scalar(query.execution_options(populate_existing=True))
    if row is None or row.tries >= codes.MOST_TRIES:
        return None
    if not codes.is_code_of(work.resources["keyring"], row, rest):
        row.tries += 1
        return None
    try:
        return _in_time(work, row)
    except NotFound:
        return None


def open_here(work: Work, asked: Asked, browser: str) -> None:
    """Bind a link to this browser (`browser` is its secret); a code can be typed in another.

    Raises Conflict("opened-elsewhere") when the link was opened in another browser before.
    """
    known = codes.browser_hash(browser)
    if asked.row.selector is None and asked.row.bound_hash not in (None, known):
        raise Conflict("opened-elsewhere")
    asked.row.bound_hash = known
    asked.row.opened_at = asked.row.opened_at or work.now


def opened(work: Work, consulted_id: UUID, browser: str) -> Asked:
    """What is open in this browser. Raises NotFound for everything else."""
    row = work.session.get(Consulted, consulted_id)
    if row is None or not browser or row.bound_hash != codes.browser_hash(browser):
        raise NotFound("consultation-link")
    return _in_time(work, row)


def _in_time(work: Work, row: Consulted) -> Asked:
    if row.expires_on < local_day(work.now):
        raise NotFound("consultation-link")
    consultation = work.session.get_one(Consultation, row.consultation_id)
    case = work.session.get_one(Case, consultation.case_id)
    if case.protected and consultation.kind != Kind.PARTY:
        # The flag has come later: nobody outside reads of the case from then on.
        raise NotFound("consultation-link")
    return Asked(row, consultation, case)


def answer_outside(work: Work, asked: Asked, said: Said) -> None:
    """Take in what somebody outside says, once. The caller has made sure who it is (`opened`)."""
    case = locked(work, asked.case.id)
    work.session.refresh(asked.row, with_for_update=True)
    if asked.is_over:
        raise Conflict("consultation-over")
    body = _body(said)
    asked.row.body, asked.row.capacity = body, said.capacity[:LONGEST_MESSAGE]
    _answered(work, case, asked.row, asked.consultation.kind, said)


def answer_as_party(
    work: Work, consultation: Consultation, said: Said, message_id: UUID | None = None
) -> Case:
    """Comment on the material, or say that one has no comments (förvaltningslagen 25 §).

    Comments become a message in the case, to which files may belong (`message_id`).
    """
    case = for_change(work, consultation.case_id, policy.ACT_AS_PARTY)
    query = select(Consulted).where(Consulted.consultation_id == consultation.id)
    row = work.session.scalars(query.with_for_update()).one()
    if Asked(row, consultation, case).is_over:
        raise Conflict("consultation-over")
    if _body(said):
        add_message(work, case, FROM_RESIDENT, said.body, message_id)
    _answered(work, case, row, consultation.kind, said)
    return case


def _body(said: Said) -> str:
    if said.answer not in tuple(Answer):
        raise Invalid("unknown-answer")
    body = said.body.strip()
    if said.answer == Answer.COMMENTS and not body:
        raise Invalid("message-empty")
    if len(body) > LONGEST_MESSAGE:
        raise Invalid("message-too-long", limit=LONGEST_MESSAGE)
    return body


def _answered(work: Work, case: Case, row: Consulted, kind: str, said: Said) -> None:
    row.answered_at, row.answer = work.now, said.answer
    case.unread_by_desk = True
    if kind == Kind.PARTY:
        note_event(work, case, "communication_answered", public=True, answer=said.answer)
    else:
        note_event(work, case, "consultation_answered", public=False, answer=said.answer)
