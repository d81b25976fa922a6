"""A service that calls for more than the session has: a new log-in, and the same person back."""

import base64
import zlib
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree
from sqlalchemy import select, update

from app import levels
from app.demo.eid_setup import FOREIGN, PERSONAL, entity_id
from identity.assurance import LOA2, LOA3, RESIDENT_LEVELS, for_residents
from identity.vocabulary import SAML, tag
from services.kernel.work import Actor, Role
from services.people.models import LoginSession, Mandate
from tests.app.test_sign_in import Traveller
from tests.pages import chosen, number_on
from tests.signing import ALONE, Signer, publish
from tests.town import Town

SIGNED = "/e-tjanster/parkeringstillstand/ansok"
COMPANY = "/e-tjanster/serveringstillstand/ansok"
OPEN = "/e-tjanster/felanmalan/ansok"
HEADING = "Logga in"
NOTICE = "Tjänsten kräver en säkrare e-legitimation"


@pytest.fixture
def resident(town: Town) -> Traveller:
    """Tolvan, signed in as surely as residents are."""
    return Traveller(town.app, town.settings).sign_in("tolvan")


def weaken(town: Town, traveller: Traveller) -> str:
    """Make the session one of a lower level; returns its token."""
    held = traveller.client.get_cookie(traveller.session_name)
    assert held is not None
    with town.work() as work:
        newest = work.session.scalar(
            select(LoginSession).order_by(LoginSession.created_at.desc()).limit(1)
        )
        work.session.execute(
            update(LoginSession).where(LoginSession.id == newest.id).values(assurance=LOA2)
        )
    return str(held.value)


def _request(traveller: Traveller) -> etree._Element:
    query = parse_qs(urlsplit(traveller.address).query)
    return etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15))


def _choose(traveller: Traveller) -> None:
    """From the choice of e-ID to the e-ID."""
    assert traveller.heading == HEADING
    traveller.leave(traveller.address)


def test_a_sure_session_is_asked_for_nothing(resident: Traveller) -> None:
    resident.get(SIGNED)
    assert resident.address.endswith(SIGNED)


def test_too_low_a_level_leads_to_a_new_log_in_and_back(town: Town, resident: Traveller) -> None:
    weaken(town, resident)
    resident.get(SIGNED)
    assert NOTICE in resident.text
    assert "Tolvan Tolvansson" in resident.text
    _choose(resident)
    request = _request(resident)
    assert request.get("ForceAuthn") == "true"
    asked = [one.text for one in request.iter(tag(SAML, "AuthnContextClassRef"))]
    assert LOA3 in asked
    assert LOA2 not in asked
    resident.post(resident.answer(persona="tolvan"))
    assert resident.status == 200
    assert resident.address.endswith(SIGNED)


def test_what_was_typed_is_still_there(town: Town, resident: Traveller) -> None:
    resident.get(SIGNED).submit("Nästa", avser="ny", som="forare")
    here = resident.address
    resident.get(here.rsplit("/", 1)[0] + "/avser")
    there, answer = resident.address, chosen(resident, "avser")
    assert answer
    weaken(town, resident)
    resident.get(there)
    _choose(resident)
    resident.post(resident.answer(persona="tolvan"))
    assert resident.address.endswith(there)
    assert chosen(resident, "avser") == answer


def test_another_person_is_refused_and_nothing_is_done(town: Town, resident: Traveller) -> None:
    token = weaken(town, resident)
    resident.get(SIGNED)
    _choose(resident)
    resident.post(resident.answer(persona="testa"))
    assert resident.status == 403
    assert resident.heading == "Du legitimerade dig som någon annan"
    held = resident.client.get_cookie(resident.session_name)
    assert held is not None
    assert held.value == token
    resident.get("/mina-sidor")
    assert "Tolvan Tolvansson" in resident.page.text_content()


def test_a_foreign_person_is_another_person(town: Town, resident: Traveller) -> None:
    weaken(town, resident)
    resident.get(SIGNED)
    resident.leave(resident.address, FOREIGN)
    resident.post(resident.answer(persona="eidas"))
    assert resident.heading == "Du legitimerade dig som någon annan"


def test_the_weaker_session_ends_when_the_person_is_back(town: Town, resident: Traveller) -> None:
    token = weaken(town, resident)
    resident.get(SIGNED)
    _choose(resident)
    resident.post(resident.answer(persona="tolvan"))
    resident.client.set_cookie(resident.session_name, token)
    resident.get("/mina-sidor")
    assert resident.heading == HEADING


