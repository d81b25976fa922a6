"""What has been said about a case."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.models import Notification

MANY = 500


def of_case(session: Session, case_number: str) -> list[Notification]:
    """The letters about a case, oldest first."""
    query = select(Notification).where(Notification.case_number == case_number)
    return list(session.scalars(query.order_by(Notification.id).limit(MANY)))
