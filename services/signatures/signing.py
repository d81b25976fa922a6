"""One person's way to the signature service and back: room made, request remembered, signature in."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from identity.signing import signed_attributes
from identity.signing.parties import Signed, Signer, Task
from services.attachments import commands as attachments
from services.audit.log import record
from services.kernel.db import new_id
from services.kernel.errors import Conflict, NotFound
from services.kernel.numbers import digest, new_secret
from services.kernel.words import say
from services.kernel.work import Work
from services.people import queries as people
from services.people.secrets import Keyring
from services.signatures import commands, pdf
from services.signatures.events import DocumentSigned, SignatureMade
from services.signatures.models import Signature, SignatureRequest, SigningAttempt, State

PENDING = timedelta(minutes=15)


@dataclass(frozen=True)
class Ready:
    """A document with room for this person's signature, and the bytes that the service is to sign."""

    signature: Signature
    request: SignatureRequest
    prepared: pdf.Prepared
    task: Task


@dataclass(frozen=True)
class Way:
    """How somebody goes to the service: what was sent, as whom, and where they come back to."""

    message_id: str
    message: bytes
    signer: Signer
    service: str
    levels: tuple[str, ...]
    entity: str
    return_to: str


@dataclass(frozen=True)
class Remembered:
    """An attempt that has just been taken away, as the protocol wants to see it."""

    attempt: SigningAttempt
    request_id: str
    task: Task
    signer: Signer
    levels: tuple[str, ...]
    sent_at: datetime
    expires_at: datetime


def prepare(work: Work, signature_id: UUID) -> Ready:
    """Make room for the actor's own signature.

    Raises Conflict("signed-already") and Conflict("signature-not-wanted").
    """
    signature, request = commands.locked(work, signature_id)
    commands.check_open(signature, request)
    person = people.person(work.session, signature.person_id)
    if person is None:
        raise NotFound("person")
    prepared = pdf.prepare(
        commands.document(work, request),
        field=f"Underskrift{signature.position + 1}",
        name=person.name,
        reason=say(request.title, request.language),
    )
    # One request may hold several tasks; ours has one, with a name that says nothing.
    task = Task(new_id().hex, signed_attributes.made(prepared.digest))
    return Ready(signature, request, prepared, task)


def remember(work: Work, ready: Ready, way: Way) -> str:
    """Keep what is on its way to the service; returns the secret for the browser's cookie."""
    secret, attempt_id = new_secret(), new_id()
    keyring = _keyring(work)
    work.session.add(
        SigningAttempt(
            id=attempt_id,
            signature_id=ready.signature.id,
            cookie_hash=digest(secret),
            message_id=way.message_id,
            based_on=ready.request.latest,
            increment=ready.prepared.increment,
            reserved_from=ready.prepared.reserved_from,
            reserved_to=ready.prepared.reserved_to,
            document_digest=ready.prepared.digest.hex(),
            attributes=f"{ready.task.id}:{_text(ready.task.attributes)}",
            attribute=way.signer.attribute,
            identifier_sealed=keyring.seal(way.signer.value, _bound(attempt_id)),
            provider=way.signer.provider,
            service=way.service,
            levels=list(way.levels),
            entity=way.entity,
            return_to=way.return_to,
            message=keyring.seal(_text(way.message), _bound(attempt_id)),
            sent_at=work.now,
            expires_at=work.now + PENDING,
        )
    )
    record(work, "signature:begin", ready.signature.id)
    return secret


def take(work: Work, secret: str) -> Remembered:
    """The attempt of a cookie, deleted as it is taken: it can be used once. Raises NotFound."""
    taken = work.session.execute(
        delete(SigningAttempt)
        .where(SigningAttempt.cookie_hash == digest(secret))
        .returning(SigningAttempt)
    ).scalar_one_or_none()
    if taken is None:
        raise NotFound("signing-attempt")
    work.session.expunge(taken)
    name, _, attributes = taken.attributes.partition(":")
    identifier = _keyring(work).open(taken.identifier_sealed, _bound(taken.id))
    return Remembered(
        taken,
        taken.message_id,
        Task(name, base64.b64decode(attributes)),
        Signer(taken.attribute, identifier, taken.provider),
        tuple(taken.levels),
        taken.sent_at,
        taken.expires_at,
    )


