"""What a service document says of its fees: how they are counted, booked and paid."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field

from services.forms.question import Condition, Key, Part, Slug, Words

Way = Literal["swish", "card", "invoice", "counter"]


class Coding(Part):
    """Where a fee is booked (domain reference §5.7), and its VAT class (§5.8)."""

    account: str = Field(min_length=1, max_length=20)
    responsibility: str = Field(min_length=1, max_length=20)
    activity: str = Field(min_length=1, max_length=20)
    project: str | None = Field(None, max_length=20)
    vat: str = Field("none", max_length=20)


class Free(Part):
    """Who pays nothing although there is a fee, and why."""

    when: Condition
    words: Words


class Fee(Part):
    """One line of what it costs. What `options` may hold, the fee rule decides.

    An estimate is counted on what somebody guesses: it is shown, and charged only when the desk
    has counted for itself. An `example` is a figure that the municipality has not decided.
    """

    key: Slug
    words: Words
    rule: str
    options: dict[str, Any] = Field(default_factory=dict)
    when: Condition | None = None
    free: Free | None = None
    coding: Coding
    tariff: Words | None = None
    estimate: bool = False
    example: bool = False


class FeeExample(Part):
    """A saved example: answers, the day, and what they come to in whole kronor."""

    name: str
    answers: dict[str, Any] = Field(default_factory=dict)
    day: date
    kronor: int


class Reminding(Part):
    """How many days after its last day an unpaid fee is reminded of, and handed over for collection.

    Nothing is handed over without `hand_over`: then the last reminder is the last word from here.
    """

    after: Annotated[tuple[int, ...], Field(min_length=1, max_length=4)] = (6, 20)
    hand_over: Annotated[int, Field(ge=10, le=365)] | None = None


class PaymentTerms(Part):
    """In which ways and when it is paid.

    `at` are the statuses at which a fee after the decision is charged; `paid` is the status that
    a case goes on to when a fee that it waits for has been paid. `days` is how long one has, and
    `reference` the question whose answer stands on a business's invoice. An invoice goes to the
    first of `addresses` that is answered, and to the name that `recipient` tells, if it does.
    """

    ways: tuple[Way, ...] = Field(min_length=1)
    when: Literal["before", "after_receipt", "after_decision"]
    at: tuple[Slug, ...] = ()
    paid: Slug | None = None
    reference: Key | None = None
    addresses: tuple[Key, ...] = Field((), max_length=4)
    recipient: Key | None = None
    reminding: Reminding | None = None
    part_payments: int = Field(1, ge=1, le=12)
    smallest_part: int | None = Field(None, ge=1, le=100_000)
    days: int = Field(30, ge=1, le=120)
    examples: tuple[FeeExample, ...] = ()

    @property
    def in_parts(self) -> bool:
        """Whether one may pay a part at a time."""
        return self.part_payments > 1 or self.smallest_part is not None


class StatusFacts(Protocol):
    """What is asked here of a document's statuses."""

    @property
    def key(self) -> str:
        """Its name."""
        ...

    @property
    def state(self) -> str:
        """The state of the machine that it stands for."""
        ...

    @property
    def next(self) -> tuple[str, ...]:
        """What may follow it."""
        ...


def faults(
    fees: Sequence[Fee], terms: PaymentTerms | None, statuses: Sequence[StatusFacts]
) -> Iterator[str]:
    """What does not hold together in the fees and the payment of a document."""
    if bool(fees) != (terms is not None):
        yield "fees and payment come together: one of them is missing"
    counted = Counter(fee.key for fee in fees)
    yield from (f"fee {key!r} occurs {times} times" for key, times in counted.items() if times > 1)
    if terms is not None and terms.part_payments > 1 and terms.smallest_part is not None:
        yield "payment: either part_payments or smallest_part says how much a part is"
    if terms is not None:
        yield from _of_terms(terms, statuses)


def _of_reminding(reminding: Reminding | None) -> Iterator[str]:
    if reminding is None:
        return
    days = [*reminding.after, *([reminding.hand_over] if reminding.hand_over else [])]
    # A payment on its way through the banks is not reminded of (domain reference §5.9).
    if days[0] < 5 or days != sorted(set(days)):
        yield "payment.reminding begins five days after the last day at the soonest, and rises"


def _of_terms(terms: PaymentTerms, statuses: Sequence[StatusFacts]) -> Iterator[str]:
    yield from _of_reminding(terms.reminding)
    known = {status.key for status in statuses}
    first = statuses[0]
    if len(set(terms.ways)) < len(terms.ways):
        yield "payment.ways names a way twice"
    named = {*terms.at, *([terms.paid] if terms.paid else [])}
    if unknown := named - known:
        yield f"payment names unknown statuses {sorted(unknown)}"
        return
    if (terms.when == "after_decision") != bool(terms.at):
        yield "payment.at names the statuses at which a fee after the decision is charged"
    waits = first.state == "awaiting_payment"
    if (terms.when == "after_receipt") != waits:
        yield "the first status is awaiting_payment if, and only if, one pays after the receipt"
    if waits and (terms.paid is None or terms.paid not in first.next):
        yield "payment.paid must be a status that may follow the first one"
    if not waits and terms.paid is not None:
        yield "payment.paid is only for a case that waits for its payment"
