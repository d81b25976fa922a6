"""Saved views, columns, files, steps with several cases, and the search by personal number."""

import csv
import io

import pytest
from sqlalchemy import func, select

from services.audit.models import AuditEntry
from services.cases import policy
from services.cases.inbox import COUNTED, COUNTED_OF_UNIT
from services.cases.models import OPEN, Case
from services.desk.export import harmless
from services.desk.models import SavedView
from services.kernel.calendar import local_day
from services.kernel.work import Actor, Role
from services.organisation import queries as organisation
from tests.browser import Browser, words
from tests.desk import at_desk
from tests.pages import number_on, report
from tests.town import Town


def numbers(browser: Browser) -> list[str]:
    """The case numbers of an inbox."""
    return [each.strip() for each in browser.page.xpath("//tbody//th/a/text()")]


def service_of(browser: Browser, title: str) -> str:
    """The value of an e-service in the inbox's menu."""
    return str(browser.page.xpath(f"//option[contains(., '{title}')]/@value")[0])


def narrowed(town: Town, who: str = "handlaggare-tn", **more: str) -> Browser:
    """The inbox narrowed to reports of faults."""
    browser = town.signed_in(who).get("/handlaggning?vy=all")
    return browser.submit("Visa", tjanst=service_of(browser, "Felanmälan"), **more)


def at_work(town: Town, key: str) -> Actor:
    """One of the staff: other tests have made cases that not everybody sees."""
    person_id = town.founded.personas[key]
    with town.work() as work:
        authorities = organisation.duties(work.session, person_id, local_day(work.now))
    return Actor(Role.STAFF, person_id, authorities=authorities)


def as_counted(held: int, most: int) -> str:
    """A count as the inbox says it: exactly, up to what it counts to."""
    return f"fler än {most}" if held > most else str(held)


def test_the_inbox_is_narrowed_to_an_answer_and_shows_answers_as_columns(town, number):
    browser = narrowed(town)
    browser.submit("Visa", svar="kategori=belysning")
    assert number in numbers(browser)
    browser.submit("Visa kolumnerna", kol=["kategori"])
    head = [words(each) for each in browser.page.xpath("//thead//th")]
    assert "Vad gäller det?" in head
    assert "Belysning" in words(browser.page.xpath("//tbody/tr")[0])


def test_the_inbox_is_narrowed_to_a_unit(town, number):
    browser = town.signed_in("handlaggare-tn").get("/handlaggning?vy=all&enhet=trafik")
    assert number not in numbers(browser)
    assert number in numbers(browser.get("/handlaggning?vy=all&enhet=gata-park"))


def test_a_view_is_saved_shared_used_by_a_colleague_and_removed_by_its_owner_only(town, number):
    browser = narrowed(town)
    browser.submit("Visa kolumnerna", kol=["kategori"])
    browser.submit("Spara vyn", namn="")
    assert "Ge vyn ett namn" in browser.page.text_content()
    narrowed_again = narrowed(town).submit("Visa kolumnerna", kol=["kategori"])
    narrowed_again.submit("Spara vyn", namn="Lampor på gatan", delad="1")
    assert narrowed_again.heading == "Lampor på gatan"
    colleague = town.signed_in("chef-tn").get("/handlaggning").click("Lampor på gatan")
    assert number in numbers(colleague)
    assert not colleague.page.xpath("//button[contains(., 'Ta bort vyn')]")
    assert "Lampor på gatan" not in town.signed_in("handlaggare-bmn").get("/handlaggning").text
    assert "Vyn är borttagen" in narrowed_again.submit("Ta bort vyn").page.text_content()


def test_a_unit_has_an_inbox_of_its_own_with_counts_and_views_that_it_shares(town, number):
    browser = town.signed_in("handlaggare-tn").get("/handlaggning?vy=unassigned&enhet=gata-park")
    assert browser.heading == "Inkorg: Gata och park"
    assert number in numbers(browser)
    held = town.ask(
        select(func.count())
        .select_from(Case)
        .where(Case.unit_key == "gata-park", Case.handler_id.is_(None), Case.state.in_(OPEN))
        .where(policy.visible_at_desk(at_work(town, "handlaggare-tn")))
    )
    assert f"Gata och park, {as_counted(held, COUNTED_OF_UNIT)} utan" in browser.text
    chosen = f"Utan handläggare ({as_counted(held, COUNTED)})"
    assert browser.page.xpath(f"//a[@aria-current][contains(., '{chosen}')]")
    assert number not in numbers(browser.get("/handlaggning?vy=unassigned&enhet=trafik"))
    browser.get("/handlaggning?vy=open&enhet=gata-park")
    browser.submit("Visa kolumnerna", kol=["kategori"])
    browser.submit("Spara vyn", namn="Gatans lista", delad="enhet")
    assert "Gatans lista" in browser.heading
    assert "Vad gäller det?" in [words(each) for each in browser.page.xpath("//thead//th")]
    chief = town.signed_in("chef-tn")
    assert "Gatans lista" in chief.get("/handlaggning?enhet=gata-park").text
    assert "Gatans lista" not in chief.get("/handlaggning?enhet=trafik").text
    assert "Gatans lista" not in chief.get("/handlaggning").text
    browser.submit("Ta bort vyn")


