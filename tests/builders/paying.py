"""E-services that cost something, for tests of charging and paying."""

from typing import Any

from services.forms.definition import ServiceDocument
from tests.builders.document import FACTS, two

DAY = "2026-11-25"
CODING = {"account": "3110", "responsibility": "3100", "activity": "310"}
FEE: dict[str, Any] = {
    "key": "avgift",
    "words": {"sv": "Ansökningsavgift", "en": "Application fee"},
    "rule": "fixed",
    "options": {"prices": [{"from": "2020-01-01", "kronor": 900}]},
    "coding": CODING,
}
# Counted on what somebody wrote, which the desk counts for itself before it charges.
PER_LAMP: dict[str, Any] = {
    **FEE,
    "key": "lampor",
    "words": {"sv": "Avgift per lampa", "en": "Fee for each lamp"},
    "rule": "per_unit",
    "options": {
        "prices": [{"from": "2020-01-01", "kronor": 100}],
        "factors": [{"question": "antal", "unit": {"sv": "lampor", "en": "lamps"}}],
    },
    "estimate": True,
}
PAID_STATUSES: list[dict[str, Any]] = [
    {
        "key": "vantar",
        "state": "awaiting_payment",
        "resident": two("Väntar på betalning"),
        "desk": two("Väntar på betalning"),
        "next": ["betald", "klar"],
    },
    {
        "key": "betald",
        "state": "received",
        "resident": two("Betald"),
        "desk": two("Betald"),
        "next": ["klar"],
    },
    FACTS["statuses"][-1],
]
PAGES: list[dict[str, Any]] = [
    {
        **FACTS["pages"][0],
        "questions": [
            *FACTS["pages"][0]["questions"],
            {"key": "antal", "type": "number", "label": two("Antal lampor"), "required": False},
        ],
    }
]


def a_paid_service(**changes: Any) -> ServiceDocument:
    """A service that is charged for at its decision, or when `when` says; `terms` change the rest."""
    when = changes.pop("when", "after_decision")
    fees = changes.pop("fees", [FEE])
    terms = {
        "ways": ["swish", "card", "invoice", "counter"],
        "when": when,
        "at": ["klar"] if when == "after_decision" else [],
        "paid": "betald" if when == "after_receipt" else None,
        "examples": [_example(fees)],
        **changes.pop("terms", {}),
    }
    facts = {
        **FACTS,
        "pages": PAGES,
        "slug": f"betald-{when.replace('_', '-')}",
        "statuses": _again(),
    }
    return ServiceDocument.model_validate({**facts, "fees": fees, "payment": terms, **changes})


def _again() -> list[dict[str, Any]]:
    # Closed, and opened again: so that a status can be set twice.
    return [*FACTS["statuses"][:2], {**FACTS["statuses"][2], "next": ["mottagen"]}]


def _example(fees: list[dict[str, Any]]) -> dict[str, Any]:
    if fees[0]["rule"] == "per_unit":
        return {"name": "three", "answers": {"antal": 3}, "day": DAY, "kronor": 300}
    return {"name": "any", "day": DAY, "kronor": 900}


def waits_for_payment(**changes: Any) -> ServiceDocument:
    """A service whose applications wait for their payment before anybody works on them."""
    return a_paid_service(when="after_receipt", statuses=PAID_STATUSES, **changes)
