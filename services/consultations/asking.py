"""Asking the party, somebody outside or the neighbours, and asking anew when a link is lost."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from services.cases import notices, policy
from services.cases.changing import LONGEST_MESSAGE, for_change, note_event
from services.cases.models import Case
from services.consultations import codes, material
from services.consultations.models import Consultation, Consulted, Kind
from services.kernel.calendar import last_day, local_day
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.work import Work
from services.notifications import commands as notifications
from services.notifications.channels.email import address_of

WEEKS = 2
MOST = 100
LONGEST = 300
# How long after the last day an answer is still taken in by link or code.
GRACE = timedelta(days=30)
ASKED = {
    Kind.PARTY: "communicated",
    Kind.OUTSIDE: "consultation_asked",
    Kind.NEIGHBOURS: "neighbours_asked",
}


@dataclass(frozen=True)
class Recipient:
    """Somebody to ask: by mail where there is an address for that, else by a letter with a code."""

    name: str
    email: str | None = None
    address: str | None = None
    property: str | None = None


@dataclass(frozen=True)
class Question:
    """What is asked, what is shown with it, and until when; two weeks when no day is said.

    `despite_secrecy` is why something that is marked as secret is shown all the same.
    """

    text: str
    material: Collection[str] = ()
    answer_by: date | None = None
    despite_secrecy: str = ""


def communicate(work: Work, case_id: UUID, question: Question) -> Consultation:
    """Give the party what a decision will build on, and time to comment (förvaltningslagen 25 §).

    A party with an e-ID answers under Mina sidor, others with the code of a letter.
    """
    case = for_change(work, case_id, policy.WORK_ON)
    made = _asked(work, case, Kind.PARTY, question)
    row = _added(work, made, Recipient(case.contact_name or ""), coded=not has_account(case))
    if row.selector is None:
        notices.tell(work, case, "communication-asked", link=party_link(work, case, made))
    return made


def ask_outside(
    work: Work, case_id: UUID, question: Question, recipients: Sequence[Recipient]
) -> Consultation:
    """Ask authorities and others for an opinion (förvaltningslagen 26 §), by mail or letter."""
    case = for_change(work, case_id, policy.WORK_ON)
    made = _asked(work, case, Kind.OUTSIDE, question)
    for each in _fit(recipients):
        row = _added(work, made, each, coded=each.email is None)
        _mail(work, case, row, "consultation-asked")
    return made


def ask_neighbours(
    work: Work, case_id: UUID, question: Question, recipients: Sequence[Recipient]
) -> Consultation:
    """Tell the neighbours of an application and hear them (PBL 9 kap.), by letters with codes."""
    case = for_change(work, case_id, policy.WORK_ON)
    if case.secrecy:
        raise Conflict("case-secret")
    made = _asked(work, case, Kind.NEIGHBOURS, question)
    for each in _fit(recipients):
        _added(work, made, each, coded=True)
    return made


def has_account(case: Case) -> bool:
    """Whether the party reads the case under Mina sidor."""
    known = (case.acting_person_id, case.subject_person_id, case.subject_organisation_id)
    return any(each is not None for each in known)


def _asked(work: Work, case: Case, kind: Kind, question: Question) -> Consultation:
    today = local_day(work.now)
    if not case.is_open:
        raise Conflict("case-state", state=case.state)
    if case.protected and kind is not Kind.PARTY:
        # Whoever reads of the case learns of somebody whose whereabouts nobody may learn.
        raise Conflict("case-protected")
    if not question.text.strip():
        raise Invalid("question-empty")
    if len(question.text) > LONGEST_MESSAGE:
        raise Invalid("message-too-long", limit=LONGEST_MESSAGE)
    answer_by = question.answer_by or last_day(today, weeks=WEEKS)
    if answer_by <= today:
        raise Invalid("answer-by-passed")
    shown = material.chosen(work.session, case.id, question.material)
    despite = _despite(work, case, kind, question, shown)
    assert work.actor.person_id is not None
    made = Consultation(
        case_id=case.id,
        kind=kind,
        question=question.text.strip(),
        material=shown,
        despite_secrecy=despite,
        answer_by=answer_by,
        asked_by_id=work.actor.person_id,
        asked_at=work.now,
        closed_at=None,
    )
    work.session.add(made)
    # Those who are asked name their question by its key only.
    work.session.flush()
    note_event(work, case, ASKED[kind], public=True, until=answer_by.isoformat())
    if despite:
        note_event(work, case, "secret_sent", public=False)
    return made


def _despite(work: Work, case: Case, kind: Kind, question: Question, shown: Collection[str]) -> str:
    """Why marked material goes out; empty when none does. Raises Invalid("material-secret")."""
    if not material.secret(work.session, case, kind, shown):
        return ""
    reason = question.despite_secrecy.strip()
    if not reason:
        raise Invalid("material-secret")
    if len(reason) > LONGEST_MESSAGE:
        raise Invalid("message-too-long", limit=LONGEST_MESSAGE)
    return reason


def _fit(recipients: Sequence[Recipient]) -> Sequence[Recipient]:
    if not recipients:
        raise Invalid("recipients-missing")
    if len(recipients) > MOST:
        raise Invalid("too-many-recipients", most=MOST)
    for each in recipients:
        if not each.name.strip() or not (each.email or each.address):
            raise Invalid("recipient-unreachable", name=each.name)
        if each.email is not None:
            address_of(each.email)
    return recipients


def _added(work: Work, made: Consultation, who: Recipient, *, coded: bool) -> Consulted:
    row = Consulted(
        consultation_id=made.id,
        name=who.name.strip()[:LONGEST],
        email=who.email,
        address=(who.address or "")[:LONGEST] or None,
        property=(who.property or "")[:LONGEST] or None,
        selector=_free_selector(work) if coded else None,
        version=1,
        tries=0,
        expires_on=made.answer_by + GRACE,
        body="",
        capacity="",
    )
    work.session.add(row)
    # The link is made of the row's id, and the next selector must not be this one.
    work.session.flush()
    return row


def _free_selector(work: Work) -> str:
    while True:
        found = codes.selector()
        if work.session.scalar(select(Consulted.id).where(Consulted.selector == found)) is None:
            return found


def party_link(work: Work, case: Case, made: Consultation) -> str:
    """Where a party with an e-ID reads the material and answers."""
    root = work.resources["public_url"] + ("" if case.language == "sv" else f"/{case.language}")
    return f"{root}/mina-sidor/synpunkter/{made.id}"


def _mail(work: Work, case: Case, row: Consulted, letter: str) -> None:
    if row.email is None:
        return
    secret = codes.link_secret(work.resources["keyring"], row)
    link = f"{work.resources['public_url']}/remiss/{secret}"
    notifications.notify(
        work,
        to_email=row.email,
        template=letter,
        language="sv",
        values={"number": case.number, "link": link},
        case_number=case.number,
    )


def remind(work: Work, case: Case, row: Consulted) -> None:
    """Remind somebody outside who has not answered, by the same link."""
    row.reminded_at = work.now
    _mail(work, case, row, "consultation-reminder")


def ask_anew(work: Work, case_id: UUID, consulted_id: UUID) -> Consulted:
    """A new link or code, because the old one is lost, used up or opened by somebody else."""
    case = for_change(work, case_id, policy.WORK_ON)
    row = work.session.get(Consulted, consulted_id, with_for_update=True)
    made = work.session.get(Consultation, row.consultation_id) if row else None
    if row is None or made is None or made.case_id != case.id:
        raise NotFound("consulted")
    if row.answered_at is not None or made.closed_at is not None:
        raise Conflict("consultation-over")
    row.version, row.tries, row.bound_hash = row.version + 1, 0, None
    row.expires_on = max(row.expires_on, local_day(work.now) + GRACE)
    note_event(work, case, "consultation_renewed", public=False)
    _mail(work, case, row, "consultation-asked")
    return row


def close(work: Work, case_id: UUID, consultation_id: UUID) -> Consultation:
    """Wait for no more answers from outside. What the party was given time for is not taken back."""
    case = for_change(work, case_id, policy.WORK_ON)
    made = work.session.get(Consultation, consultation_id)
    if made is None or made.case_id != case.id:
        raise NotFound("consultation")
    if made.kind == Kind.PARTY or made.closed_at is not None:
        raise Conflict("consultation-over")
    made.closed_at = work.now
    note_event(work, case, "consultation_closed", public=False)
    return made