def subject_of(work: Work, remembered: Remembered) -> tuple[Signature, SignatureRequest]:
    """The signature that an attempt is about, and its document. Raises NotFound."""
    found = work.session.get(Signature, remembered.attempt.signature_id)
    if found is None:
        raise NotFound("signature")
    return found, work.session.get_one(SignatureRequest, found.request_id)


def complete(work: Work, remembered: Remembered, signed: Signed) -> SignatureRequest:
    """Put a signature that has been checked into the document, and keep the proof of it.

    Raises Conflict("signed-meanwhile") when somebody else's came first, so that this one was
    made on a document that is no longer the latest, and Invalid when it does not hold.
    """
    attempt = remembered.attempt
    signature, request = commands.locked(work, attempt.signature_id)
    commands.check_open(signature, request)
    if request.latest != attempt.based_on:
        raise Conflict("signed-meanwhile")
    made = pdf.completed(
        commands.document(work, request),
        _prepared(attempt),
        attributes=signed.attributes,
        signature=signed.signature,
        chain=signed.chain,
    )
    report = pdf.report(made, signed.chain[-1], work.now)
    kept = attachments.keep(
        work, made, name="underskriven.pdf", owner_kind=commands.OWN_KIND, owner_id=request.id
    )
    request.signed_checksum = kept.checksum
    _prove(work, signature, remembered, signed, {**report, "document_sha256": request.checksum})
    work.session.flush()
    _go_on(work, request)
    return request


def _prepared(attempt: SigningAttempt) -> pdf.Prepared:
    return pdf.Prepared(
        attempt.increment,
        attempt.reserved_from,
        attempt.reserved_to,
        bytes.fromhex(attempt.document_digest),
    )


def _prove(
    work: Work,
    signature: Signature,
    remembered: Remembered,
    signed: Signed,
    report: dict[str, object],
) -> None:
    attempt, keyring = remembered.attempt, _keyring(work)
    evidence = {
        "request": keyring.open(attempt.message, _bound(attempt.id)),
        "response": _text(signed.response),
        "chain": [_text(each) for each in signed.chain],
        "assertion": signed.assertion,
    }
    signature.state, signature.signed_at = State.SIGNED, work.now
    signature.assurance, signature.provider = signed.level, signed.provider
    signature.service = attempt.service
    signature.report = {
        **report,
        "authenticated_at": signed.authenticated_at.isoformat(),
        "assertion": signed.assertion,
    }
    signature.evidence = keyring.seal(json.dumps(evidence), f"signature:{signature.id}")
    record(work, "signature:made", signature.id, assurance=signed.level)


def _go_on(work: Work, request: SignatureRequest) -> None:
    left = work.session.scalar(
        select(Signature.id)
        .where(Signature.request_id == request.id, Signature.state != State.SIGNED)
        .limit(1)
    )
    if left is None:
        request.state, request.settled_at = State.SIGNED, work.now
        work.tell(DocumentSigned(request.id, request.owner_kind, request.owner_id))
    else:
        work.tell(SignatureMade(request.id, request.owner_kind, request.owner_id))


def purge(work: Work) -> None:
    """Forget the attempts that nobody came back from."""
    work.session.execute(delete(SigningAttempt).where(SigningAttempt.expires_at < work.now))


def _keyring(work: Work) -> Keyring:
    keyring: Keyring = work.resources["keyring"]
    return keyring


def _bound(attempt_id: UUID) -> str:
    return f"signing_attempt:{attempt_id}"


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
