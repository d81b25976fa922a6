"""What every fee rule is: what it reads, what it counts, and how it explains itself line by line."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, model_validator

from services.kernel.errors import Invalid
from services.kernel.money import Money
from services.kernel.words import LANGUAGES, say

NO_BREAK = "\u00a0"
NUMBERS = frozenset({"number"})
AMOUNTS = frozenset({"amount"})
DAYS = frozenset({"date"})
CHOICES = frozenset({"choice", "yes_no", "choices"})
ROWS = frozenset({"group"})


class RulePart(BaseModel):
    """What all parts of a rule's options share: nothing unknown is let in, nothing changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _in_every_language(words: dict[str, str]) -> dict[str, str]:
    if set(words) != set(LANGUAGES) or not all(text.strip() for text in words.values()):
        raise ValueError(f"needs a text in each of {', '.join(LANGUAGES)}, and no other")
    return words


def _exact(value: Any) -> Decimal:
    # A number with decimals is written as a text: 0.1 as a float is not quite a tenth.
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError("must be a whole number, or a text such as '562.50'")
    try:
        number = Decimal(value)
    except InvalidOperation as fault:
        raise ValueError(f"{value!r} is no number") from fault
    if not number.is_finite():
        raise ValueError(f"{value!r} is no number")
    return number


def _kronor(value: Any) -> Money:
    ore = _exact(value) * 100
    if ore != ore.to_integral_value():
        raise ValueError(f"{value!r} has parts of an öre")
    return Money(int(ore))


Words = Annotated[dict[str, str], AfterValidator(_in_every_language)]
Exact = Annotated[Decimal, PlainValidator(_exact)]
Kronor = Annotated[Money, PlainValidator(_kronor)]


class Dated(RulePart):
    """Something that is in force from a day, until and including another."""

    since: date = Field(alias="from")
    until: date | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Dated":
        if self.until is not None and self.until < self.since:
            raise ValueError(f"ends {self.until}, before it begins {self.since}")
        return self


Row = TypeVar("Row", bound=Dated)


def one_at_a_time(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows, if never two are in force on the same day; else ValueError."""
    ordered = sorted(rows, key=lambda row: row.since)
    for before, after in zip(ordered, ordered[1:], strict=False):
        if before.until is None or before.until >= after.since:
            raise ValueError(f"two rows are in force on {after.since}")
    return rows


def in_force(rows: Sequence[Row], on: date) -> Row:
    """The row that is in force on a day. Raises Invalid when there is none."""
    for row in rows:
        if row.since <= on and (row.until is None or on <= row.until):
            return row
    raise Invalid("fee-not-in-force", day=on.isoformat())


class Price(Dated):
    """A price in kronor, while it is in force."""

    kronor: Kronor


Prices = Annotated[tuple[Price, ...], Field(min_length=1), AfterValidator(one_at_a_time)]


@dataclass(frozen=True)
class Wanted:
    """A fact that a rule reads: its name, which types of question can give it, and, where it is
    compared, the very answers that are looked for."""

    name: str
    types: frozenset[str]
    answers: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What a fee is counted from: answers as they are stored, the day whose tariff applies, and
    the sum of the lines before."""

    answers: Mapping[str, Any]
    on: date
    so_far: Money = field(default_factory=lambda: Money(0))

    def __getitem__(self, name: str) -> Any:
        """A fact as stored. Raises Invalid when it is not there yet."""
        value = self.answers.get(name)
        if value is None or value == "" or value == []:
            raise Invalid("fee-needs-answer", question=name)
        return value

    def number(self, name: str) -> Decimal:
        """A number. Raises Invalid when there is none."""
        try:
            return _exact(self[name])
        except ValueError as fault:
            raise Invalid("fee-needs-answer", question=name) from fault

    def money(self, name: str) -> Money:
        """An amount, which questions keep in öre."""
        return Money(int(self.number(name)))

    def day(self, name: str) -> date:
        """A day. Raises Invalid when there is none."""
        try:
            return date.fromisoformat(self[name])
        except (TypeError, ValueError) as fault:
            raise Invalid("fee-needs-answer", question=name) from fault


@dataclass(frozen=True)
class Counted:
    """An amount in whole kronor, and how it came about, step by step in words."""

    amount: Money
    steps: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Example:
    """A saved example: what a rule shall come to, held by a test."""

    name: str
    options: dict[str, Any]
    answers: dict[str, Any]
    on: str
    kronor: str
    so_far: str = "0"


class FeeRule(ABC):
    """One way to count a fee. One instance serves all services; options say what is theirs."""

    key: ClassVar[str]
    model: ClassVar[type[RulePart]]
    examples: ClassVar[tuple[Example, ...]]

    def wants(self, options: Any) -> Iterator[Wanted]:
        """The facts that the rule reads."""
        return iter(())

    @abstractmethod
    def count(self, options: Any, facts: Facts) -> Counted:
        """The fee. Raises Invalid: "fee-needs-answer" names a fact that is missing,
        "fee-not-in-force" a day on which nothing is decided."""


def settled(exact: Decimal, steps: Sequence[dict[str, str]]) -> Counted:
    """An exact number of kronor rounded half up to whole ones, and told where that changes it."""
    whole = exact.quantize(Decimal(1), ROUND_HALF_UP)
    told_steps = list(steps)
    if whole != exact:
        ore = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
        told_steps.append(
            told(
                "{exact} avrundas till {whole}",
                "{exact} is rounded to {whole}",
                exact=kronor_words(ore),
                whole=kronor_words(whole),
            )
        )
    return Counted(Money(int(whole) * 100), tuple(told_steps))


def in_kronor(money: Money) -> Decimal:
    """An amount as an exact number of kronor."""
    return Decimal(money.ore) / 100


def told(sv: str, en: str, **values: Any) -> dict[str, str]:
    """A sentence in both languages, with values that may be words in both."""
    return {
        language: text.format(**{name: say(value, language) for name, value in values.items()})
        for language, text in (("sv", sv), ("en", en))
    }


def money_words(money: Money) -> dict[str, str]:
    """An amount: 1 264 kr, and in English 1,264 kr."""
    return kronor_words(in_kronor(money))


def kronor_words(kronor: Decimal) -> dict[str, str]:
    """A number of kronor, with öre only where there are any."""
    exact = kronor.quantize(Decimal(1) if kronor == kronor.to_integral_value() else Decimal("0.01"))
    said = number_words(exact)
    return {language: f"{text}{NO_BREAK}kr" for language, text in said.items()}


def number_words(number: Decimal) -> dict[str, str]:
    """A number with thousands apart: 12 345,5 and 12,345.5."""
    whole, _, fraction = f"{abs(number):,f}".partition(".")
    sign = "\u2212" if number < 0 else ""
    return {
        "sv": sign + whole.replace(",", NO_BREAK) + (f",{fraction}" if fraction else ""),
        "en": sign + whole + (f".{fraction}" if fraction else ""),
    }
