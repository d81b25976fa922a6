"""A service that ends in a decision, and a handler who writes one, for tests of pages."""

from sqlalchemy import select

from services.cases.models import Case
from services.catalogue import commands as catalogue
from services.decisions.models import Decision
from tests.browser import Browser
from tests.builders import a_document
from tests.builders.document import two
from tests.pages import number_on
from tests.services.decisions.test_decisions import DOCUMENT
from tests.town import Town

SLUG = "provtillstand"
HANDLER, REGISTRAR, RESIDENT = "handlaggare-tn", "registrator-tn", "testa"
NO = {
    "status": "avslag",
    "says": "Vi avslår din ansökan.",
    "reasons": "Lampan är redan lagad.",
    "communication": "own_material",
}


def publish(town: Town) -> None:
    """Publish the service, decided by a point that the demonstration's order has."""
    types = [{**each, "point": "T 2.1"} for each in DOCUMENT["decisions"]]
    document = a_document(
        **{**DOCUMENT, "slug": SLUG, "title": two("Provtillstånd"), "decisions": types}
    )
    with town.work() as work:
        catalogue.publish(work, document)


def applied(town: Town) -> str:
    """The number of a new case of the resident's."""
    browser = town.signed_in(RESIDENT).get(f"/e-tjanster/{SLUG}/ansok")
    browser.submit("Nästa", stolpe="S-1")
    return number_on(browser.submit("Skicka in"))


def drafted(town: Town, number: str, **answers: str) -> Browser:
    """The handler with a draft on the screen."""
    browser = town.signed_in(HANDLER).get(f"/handlaggning/arenden/{number}/beslut")
    return browser.submit("Spara utkastet", **{**NO, **answers})


def decision_of(town: Town, number: str) -> Decision:
    """The latest decision of a case."""
    with town.work() as work:
        query = select(Decision).join(Case, Case.id == Decision.case_id)
        return work.session.scalars(query.where(Case.number == number).order_by(Decision.id)).all()[
            -1
        ]
