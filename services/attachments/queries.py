"""Finding the files of a draft, a case or a message."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.attachments import images
from services.attachments.models import Attachment
from services.kernel.errors import NotFound
from services.storage.store import Store

MANY = 500


def of_owner(session: Session, owner_id: UUID) -> list[Attachment]:
    """The files of one owner, in the order they came."""
    return of_owners(session, [owner_id])


def of_owners(session: Session, owner_ids: Sequence[UUID]) -> list[Attachment]:
    """The files of several owners (a case and its messages) at once, in the order they came."""
    query = (
        select(Attachment)
        .where(Attachment.owner_id.in_(owner_ids))
        .order_by(Attachment.id)
        .limit(MANY)
    )
    return list(session.scalars(query))


def attachment(session: Session, attachment_id: UUID) -> Attachment:
    """A file by its id; whether the actor may have it is for its owner's slice to say."""
    found = session.get(Attachment, attachment_id)
    if found is None:
        raise NotFound("file")
    return found


def photo_position(session: Session, attachment_id: UUID) -> images.Position | None:
    """Where a photo says that it was taken; asked only when the person wants to use it."""
    found = attachment(session, attachment_id)
    if found.kind != "image":
        return None
    store: Store = session.info["store"]
    return images.position(store.get(found.checksum))
