"""The number by which a payer is known to Swish."""

import phonenumbers
from phonenumbers import NumberParseException

from services.kernel.errors import Invalid


def swish_number(text: str) -> str:
    """A telephone number as Swish writes it: country code and number, digits only.

    Raises Invalid("swish-number") for what cannot be a telephone number.
    """
    try:
        number = phonenumbers.parse(text.strip()[:60], "SE")
    except NumberParseException as fault:
        raise Invalid("swish-number") from fault
    if number.extension or not phonenumbers.is_possible_number(number):
        raise Invalid("swish-number")
    return f"{number.country_code}{phonenumbers.national_significant_number(number)}"
