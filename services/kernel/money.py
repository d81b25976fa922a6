"""Money: whole öre, and the few sums that are made with them. Nothing here ever uses a float."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from services.kernel.errors import Invalid

ORE = 100
# Far above any fee, far below what a bigint holds: a slip of the keyboard is told at once.
MOST_ORE = 10**14
NO_BREAK = "\u00a0"
MINUS = "\u2212"


@dataclass(frozen=True, order=True)
class Money:
    """An amount in öre; negative when it goes the other way.

    Raises TypeError for anything but whole öre, and Invalid("money-too-large").
    """

    ore: int = 0

    def __post_init__(self) -> None:
        if type(self.ore) is not int:
            raise TypeError(f"money is whole öre, not {type(self.ore).__name__}")
        if abs(self.ore) > MOST_ORE:
            raise Invalid("money-too-large")

    @classmethod
    def kronor(cls, amount: str | int | Decimal) -> "Money":
        """From kronor: "562.50", "562,50", 562. Raises Invalid("money") for parts of an öre."""
        if isinstance(amount, float):
            raise TypeError("money is never a float")
        text = amount.strip().replace(",", ".") if isinstance(amount, str) else amount
        try:
            ore = Decimal(text) * ORE
        except InvalidOperation as fault:
            raise Invalid("money") from fault
        if not ore.is_finite() or ore != ore.to_integral_value():
            raise Invalid("money")
        return cls(int(ore))

    @classmethod
    def total(cls, amounts: Iterable["Money"]) -> "Money":
        """The sum of several amounts; nothing gives 0."""
        return cls(sum(amount.ore for amount in amounts))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.ore + other.ore)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.ore - other.ore)

    def __neg__(self) -> "Money":
        return Money(-self.ore)

    def __abs__(self) -> "Money":
        return Money(abs(self.ore))

    def __mul__(self, count: int) -> "Money":
        if type(count) is not int:
            raise TypeError("money is multiplied by whole numbers; use times() for a rate")
        return Money(self.ore * count)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return self.ore != 0

    def times(self, factor: Decimal | Fraction | int) -> "Money":
        """Times a rate, rounded half up to a whole öre: 1,5 hours, 25 per cent."""
        if isinstance(factor, float):
            raise TypeError("a rate is never a float")
        return Money(half_up(Fraction(factor) * self.ore))

    def rounded_to_krona(self) -> "Money":
        """To whole kronor, half up: 562,50 becomes 563, and −562,50 becomes −563."""
        return Money(half_up(Fraction(self.ore, ORE)) * ORE)

    def tax_within(self, percent: int) -> "Money":
        """The VAT that is part of this amount: of 125 kronor with 25 per cent, 25 kronor."""
        return self.times(Fraction(percent, ORE + percent))

    @property
    def plain(self) -> str:
        """For machines: a dot, two decimals, no spaces: 1688.00, -0.50."""
        kronor, ore = divmod(abs(self.ore), ORE)
        return f"{'-' if self.ore < 0 else ''}{kronor}.{ore:02}"

    def __str__(self) -> str:
        kronor, ore = divmod(abs(self.ore), ORE)
        figures = f"{kronor:,}".replace(",", NO_BREAK)
        return f"{MINUS if self.ore < 0 else ''}{figures},{ore:02}{NO_BREAK}kr"


NOTHING = Money(0)


def half_up(number: Fraction) -> int:
    """The nearest whole number; a half goes away from zero, so that a refund mirrors a payment."""
    nearest = (abs(number) + Fraction(1, 2)).__floor__()
    return -nearest if number < 0 else nearest
