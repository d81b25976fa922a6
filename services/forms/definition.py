"""A service as a document: what it is, what it asks, and which ways a case may go."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError, model_validator

from services.forms import capacity, charging, deciding
from services.forms.assigning import AssignmentRule
from services.forms.assigning import faults as assignment_faults
from services.forms.capacity import Capacity
from services.forms.charging import Fee, PaymentTerms
from services.forms.deciding import DecisionType
from services.forms.investigation import Check
from services.forms.investigation import faults as checklist_faults
from services.forms.kinds import kinds
from services.forms.question import Condition, Key, Part, Question, Slug, Words
from services.forms.undersigning import Undersigning
from services.forms.undersigning import faults as undersigning_faults

__all__ = [
    "About",
    "Condition",
    "Page",
    "Question",
    "ServiceDocument",
    "Setting",
    "Status",
    "Warning",
]

SUMMARY = 200
Category = Literal[
    "gata-trafik",
    "bygga-bo-miljo",
    "foretag-tillstand",
    "omsorg-stod",
    "utbildning-kultur",
    "forening-fritid",
    "demokrati-insyn",
]
CATEGORIES: tuple[str, ...] = get_args(Category)
Authority = Literal["KS", "TN", "BUN", "BMN", "SN", "KFN"]
State = Literal[
    "received", "in_progress", "awaiting_completion", "awaiting_payment", "decided", "closed"
]
Outcome = Literal["granted", "partly", "refused", "dismissed", "struck_off", "done", "referred"]


class About(Part):
    """What a resident reads before beginning (domain reference §4.3)."""

    for_whom: Words
    needed: tuple[Words, ...] = ()
    steps: tuple[Words, ...] = Field(min_length=1)
    fee: Words
    time: Words
    after: Words
    laws: tuple[Words, ...] = ()
    protected: Words | None = None


class Ages(Part):
    """How old one must be to use the service by oneself; a guardian may do it for who is younger."""

    least: Annotated[int, Field(ge=13, le=25)] = Field(alias="from")


Kept = Literal["answer", "letter", "completion", "note", "oral"]


class Retention(Part):
    """How long a closed case is kept; no number of years means for ever.

    `documents` are those that go before the rest of the case. An example is no decision of
    the authority's, and nothing is disposed of by it (arkivlagen 10 §).
    """

    years: int | None = Field(None, ge=0, le=150)
    documents: dict[Kept, Annotated[int, Field(ge=0, le=150)]] | None = None
    example: bool = False


class Setting(Part):
    """A figure that the municipality decides; an example is shown as one."""

    value: int
    unit: str
    label: Words
    example: bool = False


class TimeLimit(Part):
    """How soon a case must be decided, and who says so: a law, or the municipality itself.

    Counted by 1930:173 from the day the case came in, or from the day it was complete. With
    `when`, only for cases that answer so.
    """

    key: Slug
    label: Words
    source: Words
    starts: Literal["received", "complete"] = "received"
    length: int = Field(ge=1, le=400)
    unit: Literal["working_days", "days", "weeks", "months"]
    pauses: bool = False
    when: Condition | None = None


class Texts(Part):
    """What the service says in its own words at certain moments."""

    receipt_next: Words


class Status(Part):
    """One status of the service, in words for both sides, and what may follow it."""

    key: Slug
    state: State
    resident: Words
    desk: Words
    next: tuple[Slug, ...] = ()
    outcome: Outcome | None = None


class Warning(Part):
    """Something to point out although it stops nobody."""

    when: Condition
    at: Key
    text: Words


class Page(Part):
    """One or a few questions that are asked together."""

    key: Slug
    title: Words
    intro: Words | None = None
    when: Condition | None = None
    questions: tuple[Question, ...] = Field(min_length=1)


class ServiceDocument(Part):
    """A whole service. Published, it is an immutable version that cases point at."""

    slug: Slug
    title: Words
    summary: Words
    category: Category
    audiences: tuple[Literal["person", "company", "association"], ...] = Field(min_length=1)
    keywords: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    authority: Authority
    unit: Slug
    # "bas" is for pupils too, who sign in with the school's account; nothing else is.
    level: Literal["open", "contact", "bas", "eid", "signed"]
    subjects: tuple[Literal["self", "child", "company", "association", "principal"], ...] = Field(
        min_length=1
    )
    ages: Ages | None = None
    common: bool = False
    secrecy: bool = False
    about: About
    target_days: Annotated[int, Field(ge=1, le=400)] | None = None
    time_limits: tuple[TimeLimit, ...] = ()
    decisions: tuple[DecisionType, ...] = ()
    # What is looked into before a decision (förvaltningslagen 23 §).
    checklist: tuple[Check, ...] = ()
    retention: Retention
    # Its class in the authority's information plan, such as 3.4.1.
    class_code: Annotated[str, Field(pattern=r"^[0-9A-Z]{1,4}(\.[0-9A-Z]{1,4}){0,5}$")] | None = (
        None
    )
    settings: dict[Key, Setting] = Field(default_factory=dict)
    texts: Texts
    statuses: tuple[Status, ...] = Field(min_length=2)
    pages: tuple[Page, ...] = Field(min_length=1)
    warnings: tuple[Warning, ...] = ()
    fees: tuple[Fee, ...] = ()
    payment: PaymentTerms | None = None
    capacity: Capacity | None = None
    undersigning: Undersigning | None = None
    assignment: tuple[AssignmentRule, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> "ServiceDocument":
        faults = [
            *_summary(self),
            *_keys(self),
            *_statuses(self),
            *_options(self),
            *deciding.faults(self.decisions, self.statuses),
            *checklist_faults(self.checklist),
            *assignment_faults(self.assignment, self.statuses),
            *_conditions(self),
            *charging.faults(self.fees, self.payment, self.statuses),
            *capacity.faults(
                self.capacity,
                self.payment,
                self.statuses,
                {each.key: each for each in self.questions},
            ),
            *undersigning_faults(self.undersigning, self.level, self.questions),
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def questions(self) -> Iterator[Question]:
        """All questions in the order in which they are asked."""
        return (question for page in self.pages for question in page.questions)

    def as_json(self) -> dict[str, Any]:
        """The document as JSON-safe data; reading it back gives an equal document."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    @property
    def checksum(self) -> str:
        """SHA-256 of the document as canonical JSON: sorted keys, no spaces, UTF-8."""
        text = json.dumps(self.as_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _summary(document: ServiceDocument) -> Iterator[str]:
    for language, text in document.summary.items():
        if len(text) > SUMMARY:
            yield f"summary.{language} has {len(text)} characters; {SUMMARY} is the most"
    if extra := set(document.keywords) - set(document.title):
        yield f"keywords has unknown languages {sorted(extra)}"


def _keys(document: ServiceDocument) -> Iterator[str]:
    pages = Counter(page.key for page in document.pages)
    asked = Counter(question.key for question in document.questions)
    asked.update(part.key for question in document.questions for part in parts(question))
    limits = Counter(limit.key for limit in document.time_limits)
    for what, counted in (("page", pages), ("question", asked), ("time limit", limits)):
        yield from (
            f"{what} {key!r} occurs {times} times" for key, times in counted.items() if times > 1
        )


def _statuses(document: ServiceDocument) -> Iterator[str]:
    known = Counter(status.key for status in document.statuses)
    yield from (f"status {key!r} occurs {times} times" for key, times in known.items() if times > 1)
    reached = {document.statuses[0].key}
    for status in document.statuses:
        reached.update(status.next)
        if unknown := set(status.next) - set(known):
            yield f"status {status.key!r} leads to unknown {sorted(unknown)}"
        if not status.next and status.state != "closed":
            yield f"status {status.key!r} has no next, but is not closed"
    yield from (f"status {key!r} is never reached" for key in known if key not in reached)
    if document.statuses[0].state not in ("received", "awaiting_payment"):
        yield "the first status must be received or awaiting_payment"
    if not any(status.state == "closed" for status in document.statuses):
        yield "no status is closed"


def parts(question: Question) -> tuple[Question, ...]:
    """The questions inside a question: those of a repeatable group, otherwise none."""
    kind = kinds().get(question.type)
    if kind is None:
        return ()
    try:
        return kind.parts(question)
    except ValidationError:
        return ()


def _options(document: ServiceDocument) -> Iterator[str]:
    for question in document.questions:
        for each in (question, *parts(question)):
            kind = kinds().get(each.type)
            if kind is None:
                yield f"question {each.key!r} has unknown type {each.type!r}"
                continue
            try:
                yield from (f"question {each.key!r}: {fault}" for fault in kind.faults(each))
            except ValidationError as fault:
                for error in fault.errors():
                    where = ".".join(str(step) for step in error["loc"])
                    yield f"question {each.key!r}: options.{where}: {error['msg']}"


def _conditions(document: ServiceDocument) -> Iterator[str]:
    asked: dict[str, Question] = {}
    for page in document.pages:
        yield from _points_back(page.when, asked, f"page {page.key!r}")
        for question in page.questions:
            yield from _of_question(question, asked)
            asked[question.key] = question
    for fee in document.fees:
        for condition in (fee.when, fee.free.when if fee.free else None):
            yield from _points_back(condition, asked, f"fee {fee.key!r}")
    for check in document.checklist:
        yield from _points_back(check.when, asked, f"check {check.key!r}")
    for decision in document.decisions:
        yield from _points_back(decision.committee_when, asked, f"decision {decision.status!r}")
    for rule in document.assignment:
        yield from _points_back(rule.when, asked, f"assignment {rule.key!r}")
    for warning in document.warnings:
        yield from _points_back(warning.when, asked, f"warning at {warning.at!r}")
        if warning.at not in asked:
            yield f"warning at unknown question {warning.at!r}"
    for limit in document.time_limits:
        yield from _points_back(limit.when, asked, f"time limit {limit.key!r}")


def _of_question(question: Question, asked: dict[str, Question]) -> Iterator[str]:
    yield from _points_back(question.when, asked, f"question {question.key!r}")
    inside = dict(asked)
    for part in parts(question):
        yield from _points_back(part.when, inside, f"question {part.key!r}")
        inside[part.key] = part
    for condition in _of_type(question):
        yield from _points_back(condition, asked, f"options of {question.key!r}")


def _of_type(question: Question) -> tuple[Condition, ...]:
    kind = kinds().get(question.type)
    try:
        return kind.conditions(question) if kind else ()
    except ValidationError:
        return ()


def _points_back(
    condition: Condition | None, asked: dict[str, Question], whose: str
) -> Iterator[str]:
    for leaf in condition.leaves() if condition else ():
        question = asked.get(leaf.question or "")
        if question is None:
            yield f"{whose} has a condition on {leaf.question!r}, which is not asked before it"
            continue
        possible = _possible(question)
        if possible is None:
            continue
        for value in leaf.looks_for:
            if value not in possible:
                yield f"{whose} waits for {value!r}, which is no answer to {leaf.question!r}"


def _possible(question: Question) -> frozenset[Any] | None:
    kind = kinds().get(question.type)
    try:
        return kind.possible(question) if kind else None
    except ValidationError:
        return None
