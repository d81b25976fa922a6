"""The forms of paying."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from app.forms import AreaField, RadiosField, SalemForm, TelephoneField, TextField
from app.forms.fields import Choice
from app.paying import way_words
from services.forms.amounts import ore_from
from services.kernel.errors import Invalid
from services.kernel.money import Money
from services.payments import instalments
from services.payments.disputing import MOST_REASON
from services.payments.invoicing import LONGEST, LONGEST_NAME, LONGEST_PART
from services.payments.models import Order

PARTS = ("care_of", "street", "postcode", "town", "country")
SWEDISH_POSTCODE = re.compile("[1-9][0-9]{4}")
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


def ways_form(ways: list[str], order: Order, money: Any) -> SalemForm:
    """Choosing how to pay, and how much where one may pay in parts."""
    words, explained = way_words(), _explained()
    parts, least = instalments.choices(order), instalments.smallest(order)

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
            lambda: _amounts(order, parts, money),
            default="all",
        )

    class AnyPartForm(PartsForm):
        """The same, where the payer says how much."""

        other = _other(order, least, money)

    if parts:
        return PartsForm()
    return AnyPartForm() if least is not None and order.outstanding > least else WaysForm()


def _other(order: Order, least: Money | None, money: Any) -> Any:
    return AmountField(
        lambda: _("The other amount, in kronor"),
        hint=lambda: _(
            "At least %(least)s, and less than %(most)s. What is left has a last day of its own.",
            least=money(max(least.ore if least else 0, 100)),
            most=money(order.outstanding.ore),
        ),
        optional=True,
        order=order,
    )


def _amounts(order: Order, parts: Iterable[Money], money: Any) -> list[tuple[str, str]]:
    whole = ("all", _("Everything that is left, %(amount)s", amount=money(order.outstanding.ore)))
    part = [(str(each.ore), _("A part, %(amount)s", amount=money(each.ore))) for each in parts]
    return [whole, *(part or [("other", _("Another amount"))])]


class AmountField(TextField):
    """How much of an order is paid now, where the payer says so."""

    order: Order
    inputmode = "decimal"
    width = 10

    def post_validate(self, form: Any, _stopped: bool) -> None:
        """What was typed is asked for only where it was chosen."""
        if form.amount.data != "other":
            self.errors = []
            return
        try:
            instalments.require(self.order, Money(ore_from(self.data or "") or 0))
        except Invalid as refusal:
            least, most = (Money(refusal.details[name]) for name in ("least_ore", "most_ore"))
            self.errors = [_("Write an amount from %(least)s to %(most)s.", least=least, most=most)]


def part_of(form: Any) -> Money | None:
    """The part that was chosen in the form of ways; None for all that is left."""
    if "amount" not in form or form.amount.data == "all":
        return None
    if form.amount.data == "other":
        return Money(ore_from(form.other.data or "") or 0)
    return Money(int(form.amount.data))


class SwishForm(SalemForm):
    """The telephone that the request is sent to."""

    number = TelephoneField(
        lambda: _("Mobile number"),
        hint=lambda: _("For example 070-174 06 05."),
        missing=lambda: _("Write the mobile number that you have Swish on."),
    )


class AddressForm(SalemForm):
    """Where an invoice is sent: all of an address, or nothing."""

    care_of = TextField(lambda: _("c/o (if needed)"), optional=True, limit=LONGEST_PART)
    street = TextField(
        lambda: _("Street address"), optional=True, limit=LONGEST_PART, autocomplete="address-line1"
    )
    postcode = TextField(
        lambda: _("Postcode"), optional=True, limit=20, width=10, autocomplete="postal-code"
    )
    town = TextField(
        lambda: _("Town"), optional=True, limit=LONGEST_PART, autocomplete="address-level2"
    )
    country = TextField(lambda: _("Country (if not Sweden)"), optional=True, limit=LONGEST_PART)

    @property
    def address(self) -> dict[str, str] | None:
        """What was written, as addresses are kept; None when nothing was."""
        parts = {name: (getattr(self, name).data or "").strip() for name in PARTS}
        if not any(parts.values()):
            return None
        if not parts["country"]:
            parts["postcode"] = parts["postcode"].replace(" ", "")
        return parts

    def validate(self, **more: Any) -> bool:
        """Whether the address is whole, besides what each field demands."""
        sound = bool(super().validate(**more))
        address = self.address
        if not sound or address is None:
            return sound
        wrong = [*self._missing_parts(address)]
        for name, words in wrong:
            getattr(self, name).errors = [words]
        return not wrong

    @staticmethod
    def _missing_parts(address: dict[str, str]) -> Iterator[tuple[str, str]]:
        if not address["street"]:
            yield "street", _("Write the street address.")
        if not address["country"] and SWEDISH_POSTCODE.fullmatch(address["postcode"]) is None:
            yield "postcode", _("Write the postcode with five figures.")
        if not address["town"]:
            yield "town", _("Write the town.")


class PersonInvoiceForm(AddressForm):
    """What a person may want on an invoice that somebody else shall have."""

    payer_name = TextField(
        lambda: _("Name on the invoice"), optional=True, limit=LONGEST_NAME, autocomplete="name"
    )


class InvoiceForm(AddressForm):
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


class DisputeForm(SalemForm):
    """Why somebody thinks that a fee is wrong."""

    reason = AreaField(
        lambda: _("What is wrong?"),
        hint=lambda: _("Write nothing about health or other sensitive matters."),
        missing=lambda: _("Write what is wrong."),
        rows=4,
        limit=MOST_REASON,
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
