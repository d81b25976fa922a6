"""A town to test in: the demonstration's people and e-services, in a database of its own.

Page tests, journeys and accessibility tests share one for each worker. What they do is
committed, as in real life, so each of them makes its own drafts and cases.
"""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app, public_pages
from app.config import Settings
from app.demo import personas
from app.demo.municipality import filling, founding
from app.federation import RESIDENTS, SCHOOL, STAFF
from app.runner.translations import compile_catalogues
from app.sign_in import cookie_name
from services.catalogue import commands as catalogue
from services.forms.definition import ServiceDocument
from services.kernel.work import Work
from services.people import commands as people
from services.people import queries
from tests import database
from tests.browser import Browser
from tests.builders import a_document
from tests.builders.questions import OPTIONS

LEVEL = "http://id.elegnamnden.se/loa/1.0/loa3"
CASES = 24
EVERY_QUESTION = "alla-fragor"
AT_ONCE = "allt-pa-en-sida"
KINDS = (
    *("text", "paragraph", "number", "amount", "date", "choice", "choices", "yes_no", "email"),
    *("phone", "person_number", "organisation_number", "postal_address", "property_designation"),
    *("bankgiro", "place", "group", "consent", "files"),
)


@dataclass
class Town:
    """The running town: its application and its people."""

    app: Flask
    settings: Settings
    founded: founding.Town
    port: int
    port_of_eid: int

    def visitor(self) -> Browser:
        """The browser of somebody who has not signed in."""
        public_pages.forget()
        return Browser(self.app)

    def signed_in(self, key: str) -> Browser:
        """The browser of one of the demonstration's people, signed in."""
        browser = self.visitor()
        browser.client.set_cookie(self.cookie, self.token(key))
        return browser

    @property
    def cookie(self) -> str:
        """The name of the session's cookie."""
        with self.app.app_context():
            return cookie_name()

    def token(self, key: str) -> str:
        """A session of one of the demonstration's people, as their e-ID would open it."""
        known = {persona.key: persona for persona in personas.cast().personas}[key]
        with self.work() as work:
            person = queries.person(work.session, self.founded.personas[key])
            assert person is not None
            return people.open_session(
                work,
                person,
                entity=ENTITIES.get(known.kind, RESIDENTS),
                assurance=known.level or LEVEL,
                provider="https://eid.example/test",
                transaction_id=None,
                device="Linux",
                role=_role(known),
            )

    def work(self) -> Any:
        """A unit of work that commits when it is left."""
        return self.app.extensions["open_work"]()

    def ask(self, statement: Any) -> Any:
        """What the database answers to a query: one value."""
        with self.work() as work:
            return work.session.scalar(statement)


ENTITIES = {"orgAffiliation": STAFF, "eppn": SCHOOL}


def _role(persona: personas.Persona) -> str | None:
    if bool(persona.staff) == bool(persona.elected):
        return None
    return "staff" if persona.staff else "elected"


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town with all e-services, its people, and some cases."""
    compile_catalogues(Path(__file__).resolve().parents[1])
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    port, port_of_eid = free_ports()
    settings = Settings.from_environment(
        {
            "SALEM24_ENV": "test",
            "SALEM24_DATABASE_URL": database.own_database(
                os.environ[database.SHARED], f"town_{worker}"
            ),
            "SALEM24_DATA": str(tmp_path_factory.mktemp("town")),
            "SALEM24_PUBLIC_URL": f"http://localhost:{port}",
            "SALEM24_EID_DEMO_URL": f"http://127.0.0.1:{port_of_eid}",
            # Whoever runs no scripts sees soon what has become of a payment.
            "SALEM24_LOOK_AGAIN_SECONDS": "2",
        }
    )
    app = create_app(settings)
    filled = filling.fill(app.extensions["open_work"], cases=CASES, seed=1)
    assert filled.untold == []
    with app.extensions["open_work"]() as work:
        founded = founding.found(work)
        catalogue.publish(work, every_question())
        catalogue.publish(work, every_question_at_once())
        drop_rate_limits(work)
    yield Town(app, settings, founded, port, port_of_eid)
    app.extensions["engine"].dispose()


def free_ports() -> tuple[int, int]:
    """Two ports that nobody listens on."""
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        return one.getsockname()[1], two.getsockname()[1]


def every_question() -> ServiceDocument:
    """An e-service that asks one question of every type, a page for each."""
    return a_document(
        slug=EVERY_QUESTION,
        title={"sv": "Alla sorters frågor", "en": "All kinds of questions"},
        pages=[_page_of(kind) for kind in KINDS],
    )


def every_question_at_once() -> ServiceDocument:
    """An e-service that asks all of that on one page."""
    questions = [question for kind in KINDS for question in _page_of(kind)["questions"]]
    words = {"sv": "Allt på en sida", "en": "Everything on one page"}
    return a_document(
        slug=AT_ONCE, title=words, pages=[{"key": "allt", "title": words, "questions": questions}]
    )


def _page_of(kind: str) -> dict[str, Any]:
    words = {"sv": f"Sidan om {kind}", "en": f"The page about {kind}"}
    question = {
        "key": f"q_{kind}",
        "type": kind,
        "label": {"sv": f"Fråga {kind}", "en": f"Question {kind}"},
        "hint": {"sv": "Svara efter bästa förmåga.", "en": "Answer as well as you can."},
        "options": OPTIONS.get(kind, {}),
        "personal": kind in ("person_number", "bankgiro", "organisation_number"),
    }
    return {"key": kind.replace("_", "-"), "title": words, "questions": [question]}


def drop_rate_limits(work: Work) -> None:
    """Tests come from one address and are quick: each begins with no hits counted."""
    work.session.connection().exec_driver_sql("DELETE FROM rate_limit")
