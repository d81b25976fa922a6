"""A personal identity number in a form written by hand."""

from typing import Any

from flask_babel import gettext as _
from wtforms.validators import ValidationError

from app.forms.fields import TextField
from app.transactions import work
from services.forms.faults import Fault
from services.forms.types.person_number import twelve_digits
from services.kernel.calendar import local_day


class PersonNumberField(TextField):
    """A personal identity number, written as one likes; twelve digits once it is taken in."""

    inputmode = "numeric"
    width = 20
    spellcheck = False

    def pre_validate(self, form: Any) -> None:
        """Raises ValidationError for what is no number."""
        if self.is_blank:
            return
        try:
            self.data = twelve_digits(self.data, local_day(work().now))
        except Fault as fault:
            raise ValidationError(_("Check the personal identity number.")) from fault
