"""What the members of a shared room may do there, in words, wherever it is told."""

from flask_babel import gettext as _


def role_words(role: str) -> str:
    """What somebody is in a room."""
    words = {
        "owner": _("Looks after the room"),
        "sender": _("Sends in"),
        "reader": _("Reads"),
    }
    return words[role]
