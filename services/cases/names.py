"""Finding cases by the beginning of a party's name, within the border of the desk."""

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    Text,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from services.audit.log import record
from services.cases import policy
from services.cases.desk_models import CaseParty
from services.cases.models import Case
from services.cases.queries import LIGHT
from services.kernel.errors import Invalid
from services.kernel.work import Work
from services.people.models import Organisation, Person

MOST, MOST_WORDS, SHORTEST = 50, 5, 2
APPLICANT, SUBJECT, ORGANISATION = "acting", "subject", "organisation"
SIMPLE: ColumnElement[str] = literal_column("'simple'", Text)


@dataclass(frozen=True)
class Named:
    """A name in a case, and as what: a key of `parties.ROLES`, or one of those above."""

    name: str
    role: str


@dataclass(frozen=True)
class Found:
    """A case, and the names in it."""

    case: Case
    names: list[Named]


def by_name(work: Work, words: str) -> list[Found]:
    """The cases with a party whose names begin with all of these words, the newest first.

    Of somebody protected only those find anything who may see the case: they are found by the
    register of persons, since no name stands in what is searched. Every search is logged with the
    cases that it told of. Raises Invalid for less than two letters.
    """
    asked = [each for each in re.findall(r"\w+", words) if len(each) >= SHORTEST][:MOST_WORDS]
    if not asked:
        raise Invalid("name-too-short", least=SHORTEST)
    looked_for = func.to_tsquery(SIMPLE, " & ".join(f"'{each}':*" for each in asked))
    found = _open_to_search(work, looked_for) + _protected(work, looked_for)
    newest = sorted(found, key=lambda case: (case.received_at, case.id), reverse=True)[:MOST]
    record(work, "party:search", None, found=[str(each.id) for each in newest])
    names = _names(work.session, newest)
    return [Found(case, names[case.id]) for case in newest]


def _begins(text: SQLColumnExpression[str], looked_for: ColumnElement[str]) -> ColumnElement[bool]:
    return func.to_tsvector(SIMPLE, text).op("@@", is_comparison=True)(looked_for)


def _open_to_search(work: Work, looked_for: ColumnElement[str]) -> list[Case]:
    in_case = _begins(literal_column('"case".party_text', Text), looked_for)
    return _cases(work, in_case)


def _protected(work: Work, looked_for: ColumnElement[str]) -> list[Case]:
    whole = Person.given_name + " " + Person.surname
    person = exists().where(
        or_(Person.id == Case.acting_person_id, Person.id == Case.subject_person_id),
        _begins(whole, looked_for),
    )
    party = exists().where(
        CaseParty.case_id == Case.id,
        CaseParty.removed_at.is_(None),
        _begins(CaseParty.name, looked_for),
    )
    return _cases(work, Case.protected, or_(person, party))


def _cases(work: Work, *conditions: SQLColumnExpression[bool]) -> list[Case]:
    rows = work.session.scalars(
        select(Case)
        .where(policy.visible_at_desk(work.actor), *conditions)
        .order_by(Case.received_at.desc(), Case.id.desc())
        .limit(MOST)
        .options(*LIGHT)
    )
    return list(rows)


def _names(session: Session, cases: list[Case]) -> dict[UUID, list[Named]]:
    """Who is named in those cases: three questions, however many they are."""
    told: dict[UUID, list[Named]] = {case.id: [] for case in cases}
    if not cases:
        return told
    persons = [each for case in cases for each in (case.acting_person_id, case.subject_person_id)]
    query = select(Person).where(Person.id.in_(persons)).limit(MOST * 2)
    known = {each.id: each.name for each in session.scalars(query.order_by(Person.id))}
    of_cases = [case.subject_organisation_id for case in cases]
    organisations = select(Organisation).where(Organisation.id.in_(of_cases)).limit(MOST)
    called = {
        each.id: each.name for each in session.scalars(organisations.order_by(Organisation.id))
    }
    for case in cases:
        facts = [
            (called, case.subject_organisation_id, ORGANISATION),
            (known, case.acting_person_id, APPLICANT),
            (known, case.subject_person_id, SUBJECT),
        ]
        named = {key: Named(where[key], role) for where, key, role in facts if key in where}
        told[case.id] += named.values()
    others = select(CaseParty).where(CaseParty.case_id.in_(told), CaseParty.removed_at.is_(None))
    for each in session.scalars(others.order_by(CaseParty.id).limit(MOST * 20)):
        told[each.case_id].append(Named(each.name, each.role))
    return told
