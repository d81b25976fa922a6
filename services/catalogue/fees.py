"""What a service costs: its fees counted from the answers, line by line, and judged at publishing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pydantic import ValidationError

from services.forms.charging import Fee
from services.forms.conditions import holds
from services.forms.definition import Question, ServiceDocument
from services.forms.kinds import kind_of
from services.forms.visibility import kept
from services.kernel.errors import Invalid
from services.kernel.money import Money
from services.kernel.words import say
from services.payments import fee_rules
from services.payments.coding import Coded
from services.payments.fee_rule import NUMBERS, Facts, Wanted, money_words, told

# What a case tells that nobody has been asked about: days over the time in which to decide.
DAYS_LATE = "days_late"
FACT_WORDS = {
    DAYS_LATE: {
        "sv": "Dagar efter sista dagen att besluta",
        "en": "Days after the last to decide",
    }
}
CASE_FACTS = frozenset(FACT_WORDS)
NOT_IN_FORCE = "fee-not-in-force"
Words = dict[str, str]


@dataclass(frozen=True)
class Line:
    """One line of a fee: what it is for, how much, and how that came about."""

    fee: Fee
    amount: Money
    steps: tuple[Words, ...]


@dataclass(frozen=True)
class Calculation:
    """All lines, and the fees that cannot be counted yet: an answer or a decided price is missing.

    `undecided` are those of the unknown that wait for a price or a figure of the tariff day.
    """

    lines: tuple[Line, ...]
    unknown: tuple[Fee, ...]
    undecided: tuple[Fee, ...]
    on: date

    @property
    def total(self) -> Money:
        """The sum of the lines."""
        return Money.total(line.amount for line in self.lines)

    @property
    def is_certain(self) -> bool:
        """Whether nothing is left to be told later."""
        return not self.unknown


def count(
    document: ServiceDocument,
    answers: Mapping[str, Any],
    on: date,
    given: Mapping[str, Any] | None = None,
) -> Calculation:
    """What it costs with these answers by the tariff of a day.

    `given` are facts that the desk knows, such as counted pages; they go before the answers.
    """
    return _counted(document, {**kept(document, answers), **(given or {})}, on)


def _counted(document: ServiceDocument, facts: Mapping[str, Any], on: date) -> Calculation:
    lines: list[Line] = []
    unknown: list[Fee] = []
    undecided: list[Fee] = []
    for fee in document.fees:
        if not holds(fee.when, facts):
            continue
        if fee.free is not None and holds(fee.free.when, facts):
            lines.append(Line(fee, Money(0), (dict(fee.free.words),)))
            continue
        so_far = Money.total(line.amount for line in lines)
        try:
            counted = fee_rules.count(fee.rule, fee.options, Facts(facts, on, so_far))
        except Invalid as refusal:
            unknown.append(fee)
            if refusal.code == NOT_IN_FORCE:
                undecided.append(fee)
            continue
        if counted.amount.ore < 0:
            lines = _lowered(lines, fee, -counted.amount, counted.steps)
        else:
            lines.append(Line(fee, counted.amount, counted.steps))
    return Calculation(tuple(lines), tuple(unknown), tuple(undecided), on)


def _lowered(lines: list[Line], fee: Fee, less: Money, steps: tuple[Words, ...]) -> list[Line]:
    """The lines with a discount taken off, from the last one on; never below nothing."""
    lowered: list[Line] = []
    for line in reversed(lines):
        taken = min(less, line.amount)
        if taken:
            step = told("{words}: −{less}", "{words}: −{less}", words=fee.words, less=money_words(taken))  # fmt: skip
            line = replace(line, amount=line.amount - taken, steps=(*line.steps, *steps, step))
            less, steps = less - taken, ()
        lowered.append(line)
    return lowered[::-1]


def countable(document: ServiceDocument, language: str) -> dict[str, str]:
    """The numbers that fees are counted from, in words: what the desk may know better."""
    known = {question.key: question for question in document.questions}
    found: dict[str, str] = {}
    for fee in document.fees:
        for wanted in fee_rules.wants(fee.rule, fee.options):
            if wanted.types == NUMBERS:
                question = known.get(wanted.name)
                words = question.label if question else FACT_WORDS[wanted.name]
                found[wanted.name] = say(words, language)
    return found


def coded(fee: Fee) -> Coded:
    """Where a fee is booked."""
    told_coding = fee.coding
    return Coded(
        told_coding.account,
        told_coding.responsibility,
        told_coding.activity,
        told_coding.project,
        told_coding.vat,
    )


def faults(document: ServiceDocument) -> Iterator[str]:
    """What is wrong with the fees of a document: rules, options, what they ask for, examples."""
    known = {question.key: question for question in document.questions}
    sound = True
    for fee in document.fees:
        for fault in _of_fee(fee, known):
            sound = False
            yield f"fee {fee.key!r}: {fault}"
    if document.level == "signed" and document.payment and document.payment.when == "before":
        yield "payment.when: what is signed is paid after the receipt or the decision"
    yield from _of_invoice(document, known)
    if sound and document.payment is not None:
        yield from _of_examples(document)


def _of_invoice(document: ServiceDocument, known: Mapping[str, Question]) -> Iterator[str]:
    terms = document.payment
    if terms is None:
        return
    named = [("reference", terms.reference), ("recipient", terms.recipient)]
    for what, key in [*named, *(("addresses", key) for key in terms.addresses)]:
        if key is not None and key not in known:
            yield f"payment.{what} is {key!r}, which is not asked"
        elif key is not None and what == "addresses" and known[key].type != "postal_address":
            yield f"payment.addresses has {key!r}, which is no postal address"


def _of_fee(fee: Fee, known: Mapping[str, Question]) -> Iterator[str]:
    wrong = list(fee_rules.faults(fee.rule, fee.options))
    yield from wrong
    if not wrong:
        for wanted in fee_rules.wants(fee.rule, fee.options):
            if wanted.name not in CASE_FACTS:
                yield from _of_wanted(wanted, known.get(wanted.name))


def _of_wanted(wanted: Wanted, question: Question | None) -> Iterator[str]:
    if question is None:
        yield f"counts on {wanted.name!r}, which is not asked"
        return
    if question.type not in wanted.types:
        yield f"counts on {wanted.name!r}, which is {question.type}, not {sorted(wanted.types)}"
        return
    try:
        possible = kind_of(question).possible(question)
    except ValidationError:
        return
    for answer in wanted.answers:
        if possible is not None and answer not in possible:
            yield f"looks for {answer!r}, which is no answer to {wanted.name!r}"


def _of_examples(document: ServiceDocument) -> Iterator[str]:
    examples = document.payment.examples if document.payment else ()
    if not examples:
        yield "payment.examples: a service with fees needs at least one saved example"
    for example in examples:
        total = _counted(document, example.answers, example.day).total
        if total != Money.kronor(example.kronor):
            yield f"example {example.name!r} comes to {total.plain}, not {example.kronor}"
