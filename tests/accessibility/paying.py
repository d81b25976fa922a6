"""The pages of paying, each in the state that it was made for."""

import io

from services.payments import commands, links, together
from tests.browser import Browser
from tests.builders.bank_files import Paid, bgmax
from tests.pages import number_on
from tests.paying import SLUG, Bill, Till, at_the_till
from tests.town import Town


def set_up(town: Town) -> dict[str, str]:
    """Where each page is, by what it shows."""
    with at_the_till(town) as till:
        return {
            **_ways(till),
            **_endings(till),
            **_orders(till),
            **_case(till),
            **_files(till),
        }


def _case(till: Till) -> dict[str, str]:
    """Somebody has sent in what is paid for afterwards, and begun once more."""
    sent, begun = _filled_in(till), _filled_in(till)
    sent.submit("Skicka in")
    at, done = f"/arenden/{number_on(sent)}", sent.address
    return {
        "check": begun.address,
        "done": done,
        "case": f"/mina-sidor{at}",
        "charge": f"/handlaggning{at}/avgift",
    }


def _filled_in(till: Till) -> Browser:
    browser = till.town.signed_in("testa").get(f"/e-tjanster/{SLUG}/ansok")
    return browser.submit("Nästa", stolpe="S-1", epost="testa@example.com")


def _bill(till: Till) -> Bill:
    order, code = till.order(900, 300, takes_parts=True)
    return Bill(till, order, code)


def _ways(till: Till) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, way in (("swish", "swish"), ("card", "card")):
        bill = _bill(till)
        getattr(bill, way)()
        found[name] = bill.browser.address
    found["card-waiting"] = found["card"] + "?tillbaka=1"
    for way in ("invoice", "counter"):
        bill = _bill(till)
        bill.browser.submit("Nästa", way=way)
        bill.begun()
        found[way] = bill.browser.address
    bill = _bill(till)
    bill.browser.submit("Nästa", way="card")
    found["preparing"] = bill.browser.address
    # Nobody does the job, so that it goes on being prepared.
    till.forget()
    return found


def _endings(till: Till) -> dict[str, str]:
    found: dict[str, str] = {}
    for outcome in ("declined", "expired", "unknown"):
        bill = _bill(till)
        bill.swish()
        bill.ends(outcome)
        found[outcome] = bill.browser.address
    bill = _bill(till)
    bill.swish()
    bill.pays()
    found["paid"] = bill.browser.address
    found["receipt"] = f"/betala/{bill.code}/kvitto"
    found["order-paid"] = f"/betala/{bill.code}"
    bill = _bill(till)
    bill.swish()
    bill.browser.submit("Avbryt och välj ett annat sätt")
    found["stopping"] = bill.browser.address
    found["order-begun"] = f"/betala/{bill.code}"
    till.forget()
    return found


def _files(till: Till) -> dict[str, str]:
    """Files from the bank, as far as each has come."""
    found: dict[str, str] = {}
    browser = till.town.signed_in("ekonom")
    for serial, state in enumerate(("waiting", "done", "reading"), start=1):
        browser.get("/ekonomi/filer")
        data = bgmax([Paid(100, name="Åsa Öberg") for _ in range(3)], serial=770_000 + serial * 10)
        browser.submit("Se vad filen", files={"file": (io.BytesIO(data), f"bgmax-{serial}.txt")})
        found[f"file-{state}"] = browser.address
        if state != "waiting":
            browser.submit("Bokför betalningarna")
        if state == "done":
            till.work_through()
    till.forget()
    hostile = io.BytesIO(b"01BGMAX  and then something else")
    browser.get("/ekonomi/filer").submit("Se vad filen", files={"file": (hostile, "fel.txt")})
    browser.get("/ekonomi/filer")
    row = "//tr[contains(., 'fel.txt')]//a/@href"
    found["file-refused"] = browser.page.xpath(row)[0]
    browser.get("/ekonomi/oplacerat")
    found["place"] = browser.page.xpath("//tr[contains(., 'Åsa Öberg')]//th//a/@href")[0]
    return {**found, "give-back": f"{found['place']}/aterbetala"}


def _together(till: Till) -> str:
    """Testa has four fees to pay, and pays two of them together."""
    payer = commands.Payer(person_id=till.town.founded.personas["testa"])
    fees = [till.order(kronor, payer=payer)[0] for kronor in (900, 125, 50, 75)]
    with till.town.work() as work:
        collected = together.collect(work, [each.id for each in fees[:2]], "sv")
        return links.code_of(work.session, collected.id)


def _orders(till: Till) -> dict[str, str]:
    bill = _bill(till)
    any_part, whole = till.order(900, takes_parts=True, least_part_ore=10000)[1], _together(till)
    return {
        "any-part": f"/betala/{any_part}",
        "together": f"/betala/{whole}",
        "order": f"/betala/{bill.code}",
        "to-swish": f"/betala/{bill.code}/swish",
        "invoice-words": f"/betala/{bill.code}/uppgifter",
        "dispute": f"/betala/{bill.code}/bestrid",
    }
