"""What consultations are called, and what refusals mean."""

from flask_babel import gettext as _

from app import conversations
from services.kernel.errors import Refusal


def kind_words() -> dict[str, str]:
    """Who is heard, in the words of the desk."""
    return {
        "party": _("Comments from the party (section 25)"),
        "outside": _("Opinion from outside (section 26)"),
        "neighbours": _("Hearing of neighbours"),
    }


def refusal_words(refusal: Refusal) -> str:
    """Why something could not be done, in words for the one who tried."""
    name = refusal.details.get("name", "")
    words = {
        "question-empty": _("Write what you ask."),
        "answer-by-passed": _("The last day must lie ahead."),
        "unknown-material": _("Choose among the documents of the case."),
        "material-secret": _(
            "Something that you have chosen is marked as secret. Take it away, or say why it may be shown."
        ),
        "recipients-missing": _("Write whom you ask, one on each line."),
        "too-many-recipients": _("Ask at most 100 at once."),
        "recipient-unreachable": _(
            "Write an e-mail address or a postal address for %(name)s.", name=name or _("each line")
        ),
        "email-address": _("One of the e-mail addresses is not right."),
        "case-protected": _(
            "Somebody in the case has a protected identity. Nothing of it is sent to others from here."
        ),
        "case-secret": _("The case is secret, and is not shown to neighbours."),
        "consultation-over": _("It has been answered already, or is closed."),
        "opened-elsewhere": _(
            "The link has been opened in another browser. Ask us for a new link."
        ),
        "cannot-rest": _("The case cannot rest in its present status."),
        "does-not-rest": _("The case does not rest any more."),
        "wake-on-passed": _("The day must lie ahead."),
        "unknown-answer": _("Choose one of the answers."),
    }
    return words.get(refusal.code) or conversations.refusal_words(refusal)
