"""A week's work: every service of the library, from what came in to what is closed, at the desk.

Each case is sent in as its applicant would, and then worked on by the handler of its committee
through the pages of the desk alone. One of them goes on to legal force and into the archive.
"""

from datetime import timedelta

import pytest
from sqlalchemy import update

from services.archive import contents, reading
from services.cases.models import Case
from services.decisions import appeals
from services.decisions.models import Notice
from services.kernel.calendar import local_day
from services.records import diary
from tests.builders.library import SHIPPED
from tests.deciding import decision_of
from tests.handling import sent_in


@pytest.mark.parametrize("slug", sorted(SHIPPED))
def test_every_service_is_handled_to_its_end_without_leaving_the_desk(town, slug):
    sent_in(town, slug).do()


def test_a_decision_goes_to_legal_force_and_its_archive_package_reads_back_complete(town):
    worked = sent_in(town, "varmepump")
    worked.do()
    decision = decision_of(town, worked.number)
    worked.handler.get(f"/handlaggning/beslut/{decision.id}")
    assert "Tiden har inte börjat löpa" in worked.handler.text
    today = local_day(decision.decided_at)
    worked.handler.submit("Spara dagen", proof="receipt", on__day=str(today.day),
                          on__month=str(today.month), on__year=str(today.year))  # fmt: skip
    assert "Sista dag att överklaga" in worked.handler.text
    with town.work() as work:
        received = local_day(work.now) - timedelta(days=40)
        mine = update(Notice).where(Notice.decision_id == decision.id)
        work.session.execute(mine.values(received_on=received))
        appeals.gain_force(work)
        diary.enter_missing(work)
    assert "Laga kraft från" in worked.handler.get(f"/handlaggning/beslut/{decision.id}").text

    registrar = town.signed_in("registrator-bmn")
    registrar.get(f"/handlaggning/arenden/{worked.number}/handlingar")
    registrar.submit("Hämta paketet")
    found = reading.read_back(registrar.response.data)
    assert found.faults == []
    with town.work() as work:
        case = work.session.get_one(Case, worked.case_id)
        assert reading.differences(found, contents.of(work, case, "Salems kommun")) == []
    kinds = {key.split("-")[0] for key in found.documents}
    assert {"application", "message", "decision"} <= kinds
