"""What refusals, proofs and results mean, in plain words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from services.kernel.errors import Refusal

REFUSALS = {
    "decision-not-to-sign": _l("The decision is signed already, or is not made."),
    "not-the-decision-maker": _l("Only the one who decided signs the decision."),
    "no-request": _l("No request to decide waits for an answer in this case."),
    "request-not-by-law": _l(
        "Section 12 does not apply here, because a decision in the case is not appealed to a higher instance through us. Answer the party in a message."
    ),
    "decision-says-nothing": _l("Write what is decided."),
    "decision-amount": _l("Write the amount in kronor, for example 12 500."),
    "decision-too-long": _l("The text is too long."),
    "decision-ends-before-it-begins": _l("The last day must not be before the first."),
    "decision-before-committee": _l(
        "The proposal lies before the committee. Take it back before you change it."
    ),
    "decision-not-draft": _l("This decision has been made or taken back already."),
    "decision-not-proposed": _l("Nothing lies before the committee."),
    "decision-changed-meanwhile": _l(
        "Somebody has changed the draft since you opened it. Read it again first."
    ),
    "decision-is-the-committees": _l(
        "Only the committee may decide this. Put it to the committee as a proposal."
    ),
    "decision-without-reasons": _l("Write the reasons. The party is entitled to them."),
    "decision-not-communicated": _l(
        "The party has not had time to comment on the material. Wait, or say why it is not needed."
    ),
    "decision-without-paragraph": _l("Write the paragraph of the minutes."),
    "decision-in-the-future": _l("The day must not lie ahead."),
    "decision-not-in-force": _l("This decision has been replaced by another."),
    "status-cannot-follow": _l(
        "This decision cannot follow the case's present status. Change the status first."
    ),
    "not-delegated": _l(
        "You do not hold the point of the delegation order that this decision is made by."
    ),
    "delegation-point": _l("The delegation order has no such point today."),
    "received-on-impossible-day": _l("Choose a day between the day when it was sent and today."),
    "forwarded-on-impossible-day": _l(
        "Choose a day between the day when the appeal came in and today."
    ),
    "arrived-on-impossible-day": _l(
        "Choose a day between the day of the decision and today. A paper in the letter box or by post counts as come in on the working day before."
    ),
    "appeal-says-nothing": _l("Write what you want to be changed, and why."),
    "appeal-too-long": _l("The text is too long."),
    "appeal-without-reason": _l("Write why the appeal is rejected."),
    "appeal-tested": _l("The appeal has been tested already."),
    "appeal-not-in-time": _l("Test first whether the appeal came in time."),
    "appeal-is-in-time": _l("It came in time by its days, and cannot be rejected as too late."),
    "appeal-is-late": _l("It came after the last day. Say why it is in time all the same."),
    "appeal-not-reconsidered": _l("Look at the decision again first."),
    "appeal-not-changed": _l("No new decision has been made. Make it first."),
    "appeal-has-changed": _l("A new decision has been made, so it does not stand."),
    "court-tests-time": _l("The court itself tests whether this appeal came in time."),
    "investigation-not-done": _l("Something on the checklist is not looked into yet."),
    "decision-appealed": _l(
        "The decision is appealed. It can be changed only by section 38, until the appeal is sent on."
    ),
    "change-against-party": _l(
        "The party would lose by this. That takes a ground, and section 37 (section 38 does not reach)."
    ),
    "correction-changes-outcome": _l(
        "A correction leaves the outcome as it is. Choose section 37 or 38 for another outcome."
    ),
    "appeal-not-open": _l("The appeal is not open."),
}


def refusal_words(refusal: Refusal) -> str:
    """Why a decision could not be written, made or appealed."""
    return str(REFUSALS.get(refusal.code, _("This could not be done. Try again in a while.")))


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


def changed_by_words(how: str | None) -> str:
    """By which paragraph a decision has taken the place of another."""
    words = {
        "corrected": _("correction, section 36"),
        "changed": _("change, section 37"),
        "must_change": _("change, section 38"),
    }
    return words.get(how or "", "")


def arrival_words() -> list[tuple[str, str]]:
    """How a paper came on the day when it was in our hands, which says on which day it came in."""
    return [
        ("reached", _("It was handed over, or reached us by e-mail: that day counts")),
        ("first_emptying", _("It lay in our letter box when that was first emptied: the working day before counts")),
        ("post", _("It came by post, and was probably at the post office the day before: the working day before counts")),
    ]  # fmt: skip
