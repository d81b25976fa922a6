"""Drafts: begun, saved at every step, and handed in once.

A draft is a case that has not been received. Whoever began it can go on: the signed-in
person, the clerk who writes it for somebody, or the browser that holds its secret.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.attachments import commands as attachments
from services.audit.log import record
from services.cases import ages, assistance, closing, meanwhile, notices, party, policy
from services.cases.events import CaseReceived, DraftDiscarded
from services.cases.lifecycle import Step, check
from services.cases.models import Case, CaseEvent, State
from services.catalogue import queries as catalogue
from services.forms import answers as forms_answers
from services.forms.definition import ServiceDocument
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from services.kernel.numbers import case_number, digest
from services.kernel.work import Actor, Role, Work
from services.organisation import queries as organisation

KEPT = timedelta(days=60)
TRIES = 5
# What a case that is handed over has in common with the one that it comes from.
HANDED_OVER = (
    "service_id",
    "version_id",
    "language",
    "acting_",
    "subject_",
    "mandate_",
    "assurance",
    "secrecy",
    "protected",
)
CONTACT = ("contact_name", "contact_email", "contact_phone")
# For these one must be known; where a school's word is enough, pupils may come too.
NEEDS_SIGN_IN = {
    "bas": (Role.RESIDENT, Role.SCHOOL),
    "eid": (Role.RESIDENT,),
    "signed": (Role.RESIDENT,),
}
ORGANISATIONS = {"company", "association"}


@dataclass(frozen=True)
class Beginning:
    """How a draft is begun: in which language, by which channel, by which browser."""

    language: str
    channel: str = "web"
    browser_secret: str | None = None
    subject_person_id: UUID | None = None


def begin(work: Work, slug: str, how: Beginning) -> Case:
    """Begin a draft on the current version of a service. Raises NotAllowed without an e-ID where
    the service asks for one, and NotFound when there is no such service."""
    service, version, document = catalogue.current(work.session, slug)
    _may_begin(work, document, service.id)
    authority = organisation.authority_by_code(work.session, document.authority)
    case = Case(
        id=new_id(),
        state=State.DRAFT,
        status=State.DRAFT,
        service_id=service.id,
        version_id=version.id,
        authority_id=authority.id,
        unit_key=document.unit,
        channel=how.channel,
        language=how.language,
        draft_secret_hash=digest(how.browser_secret) if how.browser_secret else None,
        answers={},
        typed={},
        attributes={},
        headline="",
        search_text="",
        secrecy=document.secrecy,
        protected=False,
        unread_by_desk=False,
        created_at=work.now,
        changed_at=work.now,
        **party.of(work, document, how.subject_person_id),
    )
    case.answers = party.prefilled(work, document, case)
    work.session.add(case)
    return case


def _may_begin(work: Work, document: ServiceDocument, service_id: UUID) -> None:
    if work.actor.role is Role.STAFF:
        if not work.actor.is_staff:
            raise NotAllowed("no-assignment")
        return
    if document.level in NEEDS_SIGN_IN and work.actor.role not in NEEDS_SIGN_IN[document.level]:
        raise NotAllowed("sign-in-first")
    if work.actor.role is Role.RESIDENT and not fits(document, work.actor):
        raise NotAllowed("wrong-party")
    if not policy.within_mandate(work.actor, service_id):
        raise NotAllowed("outside-mandate")
    if not ages.is_old_enough(work, document):
        raise NotAllowed("too-young")


def fits(document: ServiceDocument, actor: Actor) -> bool:
    """Whether a service is for whom the actor acts: oneself, a child, a principal, an organisation.

    A guardian may write under one's own name about a child, as on paper.
    """
    return fits_subject(document, actor.subject)


def fits_subject(document: ServiceDocument, subject: str) -> bool:
    """The same, by what the one acted for is called on a case."""
    subjects = set(document.subjects)
    if subject == "organisation":
        return bool(subjects & ORGANISATIONS)
    if subject == "self":
        return bool(subjects - ORGANISATIONS)
    return subject in subjects


def draft_for(
    work: Work, draft_id: UUID, browser_secret: str | None, *, lock: bool = False
) -> Case:
    """The draft, or the case that it has become, for whoever began it. Raises NotFound for others."""
    query = select(Case).where(Case.id == draft_id)
    case = work.session.scalar(query.with_for_update() if lock else query)
    if case is None or not (
        _began(work, case, browser_secret) or _helps(work, case, lock) or _goes_on(work, case, lock)
    ):
        raise NotFound("draft")
    return case


def _goes_on(work: Work, case: Case, to_fill_in: bool) -> bool:
    # Somebody in a room that it is shared with. What has been sent off for signature is taken
    # back only by whoever began it.
    may = policy.sends_in_room(work.actor, case)
    return may and not (to_fill_in and case.state == State.AWAITING_SIGNATURE)


def _helps(work: Work, case: Case, to_fill_in: bool) -> bool:
    # A clerk whom the resident has let in by a code that was read out.
    given = assistance.of_clerk(work, case) if case.is_draft else None
    return given is not None and (given.may_fill_in or not to_fill_in)


def _began(work: Work, case: Case, browser_secret: str | None) -> bool:
    actor = work.actor
    if case.draft_secret_hash is not None:
        return browser_secret is not None and digest(browser_secret) == case.draft_secret_hash
    if actor.role is Role.STAFF:
        return case.registered_by_id is not None and case.registered_by_id == actor.person_id
    if case.registered_by_id is not None or actor.role is not Role.RESIDENT:
        return False
    if case.subject_organisation_id is not None:
        return actor.acting_for == case.subject_organisation_id
    if actor.acting_for is not None or case.acting_person_id != actor.person_id:
        return False
    # What is begun for somebody is gone on with by whoever acts for them, while they may.
    whom = case.subject_person_id if case.subject_kind in policy.FOR_ANOTHER else None
    return actor.principal_id == whom


def save_page(
    work: Work,
    case: Case,
    page_key: str,
    stored: dict[str, Any],
    opened: meanwhile.Opened | None = None,
) -> meanwhile.Settled:
    """Keep the accepted answers of a page. What others have answered since it was `opened` and the
    actor has not touched stays as it is, and is told in `left`.

    Raises Conflict when the draft is handed in already, and Conflict("answered-meanwhile") when it
    must be chosen first between two answers. The case must be locked by the caller.
    """
    check(case.state, Step.SAVE)
    settled = meanwhile.settle(work, case, stored, opened or meanwhile.Opened())
    if settled.open:
        raise Conflict("answered-meanwhile")
    changed = [
        key
        for key, value in settled.stored.items()
        if meanwhile.mark(value) != meanwhile.mark(case.answers.get(key))
    ]
    case.answers = {**case.answers, **settled.stored}
    mine = _typed_key(work, case, page_key)
    case.typed = {key: value for key, value in case.typed.items() if key != mine}
    case.changed_at = work.now
    meanwhile.note(work, case, changed)
    return settled


def keep_typed(work: Work, case: Case, page_key: str, typed: dict[str, list[str]]) -> None:
    """Keep what somebody typed on a page although it was not accepted, as it was typed.

    Each who writes in the draft has their own: nobody writes over what another has typed.
    """
    check(case.state, Step.SAVE)
    case.typed = {**case.typed, _typed_key(work, case, page_key): typed}
    case.changed_at = work.now


def typed_by(work: Work, case: Case, page_key: str) -> dict[str, list[str]] | None:
    """What the actor has typed on a page that was not accepted."""
    typed: dict[str, list[str]] | None = case.typed.get(_typed_key(work, case, page_key))
    return typed


def _typed_key(work: Work, case: Case, page_key: str) -> str:
    # A browser's draft has one who writes, signed in or not, and perhaps a clerk who helps.
    of_browser = case.draft_secret_hash is not None and work.actor.role is not Role.STAFF
    return page_key if of_browser else f"{page_key}@{work.actor.person_id}"


def submit(work: Work, case: Case) -> Case:
    """Hand a draft in. Done once: a repeat gives the same case back, whatever was repeated.

    The case must be locked by the caller (`draft_for(…, lock=True)`). Raises Invalid with the
    problems found when answers do not hold. The minute is the day of receipt (FL 22 §).
    """
    if not case.is_draft:
        return case
    checked(work, case)
    return receive(work, case)


def checked(work: Work, case: Case) -> ServiceDocument:
    """The draft's document, when all its answers hold today. Raises Invalid with the problems.

    Raises NotAllowed for a clerk who only helps: handing in is the resident's own act.
    """
    if assistance.of_clerk(work, case) is not None:
        raise NotAllowed("resident-sends-in")
    document = catalogue.version_document(work.session, case.version_id)
    today = local_day(work.now)
    problems = forms_answers.check(document, case.answers, today, case.language)
    if problems:
        raise Invalid("answers", problems=problems)
    return document


def receive(work: Work, case: Case) -> Case:
    """Take in what has been checked, or what was checked and has been signed since."""
    check(case.state, Step.SUBMIT)
    document = catalogue.version_document(work.session, case.version_id)
    _receive(work, case, document)
    _give_number(work, case)
    attachments.adopt(work, owner_id=case.id, new_owner_kind="case", new_owner_id=case.id)
    meanwhile.forget(work, case.id)
    details = {"channel": case.channel, "status": case.status}
    work.session.add(_event(work, case, "received", details))
    record(work, "case:submit", case.id, service=document.slug, channel=case.channel)
    notices.tell(work, case, "case-received")
    work.tell(CaseReceived(case.id))
    return case


def _receive(work: Work, case: Case, document: ServiceDocument) -> None:
    first = document.statuses[0]
    case.answers = forms_answers.kept(document, case.answers)
    case.typed = {}
    case.attributes = forms_answers.attributes(document, case.answers)
    party.take_contact(work, case, document)
    party.describe(work, case, document)
    case.state, case.status = State(first.state), first.key
    case.received_at = case.changed_at = work.now
    case.unread_by_desk = True


def _give_number(work: Work, case: Case) -> None:
    # Numbers are drawn by chance, so that none tells of another; a clash is drawn again.
    for _ in range(TRIES):
        case.number = case_number(work.now)
        try:
            with work.session.begin_nested():
                work.session.flush()
            return
        except IntegrityError as fault:
            if "uq_case_number" not in str(fault.orig):
                raise
    raise Unavailable("no-case-number")


def _event(work: Work, case: Case, kind: str, details: dict[str, Any]) -> CaseEvent:
    return CaseEvent(
        case_id=case.id,
        at=work.now,
        kind=kind,
        actor_id=work.actor.person_id,
        actor_role=work.actor.role.value,
        public=True,
        details=details,
    )


def handed_over(
    work: Work, case: Case, authority_id: UUID, unit_key: str, kept: Collection[str]
) -> Case:
    """A received case of another authority, made of some answers of this one; for referrals.

    The party is the same, and so is the version of the service; the time of receipt is its own.
    """
    document = catalogue.version_document(work.session, case.version_id)
    names = [each.key for each in Case.__table__.columns if each.key.startswith(HANDED_OVER)]
    new = Case(
        id=new_id(),
        **{name: getattr(case, name) for name in names},
        **dict.fromkeys(("headline", "search_text", "party_text"), ""),
        authority_id=authority_id,
        unit_key=unit_key,
        channel="referral",
        typed={},
        created_at=work.now,
        answers={key: value for key, value in case.answers.items() if key in kept},
    )
    contact = {name: getattr(case, name) for name in CONTACT}
    _receive(work, new, document)
    for name, value in contact.items():
        setattr(new, name, value)
    party.describe(work, new, document)
    work.session.add(new)
    _give_number(work, new)
    return new


def discard(work: Work, case: Case) -> None:
    """Throw a draft away, with its files and what was to be paid for it.

    Raises Conflict when it has been handed in, Conflict("order-being-paid") while somebody pays
    for it or has paid in part, and NotAllowed for those who have not begun it.
    """
    check(case.state, Step.SAVE)
    if assistance.of_clerk(work, case) is not None:
        raise NotAllowed("resident-sends-in")
    if policy.only_by_room(work.actor, case):
        raise NotAllowed("draft-of-another")
    closing.require_nobody_pays(work, case.id)
    attachments.remove_all(work, case.id)
    work.session.delete(case)
    work.tell(DraftDiscarded(case.id))


def purge(work: Work) -> int:
    """Throw away drafts that nobody has touched for sixty days, nor pays for; returns how many."""
    old = work.session.scalars(
        select(Case)
        .where(Case.state == State.DRAFT, Case.changed_at < work.now - KEPT)
        .order_by(Case.changed_at)
        .limit(500)
        .with_for_update(skip_locked=True)
    )
    count = 0
    for case in old:
        with suppress(Conflict):
            discard(work, case)
            count += 1
    return count
