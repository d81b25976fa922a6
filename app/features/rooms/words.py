"""What rooms, roles and the lines of a room's log are called, in words."""

from uuid import UUID

from flask_babel import gettext as _

from app.room_roles import role_words
from services.kernel.errors import Refusal
from services.rooms.models import RoomEvent


def kind_words(kind: str) -> str:
    """What kind of room it is."""
    words = {
        "household": _("Household"),
        "company": _("Company"),
        "association": _("Association"),
    }
    return words[kind]


def role_choices() -> list[tuple[str, str]]:
    """The roles to choose from, with what each may do; the least first."""
    return [
        ("reader", _("Reads: sees what is shared, but changes nothing")),
        ("sender", _("Sends in: also goes on with drafts, completes, pays and writes to us")),
        ("owner", _("Looks after the room: also invites and removes members")),
    ]


def event_words(event: RoomEvent, names: dict[UUID, str], title: str | None) -> str:
    """One line of the log. `title` is what the case is called, where the reader may see it."""
    who = names.get(event.actor_id) if event.actor_id else None
    whom = names.get(UUID(event.details["whom"])) if event.details.get("whom") else None
    facts = {
        "who": who or _("A member"),
        "whom": whom or _("a member"),
        "role": role_words(event.details["role"]).lower() if event.details.get("role") else "",
        "what": title or _("a case"),
    }
    return _sentence(event.kind, facts)


def _sentence(kind: str, facts: dict[str, str]) -> str:
    words = {
        "made": _("%(who)s made the room.", **facts),
        "signatory_came": _(
            "%(who)s came in, as somebody who signs for the organisation.", **facts
        ),
        "invited": _("%(who)s invited somebody. Role: %(role)s.", **facts),
        "invitation_withdrawn": _("%(who)s took an invitation back.", **facts),
        "declined": _("An invitation was declined."),
        "came": _("%(who)s came in. Role: %(role)s.", **facts),
        "role": _("%(who)s changed the role of %(whom)s to: %(role)s.", **facts),
        "left": _("%(who)s left the room.", **facts),
        "left_by_us": _("A member is not in the room any more."),
        "removed": _("%(who)s removed %(whom)s from the room.", **facts),
        "closed": _("%(who)s closed the room.", **facts),
        "shared": _("%(who)s shared %(what)s.", **facts),
        "unshared": _("%(who)s ended the sharing of %(what)s.", **facts),
    }
    return words[kind]


def refusal_words(refusal: Refusal) -> str:
    """What a refusal means, in plain words."""
    words = {
        "room-name": _("Write a name of at most 60 characters."),
        "guest-name": _("Write a name of at most 60 characters."),
        "room-exists": _("The room has just been made. Load the page again."),
        "room-full": _("The room is full: there can be at most 30 members."),
        "too-many-rooms": _("You can be in at most 10 rooms. Leave one of them first."),
        "too-many-invitations": _("Too many invitations wait for an answer. Take some back first."),
        "invitation-to-oneself": _("You are in the room already."),
        "room-member-already": _("You are in the room already."),
        "room-last-owner": _(
            "Somebody must look after the room. Let another member do that first, or close the room."
        ),
        "case-not-for-room": _("This case cannot be shared with this room."),
        "shared-already": _("It is shared already."),
    }
    return words.get(refusal.code, _("This could not be done. Try again in a while."))
