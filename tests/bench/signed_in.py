"""Visitors with sessions of their own, opened as a sign-in opens them, and a page for each."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import psycopg
from sqlalchemy import func, select
from sqlalchemy.orm import sessionmaker

from app.config import Settings
from app.pool import engine_of
from app.transactions import open_work
from services import wiring
from services.audit.log import AuditedSession
from services.cases.models import Case, State
from services.kernel.work import Duty, Work
from services.organisation.models import Assignment
from services.people import commands as people
from services.people.models import Person

COOKIE = "salem24"
WORD = "mätpunkt"
HITS = 20
UNMARK = "UPDATE \"case\" SET search_text = replace(search_text, %(word)s, '') WHERE search_text LIKE %(like)s"
MARK = """
UPDATE "case" SET search_text = search_text || %(word)s WHERE id IN (
  SELECT id FROM "case" WHERE authority_id = %(authority)s AND state <> 'draft'
    AND NOT protected ORDER BY number LIMIT %(hits)s)
"""


@dataclass(frozen=True)
class SignedIn:
    """Cookies of a resident and of a handler, and what the handler opens and looks for."""

    resident: str
    handler: str
    handler_id: UUID
    authority_id: UUID
    case: str
    unit: str
    attribute: str
    common: str


def sign_in(environ: Mapping[str, str]) -> SignedIn:
    """Open the sessions of the resident and the handler with the most to see."""
    with _work(environ) as work:
        authority_id, handler_id = _busiest_handler(work)
        case = _case(work, authority_id)
        return SignedIn(
            resident=_session(work, _busiest_resident(work), "invanare"),
            handler=_session(work, work.session.get_one(Person, handler_id), "medarbetare"),
            handler_id=handler_id,
            authority_id=authority_id,
            case=case.number or "",
            unit=case.unit_key,
            attribute=_attribute(work, authority_id),
            # It stands in the headline of most cases of the case's service.
            common=case.headline.split()[0],
        )


def session_of(environ: Mapping[str, str], handler_id: UUID) -> str:
    """A cookie of a handler's session in another database with the same people."""
    with _work(environ) as work:
        return _session(work, work.session.get_one(Person, handler_id), "medarbetare")


@contextmanager
def _work(environ: Mapping[str, str]) -> Iterator[Work]:
    settings = Settings.from_environment(environ)
    engine = engine_of(settings)
    sessions = sessionmaker(
        engine, class_=AuditedSession, expire_on_commit=False, info=wiring.resources(settings)
    )
    try:
        with open_work(sessions) as work:
            yield work
    finally:
        engine.dispose()


def mark(address: str, visitors: SignedIn) -> None:
    """Let one word be found in exactly so many cases, however many cases there are."""
    facts = {"word": f" {WORD}", "like": f"%{WORD}%", "hits": HITS}
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(UNMARK, facts)
        connection.execute(MARK, {**facts, "authority": visitors.authority_id})
        connection.execute('VACUUM (ANALYZE) "case"')


def _session(work: Work, person: Person, entity: str) -> str:
    token = people.open_session(
        work,
        person,
        entity=entity,
        assurance="loa3",
        provider="bench",
        transaction_id=None,
        device="–",
    )
    return f"{COOKIE}={token}"


def _busiest_handler(work: Work):
    return work.session.execute(
        select(Case.authority_id, Case.handler_id)
        .join(
            Assignment,
            (Assignment.person_id == Case.handler_id)
            & (Assignment.authority_id == Case.authority_id),
        )
        .where(Assignment.duty == Duty.HANDLER, Assignment.valid_to.is_(None))
        .group_by(Case.authority_id, Case.handler_id)
        .order_by(func.count().desc(), Case.handler_id)
        .limit(1)
    ).one()


def _busiest_resident(work: Work) -> Person:
    return work.session.scalars(
        select(Person)
        .join(Case, Case.acting_person_id == Person.id)
        .where(Case.subject_organisation_id.is_(None), ~Person.protected)
        .group_by(Person.id)
        .order_by(func.count().desc(), Person.id)
        .limit(1)
    ).one()


def _case(work: Work, authority_id: UUID) -> Case:
    return work.session.scalars(
        select(Case)
        .where(
            Case.authority_id == authority_id,
            Case.state == State.IN_PROGRESS,
            Case.headline != "",
            ~Case.secrecy,
            ~Case.protected,
        )
        .order_by(Case.received_at, Case.id)
        .limit(1)
    ).one()


def _attribute(work: Work, authority_id: UUID) -> str:
    """The answer that most of the authority's open cases share, as the inbox's address says it."""
    rows = work.session.execute(
        select(Case.attributes)
        .where(Case.authority_id == authority_id, Case.state == State.IN_PROGRESS)
        .limit(5000)
    )
    said = Counter(
        f"{key}={value}"
        for (attributes,) in rows
        for key, value in attributes.items()
        if isinstance(value, str)
    )
    return said.most_common(1)[0][0]