def test_whoever_acts_for_a_company_still_does(town: Town) -> None:
    traveller = Traveller(town.app, town.settings).sign_in("bolagsforetradare")
    weaken(town, traveller)
    with town.work() as work:
        person_id = town.founded.personas["bolagsforetradare"]
        mandate = work.session.scalar(
            select(Mandate).where(Mandate.person_id == person_id).limit(1)
        )
        work.session.execute(
            update(LoginSession)
            .where(LoginSession.person_id == person_id, LoginSession.revoked_at.is_(None))
            .values(acting_for_id=mandate.organisation_id, mandate_id=mandate.id)
        )
    traveller.get(COMPANY)
    _choose(traveller)
    traveller.post(traveller.answer(persona="bolagsforetradare"))
    assert traveller.address.endswith(COMPANY)
    newest = select(LoginSession).where(LoginSession.person_id == person_id)
    opened = town.ask(newest.order_by(LoginSession.created_at.desc()).limit(1))
    assert opened.assurance == LOA3
    assert (opened.acting_for_id, opened.mandate_id) == (mandate.organisation_id, mandate.id)


def test_cancelling_leaves_the_session_and_the_way_open(town: Town, resident: Traveller) -> None:
    weaken(town, resident)
    resident.get(SIGNED)
    _choose(resident)
    resident.post(resident.answer(cancel="1"))
    assert "Du avbröt inloggningen" in resident.text
    assert NOTICE in resident.text
    assert resident.page.xpath("//input[@name='niva']/@value") == ["signed"]
    resident.get("/mina-sidor")
    assert "Tolvan Tolvansson" in resident.page.text_content()


def test_a_service_for_all_asks_for_no_level(town: Town, resident: Traveller) -> None:
    weaken(town, resident)
    resident.get(OPEN)
    assert resident.address.endswith(OPEN)


def test_reading_ones_case_takes_the_level_of_its_service(town: Town) -> None:
    publish(town)
    tolvan = Signer(town.app, town.settings).sign_in("tolvan")
    tolvan.apply(ALONE).to_signature().sign()
    number = number_on(tolvan)
    weaken(town, tolvan)
    tolvan.get("/mina-sidor")
    assert number in tolvan.text
    for rest in ("/kvittens.pdf", "/underskrifter", "/aterkalla", ""):
        tolvan.get(f"/mina-sidor/arenden/{number}{rest}")
        assert tolvan.heading == HEADING, rest
    assert NOTICE in tolvan.text
    _choose(tolvan)
    tolvan.post(tolvan.answer(persona="tolvan"))
    assert tolvan.address.endswith(number)


def test_whoever_is_not_signed_in_gets_the_right_level_at_once(town: Town) -> None:
    traveller = Traveller(town.app, town.settings)
    traveller.get(SIGNED)
    assert NOTICE not in traveller.text
    _choose(traveller)
    traveller.post(traveller.answer(persona="tolvan"))
    assert traveller.address.endswith(SIGNED)


def test_an_odd_level_in_the_address_is_nothing(town: Town, resident: Traveller) -> None:
    resident.get("/logga-in?niva=%27%22%3E&vidare=/kontakt")
    assert resident.address.endswith("/kontakt")
    stranger = Traveller(town.app, town.settings)
    stranger.get("/logga-in?niva=hogst&vidare=/kontakt")
    values = stranger.page.xpath("//button[@name='provider']/@value")
    assert entity_id(town.settings, PERSONAL) in values


def test_levels_are_enough_or_not() -> None:
    weak, sure = (Actor(Role.RESIDENT, assurance=one) for one in (LOA2, LOA3))
    assert levels.is_enough("eid", weak)
    assert not levels.is_enough("signed", weak)
    assert levels.is_enough("signed", sure)
    assert not levels.is_enough("eid", Actor())
    assert levels.is_enough("open", Actor())
    assert not levels.is_enough("eid", Actor(Role.ELECTED, assurance=LOA3))
    assert levels.is_enough("signed", Actor(Role.STAFF))


def test_the_lowest_level_of_residents_is_a_setting() -> None:
    assert for_residents(3) == RESIDENT_LEVELS
    assert LOA2 in for_residents(2)
    assert LOA3 not in for_residents(4)
    assert LOA2 not in levels.wanted("signed", for_residents(2))
    assert levels.asked(RESIDENT_LEVELS) == "signed"
    assert levels.asked(for_residents(2)) == "eid"
