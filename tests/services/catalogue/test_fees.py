"""What a service costs is counted from the answers, and judged before it can be published."""

from datetime import date

import pytest
from pydantic import ValidationError

from services.catalogue import commands, fees
from services.kernel.errors import Invalid
from services.kernel.money import Money
from services.payments import coding
from tests.builders import a_document, a_work
from tests.builders.document import FACTS, two

ON = date(2026, 11, 25)
CODING = {"account": "3110", "responsibility": "3100", "activity": "310"}


def a_fee(**changes):
    return {
        "key": "avgift",
        "words": two("Avgift"),
        "rule": "fixed",
        "options": {"prices": [{"from": "2026-01-01", "kronor": 900}]},
        "coding": CODING,
        **changes,
    }


def terms(**changes):
    return {
        "ways": ["swish", "invoice"],
        "when": "after_decision",
        "at": ["klar"],
        "examples": [{"name": "any", "day": "2026-11-25", "kronor": 900}],
        **changes,
    }


def a_paid_document(*charged, **changes):
    return a_document(fees=list(charged or [a_fee()]), payment=terms(**changes))


def asked(*questions):
    """The questions of a small page, before the others."""
    return [{"key": "om", "title": two("Om"), "questions": list(questions)}, *FACTS["pages"]]


NUMBER = {"key": "sidor", "type": "number", "label": two("Sidor"), "required": False}
HIRE = {"key": "hyra", "type": "yes_no", "label": two("Hyra?")}
COPIES = a_fee(
    key="kopior",
    rule="copies",
    options={"pages": "sidor", "prices": [{"from": "2020-01-01", "first": 50, "each": 2}]},
)


def test_each_fee_is_a_line_with_its_steps():
    found = fees.count(a_paid_document(), {}, ON)

    assert found.total == Money.kronor(900)
    assert found.is_certain
    assert [line.fee.key for line in found.lines] == ["avgift"]
    assert found.lines[0].steps


def test_a_fee_whose_condition_does_not_hold_is_no_line():
    document = a_document(
        pages=asked(HIRE),
        fees=[a_fee(), a_fee(key="hyra", when={"question": "hyra", "is": True})],
        payment=terms(),
    )

    assert len(fees.count(document, {"hyra": False}, ON).lines) == 1
    assert fees.count(document, {"hyra": True}, ON).total == Money.kronor(1800)


def test_who_is_free_of_charge_is_told_why():
    document = a_document(
        pages=asked(HIRE),
        fees=[
            a_fee(
                free={"when": {"question": "hyra", "is": True}, "words": two("Gratis för hyrare")}
            )
        ],
        payment=terms(),
    )

    found = fees.count(document, {"hyra": True}, ON)

    assert found.total == Money(0)
    assert found.lines[0].steps == (two("Gratis för hyrare"),)


def test_what_cannot_be_counted_yet_is_said_to_be_unknown_and_not_nothing():
    document = a_document(pages=asked(NUMBER), fees=[COPIES], payment=terms(examples=[EXAMPLE]))

    found = fees.count(document, {}, ON)

    assert not found.is_certain
    assert [fee.key for fee in found.unknown] == ["kopior"]
    assert fees.count(document, {"sidor": 25}, ON).total == Money.kronor(80)


EXAMPLE = {"name": "ten", "answers": {"sidor": 10}, "day": "2026-11-25", "kronor": 50}


def test_what_the_desk_has_counted_goes_before_what_somebody_guessed():
    document = a_document(pages=asked(NUMBER), fees=[COPIES], payment=terms(examples=[EXAMPLE]))

    assert fees.count(document, {"sidor": 5}, ON, {"sidor": 11}).total == Money.kronor(52)


def test_a_discount_is_taken_off_the_lines_before_it_and_explained():
    late = a_fee(key="sen", words=two("Sen handläggning"), rule="late_reduction", options={})
    document = a_document(fees=[a_fee(), late], payment=terms(examples=[LATE]))

    found = fees.count(document, {}, ON, {"days_late": 9})

    assert found.total == Money.kronor(540)
    assert len(found.lines) == 1
    assert "Sen handläggning" in found.lines[0].steps[-1]["sv"]


LATE = {"name": "in time", "answers": {"days_late": 0}, "day": "2026-11-25", "kronor": 900}


@pytest.mark.parametrize(
    ("fault", "fee"),
    [
        ("no fee rule 'guess'", a_fee(rule="guess")),
        ("options.prices", a_fee(options={"prices": []})),
        ("not asked", a_fee(rule="copies", options={**COPIES["options"], "pages": "blad"})),
        ("which is text", a_fee(rule="copies", options={**COPIES["options"], "pages": "stolpe"})),
        (
            "no answer to 'hyra'",
            a_fee(
                rule="decision_table",
                options={"tables": [{"from": "2026-01-01", "rows": [
                    {"match": {"hyra": ["maybe"]}, "kronor": 1, "words": two("x")},
                    {"kronor": 900, "words": two("y")},
                ]}]},
            ),
        ),
        ("comes to 800.00, not 900", a_fee(options={"prices": [{"from": "2026-01-01", "kronor": 800}]})),
    ],
)  # fmt: skip
def test_a_fee_that_cannot_be_counted_is_not_published(session, fault, fee):
    coding.lay_out(a_work(session))
    document = a_document(pages=asked(NUMBER, HIRE), fees=[fee], payment=terms())

    with pytest.raises(Invalid, match="document-fees") as refused:
        commands.publish(a_work(session), document)

    assert any(fault in told for told in refused.value.details["faults"])


def test_a_fee_that_cannot_be_booked_is_not_published(session):
    coding.lay_out(a_work(session))
    wrong = {**CODING, "account": "9999"}
    commands.publish(a_work(session), a_document(slug="ratt", fees=[a_fee()], payment=terms()))

    with pytest.raises(Invalid, match="document-fees") as refused:
        commands.publish(
            a_work(session), a_document(slug="fel", fees=[a_fee(coding=wrong)], payment=terms())
        )

    assert refused.value.details["faults"] == ["fee 'avgift': account-unknown"]


def test_a_service_with_fees_shows_what_they_come_to_by_an_example(session):
    assert list(fees.faults(a_paid_document(examples=[])))


@pytest.mark.parametrize(
    ("fault", "changes"),
    [
        ("come together", {"fees": [a_fee()]}),
        ("come together", {"payment": terms()}),
        ("occurs 2 times", {"fees": [a_fee(), a_fee()], "payment": terms()}),
        ("unknown statuses", {"fees": [a_fee()], "payment": terms(at=["borta"])}),
        ("names the statuses", {"fees": [a_fee()], "payment": terms(at=[])}),
        ("awaiting_payment if", {"fees": [a_fee()], "payment": terms(when="after_receipt", at=[])}),
        ("only for a case that waits", {"fees": [a_fee()], "payment": terms(paid="pagar")}),
        ("names a way twice", {"fees": [a_fee()], "payment": terms(ways=["card", "card"])}),
        (
            "not asked before it",
            {"fees": [a_fee(when={"question": "borta", "is": True})], "payment": terms()},
        ),
    ],
)
def test_a_document_whose_fees_do_not_fit_it_cannot_be_read(fault, changes):
    with pytest.raises(ValidationError, match=fault):
        a_document(**changes)
