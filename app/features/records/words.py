"""What records are called on pages."""

from flask_babel import gettext as _

from services.kernel.work import Duty
from services.records.documents import Direction


def direction_words(direction: Direction) -> str:
    """Received, sent or drawn up, in words."""
    words = {
        Direction.IN: _("Received"),
        Direction.OUT: _("Sent"),
        Direction.DRAWN_UP: _("Drawn up"),
    }
    return words[direction]


def duty_words(duty: Duty | None) -> str:
    """With which duty somebody reads, in words."""
    words = {
        Duty.HANDLER: _("Case handler"),
        Duty.REGISTRAR: _("Registrar"),
        Duty.CLERK: _("Contact centre"),
        Duty.MANAGER: _("Manager"),
        Duty.SYSTEM_OWNER: _("System owner"),
        Duty.ECONOMIST: _("Economist"),
        Duty.ATTESTER: _("Attester"),
    }
    return words[duty] if duty else _("Staff of the municipality")


def reading_words(action: str) -> str:
    """What somebody did with the case, in words."""
    words = {
        "case:read": _("opened the case"),
        "case:read-readers": _("looked at who has opened it"),
        "case:export": _("took out the package for the archive"),
        "case:preview-redaction": _("looked at what a redaction would take out"),
    }
    return words.get(action, _("opened the case"))


def refusal_words(code: str) -> str:
    """Why a mark, an export or a disposal was refused, in words."""
    words = {
        "provision": _("Write the provision like this: 21 kap. 1 § OSL"),
        "review-day": _("Choose a day after today."),
        "unknown-document": _("Choose what the mark is about."),
        "marked-already": _("It is marked by this provision already."),
        "say-why": _("Say why."),
        "case-not-ended": _("Only a case that is decided or closed can be packed."),
        "not-scanned-yet": _("A file is being checked for viruses. Try again in a while."),
        "nothing-due": _("Nothing in the case is past its time."),
        "rule-not-decided": _(
            "The rule is an example. The authority must decide it before anything is disposed of."
        ),
        "legal-hold": _("Something stands in the way. Look at why above."),
        "name-the-decision": _("Name the authority's decision."),
        "unknown-ground": _("Choose why."),
        "held-already": _("Disposal is stopped for this reason already."),
    }
    return words.get(code, _("This could not be done. Try again in a while."))


def ground_words(ground: str) -> str:
    """Why something may not be disposed of, in words."""
    words = {
        "request": _("Somebody has asked to see it"),
        "appeal": _("A decision is appealed, or can be"),
        "audit": _("It is audited"),
        "dispute": _("There is a dispute about it"),
        "unpaid": _("Something in the case has not been paid"),
    }
    return words.get(ground, ground)
