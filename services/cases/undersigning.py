"""What must be signed before it is handed in: asked for, waited for, received when all have signed."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from babel.dates import format_date
from sqlalchemy import select

from services.attachments import queries as attachments
from services.audit.log import record
from services.cases import drafts, party
from services.cases.lifecycle import Step, check
from services.cases.models import Case, State
from services.catalogue import queries as catalogue
from services.documents import application
from services.forms import answers as forms_answers
from services.forms.conditions import holds
from services.forms.definition import ServiceDocument
from services.forms.undersigning import CoSigner, Undersigning
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.words import say
from services.kernel.work import Work
from services.notifications import commands as notifications
from services.people import commands as people_commands
from services.people import queries as people
from services.people.models import Person
from services.signatures import commands as signatures
from services.signatures import queries as signature_queries
from services.signatures.commands import Asked
from services.signatures.events import DocumentSigned, SignatureMade, SignatureRefused
from services.signatures.models import Signature, SignatureRequest
from services.signatures.models import State as SignatureState

OWNER = "case"
APPLICANT = {"sv": "Sökande", "en": "Applicant"}
FILE_NAME = {"sv": "Underskriven handling.pdf", "en": "Signed document.pdf"}
REMINDED_BEFORE = timedelta(days=7)
A_DAY = timedelta(days=1)
ALONE = Undersigning.model_construct(others=(), prepared_when=None, days=30)


@dataclass(frozen=True)
class _Signer:
    asked: Asked
    protected: bool


def is_needed(work: Work, case: Case, document: ServiceDocument) -> bool:
    """Whether the draft is signed before it is handed in.

    Not by a clerk who writes for somebody, and not where no signature service is connected:
    then e-ID and a declaration do, and are never called a signature.
    """
    by_resident = case.registered_by_id is None and case.acting_person_id is not None
    return document.level == "signed" and by_resident and bool(work.resources.get("signs"))


def ask(work: Work, case: Case) -> SignatureRequest:
    """Set the whole draft as a PDF and ask for the signatures that it needs.

    The case must be locked by the caller. Asking again for the same gives the same request.
    Whoever only prepares sends it off at once; otherwise the others are asked when the first
    has signed. Raises Invalid with the problems when answers do not hold.
    """
    document = drafts.checked(work, case)
    bound_to = _bound_to(work, case)
    standing = signature_queries.open_of(work.session, OWNER, case.id)
    if standing is not None and standing.bound_to == bound_to:
        return standing
    check(case.state, Step.AWAIT_SIGNATURES)
    signatures.withdraw(work, OWNER, case.id)
    signers = _signers(work, case, document)
    if any(each.protected for each in signers):
        case.protected = True
    asked = [each.asked for each in signers]
    request = signatures.ask_several(
        work,
        owner_kind=OWNER,
        owner_id=case.id,
        pdf=_document(work, case, document, asked),
        signers=asked,
        title=document.title,
        language=case.language,
        days=(document.undersigning or ALONE).days,
        bound_to=bound_to,
    )
    _ask_next(work, case, request)
    return request


def is_current(work: Work, request: SignatureRequest) -> bool:
    """Whether the draft still says what was set to be signed."""
    case = work.session.get(Case, request.owner_id)
    return case is not None and case.is_draft and _bound_to(work, case) == request.bound_to


def take_back(work: Work, case: Case) -> Case:
    """Make a draft again of what waits for others; signatures that were made hold for nothing.

    The case must be locked by the caller.
    """
    check(case.state, Step.TAKE_BACK)
    signatures.withdraw(work, OWNER, case.id)
    _back_to_draft(work, case)
    record(work, "case:take-back", case.id)
    return case


def signature_made(work: Work, event: SignatureMade) -> None:
    """Somebody has signed: the draft is closed, and the others are asked."""
    if event.owner_kind == OWNER:
        request = signature_queries.request(work.session, event.request_id)
        _ask_next(work, _locked(work, event.owner_id), request)


def document_signed(work: Work, event: DocumentSigned) -> None:
    """All have signed: the case is received, with the signed document among its files.

    Raises Conflict("changed-since-asked") when the draft no longer says what was signed.
    """
    if event.owner_kind != OWNER:
        return
    case = _locked(work, event.owner_id)
    request = signature_queries.request(work.session, event.request_id)
    if not case.is_draft:
        return
    if _bound_to(work, case) != request.bound_to:
        raise Conflict("changed-since-asked")
    _note_whom(work, case, request)
    signatures.hand_over(
        work,
        request.id,
        owner_kind="draft",
        owner_id=case.id,
        name=say(FILE_NAME, case.language),
    )
    # The checks were made when it was asked for; days may have passed until the last one signed.
    drafts.receive(work, case)


def signature_refused(work: Work, event: SignatureRefused) -> None:
    """It will not be signed: a draft again, and whoever sent it for signature is told."""
    if event.owner_kind != OWNER:
        return
    case = _locked(work, event.owner_id)
    if case.state != State.AWAITING_SIGNATURE:
        return
    _back_to_draft(work, case)
    preparer = people.person(work.session, case.acting_person_id) if case.acting_person_id else None
    if preparer is not None:
        _write(work, case, preparer, preparer.email, "signature-missing", "mina-sidor")


def remind(work: Work) -> int:
    """Write once to those who have a week left to sign; returns how many."""
    ends = work.now + REMINDED_BEFORE
    rows = work.session.execute(
        select(Signature, SignatureRequest)
        .join(SignatureRequest, SignatureRequest.id == Signature.request_id)
        .where(
            SignatureRequest.owner_kind == OWNER,
            SignatureRequest.state == SignatureState.REQUESTED,
            Signature.state == SignatureState.REQUESTED,
            Signature.told_at < work.now - A_DAY,
            SignatureRequest.expires_at > ends - A_DAY,
            SignatureRequest.expires_at <= ends,
        )
        .order_by(SignatureRequest.expires_at)
        .limit(500)
    ).all()
    for signature, request in rows:
        case = _locked(work, request.owner_id)
        day = format_date(local_day(request.expires_at), "d MMMM y", locale=case.language)
        _tell(work, case, signature, "signature-reminder", day=day)
    return len(rows)


def _locked(work: Work, case_id: UUID) -> Case:
    query = select(Case).where(Case.id == case_id).with_for_update()
    case = work.session.scalar(query.execution_options(populate_existing=True))
    if case is None:
        raise NotFound("case")
    return case


def _bound_to(work: Work, case: Case) -> str:
    """A checksum of all that the signatures are about: the version, the answers and the files."""
    files = [each.checksum for each in attachments.of_owner(work.session, case.id)]
    said = [str(case.version_id), case.answers, sorted(files)]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _signers(work: Work, case: Case, document: ServiceDocument) -> list[_Signer]:
    rules = document.undersigning or ALONE
    first = case.acting_person_id
    # Answers to questions that are no longer asked name nobody.
    answers = forms_answers.kept(document, case.answers)
    prepared = rules.prepared_when is not None and holds(rules.prepared_when, answers)
    found: dict[UUID, _Signer] = {}
    if first is not None and not prepared:
        person = people.person(work.session, first)
        if person is not None:
            found[first] = _Signer(Asked(first, person.name, APPLICANT), person.protected)
    for rule in rules.others:
        if holds(rule.when, answers):
            person, name = _named(work, answers, rule)
            asked = Asked(person.id, name, rule.who)
            found.setdefault(person.id, _Signer(asked, person.protected))
    if not found:
        raise Invalid("nobody-signs")
    return list(found.values())


def _named(work: Work, answers: dict[str, Any], rule: CoSigner) -> tuple[Person, str]:
    """The person whose number stands in the answers, made known if new; the name as it was given."""
    number, name = answers.get(rule.number), answers.get(rule.name)
    if not isinstance(number, str) or not isinstance(name, str):
        raise Invalid("signer-not-named", signer=rule.key)
    person = people.person_by_identifier(work.session, "pnr", number)
    if person is None:
        given, _, surname = name.rpartition(" ")
        person = people_commands.add_person(work, given or surname, surname if given else "")
        work.session.flush([person])
        people_commands.add_identifier(work, person.id, "pnr", number)
    return person, name


def _document(work: Work, case: Case, document: ServiceDocument, signers: list[Asked]) -> bytes:
    language = case.language
    by = people.person(work.session, case.acting_person_id) if case.acting_person_id else None
    facts = application.Facts(
        language=language,
        municipality=work.resources["municipality"],
        service=say(document.title, language),
        version=document.checksum[:12],
        filled_in_at=work.now,
        filled_in_by=by.name if by else "",
        for_whom=_for_whom(work, case, by),
        signers=[(each.name, say(each.capacity, language)) for each in signers],
        answers=[
            (
                say(page.title, language),
                [(say(question.label, language), party.as_text(text)) for question, text in rows],
            )
            for page, rows in forms_answers.shown(document, case.answers, language)
        ],
        attachments=[
            (each.name, each.checksum) for each in attachments.of_owner(work.session, case.id)
        ],
    )
    return application.pdf(facts)


def _for_whom(work: Work, case: Case, by: Person | None) -> str:
    if case.subject_organisation_id is not None:
        organisation = people.organisation(work.session, case.subject_organisation_id)
        return organisation.name if organisation else ""
    subject = case.subject_person_id
    person = people.person(work.session, subject) if subject else None
    return person.name if person else by.name if by else ""


def _ask_next(work: Work, case: Case, request: SignatureRequest) -> None:
    """Show the first their own; when it is signed, or is not theirs to sign, ask the others."""
    open_ones = [
        each for each in signature_queries.signatures(work.session, [request.id]) if each.is_open
    ]
    own = next((each for each in open_ones if each.person_id == case.acting_person_id), None)
    if own is not None:
        signatures.told(work, own)
        return
    if case.state == State.DRAFT:
        check(case.state, Step.AWAIT_SIGNATURES)
        case.state = case.status = State.AWAITING_SIGNATURE
        case.changed_at = work.now
    for signature in open_ones:
        if signature.told_at is None:
            signatures.told(work, signature)
            _tell(work, case, signature, "signature-requested")


def _back_to_draft(work: Work, case: Case) -> None:
    case.state = case.status = State.DRAFT
    case.changed_at = work.now


def _note_whom(work: Work, case: Case, request: SignatureRequest) -> None:
    """What somebody only prepared is the first signer's own matter."""
    made = signature_queries.signatures(work.session, [request.id])
    if case.subject_kind == "self" and all(
        each.person_id != case.acting_person_id for each in made
    ):
        case.subject_person_id = made[0].person_id


def _tell(work: Work, case: Case, signature: Signature, letter: str, **values: str) -> None:
    person = people.person(work.session, signature.person_id)
    if person is None:
        return
    rules = catalogue.version_document(work.session, case.version_id).undersigning or ALONE
    given = next(
        (
            case.answers.get(rule.email)
            for rule in rules.others
            if rule.email and dict(rule.who) == signature.capacity
        ),
        None,
    )
    address = str(given) if given else person.email
    _write(work, case, person, address, letter, f"skriv-under/{signature.id}", **values)


def _write(
    work: Work,
    case: Case,
    person: Person,
    address: str | None,
    letter: str,
    path: str,
    **values: str,
) -> None:
    # Nothing is written to a person with protected identity; it stands under Mina sidor.
    if not address or person.protected:
        return
    prefix = "" if case.language == "sv" else f"/{case.language}"
    link = f"{work.resources['public_url']}{prefix}/{path}"
    notifications.notify(
        work,
        to_email=address,
        template=letter,
        language=case.language,
        values={"link": link, **values},
        case_number=None,
    )
