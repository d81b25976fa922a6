"""Powers of attorney on Mina sidor, and what registrars register of guardians and custodians."""

import pytest
from sqlalchemy import select

from services.cases.models import Case
from services.people.models import Mandate
from tests.pages import told
from tests.town import Town

# Two of Skatteverket's test numbers.
OMBUD, FIRMA = "18900105-9808", "18900103-9800"
HEAT = "/e-tjanster/varmepump/ansok"


def give(town: Town, who: str, **answers: str):
    """Somebody fills in the form."""
    browser = town.signed_in(who).get("/mina-sidor/fullmakter/ny")
    given = {"name": "Firma Testlund", "number": FIRMA, "scope": "all", **answers}
    return browser.submit("Ge fullmakten", **given)


def choose(browser, name: str):
    """Choose whom to act for."""
    browser.get("/mina-sidor/agera-for")
    label = browser.page.xpath("//label[contains(., $name)]/@for", name=name)[0]
    return browser.submit(
        "Fortsätt", whom=browser.page.xpath("//input[@id=$id]/@value", id=label)[0]
    )


def test_a_power_is_given_used_within_its_services_and_revoked(town):
    heat = town.signed_in("samo").get("/mina-sidor/fullmakter/ny")
    label = heat.page.xpath("//label[contains(., 'värmepump')]/@for")[0]
    service = heat.page.xpath("//input[@id=$id]/@value", id=label)[0]
    giver = give(town, "samo", scope="some", services=service)
    assert "Fullmakten är given" in giver.text
    agent = choose(town.signed_in("firma"), "Samo Provsson")
    assert agent.get(HEAT).status == 200
    agent.submit("Nästa", fastighet="Salem Exempelby 1:23")
    case = town.ask(
        select(Case).where(Case.state == "draft").order_by(Case.created_at.desc()).limit(1)
    )
    assert case.subject_kind == "principal"
    assert case.subject_person_id == town.founded.personas["samo"]
    assert case.acting_person_id == town.founded.personas["firma"]
    assert agent.get("/e-tjanster/bostadsanpassningsbidrag/ansok").status == 403
    assert "gäller inte den här e-tjänsten" in agent.text
    giver.submit("Återkalla")
    agent.get("/mina-sidor")
    assert "Du får inte längre företräda" in agent.page.text_content()
    assert agent.get(f"{HEAT}/{case.id}").status == 404


def test_one_can_give_a_power_up(town):
    give(town, "bolagsforetradare")
    agent = town.signed_in("firma").get("/mina-sidor/fullmakter")
    agent.submit("Avsäg dig fullmakten")
    assert "Boel Bolagsdotter" not in agent.text


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"number": "123"}, "Kontrollera personnumret."),
        ({"number": ""}, "Fyll i ”Ombudets personnummer”."),
        ({"scope": "some"}, "Välj minst en e-tjänst."),
        ({"number": "18900106-9815"}, "Du kan inte ge dig själv en fullmakt."),
        ({"valid_from__year": "2020"}, "Välj i dag eller en senare dag."),
        (
            {"valid_to__day": "1", "valid_to__month": "1", "valid_to__year": "2021"},
            "Den sista dagen får inte vara före den första.",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_field(town, answers, words):
    assert words in told(give(town, "forening", **answers))


def test_somebody_with_protected_data_is_asked_to_call(town):
    browser = town.signed_in("skyddad").get("/mina-sidor/fullmakter/ny")
    assert browser.heading == "Ring oss om fullmakten"


def test_an_agent_gives_no_power_on(town):
    agent = choose(town.signed_in("ombud"), "Tolvan Tolvansson")
    agent.get("/mina-sidor/fullmakter")
    assert "Ge en fullmakt" not in agent.text


def register(town: Town, who: str = "registrator-sn", **answers: str):
    """A registrar fills in the form."""
    browser = town.signed_in(who).get("/handlaggning/foretradare")
    given = {
        "kind": "custodian",
        "name": "Omar Ombudsson",
        "number": OMBUD,
        "principal_name": "Firma Testlund",
        "principal_number": FIRMA,
        **answers,
    }
    return browser.submit("Registrera", **given)


def test_a_registrar_registers_a_custodian_and_ends_it(town):
    browser = register(town)
    assert "Omar Ombudsson för Firma Testlund" in browser.text
    agent = choose(town.signed_in("ombud"), "Firma Testlund")
    assert "för Firma Testlund" in agent.page.text_content()
    browser.submit("Avsluta")
    assert "Firma Testlund" not in agent.get("/mina-sidor/agera-for").text


def test_a_grown_up_has_no_guardian(town):
    before = town.ask(select(Mandate).where(Mandate.kind == "guardian").limit(1))
    assert before is not None
    assert "Barnet har redan fyllt 18 år." in told(register(town, kind="guardian"))


def test_no_number_stands_in_the_list(town):
    browser = register(town)
    assert FIRMA.replace("-", "") not in browser.response.text
    assert FIRMA not in browser.text
    browser.submit("Avsluta")


def test_who_does_not_register_may_not(town):
    assert town.signed_in("handlaggare-tn").get("/handlaggning/foretradare").status == 403
