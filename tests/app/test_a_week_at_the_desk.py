"""A week's work: every service of the library, from what came in to what is closed, at the desk.

Each case is sent in as its applicant would, and then worked on by the handler of its committee
through the pages of the desk alone. One of them goes on to legal force and into the archive.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import update

from app.demo.municipality import cast, handing_in, paying, plans, routes
from services.archive import contents, reading
from services.cases import drafts
from services.cases.models import Case, State
from services.catalogue import library
from services.decisions import appeals
from services.decisions.models import Notice
from services.forms.definition import ServiceDocument, Status
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.work import SYSTEM
from services.records import diary
from services.wiring import deliver
from tests.browser import Browser
from tests.deciding import decision_of
from tests.town import Town

DOCUMENTS = {each.slug: each for each in library.load()}


@dataclass
class Work:
    """One case, and the handler who has it on the screen."""

    town: Town
    document: ServiceDocument
    number: str
    way: list[Status]

    def __post_init__(self) -> None:
        self.who = f"handlaggare-{self.document.authority.lower()}"
        self.handler = self.town.signed_in(self.who)

    def case(self) -> Case:
        """The case as it stands."""
        with self.town.work() as work:
            found = work.session.query(Case).filter_by(number=self.number).one()
            work.session.expunge(found)
            return found

    def open(self, page: str = "") -> Browser:
        """A page of the case."""
        browser = self.handler.get(f"/handlaggning/arenden/{self.number}{page}")
        assert browser.status == 200, browser.text[:300]
        return browser

    def found_in_inbox(self) -> Browser:
        """The case, found by its number among those without a handler."""
        inbox = self.handler.get(f"/handlaggning?sok={self.number}")
        assert self.number in inbox.text
        return inbox.click(self.number)

    def do(self) -> None:
        """Take it, answer, and go by the statuses of the service until it is closed."""
        self.found_in_inbox().submit("Ta ärendet")
        assert "Du är nu handläggare" in self.handler.text
        self.open().submit("Spara och skicka", kind="answer", body="Vi har tagit emot ditt ärende.")
        assert self.handler.status == 200, self.handler.text[:300]
        for status in self.way:
            self.go(status)
        assert self.case().state == State.CLOSED, self.case().status

    def go(self, status: Status) -> None:
        """One step: a decision, a payment that comes in, or a status that is set."""
        if status.key in {each.status for each in self.document.decisions}:
            self.decide(status)
        elif self.document.payment and status.key == self.document.payment.paid:
            self.paid()
        else:
            self.open().submit("Ändra status", status=status.key)
        case = self.case()
        assert case.status == status.key, (status.key, self.handler.text[:600])

    def decide(self, status: Status) -> None:
        """Write the decision and make it, or let the committee make it on a proposal."""
        self.open("/beslut").submit(
            "Spara utkastet",
            status=status.key,
            says="Vi beslutar så här i ärendet.",
            reasons="Det följer av de regler som står i beslutet och av uppgifterna i ärendet.",
            communication="own_material",
        )
        assert self.handler.status == 200, self.handler.text[:600]
        if self.handler.page.xpath("//button[normalize-space()='Besluta']"):
            self.handler.submit("Besluta")
        else:
            self.handler.submit("Lämna till nämnden")
            proposal = self.handler.address
            registrar = self.town.signed_in(self.who.replace("handlaggare", "registrator"))
            registrar.get(proposal).submit("För in nämndens beslut", minutes="§ 34/2026",
                                           met_on__day="1", met_on__month="1",
                                           met_on__year="2026")  # fmt: skip

    def paid(self) -> None:
        """The fee comes in, in the way that the demonstration pays."""
        with self.town.work() as work:
            work.actor = SYSTEM
            paying.pay(work, work.session.get_one(Case, self.case().id))
            deliver(work)


def sent_in(town: Town, slug: str) -> Work:
    """A case of the service that has just come in, answered as a story of the demonstration."""
    document = DOCUMENTS[slug]
    for seed in range(400):
        chance = Random(f"week:{slug}:{seed}")
        with town.work() as work:
            now = work.now
            told = plans.plan(seed, 10_000, [slug], now)
            told = replace(told, case_id=new_id(), chance=chance,
                           begins=now - timedelta(hours=2))  # fmt: skip
            way = routes.route(document, told.story, chance)
            if not way:
                continue
            applicant = cast.applicant(town.founded, document, chance)
            if not applicant.is_party:
                continue
            work.actor, work.now = applicant.actor, told.begins
            case = handing_in.begin(work, told, applicant)
            if case.protected:
                drafts.discard(work, case)
                continue
            who = handing_in.answering(work, case, document, told, applicant)
            handing_in.fill_in(work, case, document, who)
            drafts.submit(work, case)
            deliver(work)
            return Work(town, document, case.number or "", way)
    raise AssertionError(f"no story of {slug} fits")


@pytest.mark.parametrize("slug", sorted(DOCUMENTS))
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
        case = work.session.get_one(Case, worked.case().id)
        assert reading.differences(found, contents.of(work, case, "Salems kommun")) == []
    kinds = {key.split("-")[0] for key in found.documents}
    assert {"application", "message", "decision"} <= kinds
