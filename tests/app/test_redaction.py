"""Taking the personal data out of one case: by the page and by the command."""

from sqlalchemy import select, text

from services.cases.models import Case
from services.people.models import Person
from services.records.models import Disposal
from tests.accessibility.lawful import closed
from tests.deciding import REGISTRAR, applied, drafted, publish
from tests.desk import HANDLER
from tests.pages import number_on, report, told
from tests.town import Town

SECRET = "Exempelvägen 2"
ANSWERS = {"ground": "erasure", "reason": "TN § 35/2026", "sure": True}


def page_of(town: Town, number: str, who: str = REGISTRAR):
    """The page, for somebody."""
    address = f"/handlaggning/arenden/{number}/ta-bort-personuppgifter"
    return town.signed_in(who).get(address)


def test_gdpr_17_the_registrar_sees_what_goes_and_takes_it_out(town):
    number = closed(town)
    assert SECRET in town.signed_in(HANDLER).get(f"/handlaggning/arenden/{number}").text
    browser = page_of(town, number)
    assert browser.heading == "Ta bort personuppgifter ur ärendet"
    assert "Svar i ansökan" in browser.text
    assert "Raden i diariet" in browser.text
    assert len(told(browser.submit("Ta bort personuppgifterna"))) == 3
    browser.submit("Ta bort personuppgifterna", **ANSWERS)
    assert browser.heading == "Bevarande och gallring av ärendet"
    assert "TN § 35/2026 (dataskyddsförordningen artikel 17.1)" in browser.text
    for address in (
        f"/handlaggning/arenden/{number}",
        f"/handlaggning/arenden/{number}/handlingar",
    ):
        shown = town.signed_in(HANDLER).get(address)
        assert shown.status == 200
        assert SECRET not in shown.text
    assert (
        "t@example.com" not in town.signed_in(HANDLER).get(f"/handlaggning/arenden/{number}").text
    )
    search = town.signed_in(HANDLER).get("/handlaggning?vy=all&q=Exempelvägen")
    assert number not in search.text
    assert town.signed_in("testa").get(f"/mina-sidor/arenden/{number}").status == 404
    assert "Inget personligt är kvar" in page_of(town, number).text


def test_what_stands_in_the_way_is_said(town):
    publish(town)
    number = applied(town)
    drafted(town, number).submit("Besluta")
    browser = page_of(town, number)
    assert "Ett beslut är överklagat eller kan överklagas" in browser.text
    assert "Ärendet är inte avslutat" in browser.text
    assert not browser.page.xpath("//button[contains(., 'Ta bort personuppgifterna')]")


def test_only_who_leads_and_only_within_the_authority(town):
    number = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    assert page_of(town, number, HANDLER).status == 403
    assert page_of(town, number, "kontaktcenter").status == 403
    assert page_of(town, number, "handlaggare-bmn").status == 404
    assert page_of(town, number, "testa").status in (403, 404)


def test_looking_at_it_is_logged(town):
    number = closed(town)
    page_of(town, number)
    query = text(
        'SELECT count(*) FROM audit_entry a JOIN "case" c ON c.id = a.subject_id'
        " WHERE c.number = :number AND a.action = 'case:preview-redaction'"
    )
    assert town.ask(query.bindparams(number=number)) == 1


def test_the_command_shows_first_and_does_it_only_when_really_told(town):
    number = closed(town)
    run = town.app.test_cli_runner().invoke
    shown = run(args=["records", "redact", number])
    assert shown.exit_code == 0, shown.output
    assert "Goes:" in shown.output
    assert "Nothing has been changed" in shown.output
    facts = ["--ground", "order", "--reason", "IMY-2026-1"]
    assert run(args=["records", "redact", number, *facts, "--really"]).exit_code == 1
    with town.work() as work:
        registrar = work.session.get(Person, town.founded.personas[REGISTRAR])
        registrar.email = registrar.email or "registrator@example.se"
        email = registrar.email
        nobody = work.session.get(Person, town.founded.personas[HANDLER])
        nobody.email = nobody.email or "handlaggare@example.se"
        other = nobody.email
    refused = run(args=["records", "redact", number, *facts, "--by", other, "--really"])
    assert refused.exit_code == 1
    assert "not-allowed" in refused.output
    done = run(args=["records", "redact", number, *facts, "--by", email, "--really"])
    assert done.exit_code == 0, done.output
    kept = select(Disposal.decision).join(Case, Case.id == Disposal.case_id)
    assert town.ask(kept.where(Case.number == number)) == "IMY-2026-1"
    assert run(args=["records", "redact", "FEL-0-0"]).exit_code == 1
