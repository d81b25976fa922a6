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
