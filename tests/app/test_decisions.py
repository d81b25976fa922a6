"""A decision from draft to legal force, as handler, committee, registrar and party meet it."""

import io
from datetime import timedelta

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from sqlalchemy import update

from app.demo.eid_setup import STAFF
from services.decisions import appeals
from services.decisions.models import Notice
from services.kernel.calendar import local_day
from tests.deciding import (
    HANDLER,
    NO,
    REGISTRAR,
    RESIDENT,
    applied,
    decision_of,
    drafted,
    publish,
)
from tests.signing import Signer


@pytest.fixture(scope="module", autouse=True)
def service(town):
    """The service that ends in a decision."""
    publish(town)


def test_from_draft_to_legal_force(town):
    number = applied(town)
    handler = drafted(town, number)
    assert handler.heading == "Utkast till beslut"
    handler.submit("Besluta")
    assert "Beslutet är fattat" in handler.text
    assert handler.heading.startswith("TN D ")
    assert "Tiden har inte börjat löpa" in handler.text

    party = town.signed_in(RESIDENT).get(f"/mina-sidor/arenden/{number}")
    party.click("Beslut TN D")
    assert "Lampan är redan lagad." in party.text
    assert "Sista dagen att överklaga är" in party.text
    decision = decision_of(town, number)
    pdf = party.client.get(f"/mina-sidor/beslut/{decision.id}.pdf")
    assert pdf.data.startswith(b"%PDF")

    with town.work() as work:
        work.session.execute(
            update(Notice)
            .where(Notice.decision_id == decision.id)
            .values(received_on=local_day(work.now) - timedelta(days=40))
        )
    with town.work() as work:
        assert appeals.gain_force(work) >= 1
    handler.get(f"/handlaggning/beslut/{decision.id}")
    assert "Laga kraft från" in handler.text
    assert "Beslutet fick laga kraft" in party.get(f"/mina-sidor/arenden/{number}").text


def test_what_is_missing_is_said_and_nothing_is_lost(town):
    number = applied(town)
    handler = drafted(town, number, reasons="", says="Vi avslår ansökan helt.")
    handler.submit("Besluta")
    assert handler.status == 422
    assert "Skriv skälen. Parten har rätt till dem." in handler.text
    handler.click("Ändra utkastet")
    assert "Vi avslår ansökan helt." in handler.text
    handler.submit("Spara utkastet", amount="tusen", **NO)
    assert handler.status == 422
    assert "Skriv beloppet i kronor" in handler.text


def test_an_appeal_is_handed_in_tested_sent_on_and_settled(town):
    number = applied(town)
    handler = drafted(town, number).submit("Besluta")
    decision = decision_of(town, number)
    party = town.signed_in(RESIDENT).get(f"/mina-sidor/beslut/{decision.id}")
    party.click("Överklaga beslutet")
    party.submit("Skicka in överklagandet", body="")
    assert party.status == 422
    party.submit("Skicka in överklagandet", body="Lampan är fortfarande trasig.")
    assert "Vi har tagit emot ditt överklagande" in party.text

    handler.get(f"/handlaggning/beslut/{decision.id}")
    assert "Lampan är fortfarande trasig." in handler.text
    handler.submit("Spara", in_time="no", reason="Det kom för sent.")
    assert "Det kom i tid enligt dagarna" in handler.text
    handler.submit("Spara", in_time="yes", reason="")
    handler.submit("Spara", outcome="changed")
    assert "Inget nytt beslut har fattats" in handler.text
    handler.submit("Spara", outcome="stands")
    assert "Omprövat: beslutet står fast." in handler.text
    today = local_day(decision.decided_at)
    day = {"on__day": str(today.day), "on__month": str(today.month), "on__year": str(today.year)}
    handler.submit("Spara", **day)
    assert "Skickat vidare" in handler.text
    handler.submit("Spara", result="upheld", **day)
    assert "Beslutet står fast" in handler.text
    assert "Laga kraft från" in handler.text


def test_fl_22_an_appeal_that_lay_in_the_box_is_registered_by_its_day(town):
    number = applied(town)
    handler = drafted(town, number).submit("Besluta")
    handler.submit("Registrera överklagandet", body="Nej.", channel="letter", came_on__day="1",
                   came_on__month="1", came_on__year="2031", came_how="reached")  # fmt: skip
    assert handler.status == 422
    assert "Välj en dag mellan beslutsdagen och i dag" in handler.text
    today = local_day(decision_of(town, number).decided_at)
    handler.submit("Registrera överklagandet", body="Nej.", channel="letter", came_on__day=str(today.day),
                   came_on__month=str(today.month), came_on__year=str(today.year), came_how="reached")  # fmt: skip
    assert "Det räknas som inkommet" in handler.text


