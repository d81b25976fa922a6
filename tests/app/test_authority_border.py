"""Everything of one authority asked for by every duty of another, by every address that there is.

The addresses come from the application itself: a new route with an id in it is asked for too, and
one whose id this test does not know how to find fails it until somebody has said whose it is.
"""

from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

import pytest
from sqlalchemy import select, text
from werkzeug.routing import BuildError

from services.cases.models import Case
from services.kernel.work import Duty
from services.organisation import commands as organisation
from services.people import commands as people
from tests import deciding
from tests.app.test_borders import NOBODYS, PARTS, rules
from tests.browser import Browser
from tests.desk import at_desk, desk_of
from tests.pages import status_of
from tests.town import LEVEL, STAFF, Town

SECRET = "Kvastskaftet"
OF_CASE = 'JOIN "case" c ON c.id = o.case_id WHERE c.authority_id = :authority'
OF_DECISION = f"JOIN decision d ON d.id = o.decision_id {OF_CASE.replace('o.case_id', 'd.case_id')}"
OF_ORDER = "JOIN payment_order p ON p.id = o.order_id WHERE p.authority_id = :authority"
OWN = "WHERE o.authority_id = :authority"
# Where the ids of each part of an address are found, and whose they are.
FOUND = {
    "attachment_id": f"attachment o JOIN case_message m ON m.id = o.owner_id {OF_CASE.replace('o.case_id', 'm.case_id')}",
    "appeal_id": f"appeal o {OF_DECISION}",
    "consultation_id": f"consultation o {OF_CASE}",
    "decision_id": f"decision o {OF_CASE}",
    "task_id": f"case_task o {OF_CASE}",
    "proposal_id": f"protection_proposal o {OF_CASE}",
    "template_id": f"text_template o {OWN}",
    "team_id": f"team o {OWN}",
    "rule_id": f"assignment_rule o {OWN}",
    "view_id": f"saved_view o {OWN}",
    "absence_id": "absence o JOIN assignment a ON a.person_id = o.person_id WHERE a.authority_id = :authority",
    "person_id": "person o JOIN assignment a ON a.person_id = o.id WHERE a.authority_id = :authority",
    "payment_id": f"payment o {OF_ORDER}",
    "refund_id": f"payment_refund o {OF_ORDER}",
    "asked_id": f"payment_refund o {OF_ORDER}",
    "signature_id": "signature o WHERE o.person_id IS NOT NULL AND :authority IS NOT NULL",
}
FOUND_AT = {
    ("desk.remove_handler", "row_id"): f"case_handler o {OF_CASE}",
    ("desk.remove_party", "row_id"): f"case_party o {OF_CASE}",
    ("records.release", "row_id"): f"legal_hold o {OF_CASE}",
    ("records.lift", "row_id"): f"secrecy_mark o {OF_CASE}",
    ("consultations.act", "row_id"): f"consultation o {OF_CASE}",
}
# Rows that belong to no authority: a clerk's own draft, what residents have said of themselves,
# and what the bank has told before anybody knows whose it is.
NOBODY_ELSES = {
    *("draft_id", "assistance_id", "mandate_id", "suggestion_id"),
    *("difference_id", "file_id", "adjustment_id"),
    "ledger.place.row_id",
    "ledger.give_back.row_id",
}
# What may be made of each part that is a word: all its words are asked for.
WORDS = {
    "kind": ("kommunicera", "remiss", "grannar"),
    "what": ("stang", "forny", "aterbetala", "avbryt", "beslut", "stryk", "aterbetalning"),
    "answer": ("ja", "nej", "bokfor"),
}


@pytest.fixture(scope="module")
def number(town) -> str:
    """A case of the technical committee with a secret word in everything that can hold one."""
    deciding.publish(town)
    found = deciding.applied(town)
    desk_of(town, found, kind="note", body=f"{SECRET} i anteckning.")
    desk_of(town, found, kind="answer", body=f"{SECRET} i meddelande.")
    desk = at_desk(town, found).submit("Anteckna uppgiften", uppgift__vad=f"{SECRET} i uppgift")
    desk.submit("Lägg till parten", part__namn=f"{SECRET} Part", part__roll="neighbour")
    assert desk.text.count(SECRET) >= 4
    return found


@pytest.fixture(scope="module", params=[*Duty])
def outsider(town, request) -> Browser:
    """Somebody with one duty in another authority, and in no other."""
    with town.work() as work:
        person = people.add_person(work, "Utan", f"För-{request.param.value}")
        work.session.flush()
        elsewhere = town.founded.authorities["BMN"]
        organisation.appoint(
            work,
            person.id,
            elsewhere,
            request.param,
            elected=False,
            valid_from=work.now.date(),
        )
        token = people.open_session(
            work,
            person,
            entity=STAFF,
            assurance=LEVEL,
            provider="https://eid.example/test",
            transaction_id=None,
            device="Linux",
            role=None,
        )
    browser = town.visitor()
    browser.client.set_cookie(town.cookie, token)
    return browser


def of_staff(town: Town) -> list:
    """Every route that staff may enter."""
    doors = town.app.view_functions
    return [each for each in rules(town) if doors[each.endpoint].visitors in ("staff", "admins")]


def id_of(town: Town, endpoint: str, part: str) -> str | None:
    """An id of the technical committee's for a part of an address; None if nobody has one there."""
    where = FOUND_AT.get((endpoint, part)) or FOUND.get(part)
    assert where, f"{endpoint}: whose is <{part}>? Say it in FOUND, FOUND_AT or NOBODY_ELSES"
    with town.work() as work:
        asked = text(f"SELECT o.id FROM {where} LIMIT 1")
        found = work.session.scalar(asked, {"authority": town.founded.authorities["TN"]})
    return str(found) if isinstance(found, UUID) else None


