"""The forms of paying."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from app.forms import RadiosField, SalemForm, TelephoneField, TextField
from app.forms.fields import Choice
from app.paying import way_words
from services.kernel.money import Money
from services.payments.invoicing import LONGEST

HintedChoices = Callable[[], Iterable[tuple[str, str, str]]]


class ExplainedRadios(RadiosField):
    """Answers of which each has a line that explains it."""

    def __init__(self, label: Callable[[], str], options: HintedChoices, **look: Any) -> None:
        self.hints = {value: hint for value, _words, hint in options()}
        super().__init__(label, lambda: [(each[0], each[1]) for each in options()], **look)

    @property
    def choices(self) -> list[Choice]:  # type: ignore[override]
        """The answers with their explanations."""
        return [
            replace(choice, hint=self.hints.get(choice.value) or None) for choice in super().choices
        ]


def _explained() -> dict[str, str]:
    return {
        "swish": _("You pay with the app in your phone. We know at once."),
        "card": _("You pay on a page of our card company. We know at once."),
        "invoice": _(
            "You pay through your bank. It takes one to three working days until we know."
        ),
        "counter": _("You pay in cash or by card when you visit us."),
        "pretend": _("For tests only."),
    }


def ways_form(ways: list[str], part: Money | None, whole: Money, money: Any) -> SalemForm:
    """Choosing how to pay, and how much where one may pay in parts."""
    words, explained = way_words(), _explained()

    class WaysForm(SalemForm):
        """Which way, and how much."""

        way = ExplainedRadios(
            lambda: _("How do you want to pay?"),
            lambda: [(way, words[way], explained[way]) for way in ways],
            missing=lambda: _("Choose how you want to pay."),
        )

    class PartsForm(WaysForm):
        """The same, with a choice of the amount."""

        amount = RadiosField(
            lambda: _("How much do you want to pay now?"),
            lambda: [
                ("all", _("Everything, %(amount)s", amount=money(whole.ore))),
                ("part", _("A part, %(amount)s", amount=money((part or whole).ore))),
            ],
            default="all",
        )

    return PartsForm() if part is not None else WaysForm()


class SwishForm(SalemForm):
    """The telephone that the request is sent to."""

    number = TelephoneField(
        lambda: _("Mobile number"),
        hint=lambda: _("For example 070-174 06 05."),
        missing=lambda: _("Write the mobile number that you have Swish on."),
    )


class InvoiceForm(SalemForm):
    """A business's own words for its invoice."""

    buyer_reference = TextField(
        lambda: _("Your reference"),
        hint=lambda: _("The name or code that your own invoices are sorted by."),
        optional=True,
        limit=LONGEST,
    )
    cost_centre = TextField(lambda: _("Cost centre"), optional=True, limit=LONGEST, width=20)
    einvoice_address = TextField(
        lambda: _("Address for electronic invoices"),
        hint=lambda: _("Your Peppol ID or GLN, for example 0007:5560360793."),
        optional=True,
        limit=LONGEST,
    )


class CodeForm(SalemForm):
    """The code of a letter."""

    code = TextField(
        lambda: _("Code"),
        hint=lambda: _(
            "Ten letters and figures. It does not matter how you write spaces and capital letters."
        ),
        missing=lambda: _("Write the code that stands in the letter."),
        limit=40,
        width=20,
        spellcheck=False,
    )
