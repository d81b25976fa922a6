"""Deadlines as handlers and residents meet them in the browser."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.cases.models import Case
from services.deadlines.counting import counted
from services.deadlines.models import Deadline, Kind
from services.deadlines.rules import SIX_MONTHS
from tests import asking, deciding
from tests.pages import number_on, report

DELAY = {"new_day__day": "30", "new_day__month": "12", "new_day__year": "2030"}


@pytest.fixture(scope="module")
def number(town):
    """A case of a resident's, at the technical services committee."""
    return number_on(report(town.signed_in("testa")).submit("Skicka in"))


def moved(town, number, **changes):
    """The deadlines of a case, moved as if time had passed."""
    with town.work() as work:
        case_id = work.session.scalar(select(Case.id).where(Case.number == number))
        for kind, days in changes.items():
            work.session.execute(
                update(Deadline)
                .where(Deadline.case_id == case_id, Deadline.kind == Kind[kind].value)
                .values(
                    starts_on=Deadline.starts_on - timedelta(days=days),
                    due_on=Deadline.due_on - timedelta(days=days),
                )
            )


def test_a_handler_sees_what_runs_out_and_tells_of_a_delay(town, number):
    moved(town, number, PROMISE=60)
    handler = town.signed_in("handlaggare-tn").get("/handlaggning/frister")
    assert number in handler.text
    handler.click(number)
    assert handler.heading == "Frister"

    handler.submit("Skicka meddelandet", reason="", **DELAY)
    assert handler.status == 422
    handler.submit("Skicka meddelandet", reason="Vi väntar på delar.", new_day__day="1",
                   new_day__month="1", new_day__year="2020")  # fmt: skip
    assert "Välj en dag efter" in handler.text
    assert "Vi väntar på delar." in handler.text
    handler.submit("Skicka meddelandet", reason="Vi väntar på delar.", **DELAY)

    assert "underrättad om förseningen" in handler.text
    assert "2030-12-30" in handler.text
    party = town.signed_in("testa").get(f"/mina-sidor/arenden/{number}")
    assert "Vi väntar på delar." in party.text
    assert "30 december 2030" in party.text


def test_deadlines_of_another_authority_are_not_shown(town, number):
    other = town.signed_in("handlaggare-sn")
    assert number not in other.get("/handlaggning/frister").text
    assert other.get(f"/handlaggning/arenden/{number}/frister").status == 404


def test_a_resident_asks_for_a_decision_after_six_months(town):
    number = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    _runs_for_six_months(town, number)
    address = f"/mina-sidor/arenden/{number}/begar-avgorande"
    resident = town.signed_in("testa").get(address)
    assert "Du kan begära att vi avgör ärendet från" in resident.text
    moved(town, number, SIX_MONTHS=200)

    resident.get(f"/mina-sidor/arenden/{number}").click("Begär att vi avgör ärendet")
    resident.submit("Begär att ärendet avgörs")

    assert "Vi har fått din begäran" in resident.text
    assert "Du har begärt att vi avgör ärendet" in resident.text
    again = resident.get(address)
    assert not again.page.xpath("//main//form")
    assert town.signed_in("samo").get(address).status == 404


def test_a_request_is_refused_in_a_decision_of_its_own(town):
    deciding.publish(town)
    number = asking.asked(town)
    desk = town.signed_in(deciding.HANDLER).get(f"/handlaggning/arenden/{number}/frister")
    desk.click("Avslå begäran om avgörande")
    desk.submit("Spara utkastet", reasons="")
    assert desk.status == 422
    desk.submit("Spara utkastet", reasons="Vi väntar på länsstyrelsen.")
    desk.click("Ändra utkastet").submit("Spara utkastet", reasons="Yttrandet kommer i januari.")
    assert "Avslag på begäran om avgörande" in desk.text
    desk.submit("Besluta")
    assert "Beslutet är fattat" in desk.text
    assert desk.client.get(f"{desk.address}.pdf").data.startswith(b"%PDF")
    assert "Avslagen, " in desk.get(f"/handlaggning/arenden/{number}/frister").text
    assert "Avslag på begäran" in desk.get(f"/handlaggning/arenden/{number}/beslut").text
    desk.get(f"/handlaggning/arenden/{number}/avsla-begaran")
    assert "Ingen begäran om avgörande väntar" in desk.text

    party = town.signed_in("testa").get(f"/mina-sidor/arenden/{number}")
    assert "Begäran om avgörande avslogs i ett särskilt beslut" in party.text
    party.click("Beslut TN D")
    assert "Yttrandet kommer i januari." in party.text
    assert "Förvaltningsrätten i Stockholm" in party.text
    assert "Överklaga beslutet" in party.text
    party.get(f"/mina-sidor/arenden/{number}/begar-avgorande")
    assert "Det beslutet kan du överklaga" in party.text
    assert not party.page.xpath("//main//form")
    other = town.signed_in("handlaggare-sn")
    assert other.get(f"/handlaggning/arenden/{number}/avsla-begaran").status == 404


def _runs_for_six_months(town, number):
    # A fault report is not tried as an application; here one is, so that it needs no long form.
    with town.work() as work:
        case = work.session.scalar(select(Case).where(Case.number == number))
        today = work.now.date()
        row = {**asdict(SIX_MONTHS), "starts_on": today, "due_on": counted(today, SIX_MONTHS)}
        work.session.add(Deadline(case_id=case.id, promised_on=row["due_on"], **row))
