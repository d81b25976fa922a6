"""The border round a case at the desk, held on every route that names one, by GET and by POST."""

import pytest
from sqlalchemy import select

from services.cases.models import Case
from tests.app.test_borders import parts_of, rules
from tests.browser import Browser
from tests.desk import at_desk
from tests.pages import status_of
from tests.town import Town

FIELDS = {
    "handlaggare": "x",
    "kind": "note",
    "body": "x",
    "status": "klassad",
    "uppgift-vad": "x",
    "part-namn": "x",
    "part-roll": "neighbour",
    "koppla-nummer": "x",
    "jav-grund": "other",
}


def addresses(town: Town, number: str, method: str) -> list[str]:
    """Every address of the desk that names a case, with this very case in it."""
    found = []
    for rule in rules(town):
        of_case = "number" in rule.arguments and rule.rule.startswith("/handlaggning")
        if of_case and method in rule.methods:
            parts = {**parts_of(rule), "number": number}
            adapter = town.app.url_map.bind("localhost")
            found.append(adapter.build(rule.endpoint, parts, method=method))
    assert len(found) > 8
    return found


def outsider(town: Town, who: str, number: str) -> Browser:
    """A handler of another authority, or one who has declared jäv in the case."""
    if who == "handlaggare-tn":
        at_desk(town, number).submit("Anmäl jävet", jav__grund="party")
    return town.signed_in(who)


@pytest.mark.parametrize("who", ["handlaggare-bmn", "chef-sn", "handlaggare-tn"])
def test_no_address_of_a_case_opens_for_who_is_outside_its_border(town, number, who):
    browser = outsider(town, who, number)
    token = browser.get("/handlaggning/mallar/ny").page.xpath("//input[@name='csrf_token']/@value")
    before = town.ask(select(Case.revision).where(Case.number == number))
    for address in addresses(town, number, "GET"):
        code = status_of(browser.client.get(address))
        assert code in (303, 404), (address, code)
        if code == 303:
            assert browser.get(address).status == 404, address
    for address in addresses(town, number, "POST"):
        answer = browser.client.post(address, data={**FIELDS, "csrf_token": token[0]})
        assert status_of(answer) == 404, address
    assert town.ask(select(Case.revision).where(Case.number == number)) == before


@pytest.mark.parametrize("who", ["handlaggare-bmn", "chef-sn", "handlaggare-tn"])
def test_no_list_search_count_or_file_tells_of_the_case(town, number, who):
    browser = outsider(town, who, number)
    for query in ("vy=all", f"vy=all&q={number}", "vy=all&q=Exempelvägen", "vy=mine", "vy=open"):
        assert number not in browser.get(f"/handlaggning?{query}").page.xpath("string(//tbody)")
        with browser.client.get(f"/handlaggning/export?{query}") as answer:
            assert number.encode() not in answer.data