def test_a_view_is_not_shared_with_a_unit_of_another_authority(town):
    browser = town.signed_in("handlaggare-tn").get("/handlaggning?vy=open&enhet=miljo-halsa")
    assert browser.heading == "Inkorg"
    token = browser.page.xpath("//main//input[@name='csrf_token']/@value")[0]
    data = {"csrf_token": token, "vy": "open", "enhet": "miljo-halsa", "delad": "enhet"}
    browser.client.post("/handlaggning/vyer", data={**data, "namn": "Smygvyn"})
    assert town.ask(select(SavedView.id).where(SavedView.name == "Smygvyn")) is None


def test_a_saved_view_of_another_authority_is_not_there(town):
    saved = narrowed(town).submit("Spara vyn", namn="Bara vår", delad="1").address
    assert town.signed_in("handlaggare-bmn").get(saved).status == 404


def rows_of(browser: Browser, address: str) -> list[list[str]]:
    """The rows of a CSV file."""
    with browser.client.get(address) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        text = answer.data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_list_is_taken_out_within_ones_authority_and_it_is_logged(town, number):
    mine = town.signed_in("handlaggare-tn")
    rows = rows_of(mine, "/handlaggning/export?vy=all&slag=csv")
    assert number in {row[0] for row in rows[1:]}
    other = town.signed_in("handlaggare-bmn")
    assert number not in {row[0] for row in rows_of(other, "/handlaggning/export?vy=all&slag=csv")}
    logged = select(AuditEntry).where(AuditEntry.action == "desk:export").order_by(AuditEntry.id)
    with town.work() as work:
        entry = work.session.scalars(logged.limit(100)).all()[-2]
    assert entry.details["rows"] == len(rows) - 1


def test_the_list_is_taken_out_as_xlsx(town, number):
    with town.signed_in("handlaggare-tn").client.get("/handlaggning/export?slag=xlsx") as answer:
        assert answer.data.startswith(b"PK")
    assert town.signed_in("handlaggare-tn").get("/handlaggning/export?slag=exe").status == 400


@pytest.mark.parametrize("begins", list("=+-@\t\r"))
def test_no_cell_is_taken_for_a_formula(begins):
    assert harmless(f"{begins}1+1")[0] == "'"
    assert harmless("S24-26") == "S24-26"


def test_cases_of_protected_persons_are_in_no_file(town):
    with town.work() as work:
        protected = work.session.scalars(
            select(Case.number).where(Case.protected, Case.number.is_not(None)).limit(50)
        ).all()
    for who in ("chef-tn", "chef-sn", "chef-bmn", "registrator-bun"):
        rows = rows_of(town.signed_in(who), "/handlaggning/export?vy=all&slag=csv")
        assert not {row[0] for row in rows} & set(protected)


def test_several_cases_are_first_shown_then_done_each_by_itself(town, resident):
    one, other = (number_on(report(resident).submit("Skicka in")) for _ in range(2))
    at_desk(town, other).submit("Ändra status", status="klassad")
    browser = town.signed_in("handlaggare-tn").get("/handlaggning")
    browser.submit("Ändra status", arende=[one, other])
    browser.submit("Visa vad som händer", val="")
    assert browser.status == 422
    browser.submit("Visa vad som händer", val="klassad")
    assert browser.heading == "Det här kommer att hända"
    assert town.ask(select(Case.status).where(Case.number == one)) == "mottagen"
    browser.submit("Gör det")
    rows = {words(row).split()[0]: words(row) for row in browser.page.xpath("//tbody/tr")}
    assert "Går inte" in rows[other]
    assert "Går inte" not in rows[one]
    assert town.ask(select(Case.status).where(Case.number == one)) == "klassad"


def test_a_message_to_several_is_filled_in_for_each(town, resident):
    one, other = (number_on(report(resident).submit("Skicka in")) for _ in range(2))
    browser = town.signed_in("handlaggare-tn").get("/handlaggning")
    browser.submit("Skriv till alla", arende=[one, other])
    browser.submit("Visa vad som händer", val="Vi lagar {{arendenummer}} nästa vecka.")
    browser.submit("Gör det")
    for number in (one, other):
        assert (
            f"Vi lagar {number} nästa vecka." in resident.get(f"/mina-sidor/arenden/{number}").text
        )


def test_cases_of_another_authority_are_not_among_those_done(town, number):
    browser = town.signed_in("handlaggare-bmn").get("/handlaggning?vy=all")
    browser.submit("Skriv till alla", arende=[number])
    assert browser.status == 422
    assert browser.heading == "Inga ärenden är markerade"


def test_nothing_ticked_is_told(town, number):
    browser = town.signed_in("handlaggare-tn").get("/handlaggning").submit("Skriv till alla")
    assert "Markera ärendena först" in browser.text


def test_a_personal_number_is_searched_without_standing_in_any_address(town):
    browser = town.signed_in("handlaggare-tn").get("/handlaggning/sok-person")
    browser.submit("Sök", number="inget")
    assert browser.status == 422
    browser.submit("Sök", number="19121212-1212")
    assert "1212" not in browser.address.replace("-", "")[:40] or browser.status == 422
    assert "191212121212" not in browser.address
