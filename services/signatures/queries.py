"""Finding what somebody is to sign, and what has been signed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.kernel.errors import NotFound
from services.kernel.work import Actor
from services.signatures import policy
from services.signatures.models import Signature, SignatureRequest, State

MANY = 50


def mine(session: Session, actor: Actor, signature_id: UUID) -> tuple[Signature, SignatureRequest]:
    """The actor's own signature, asked for or made, and its document. Raises NotFound."""
    row = session.execute(
        select(Signature, SignatureRequest)
        .join(SignatureRequest, SignatureRequest.id == Signature.request_id)
        .where(Signature.id == signature_id, policy.visible_to_signer(actor))
    ).one_or_none()
    if row is None:
        raise NotFound("signature")
    return row[0], row[1]


def waiting_for(session: Session, actor: Actor) -> list[tuple[Signature, SignatureRequest]]:
    """What the actor has been told to sign and has not signed yet, the most urgent first."""
    rows = session.execute(
        select(Signature, SignatureRequest)
        .join(SignatureRequest, SignatureRequest.id == Signature.request_id)
        .where(
            policy.visible_to_signer(actor),
            Signature.state == State.REQUESTED,
            Signature.told_at.is_not(None),
            SignatureRequest.state == State.REQUESTED,
        )
        .order_by(SignatureRequest.expires_at, Signature.id)
        .limit(MANY)
    )
    return [(row[0], row[1]) for row in rows]


def open_of(session: Session, owner_kind: str, owner_id: UUID) -> SignatureRequest | None:
    """The request of an owner that still waits for somebody."""
    return session.scalar(
        select(SignatureRequest)
        .where(
            SignatureRequest.owner_id == owner_id,
            SignatureRequest.owner_kind == owner_kind,
            SignatureRequest.state == State.REQUESTED,
        )
        .order_by(SignatureRequest.created_at.desc())
        .limit(1)
    )


def signed_of(session: Session, owner_kind: str, owner_id: UUID) -> list[SignatureRequest]:
    """The documents of an owner that all have signed, oldest first."""
    rows = session.scalars(
        select(SignatureRequest)
        .where(
            SignatureRequest.owner_id == owner_id,
            SignatureRequest.owner_kind == owner_kind,
            SignatureRequest.state == State.SIGNED,
        )
        .order_by(SignatureRequest.created_at)
        .limit(MANY)
    )
    return list(rows)


def request(session: Session, request_id: UUID) -> SignatureRequest:
    """A request by its key; whether the actor may see it is for its owner's slice to say."""
    found = session.get(SignatureRequest, request_id)
    if found is None:
        raise NotFound("signature-request")
    return found


def signatures(session: Session, request_ids: Sequence[UUID]) -> list[Signature]:
    """The signatures of some requests, in the order in which they are to be made."""
    rows = session.scalars(
        select(Signature)
        .where(Signature.request_id.in_(request_ids))
        .order_by(Signature.request_id, Signature.position)
        .limit(MANY * max(len(request_ids), 1))
    )
    return list(rows)
