"""The pages by which the law is kept: their names, who looks at them, where, and what is pressed."""

from tests.desk import at_desk
from tests.pages import number_on, report
from tests.town import Town

REDACT = ("Ta bort personuppgifterna", "Take the personal data out")
PAGES = [
    ("redaction", "registrator-tn", "{lawful[redact]}", None),
    ("redaction, faulty", "registrator-tn", "{lawful[redact]}", REDACT),
    ("redaction that is stopped", "registrator-tn", "{lawful[stopped]}", None),
]


def closed(town: Town) -> str:
    """The number of a report that is done with."""
    number = number_on(report(town.signed_in("testa"), email="t@example.com").submit("Skicka in"))
    desk = at_desk(town, number).submit("Ändra status", status="klassad")
    desk.submit("Ändra status", status="atgardad")
    return number


def set_up(town: Town) -> dict[str, str]:
    """Where each page is, by what it shows."""
    number, open_still = (
        closed(town),
        number_on(report(town.signed_in("testa")).submit("Skicka in")),
    )
    at = "/handlaggning/arenden"
    return {
        "redact": f"{at}/{number}/ta-bort-personuppgifter",
        "stopped": f"{at}/{open_still}/ta-bort-personuppgifter",
    }
