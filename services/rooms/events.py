"""What happens in rooms that others should know."""

from dataclasses import dataclass
from uuid import UUID

from services.kernel.work import Event


@dataclass(frozen=True)
class MemberLeft(Event):
    """Somebody is in a room no more: what they have shared there is shared no more either."""

    room_id: UUID
    person_id: UUID
