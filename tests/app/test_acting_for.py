"""Acting for a company or an association: chosen where it is needed, and kept apart on the case."""

from sqlalchemy import select

from services.cases.models import Case
from tests.town import Town

FORM = "/e-tjanster/serveringstillstand/ansok"


def _last_draft(town: Town) -> Case:
    return town.ask(
        select(Case).where(Case.state == "draft").order_by(Case.created_at.desc()).limit(1)
    )


def test_a_service_for_organisations_asks_whom_one_acts_for(town):
    browser = town.signed_in("bolagsforetradare").get(FORM)

    assert browser.status == 403
    assert browser.heading == "Den här e-tjänsten är för företag och föreningar"
    browser.submit("Agera för")
    assert browser.status == 200
    assert browser.address.endswith(FORM)


def test_person_organisation_and_mandate_are_stored_apart(town):
    browser = town.signed_in("bolagsforetradare").get(FORM)
    browser.submit("Agera för")
    browser.submit("Nästa")
    draft = _last_draft(town)

    assert draft.acting_person_id == town.founded.personas["bolagsforetradare"]
    assert draft.subject_organisation_id is not None
    assert draft.subject_person_id is None
    assert draft.mandate_id is not None


def test_without_a_mandate_there_is_nobody_to_act_for(town):
    browser = town.signed_in("testa").get(FORM)

    assert browser.status == 403
    assert "Vi hittar inget företag" in browser.text


def test_one_chooses_among_oneself_children_and_others(town):
    browser = town.signed_in("testa").get("/mina-sidor/agera-for")
    assert "Bea Testsson" in browser.text
    assert "Som vårdnadshavare" in browser.text
    child = browser.page.xpath("//label[contains(., 'Bea Testsson')]/@for")[0]
    value = browser.page.xpath(f"//input[@id='{child}']/@value")[0]
    browser.submit("Fortsätt", whom=value)
    assert browser.heading == "Mina sidor"
    for address in ("/", "/kontakt", "/mina-sidor"):
        browser.get(address)
        assert "för Bea Testsson" in browser.page.xpath("//header")[0].text_content()
        assert "Bea Testsson" in browser.page.xpath("//*[@class='salem-acting']")[0].text_content()
    browser.get("/mina-sidor/agera-for").submit("Fortsätt", whom="self")
    assert "Bea Testsson" not in browser.page.xpath("//header")[0].text_content()


def test_choosing_nobody_or_somebody_elses_mandate_is_refused(town):
    browser = town.signed_in("tolvan").get("/mina-sidor/agera-for")
    assert "Det finns ingen annan" in browser.text
    browser = town.signed_in("god-man").get("/mina-sidor/agera-for")
    assert "Henning Huvudman" in browser.text
    other = town.signed_in("testa").get("/mina-sidor/agera-for")
    theirs = browser.page.xpath("//input[@name='whom']/@value")[-1]
    other.submit("Fortsätt", whom=theirs)
    assert other.status == 403
    other.get("/mina-sidor/agera-for").submit("Fortsätt", whom="nobody")
    assert other.status == 404


def test_a_service_for_private_persons_is_not_for_organisations(town):
    browser = town.signed_in("bolagsforetradare").get(FORM)
    browser.submit("Agera för")
    browser.get("/e-tjanster/kulturskola/ansok")

    assert browser.status == 403
    browser.submit("Agera för egen del")
    assert browser.status == 200


def test_one_can_leave_a_page_that_is_half_done_and_find_it_again(town):
    browser = town.signed_in("testa").get("/e-tjanster/varmepump/ansok")
    browser.submit("Spara och fortsätt senare", fastighet="Salem Exempelby 1:23")

    assert browser.status == 200
    assert browser.heading == "Mina sidor"
    elsewhere = town.signed_in("testa").get(f"/e-tjanster/varmepump/ansok/{_last_draft(town).id}")
    assert elsewhere.page.xpath("//input[@name='fastighet']/@value") == ["Salem Exempelby 1:23"]
