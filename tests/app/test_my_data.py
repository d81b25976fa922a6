"""My data, from each authority by itself: one's own, all of it, and logged (GDPR article 15)."""

import io
import json

import pikepdf
from sqlalchemy import func, select

from services.audit.models import AuditEntry
from services.cases.models import Case
from services.organisation.models import Authority
from tests.desk import desk_of
from tests.pages import number_on, report


def test_gdpr_15_what_each_authority_holds_is_ones_own_and_all_of_it(town):
    resident = town.signed_in("testa")
    number = number_on(report(resident).submit("Skicka in"))
    desk_of(town, number, kind="note", body="Bara för oss.")
    desk_of(town, number, kind="answer", body="Vi lagar den i morgon.")
    case = town.ask(select(Case).where(Case.number == number))

    resident.get("/mina-sidor/mina-uppgifter")
    assert "Tekniska nämnden" in resident.text
    told = resident.client.get(f"/mina-sidor/mina-uppgifter/{case.authority_id}.json")
    found = {each["number"]: each for each in json.loads(told.data)["cases"]}

    assert [each["text"] for each in found[number]["messages"]] == ["Vi lagar den i morgon."]
    assert found[number]["answers"]
    assert "Bara för oss." not in told.get_data(as_text=True)
    logged = select(func.count()).where(
        AuditEntry.action == "case:extract-as-party", AuditEntry.subject_id == case.id
    )
    assert town.ask(logged) == 1


def test_the_extract_is_a_document_for_everybody(town):
    resident = town.signed_in("testa")
    number = number_on(report(resident).submit("Skicka in"))
    authority_id = town.ask(select(Case.authority_id).where(Case.number == number))
    pdf = resident.client.get(f"/mina-sidor/mina-uppgifter/{authority_id}.pdf")
    with pikepdf.open(io.BytesIO(pdf.data)) as document, document.open_metadata() as told:
        assert document.Root.Lang == "sv"
        assert told["pdfuaid:part"] == "1"


def test_nobody_gets_an_authoritys_extract_about_somebody_else(town):
    number = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    case = town.ask(select(Case).where(Case.number == number))
    stranger = town.signed_in("samo")
    answer = stranger.client.get(f"/mina-sidor/mina-uppgifter/{case.authority_id}.json")
    assert number not in answer.get_data(as_text=True)
    no_case_there = select(Authority.id).where(
        Authority.id.not_in(
            select(Case.authority_id).where(Case.subject_person_id == town.founded.personas["samo"])
        )
    )
    for ending in ("json", "pdf"):
        elsewhere = f"/mina-sidor/mina-uppgifter/{town.ask(no_case_there)}.{ending}"
        assert stranger.client.get(elsewhere).status_code == 404
