"""What happens to signatures, told upwards to whoever asked for them."""

from dataclasses import dataclass
from uuid import UUID

from services.kernel.work import Event


@dataclass(frozen=True)
class SignatureMade(Event):
    """Somebody has signed; others have yet to."""

    request_id: UUID
    owner_kind: str
    owner_id: UUID


@dataclass(frozen=True)
class DocumentSigned(Event):
    """All who were asked have signed."""

    request_id: UUID
    owner_kind: str
    owner_id: UUID


@dataclass(frozen=True)
class SignatureRefused(Event):
    """Somebody who was asked will not sign, or the time ran out: the document stays unsigned."""

    request_id: UUID
    owner_kind: str
    owner_id: UUID
    expired: bool
