"""Asking for signatures, taking them in, and ending what nobody signs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from services.access.rules import require
from services.attachments import commands as attachments
from services.attachments import queries as files
from services.audit.log import record
from services.kernel.db import new_id
from services.kernel.errors import Conflict, NotFound
from services.kernel.work import Work
from services.people import queries as people
from services.people.events import PersonsMerged
from services.signatures import policy, queries
from services.signatures.events import SignatureRefused
from services.signatures.models import Signature, SignatureRequest, State
from services.storage.store import Store, checksum_of

OWN_KIND = "draft"
DAYS = 30
AT_ONCE = 200


@dataclass(frozen=True)
class Asked:
    """One of those who are to sign: who it is, the name as it was given, and as what, in words."""

    person_id: UUID
    name: str
    capacity: Mapping[str, str]


def ask(
    work: Work,
    *,
    owner_kind: str,
    owner_id: UUID,
    pdf: bytes,
    signer: UUID,
    title: Mapping[str, str],
    capacity: Mapping[str, str],
    language: str = "sv",
) -> SignatureRequest:
    """Ask one person to sign a document. It waits under /skriv-under/<signature>.

    When it is signed, DocumentSigned is told with the owner; when the person will not sign or
    thirty days have passed, SignatureRefused.
    """
    name = people.names(work.session, {signer})[signer]
    return ask_several(
        work,
        owner_kind=owner_kind,
        owner_id=owner_id,
        pdf=pdf,
        signers=(Asked(signer, name, capacity),),
        title=title,
        language=language,
    )


def ask_several(
    work: Work,
    *,
    owner_kind: str,
    owner_id: UUID,
    pdf: bytes,
    signers: Sequence[Asked],
    title: Mapping[str, str],
    language: str = "sv",
    days: int = DAYS,
    bound_to: str = "",
) -> SignatureRequest:
    """Ask several persons to sign one document; it is signed when all of them have.

    `bound_to` is a checksum of what the owner has, to be compared when the signatures come.
    Nobody is told here: `told` is for whoever asks to say that they have been.
    """
    request = SignatureRequest(
        id=new_id(),
        owner_kind=owner_kind,
        owner_id=owner_id,
        title=dict(title),
        language=language,
        checksum=checksum_of(pdf),
        signed_checksum=None,
        bound_to=bound_to,
        state=State.REQUESTED,
        asked_by_id=work.actor.person_id,
        created_at=work.now,
        expires_at=work.now + timedelta(days=days),
        settled_at=None,
    )
    work.session.add(request)
    # The rows below point at it, and their order is not the mapper's to know.
    work.session.flush()
    attachments.keep(work, pdf, name="underlag.pdf", owner_kind=OWN_KIND, owner_id=request.id)
    for position, each in enumerate(signers):
        work.session.add(_signature(work, request, each, position))
    record(work, "signature:ask", request.id, owner=owner_kind, signers=len(signers))
    return request


def _signature(work: Work, request: SignatureRequest, asked: Asked, position: int) -> Signature:
    return Signature(
        id=new_id(),
        request_id=request.id,
        person_id=asked.person_id,
        position=position,
        name=asked.name,
        capacity=dict(asked.capacity),
        state=State.REQUESTED,
        asked_at=work.now,
        told_at=None,
        signed_at=None,
        assurance=None,
        provider=None,
        service=None,
        report=None,
        evidence=None,
    )


def told(work: Work, signature: Signature) -> None:
    """Note that the person knows of it: from now on it stands under Mina sidor."""
    if signature.told_at is None:
        signature.told_at = work.now


def document(work: Work, request: SignatureRequest) -> bytes:
    """The document with the signatures that are on it now."""
    store: Store = work.resources["store"]
    return store.get(request.latest)


def locked(work: Work, signature_id: UUID) -> tuple[Signature, SignatureRequest]:
    """The actor's own signature and its request, for change. Raises NotFound and NotAllowed."""
    signature = work.session.get(Signature, signature_id)
    if signature is None:
        raise NotFound("signature")
    request = _locked(work, signature.request_id)
    work.session.refresh(signature)
    require(work, policy.SIGN, signature)
    return signature, request


def _locked(work: Work, request_id: UUID) -> SignatureRequest:
    query = select(SignatureRequest).where(SignatureRequest.id == request_id).with_for_update()
    request = work.session.scalar(query.execution_options(populate_existing=True))
    if request is None:
        raise NotFound("signature-request")
    return request


def check_open(signature: Signature, request: SignatureRequest) -> None:
    """Raises Conflict with a code that says why this cannot be signed now."""
    if signature.state == State.SIGNED:
        raise Conflict("signed-already")
    if not (signature.is_open and request.is_open):
        raise Conflict("signature-not-wanted", state=request.state)


def decline(work: Work, signature_id: UUID) -> SignatureRequest:
    """Say no. The document stays unsigned by everybody, and its owner is told."""
    signature, request = locked(work, signature_id)
    check_open(signature, request)
    signature.state = State.REFUSED
    _settle(work, request, State.REFUSED)
    record(work, "signature:decline", signature.id)
    work.tell(SignatureRefused(request.id, request.owner_kind, request.owner_id, expired=False))
    return request


def withdraw(work: Work, owner_kind: str, owner_id: UUID) -> None:
    """Ask no more for an owner's open signatures; those already made on it hold for nothing."""
    found = queries.open_of(work.session, owner_kind, owner_id)
    if found is None:
        return
    request = _locked(work, found.id)
    if request.is_open:
        _settle(work, request, State.WITHDRAWN)
        record(work, "signature:withdraw", request.id)


def expire(work: Work) -> int:
    """End the requests whose time has run out, and tell their owners; returns how many."""
    query = (
        select(SignatureRequest)
        .where(SignatureRequest.state == State.REQUESTED, SignatureRequest.expires_at <= work.now)
        .order_by(SignatureRequest.expires_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ended = list(work.session.scalars(query))
    for request in ended:
        _settle(work, request, State.EXPIRED)
        record(work, "signature:expire", request.id)
        work.tell(SignatureRefused(request.id, request.owner_kind, request.owner_id, expired=True))
    return len(ended)


def _settle(work: Work, request: SignatureRequest, state: State) -> None:
    request.state, request.settled_at = state, work.now
    others = update(Signature).where(
        Signature.request_id == request.id, Signature.state == State.REQUESTED
    )
    work.session.execute(others.values(state=state))


def hand_over(work: Work, request_id: UUID, *, owner_kind: str, owner_id: UUID, name: str) -> None:
    """Give the signed document to its owner as a file, and let the unsigned one go."""
    request = queries.request(work.session, request_id)
    for kept in files.of_owner(work.session, request.id):
        if kept.checksum == request.latest:
            kept.name, kept.owner_kind, kept.owner_id = name, owner_kind, owner_id
        else:
            attachments.remove(work, kept.id, owner_id=request.id)


def follow(work: Work, merged: PersonsMerged) -> None:
    """Let whoever stays sign what the other was asked for; what is signed stands as it was."""
    asked = update(Signature).where(
        Signature.person_id == merged.gone, Signature.state == State.REQUESTED
    )
    work.session.execute(asked.values(person_id=merged.kept))
