"""The pages by which the law is kept: their names, who looks at them, where, and what is pressed."""

from services.catalogue import commands as catalogue
from tests import asking, deciding
from tests.builders import a_document
from tests.builders.document import two
from tests.desk import at_desk
from tests.pages import number_on, report
from tests.services.decisions.test_decisions import DOCUMENT
from tests.town import Town

REDACT = ("Ta bort personuppgifterna", "Take the personal data out")
SAVE = ("Spara utkastet och läs det", "Save the draft and read it")
MAKE = ("Fatta det nya beslutet", "Make the new decision")
PAGES = [
    ("redaction", "registrator-tn", "{lawful[redact]}", None),
    ("redaction, faulty", "registrator-tn", "{lawful[redact]}", REDACT),
    ("redaction that is stopped", "registrator-tn", "{lawful[stopped]}", None),
    ("investigation", "handlaggare-tn", "{lawful[investigate]}", None),
    ("investigation for the registrar", "registrator-tn", "{lawful[investigate]}", None),
    ("investigation without a list", "handlaggare-tn", "{lawful[unlisted]}", None),
    ("decision before it is investigated", "handlaggare-tn", "{lawful[uninvestigated]}", None),
    ("interpreter", "testa", "{lawful[need]}", None),
    ("correct a decision", "handlaggare-tn", "{lawful[replace]}", None),
    ("correct a decision, faulty", "handlaggare-tn", "{lawful[replace]}", MAKE),
    ("decision that was corrected", "handlaggare-tn", "{lawful[corrected]}", None),
    ("my decision that was corrected", "testa", "{lawful[mine]}", None),
    ("refuse to decide", "handlaggare-tn", "{lawful[request]}", None),
    ("refuse to decide, faulty", "handlaggare-tn", "{lawful[request]}", SAVE),
    ("deadlines with a request", "handlaggare-tn", "{lawful[asked]}", None),
    ("refusal to decide", "handlaggare-tn", "{lawful[refusal]}", None),
    ("my refusal to decide", "testa", "{lawful[my_refusal]}", None),
    ("my request that was refused", "testa", "{lawful[my_request]}", None),
    ("appeal to reconsider", "handlaggare-tn", "{lawful[appealed]}", None),
    ("appeal to send on", "handlaggare-tn", "{lawful[forward]}", None),
]
CHECKLIST = [
    {"key": "uppgifterna", "label": two("Uppgifterna räcker"), "law": two("23 § FL")},
    {"key": "behorig", "label": two("Den som söker får göra det")},
]


def closed(town: Town) -> str:
    """The number of a report that is done with."""
    number = number_on(report(town.signed_in("testa"), email="t@example.com").submit("Skicka in"))
    desk = at_desk(town, number).submit("Ändra status", status="klassad")
    desk.submit("Ändra status", status="atgardad")
    return number


def set_up(town: Town) -> dict[str, str]:
    """Where each page is, by what it shows."""
    number = closed(town)
    open_still = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    at = "/handlaggning/arenden"
    return {
        "redact": f"{at}/{number}/ta-bort-personuppgifter",
        "stopped": f"{at}/{open_still}/ta-bort-personuppgifter",
        "unlisted": f"{at}/{open_still}/utredning",
        "need": f"/mina-sidor/arenden/{open_still}/tolk",
        **_investigated(town),
        **_corrected(town),
        **_appealed(town),
        **_refused(town),
    }


def _investigated(town: Town) -> dict[str, str]:
    types = [{**each, "point": "T 2.1"} for each in DOCUMENT["decisions"]]
    facts = {**DOCUMENT, "slug": "utreds", "title": two("Utreds"), "decisions": types}
    with town.work() as work:
        catalogue.publish(work, a_document(**facts, checklist=CHECKLIST))
    browser = town.signed_in("testa").get("/e-tjanster/utreds/ansok").submit("Nästa", stolpe="S-1")
    number = number_on(browser.submit("Skicka in"))
    desk = deciding.drafted(town, number)
    found = {"uninvestigated": desk.address}
    desk.click("Fortsätt utredningen")
    desk.submit(
        "Spara utredningen", **{"fynd-behorig": "done", "not-behorig": "Fullmakten är sedd."}
    )
    return {**found, "investigate": f"/handlaggning/arenden/{number}/utredning"}


def _corrected(town: Town) -> dict[str, str]:
    number = deciding.applied(town)
    desk = deciding.drafted(town, number).submit("Besluta")
    old = deciding.decision_of(town, number)
    desk.click("Rätta eller ändra beslutet")
    desk.submit("Fatta det nya beslutet", how="corrected", status="avslag")
    new = deciding.decision_of(town, number)
    return {
        "corrected": desk.address,
        "replace": f"/handlaggning/beslut/{new.id}/ratta-eller-andra",
        "mine": f"/mina-sidor/beslut/{old.id}",
    }


def _appealed(town: Town) -> dict[str, str]:
    found = {}
    for name, steps in (("appealed", 1), ("forward", 2)):
        number = deciding.applied(town)
        desk = deciding.drafted(town, number).submit("Besluta")
        decision = deciding.decision_of(town, number)
        party = town.signed_in(deciding.RESIDENT)
        party.get(f"/mina-sidor/beslut/{decision.id}/overklaga")
        party.submit("Skicka in överklagandet", body="Jag håller inte med.")
        desk.get(f"/handlaggning/beslut/{decision.id}").submit("Spara", in_time="yes", reason="")
        if steps == 2:
            desk.submit("Spara", outcome="stands")
        found[name] = desk.address
    return found


def _refused(town: Town) -> dict[str, str]:
    waits, answered = asking.asked(town), asking.asked(town)
    at = "/handlaggning/arenden"
    desk = town.signed_in(deciding.HANDLER).get(f"{at}/{answered}/avsla-begaran")
    desk.submit("Spara utkastet", reasons="Vi väntar på länsstyrelsen.").submit("Besluta")
    decision = deciding.decision_of(town, answered)
    return {
        "request": f"{at}/{waits}/avsla-begaran",
        "asked": f"{at}/{waits}/frister",
        "refusal": desk.address,
        "my_refusal": f"/mina-sidor/beslut/{decision.id}",
        "my_request": f"/mina-sidor/arenden/{answered}/begar-avgorande",
    }
