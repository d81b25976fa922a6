"""Somebody with protected data: what handlers see by default, and what they never see (ID-27)."""

from sqlalchemy import select

from services.cases.models import Case
from tests.pages import number_on, report
from tests.town import Town

NUMBER = ("189001029819", "18900102-9819", "9001029819", "900102-9819")
NAME = "Siri Skyddad"


def test_handlers_see_neither_number_nor_name_in_lists_nor_the_number_in_the_case(town: Town):
    number = number_on(report(town.signed_in("skyddad")).submit("Skicka in"))
    case = town.ask(select(Case).where(Case.number == number))
    assert case.protected
    assert (case.contact_name, case.contact_email, case.contact_phone) == (None, None, None)
    inbox = town.signed_in("chef-tn").get("/handlaggning?vy=open")
    assert number in inbox.text
    assert NAME not in inbox.response.text
    desk = town.signed_in("chef-tn").get(f"/handlaggning/arenden/{number}")
    assert desk.status == 200
    for written in NUMBER:
        assert written not in desk.response.text
        assert written not in inbox.response.text
    handler = town.signed_in("handlaggare-tn")
    assert handler.get(f"/handlaggning/arenden/{number}").status == 404
    assert number not in handler.get("/handlaggning?vy=open").text
