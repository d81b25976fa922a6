"""Marks of secrecy: a warning with its provision, until it is lifted (OSL 5 kap. 5 §)."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.records.models import SecrecyMark

MOST = 500


def of_case(session: Session, case_id: UUID) -> list[SecrecyMark]:
    """The marks that hold in a case, oldest first."""
    query = select(SecrecyMark).where(
        SecrecyMark.case_id == case_id, SecrecyMark.lifted_at.is_(None)
    )
    return list(session.scalars(query.order_by(SecrecyMark.made_at, SecrecyMark.id).limit(MOST)))
