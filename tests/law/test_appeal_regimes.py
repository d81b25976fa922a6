"""The ways to appeal (domain reference §3.2): who, where to, from when, how long."""

from datetime import UTC, date, datetime

import pytest

from services.decisions import appeals, commands, queries, regimes
from services.documents.decision import how_to_appeal
from services.kernel.errors import Conflict
from tests.builders import a_case, a_document
from tests.builders.document import two
from tests.builders.library import SHIPPED
from tests.law.matter import Matter
from tests.services.decisions.test_decisions import DECIDED, DOCUMENT, NO, START

COURT = {"instance": "administrative_court", "law": two("KL 13 kap.")}
DECISIONS = {each.slug: each.decisions for each in SHIPPED.values() if each.decisions}


@pytest.fixture
def lawful(lent):
    """A matter whose decisions are tried by laglighetsprövning."""
    matter = Matter(lent)
    types = [{**each, "regime": "legality", **COURT} for each in DOCUMENT["decisions"]]
    document = a_document(**{**DOCUMENT, "slug": "laglighet", "decisions": types})
    matter.case = a_case(lent, by=matter.resident, now=START, document=document)
    lent.flush()
    return matter


def test_kl_13_5_the_time_runs_from_the_board_and_not_from_the_letter(lawful, lent):
    made = lawful.made()
    lawful.received(made, date(2026, 6, 4))
    assert queries.time_to_appeal(lent, made).last_day is None
    commands.posted(lawful.at(datetime(2026, 6, 12, tzinfo=UTC)), made.id, date(2026, 6, 10))
    assert queries.time_to_appeal(lent, made).last_day == date(2026, 7, 1)


def test_kl_13_what_goes_to_the_court_is_not_handed_in_here_but_sent_on_if_it_strays(lawful, lent):
    made = lawful.made()
    lent.flush()
    with pytest.raises(Conflict, match="decision-not-appealed-here"):
        appeals.appeal(lawful.at(DECIDED, lawful.resident), made.id, "Jag överklagar.")
    strayed = appeals.register(lawful.at(), made.id, "Till förvaltningsrätten.", "letter")
    lent.flush()
    with pytest.raises(Conflict, match="court-tests-time"):
        appeals.judge_time(lawful.at(), strayed.id, in_time=True)
    appeals.forward(lawful.at(), strayed.id, DECIDED.date())
    assert strayed.forwarded_on == DECIDED.date()


def test_kl_13_the_letter_sends_every_member_of_the_municipality_to_the_court():
    told = " ".join(
        how_to_appeal("legality", "administrative_court", language="sv", authority="N", number="1")
    )
    assert "medlem av kommunen" in told
    assert "direkt till Förvaltningsrätten" in told
    assert "anslagstavla" in told


@pytest.mark.parametrize("regime", ["administrative", "planning", "documents"])
def test_fl_43_all_others_are_handed_in_to_us(regime):
    told = " ".join(
        how_to_appeal(regime, "county_board", language="sv", authority="Nämnden", number="1")
    )
    assert "Skriv till Nämnden senast tre veckor från den dag du fick beslutet" in told
    assert regime not in regimes.TO_THE_COURT


def test_osl_6_7_a_refusal_to_give_out_a_document_is_tried_by_kammarratten():
    for each in DECISIONS["begara-allman-handling"]:
        assert (each.regime, each.instance) == ("documents", "administrative_court_of_appeal")


def test_none_is_said_to_be_none():
    assert how_to_appeal("none", None, language="sv", authority="N", number="1") == [
        "Beslutet går inte att överklaga."
    ]
    assert not regimes.is_appealable("none")


@pytest.mark.parametrize("slug", sorted(DECISIONS))
def test_every_way_to_decide_says_where_it_is_appealed(slug):
    for each in DECISIONS[slug]:
        assert (each.instance is None) == (each.regime == "none")
        assert each.law["sv"].strip()


def test_pbl_13_three_weeks_from_the_day_the_party_got_it(lent):
    matter = Matter(lent)
    types = [{**each, "regime": "planning", "instance": "county_board", "law": two("PBL")}
             for each in DOCUMENT["decisions"]]  # fmt: skip
    document = a_document(**{**DOCUMENT, "slug": "plan", "decisions": types})
    matter.case = a_case(lent, by=matter.resident, now=START, document=document)
    lent.flush()
    made = matter.made("avslag", NO)
    matter.received(made, date(2026, 6, 8))
    assert queries.time_to_appeal(lent, made).last_day == date(2026, 6, 29)
