"""Things that tests are about, built with only what matters said."""

import os
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.attachments.scanners import open_scanner
from services.cases import commands, completions, drafts
from services.cases.models import Case, State
from services.catalogue import commands as catalogue
from services.forms.definition import ServiceDocument
from services.kernel.work import ANYONE, Actor, Duty, Role, Work
from services.organisation import commands as organisation
from services.organisation.models import Authority
from services.payments.providers import counter, invoice
from services.people import commands as people
from services.people.models import Person
from services.people.secrets import Keyring
from services.storage import stores
from tests.builders.document import FACTS

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
KEYRING = Keyring({"k1": b"1" * 32}, b"i" * 32)


def lend(session: Any, folder: Any) -> Any:
    """Lend a session what an entry point would: keys, a store in a folder, a pretend scanner."""
    session.info.update(
        keyring=KEYRING,
        store=stores.open_store(f"file://{folder}"),
        scanner=open_scanner(None, production=False),
        smtp=None,
        public_url="http://localhost:8024",
        providers={
            "invoice": invoice.open_provider(invoice.Settings("991-2346", 30)),
            "counter": counter.open_provider(counter.Settings("Säby torg 16")),
        },
    )
    return session


def a_work(session: Any, actor: Actor = ANYONE, now: datetime = NOON) -> Work:
    """A unit of work by somebody at a given time."""
    return Work(session, actor, now)


def a_document(**changes: Any) -> ServiceDocument:
    """A small e-service: what lamp post it is about, and an e-mail address."""
    return ServiceDocument.model_validate({**FACTS, **changes})


def an_authority(session: Any, code: str = "TN") -> Authority:
    """An authority that has existed for long."""
    authority = organisation.add_authority(
        a_work(session), code, {"sv": code, "en": code}, date(2020, 1, 1)
    )
    session.flush()
    return authority


def a_person(
    session: Any,
    given_name: str = "Tolvan",
    surname: str = "Tolvansson",
    *,
    protected: bool = False,
) -> Person:
    """Somebody we know."""
    person = people.add_person(a_work(session), given_name, surname, protected=protected)
    session.flush()
    return person


def a_resident(session: Any, **facts: Any) -> Actor:
    """A resident who has signed in for oneself."""
    return Actor(
        Role.RESIDENT,
        a_person(session, **facts).id,
        assurance="http://id.elegnamnden.se/loa/1.0/loa3",
    )


def a_handler(session: Any, authority: Authority, *duties: Duty) -> Actor:
    """Somebody who works in an authority, as a handler unless told otherwise."""
    person = a_person(session, "Hilda", "Handläggare")
    return Actor(
        Role.STAFF, person.id, authorities={authority.id: frozenset(duties or (Duty.HANDLER,))}
    )


def a_case(
    session: Any,
    *,
    by: Actor = ANYONE,
    state: State = State.RECEIVED,
    document: ServiceDocument | None = None,
    email: str | None = None,
    now: datetime = NOON,
) -> Case:
    """A case in a state, walked there by the commands that people use."""
    document = document or a_document()
    work = a_work(session, by, now)
    catalogue.publish(work, document)
    secret = None if by.person_id else "browser-" + os.urandom(4).hex()
    case = drafts.begin(work, document.slug, drafts.Beginning("sv", browser_secret=secret))
    drafts.save_page(work, case, "vad", {"stolpe": "S-123", "epost": email})
    session.flush()
    if state is State.DRAFT:
        return case
    drafts.submit(work, case)
    if state is State.RECEIVED:
        return case
    if state is State.WITHDRAWN:
        return commands.withdraw(work, case.id)
    desk = Actor(
        Role.STAFF,
        a_person(session, "Hanna").id,
        authorities={case.authority_id: frozenset({Duty.HANDLER})},
    )
    at_desk = a_work(session, desk, now + timedelta(hours=1))
    if state is State.AWAITING_COMPLETION:
        return completions.ask(at_desk, case.id, "Vilken stolpe?", None)
    commands.set_status(at_desk, case.id, "pagar" if state is State.IN_PROGRESS else "klar")
    return case
