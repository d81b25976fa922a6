"""What refusals, proofs and results mean, in plain words."""

from flask_babel import gettext as _

from services.kernel.errors import Refusal


def refusal_words(refusal: Refusal) -> str:
    """Why a decision could not be written, made or appealed."""
    words = {
        "decision-not-to-sign": _("The decision is signed already, or is not made."),
        "not-the-decision-maker": _("Only the one who decided signs the decision."),
        "decision-says-nothing": _("Write what is decided."),
        "decision-amount": _("Write the amount in kronor, for example 12 500."),
        "decision-too-long": _("The text is too long."),
        "decision-ends-before-it-begins": _("The last day must not be before the first."),
        "decision-before-committee": _(
            "The proposal lies before the committee. Take it back before you change it."
        ),
        "decision-not-draft": _("This decision has been made or taken back already."),
        "decision-not-proposed": _("Nothing lies before the committee."),
        "decision-changed-meanwhile": _(
            "Somebody has changed the draft since you opened it. Read it again first."
        ),
        "decision-is-the-committees": _(
            "Only the committee may decide this. Put it to the committee as a proposal."
        ),
        "decision-without-reasons": _("Write the reasons. The party is entitled to them."),
        "decision-not-communicated": _(
            "The party has not had time to comment on the material. Wait, or say why it is not needed."
        ),
        "decision-without-paragraph": _("Write the paragraph of the minutes."),
        "decision-in-the-future": _("The day must not lie ahead."),
        "decision-not-in-force": _("This decision has been replaced by another."),
        "status-cannot-follow": _(
            "This decision cannot follow the case's present status. Change the status first."
        ),
        "not-delegated": _(
            "You do not hold the point of the delegation order that this decision is made by."
        ),
        "delegation-point": _("The delegation order has no such point today."),
        "received-on-impossible-day": _("Choose a day between the day when it was sent and today."),
        "forwarded-on-impossible-day": _(
            "Choose a day between the day when the appeal came in and today."
        ),
        "appeal-says-nothing": _("Write what you want to be changed, and why."),
        "appeal-too-long": _("The text is too long."),
        "appeal-without-reason": _("Write why the appeal is rejected."),
        "appeal-tested": _("The appeal has been tested already."),
        "appeal-not-in-time": _("Test first whether the appeal came in time."),
        "appeal-not-open": _("The appeal is not open."),
    }
    return words.get(refusal.code, _("This could not be done. Try again in a while."))


def proof_words() -> list[tuple[str, str]]:
    """How it is known that a decision has reached the party."""
    return [
        ("receipt", _("A receipt that the party has signed")),
        ("simplified_service", _("Simplified service: two weeks after the second letter")),
        ("told_orally", _("Told to the party in person or by telephone")),
        ("answered", _("The party has answered or acted on it")),
    ]


def result_words() -> list[tuple[str, str]]:
    """How an appeal ended."""
    return [
        ("upheld", _("The decision stands")),
        ("changed", _("The decision was changed")),
        ("revoked", _("The decision was revoked")),
        ("sent_back", _("The case was sent back to us")),
        ("withdrawn", _("The appeal was withdrawn")),
    ]
