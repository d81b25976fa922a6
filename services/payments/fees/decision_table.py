"""A table: which answers give which fee. The first row that fits is the one that counts."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from services.kernel.errors import Invalid
from services.payments.fee_rule import (
    CHOICES,
    Counted,
    Dated,
    Example,
    Facts,
    FeeRule,
    Kronor,
    RulePart,
    Wanted,
    Words,
    in_force,
    in_kronor,
    money_words,
    one_at_a_time,
    settled,
    told,
)

Answer = str | bool
Match = dict[str, tuple[Answer, ...]]


class Line(RulePart):
    """A row: what each question must have been answered, one of several; what it costs; its name."""

    match: Match = Field(default_factory=dict)
    kronor: Kronor
    words: Words


class Table(Dated):
    """The rows while they are in force."""

    rows: tuple[Line, ...] = Field(min_length=1)


class Options(RulePart):
    """The tables in time."""

    tables: Annotated[tuple[Table, ...], Field(min_length=1), AfterValidator(one_at_a_time)]


LICENCES = {
    "tables": [{
        "from": "2024-01-01",
        "rows": [
            {"match": {"typ": ["stadig"]}, "kronor": 20580, "words": {"sv": "Stadigvarande", "en": "Permanent"}},
            {"match": {"typ": ["tillfalligt"], "dagar": ["1-3"]}, "kronor": 4116, "words": {"sv": "1–3 dagar", "en": "1–3 days"}},
            {"match": {"typ": ["tillfalligt"]}, "kronor": 8232, "words": {"sv": "4–7 dagar", "en": "4–7 days"}},
        ],
    }]
}  # fmt: skip


class DecisionTable(FeeRule):
    """By what was answered."""

    key = "decision_table"
    model = Options
    examples = (
        Example("a permanent licence", LICENCES, {"typ": "stadig"}, "2026-11-25", "20580"),
        Example("a few days", LICENCES, {"typ": "tillfalligt", "dagar": "1-3"}, "2026-11-25", "4116"),
        Example("a week", LICENCES, {"typ": "tillfalligt", "dagar": "4-7"}, "2026-11-25", "8232"),
    )  # fmt: skip

    def wants(self, options: Options) -> Iterator[Wanted]:
        looked_for: dict[str, dict[Answer, None]] = {}
        for table in options.tables:
            for line in table.rows:
                for name, answers in line.match.items():
                    looked_for.setdefault(name, {}).update(dict.fromkeys(answers))
        for name, several in looked_for.items():
            yield Wanted(name, CHOICES, tuple(several))

    def count(self, options: Options, facts: Facts) -> Counted:
        for line in in_force(options.tables, facts.on).rows:
            if _fits(line.match, facts.answers):
                step = told(
                    "{words}: {price}", "{words}: {price}",
                    words=line.words, price=money_words(line.kronor),
                )  # fmt: skip
                return settled(in_kronor(line.kronor), [step])
        unanswered = [
            wanted.name for wanted in self.wants(options) if wanted.name not in facts.answers
        ]
        if unanswered:
            raise Invalid("fee-needs-answer", question=unanswered[0])
        raise Invalid("fee-has-no-row")


def _fits(match: Match, answers: Mapping[str, Any]) -> bool:
    return all(_among(answers.get(name), wanted) for name, wanted in match.items())


def _among(answer: Any, wanted: tuple[Answer, ...]) -> bool:
    # True is 1 in Python, but an answer of yes is not a choice called 1.
    given = answer if isinstance(answer, list) else [answer]
    return any(
        each is value if isinstance(value, bool) else each == value
        for each in given
        for value in wanted
    )


RULE = DecisionTable()
