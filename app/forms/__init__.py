"""Forms written by hand: fields that the same templates show as the questions of e-services."""

from typing import Any

from flask_wtf import FlaskForm

from app import interrupted
from app.forms.fields import (
    AreaField,
    CheckField,
    ChecksField,
    DayField,
    HiddenField,
    MailField,
    OurField,
    RadiosField,
    SelectField,
    TelephoneField,
    TextField,
    UploadField,
)

__all__ = [
    "AreaField",
    "CheckField",
    "ChecksField",
    "DayField",
    "HiddenField",
    "MailField",
    "RadiosField",
    "SalemForm",
    "SelectField",
    "TelephoneField",
    "TextField",
    "UploadField",
]


class SalemForm(FlaskForm):  # type: ignore[misc]
    """A form with its token against forgery, and a list of what is wrong for the summary.

    What somebody sent in it when their session had run out is filled in again by itself.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """As Flask-WTF has it, with what has waited."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What came with the request, or has waited for this form."""
            return interrupted.filled(form, super().wrap_formdata(form, formdata))

    def faulty(self) -> list[Any]:
        """The fields with something wrong, in the order in which they stand."""
        return [field for field in self if isinstance(field, OurField) and field.errors]
