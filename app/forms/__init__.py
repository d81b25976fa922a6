"""Forms written by hand: fields that the same templates show as the questions of e-services."""

from typing import Any

from flask_wtf import FlaskForm

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
    """A form with its token against forgery, and a list of what is wrong for the summary."""

    def faulty(self) -> list[Any]:
        """The fields with something wrong, in the order in which they stand."""
        return [field for field in self if isinstance(field, OurField) and field.errors]
