"""Which times run in a case: the service's promise, its law, and those of förvaltningslagen."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.cases.models import Case
from services.deadlines.models import Kind, Words
from services.forms.conditions import holds
from services.forms.definition import ServiceDocument

TRIED = frozenset({"granted", "partly", "refused"})


@dataclass(frozen=True)
class Rule:
    """A time with its source. One that pauses stands still while the party is waited for;
    one that restarts is counted from the day when the application was complete."""

    kind: Kind
    key: str
    label: Words
    source: Words
    length: int
    unit: str
    pauses: bool = False
    restarts: bool = False


SIX_MONTHS = Rule(
    Kind.SIX_MONTHS,
    "fl-12",
    {
        "sv": "Sex månader: därefter får parten begära att ärendet avgörs",
        "en": "Six months: after that the party may ask for a decision",
    },
    {"sv": "12 § förvaltningslagen (2017:900)", "en": "Section 12, Administrative Procedure Act"},
    6,
    "months",
)
FOUR_WEEKS = Rule(
    Kind.FOUR_WEEKS,
    "fl-12",
    {
        "sv": "Besluta, eller avslå begäran om avgörande",
        "en": "Decide, or refuse the request for a decision",
    },
    {"sv": "12 § förvaltningslagen (2017:900)", "en": "Section 12, Administrative Procedure Act"},
    4,
    "weeks",
)


def rules_for(document: ServiceDocument, case: Case) -> Iterator[Rule]:
    """The times that begin when a case of a service comes in."""
    if document.target_days:
        yield Rule(
            Kind.PROMISE,
            "promise",
            {"sv": "Vårt mål", "en": "Our goal"},
            {"sv": "Kommunens löfte för tjänsten", "en": "The municipality’s promise"},
            document.target_days,
            "working_days",
            pauses=True,
        )
    for limit in document.time_limits:
        if not holds(limit.when, case.answers):
            continue
        yield Rule(
            Kind.LIMIT,
            limit.key,
            dict(limit.label),
            dict(limit.source),
            limit.length,
            limit.unit,
            pauses=limit.pauses,
            restarts=limit.starts == "complete",
        )
    if is_tried(document) and case.acting_person_id is not None:
        yield SIX_MONTHS


def is_tried(document: ServiceDocument) -> bool:
    """Whether the service ends in a decision on what somebody applied for."""
    return any(status.outcome in TRIED for status in document.statuses)
