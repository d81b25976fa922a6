"""Acting for a company or an association: chosen where it is needed, and kept apart on the case."""

from datetime import timedelta

from sqlalchemy import select, update

from app.federation import RESIDENTS
from services.cases.models import Case
from services.people import commands, queries
from services.people.models import LoginSession, Mandate
from tests.app.test_sign_in import Traveller
from tests.town import LEVEL, Town

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


def child_token(town: Town) -> str:
    """A session of Bea, who is nine and has an e-ID."""
    with town.work() as work:
        child = queries.person_by_identifier(work.session, "pnr", "201701012393")
        facts = {"assurance": LEVEL, "provider": "https://eid.example/test", "device": "Linux"}
        return commands.open_session(work, child, entity=RESIDENTS, transaction_id=None, **facts)


def test_who_is_too_young_is_told_what_to_do_instead(town):
    browser = town.visitor()
    browser.client.set_cookie(town.cookie, child_token(town))
    browser.get("/e-tjanster/bostadsanpassningsbidrag/ansok")
    assert browser.status == 403
    assert browser.heading == "Du är för ung för att använda den här e-tjänsten själv"
    assert "Be en vårdnadshavare" in browser.text
    assert browser.get("/e-tjanster/fraga-fragestund/ansok").status == 200


def test_the_choice_comes_after_signing_in_where_it_matters(town):
    traveller = Traveller(town.app, town.settings)
    traveller.sign_in("testa", "/logga-in?vidare=/e-tjanster/bostadsanpassningsbidrag/ansok")
    assert traveller.heading == "Vem företräder du?"
    traveller.submit("Fortsätt", whom="self")
    assert traveller.address.endswith("/e-tjanster/bostadsanpassningsbidrag/ansok")
    traveller.sign_in("testa", "/logga-in?igen=1&vidare=/e-tjanster/fraga-fragestund/ansok")
    assert traveller.address.endswith("/e-tjanster/fraga-fragestund/ansok")


def test_whoever_signs_in_again_in_time_acts_for_the_same_one(town):
    traveller = Traveller(town.app, town.settings).sign_in("testa", "/en/logga-in")
    assert traveller.heading == "Whom do you act for?"
    child = traveller.page.xpath("//label[contains(., 'Bea Testsson')]/@for")[0]
    traveller.submit("Go on", whom=traveller.page.xpath("//input[@id=$id]/@value", id=child)[0])
    assert "for Bea Testsson" in traveller.page.xpath("//header")[0].text_content()
    with town.work() as work:
        mine = LoginSession.person_id == town.founded.personas["testa"]
        long_ago = work.now - timedelta(hours=5)
        work.session.execute(update(LoginSession).where(mine).values(last_seen_at=long_ago))
    traveller.sign_in("testa", "/logga-in?vidare=/mina-sidor")
    assert traveller.heading == "Mina sidor"
    assert "för Bea Testsson" in traveller.page.xpath("//header")[0].text_content()


def test_a_child_that_has_come_of_age_is_no_longer_acted_for_in_an_open_session(town):
    browser = town.signed_in("testa").get("/mina-sidor/agera-for")
    child = browser.page.xpath("//label[contains(., 'Bo Testsson')]/@for")[0]
    held = browser.page.xpath("//input[@id=$id]/@value", id=child)[0]
    browser.submit("Fortsätt", whom=held)
    with town.work() as work:
        yesterday = work.now.date() - timedelta(days=2)
        mine = Mandate.id == held
        before = work.session.scalar(select(Mandate.valid_to).where(mine))
        work.session.execute(update(Mandate).where(mine).values(valid_to=yesterday))
    browser.get("/mina-sidor")
    assert "Du får inte längre företräda" in browser.page.text_content()
    with town.work() as work:
        work.session.execute(update(Mandate).where(mine).values(valid_to=before))
