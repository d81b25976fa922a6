"""What needs and refusals are called on pages."""

from flask_babel import gettext as _

from app.understanding import help_words
from services.cases.investigation_models import Help
from services.kernel.errors import Refusal


def help_choices() -> list[tuple[str, str]]:
    """All of them to choose from, and nothing."""
    return [("none", _("Nothing is needed")), *((each.value, help_words(each)) for each in Help)]


def refusal_words(refusal: Refusal) -> str:
    """Why something could not be noted, in words."""
    words = {
        "which-language": _("Write which language."),
        "say-why": _("Say why it is not needed in this case."),
        "message-too-long": _("The text is too long."),
        "case-state": _("The case is not open any more."),
    }
    return words.get(refusal.code, _("This could not be done. Try again in a while."))