def test_the_committee_decides_on_a_proposal(town):
    number = applied(town)
    handler = town.signed_in(HANDLER).get(f"/handlaggning/arenden/{number}")
    handler.submit("Ändra status", status="till-namnden")
    drafted(town, number, status="stort", says="Du får tillståndet.", communication="favourable")
    handler.get(f"/handlaggning/arenden/{number}/beslut").click("Läs utkastet")
    assert not [each for each in handler.page.xpath("//button") if each.text.strip() == "Besluta"]
    handler.submit("Lämna till nämnden")
    decision = decision_of(town, number)
    registrar = town.signed_in(REGISTRAR).get(f"/handlaggning/beslut/{decision.id}")
    day = local_day(decision.decided_at) if decision.decided_at else None
    assert day is None
    registrar.submit("För in nämndens beslut", minutes="TN § 34/2026", met_on__day="1",
                     met_on__month="1", met_on__year="2026")  # fmt: skip
    assert registrar.heading.startswith("TN D ")
    assert "TN § 34/2026" in registrar.text


def test_delegated_decisions_make_their_own_list(town):
    number = applied(town)
    drafted(town, number).submit("Besluta")
    decision = decision_of(town, number)
    registrar = town.signed_in(REGISTRAR).get("/handlaggning/delegationsbeslut")
    assert decision.number in registrar.text
    registrar.submit("Notera som anmälda", meeting_on__day="1", meeting_on__month="12",
                     meeting_on__year="2026")  # fmt: skip
    assert "noterade som anmälda" in registrar.text
    assert "T 2.1" in registrar.get("/handlaggning/delegationsordning").text
    file = registrar.client.get("/handlaggning/delegationsbeslut.csv").get_data(as_text=True)
    assert decision.number in file


def test_no_decision_of_another_authority_or_another_party_is_shown(town):
    number = applied(town)
    drafted(town, number).submit("Besluta")
    decision = decision_of(town, number)
    other = town.signed_in("handlaggare-sn")
    assert other.get(f"/handlaggning/beslut/{decision.id}").status == 404
    assert other.get(f"/handlaggning/beslut/{decision.id}.pdf").status == 404
    assert other.get(f"/handlaggning/arenden/{number}/beslut").status == 404
    assert decision.number not in other.get("/handlaggning/delegationsbeslut").text
    assert other.get(f"/handlaggning/delegationsbeslut?namnd={decision.authority_id}").status == 404
    stranger = town.signed_in("samo")
    assert stranger.get(f"/mina-sidor/beslut/{decision.id}").status == 404
    assert stranger.get(f"/mina-sidor/beslut/{decision.id}.pdf").status == 404
    assert stranger.get(f"/mina-sidor/beslut/{decision.id}/overklaga").status == 404


def test_a_decision_that_somebody_changed_meanwhile_is_not_made(town):
    number = applied(town)
    first = drafted(town, number)
    drafted(town, number, says="Vi avslår ansökan, men av ett annat skäl.")
    first.submit("Besluta")
    assert first.status == 422
    assert "Någon har ändrat utkastet" in first.text


def test_the_one_who_decided_signs_and_the_letter_is_the_signed_one(town):
    number = applied(town)
    handler = Signer(town.app, town.settings).sign_in(HANDLER, "/logga-in?som=medarbetare", STAFF)
    handler.get(f"/handlaggning/arenden/{number}/beslut").submit("Spara utkastet", **NO)
    handler.submit("Besluta")
    decision = decision_of(town, number)
    colleague = town.signed_in(REGISTRAR).get(f"/handlaggning/beslut/{decision.id}")
    assert "Skriv under beslutet" not in colleague.text

    handler.submit("Skriv under beslutet")
    assert handler.heading == f"Skriv under: Beslut {decision.number}"
    handler.sign()

    handler.get(f"/handlaggning/beslut/{decision.id}")
    assert "Underskrivet" in handler.text
    party = town.signed_in(RESIDENT)
    letter = party.client.get(f"/mina-sidor/beslut/{decision.id}.pdf").data
    [signature] = PdfFileReader(io.BytesIO(letter)).embedded_signatures
    assert signature.evaluate_signature_coverage().name == "ENTIRE_FILE"
    assert "Beslutet skrevs under" in party.get(f"/mina-sidor/arenden/{number}").text
