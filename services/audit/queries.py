"""What may be asked of the audit log: who has looked at something."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.audit.models import AuditEntry

MOST = 200


def of_subject(session: Session, subject_id: UUID, actions: tuple[str, ...]) -> list[AuditEntry]:
    """The newest entries of some kinds about somebody or something, newest first."""
    query = select(AuditEntry).where(
        AuditEntry.subject_id == subject_id, AuditEntry.action.in_(actions)
    )
    return list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(MOST)))
