"""The school's entrance: what a pupil can do, and all that a pupil never becomes (ID-11)."""

import pytest
from sqlalchemy import select

from app import levels
from app.demo.eid_setup import SCHOOL
from identity.assurance import LOA3, SCHOOL_BASIC, SCHOOL_LEVELS
from services.cases.models import Case
from services.catalogue import commands as catalogue
from services.kernel.work import Actor, Role
from tests.app.test_sign_in import Traveller
from tests.builders import a_document
from tests.town import Town

ENTRANCE = "/logga-in?som=skola"


@pytest.fixture(scope="module")
def pupil(town: Town) -> Traveller:
    return Traveller(town.app, town.settings).sign_in("elev", ENTRANCE, SCHOOL)


def test_a_pupil_lands_at_an_entrance_of_their_own(pupil: Traveller) -> None:
    assert pupil.address.endswith("/skola")
    pupil.get("/skola")
    assert pupil.heading == "Elever och skolor"
    assert "Elin Elevsson" in pupil.page.text_content()


def test_only_what_needs_no_e_id_is_listed(pupil: Traveller) -> None:
    told = pupil.get("/skola").page.xpath(
        "//main//*[contains(@class, 'salem-card__facts')]//text()"
    )
    ways = {text.strip() for text in told if text.strip()}
    assert "Logga in med e-legitimation" not in ways
    assert "Ingen inloggning behövs" in ways


@pytest.mark.parametrize("address", ["/mina-sidor", "/handlaggare", "/fortroendevald"])
def test_a_pupil_is_neither_resident_nor_staff_nor_elected(pupil: Traveller, address: str) -> None:
    assert pupil.get(address).status in (403, 404)


def test_a_service_with_e_id_asks_a_pupil_for_one(pupil: Traveller) -> None:
    pupil.get("/e-tjanster/varmepump/ansok")
    assert "/logga-in" in pupil.address


def test_others_are_asked_for_a_school_account(town: Town) -> None:
    assert "som=skola" in town.visitor().get("/skola").address
    assert town.signed_in("tolvan").get("/skola").status == 403


@pytest.fixture(scope="module")
def low_risk(town: Town) -> str:
    document = a_document(slug="elevfraga", level="bas", title={"sv": "Fråga", "en": "Ask"})
    with town.work() as work:
        catalogue.publish(work, document)
    return f"/e-tjanster/{document.slug}/ansok"


def test_a_pupil_hands_in_where_the_risk_is_low_and_reads_nothing_back(
    town: Town, low_risk: str
) -> None:
    pupil = town.signed_in("elev").get(low_risk)
    assert pupil.status == 200
    pupil.submit("Nästa", stolpe="S-1", epost="elin@example.com").submit("Skicka in")
    assert "/klart" in pupil.address
    sent = select(Case).where(Case.assurance == SCHOOL_BASIC).order_by(Case.created_at.desc())
    case = town.ask(sent.limit(1))
    assert case.acting_person_id == town.founded.personas["elev"]
    assert pupil.get(f"/mina-sidor/arenden/{case.number}").status == 403


def test_nobody_unknown_comes_in_where_the_risk_is_low(town: Town, low_risk: str) -> None:
    assert "/logga-in" in town.visitor().get(low_risk).address
    assert town.signed_in("tolvan").get(low_risk).status == 200


@pytest.mark.parametrize("held", SCHOOL_LEVELS)
@pytest.mark.parametrize("level", ["eid", "signed"])
def test_no_school_level_is_enough_for_an_e_id(held: str, level: str) -> None:
    assert not levels.is_enough(level, Actor(Role.SCHOOL, assurance=held))
    # Not even if a school's level should ever stand in a resident's session.
    assert not levels.is_enough(level, Actor(Role.RESIDENT, assurance=held))


def test_a_school_account_is_enough_where_the_risk_is_low() -> None:
    assert levels.is_enough("bas", Actor(Role.SCHOOL, assurance=SCHOOL_BASIC))
    assert levels.is_enough("bas", Actor(Role.RESIDENT, assurance=LOA3))
    assert not levels.is_enough("bas", Actor())
    assert not levels.is_enough("bas", Actor(Role.SCHOOL, assurance=LOA3))
