"""The decision's letter as a reader, a screen reader and an archive get it."""

import io
from dataclasses import replace
from datetime import date

import pikepdf
import pytest

from services.documents import decision
from services.kernel.words import LANGUAGES
from tests.services.documents.test_receipt import tags

FACTS = decision.Facts(
    language="sv",
    municipality="Salems kommun",
    authority="Socialnämnden",
    service="Ansök om bostadsanpassningsbidrag",
    case_number="S24-26-4F7K9C",
    number="SN D 2026/7",
    day=date(2026, 10, 1),
    party="Tolvan Tolvansson",
    outcome="Beslutad: avslag",
    says="Vi avslår din ansökan.",
    reasons="Du har inte visat att åtgärden behövs.\n\nIntyget säger inget om trappan.",
    conditions="",
    dissent="",
    law="5 och 8 §§ lagen (2018:222) om bostadsanpassningsbidrag",
    amount="",
    valid="",
    immediate=False,
    replaces="",
    regime="administrative",
    instance="administrative_court",
    rows=[("decided_by", "Hilda Handläggare"), ("point", "4.2 Bostadsanpassning"), ("minutes", "")],
)


def opened(facts):
    return pikepdf.open(io.BytesIO(decision.pdf(facts)))


def test_a_letter_is_tagged_titled_and_for_the_archive():
    with opened(FACTS) as document, document.open_metadata() as told:
        assert document.Root.Lang == "sv"
        assert document.docinfo.Title == f"Beslut {FACTS.number} – {FACTS.service}"
        found = tags(document.Root.StructTreeRoot.K)
        assert found.count("/H1") == 1
        assert found.count("/H2") == 5
        assert told.pdfa_status == "2A"
        assert told["pdfuaid:part"] == "1"


def test_a_draft_is_a_proposal_and_tells_of_no_appeal():
    with opened(replace(FACTS, number=None)) as document:
        assert str(document.docinfo.Title).startswith("Förslag till beslut S24-26-4F7K9C")
        assert tags(document.Root.StructTreeRoot.K).count("/H2") == 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("regime", ["administrative", "planning", "documents", "legality", "none"])
def test_every_regime_says_how_to_appeal_in_every_language(regime, language):
    told = decision.how_to_appeal(
        regime, "county_board", language=language, authority="Nämnden", number="BMN D 2026/1"
    )
    assert told
    assert not any("{" in each for each in told)
    assert ("BMN D 2026/1" in " ".join(told)) == (regime != "none")


def test_fl_43_an_ordinary_appeal_goes_through_us_and_laglighetsprovning_to_the_court():
    ways = {
        regime: " ".join(
            decision.how_to_appeal(
                regime, "administrative_court", language="sv", authority="Nämnden", number="1"
            )
        )
        for regime in ("administrative", "legality")
    }
    assert (
        "Skriv till Nämnden senast tre veckor från den dag du fick beslutet"
        in ways["administrative"]
    )
    assert "direkt till Förvaltningsrätten i Stockholm" in ways["legality"]
    assert "anslagstavla" in ways["legality"]
