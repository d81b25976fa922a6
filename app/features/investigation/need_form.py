"""The form of what somebody needs to understand and be understood, for the party and the desk."""

from flask_babel import gettext as _

from app.features.investigation.words import help_choices
from app.forms import RadiosField, SalemForm, TextField
from services.cases.investigation_models import CaseNeed


class NeedForm(SalemForm):
    """Which help, and in which language."""

    help = RadiosField(lambda: _("What is needed?"), help_choices)
    language = TextField(
        lambda: _("Which language?"),
        optional=True,
        hint=lambda: _("For an interpreter or a translation, for example Arabic or Finnish"),
    )

    @property
    def chosen(self) -> str:
        """The help as the domain knows it: nothing is an empty word."""
        return "" if self.help.data == "none" else str(self.help.data)


def known(need: CaseNeed | None) -> dict[str, str]:
    """What is known already, as the form is filled in with it."""
    return {"help": need.help, "language": need.language} if need else {"help": "none"}