def told_in(body: bytes, number: str) -> list[str]:
    """What an answer says of the case: nothing, it should be, but the address that was asked for."""
    said = body.decode("utf-8", "replace")
    for separator in ("/", "%2F"):
        said = said.replace(f"arenden{separator}{number}", "")
    return [each for each in (SECRET, number, "Provtillstånd") if each in said]


def order_of(town: Town) -> str:
    """The number of an order of the technical committee's."""
    with town.work() as work:
        asked = text("SELECT number FROM payment_order WHERE authority_id = :authority LIMIT 1")
        return str(work.session.scalar(asked, {"authority": town.founded.authorities["TN"]}))


def addresses(town: Town, number: str, method: str) -> Iterator[tuple[str, str]]:
    """Every address with an id in it, with those of the technical committee: (endpoint, address)."""
    adapter = town.app.url_map.bind("localhost")
    for rule in of_staff(town):
        ids = {each for each in rule.arguments if each.endswith("_id") or each == "number"}
        if method not in rule.methods or not ids:
            continue
        parts = {name: PARTS[name] for name in rule.arguments if name in PARTS}
        for part in ids:
            if part == "number":
                parts[part] = order_of(town) if rule.rule.startswith("/ekonomi") else number
            elif part in NOBODY_ELSES or f"{rule.endpoint}.{part}" in NOBODY_ELSES:
                parts[part] = NOBODYS
            else:
                parts[part] = id_of(town, rule.endpoint, part) or NOBODYS
        for word in sorted(WORDS.keys() & rule.arguments):
            parts[word] = WORDS[word][0]
        for address in _with_words(adapter, rule, parts, method):
            yield rule.endpoint, address


def _with_words(adapter, rule, parts: dict[str, str], method: str) -> Iterator[str]:
    several = sorted(WORDS.keys() & rule.arguments)
    for chosen in WORDS[several[0]] if several else ("",):
        made = {**parts, several[0]: chosen} if several else parts
        # A word that this address does not take.
        with suppress(BuildError, ValueError):
            yield adapter.build(rule.endpoint, made, method=method)


def test_ids_are_found_for_nearly_all_that_can_be_asked_for(town, number):
    known = {part: id_of(town, "", part) for part in FOUND}
    assert {part for part, found in known.items() if found is None} <= {
        *("attachment_id", "appeal_id", "consultation_id", "decision_id", "proposal_id"),
        *("payment_id", "refund_id", "asked_id", "signature_id"),
    }


def test_no_address_with_an_id_tells_an_outsider_anything(town, number, outsider):
    asked = 0
    for endpoint, address in addresses(town, number, "GET"):
        with outsider.client.get(address) as answer:
            code = (endpoint, address, answer.status_code)
            body = answer.get_data()
            assert answer.status_code in (303, 403, 404), code
            assert not told_in(body, number), code
        if answer.status_code == 303:
            led = outsider.get(answer.headers["Location"])
            assert led.status in (403, 404) or SECRET not in led.text, code
        asked += 1
    assert asked > 40


def test_no_form_with_an_id_does_anything_for_an_outsider(town, number, outsider):
    token = _token(outsider)
    before = _state(town, number)
    for endpoint, address in addresses(town, number, "POST"):
        data = {"csrf_token": token, "body": "x", "kind": "note", "status": "pagar"}
        with outsider.client.post(address, data=data) as answer:
            code = (endpoint, address, answer.status_code)
            assert answer.status_code in (403, 404), code
            body = answer.get_data()
            assert not told_in(body, number), code
    assert _state(town, number) == before


def _token(browser: Browser) -> str:
    for address in ("/handlaggning/hjalp", "/handlaggning/sok-person", "/ekonomi"):
        page = browser.get(address).page
        found = page.xpath("//input[@name='csrf_token']/@value") if page is not None else []
        if found:
            return str(found[0])
    raise AssertionError("no form to take a token from")


def _state(town: Town, number: str) -> tuple:
    with town.work() as work:
        case = work.session.scalars(select(Case).where(Case.number == number)).one()
        return case.revision, case.status, case.handler_id, case.changed_at


def test_no_list_search_export_or_statistics_tells_an_outsider_anything(town, number, outsider):
    queries = ("", f"?q={number}", f"?q={SECRET}", "?vy=all", f"?vy=all&q={SECRET}")
    authority = town.founded.authorities["TN"]
    chosen = (f"?namnd={authority}", "?enhet=gata-park&vy=all", f"?namnd={authority}&q={SECRET}")
    for rule in of_staff(town):
        if "GET" not in rule.methods or rule.arguments:
            continue
        for query in (*queries, *chosen):
            with outsider.client.get(f"{rule.rule}{query}") as answer:
                code = (rule.endpoint, query, answer.status_code)
                assert answer.status_code < 500, code
                body = answer.get_data(as_text=True).replace(f'value="{number}"', "")
                # What was searched for may stand in the page's own search box, and in its links.
                told = [each for each in body.split("\n") if f"arenden/{number}" in each]
                assert not told, code
                assert f"{SECRET} " not in body, code


def test_several_at_once_leaves_the_case_out(town, number, outsider):
    data = {"csrf_token": _token(outsider), "steg": "message", "arende": [number]}
    done = {**data, "visa": "1", "val": "Hej", "gor": "1"}
    before = _state(town, number)
    for sent in (data, done):
        answer = outsider.client.post("/handlaggning/flera", data=sent)
        assert status_of(answer) in (403, 422)
        assert SECRET not in answer.get_data(as_text=True)
    assert _state(town, number) == before
