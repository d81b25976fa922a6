"""Tryckfrihetsförordningen 2 kap. and offentlighets- och sekretesslagen (domain reference §3.3)."""

import pytest
from sqlalchemy import select

from services.access.rules import may
from services.cases import policy, queries
from services.cases.models import Case, State
from services.kernel.errors import NotFound
from services.kernel.work import Duty
from services.records import diary, documents, readers, secrecy
from tests.builders import NOON, a_case, a_handler, a_resident, a_work, an_authority
from tests.builders.library import SHIPPED
from tests.pages import number_on, report

REQUEST = SHIPPED["begara-allman-handling"]


def test_tf_2_13_an_unsent_draft_is_nobody_elses(lent):
    authority = an_authority(lent)
    draft = a_case(lent, by=a_resident(lent), state=State.DRAFT)
    manager = a_handler(lent, authority, Duty.MANAGER, Duty.REGISTRAR, Duty.HANDLER)
    lent.flush()
    seen = select(Case.id).where(Case.id == draft.id, policy.visible_at_desk(manager))
    assert lent.scalar(seen) is None


def test_tf_2_18_whoever_asks_for_a_document_need_not_say_who_they_are():
    assert REQUEST.level == "open"
    asked_of_all = [page for page in REQUEST.pages if page.when is None]
    named = [
        each.key
        for page in asked_of_all
        for each in page.questions
        if each.personal and each.required and each.when is None
    ]
    assert named == []


def test_tf_2_15_to_16_reading_is_free_and_a_copy_costs_by_the_page():
    fee = next(each for each in REQUEST.fees if each.rule == "copies")
    assert fee.coding
    assert REQUEST.settings["copy_first"].value == 5000


def test_tf_2_19_a_refusal_is_a_decision_that_can_be_appealed():
    following = {each.key: set(each.next) for each in REQUEST.statuses}
    written = {each.status for each in REQUEST.decisions}
    assert all(each.regime == "documents" for each in REQUEST.decisions)
    # Whoever is told no, in whole or in part, can ask for a decision in writing.
    told_no = {each.key for each in REQUEST.statuses if each.outcome in ("refused", "partly")}
    for key in told_no - written:
        assert any(written & following[after] for after in following[key]), key


def test_tf_2_19_it_is_answered_at_once_or_the_next_day():
    assert REQUEST.target_days is not None
    assert REQUEST.target_days <= 2


def test_osl_5_1_it_is_in_the_diary_the_moment_it_is_received(lent):
    authority = an_authority(lent)
    work = a_work(lent, now=NOON)
    case = a_case(lent, by=a_resident(lent), now=NOON)
    entry = diary.entry(lent, case.id)
    if entry is None:
        diary.enter_missing(work)
        lent.flush()
        entry = diary.entry(lent, case.id)
    assert entry.entered_on == NOON.date()
    assert entry.designation.startswith(f"{authority.code} 2026/")


def test_osl_5_2_the_public_title_reveals_nothing_secret(lent):
    an_authority(lent)
    case = a_case(lent, by=a_resident(lent))
    lent.flush()
    [application] = documents.of_case(lent, case)
    service = SHIPPED["felanmalan"]
    assert documents.public_title(application, service, "sv", secret=True) == "Handling"
    assert "Felanmälan" in documents.public_title(application, service, "sv", secret=False)


def test_osl_5_5_a_mark_says_which_provision_which_day_and_who(lent):
    authority = an_authority(lent)
    case = a_case(lent, by=a_resident(lent))
    handler = a_handler(lent, authority)
    made = secrecy.mark(a_work(lent, handler), case.id, "case", "", "21 kap. 1 § OSL")
    assert (made.law, made.made_by_id, made.made_at) == ("21 kap. 1 § OSL", handler.person_id, NOON)


def test_osl_8_1_another_authority_sees_nothing(lent):
    an_authority(lent)
    case = a_case(lent, by=a_resident(lent))
    stranger = a_handler(lent, an_authority(lent, "SN"))
    lent.flush()
    assert not may(stranger, policy.READ_AT_DESK, case)
    with pytest.raises(NotFound):
        queries.at_desk(lent, stranger, case.number)


def test_osl_10_3_even_a_partys_insight_has_a_limit(lent):
    authority = an_authority(lent)
    case = a_case(lent, by=a_resident(lent))
    handler = a_handler(lent, authority)
    key = documents.of_case(lent, case)[0].key
    secrecy.mark(
        a_work(lent, handler), case.id, "document", key, "25 kap. 1 § OSL", from_party=True
    )
    lent.flush()
    assert secrecy.kept_from_party(lent, case) == {key}


def test_osl_the_log_of_who_has_looked_tells_duties_and_never_names(town):
    number = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    town.signed_in("handlaggare-tn").get(f"/handlaggning/arenden/{number}")
    party = town.signed_in("testa").get(f"/mina-sidor/arenden/{number}/oppnat")
    assert "Handläggare öppnade ärendet" in party.text
    with town.work() as work:
        case = work.session.scalar(select(Case).where(Case.number == number))
        assert [each.duty for each in readers.of_case(work.session, case)] == [Duty.HANDLER]
