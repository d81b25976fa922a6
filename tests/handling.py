"""A case of the library's services: sent in as in the demonstration, handled by the desk's pages."""

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from uuid import UUID

from app.demo.municipality import cast, handing_in, paying, plans, routes
from services.cases import charges, drafts
from services.cases.models import Case, State
from services.forms.definition import ServiceDocument, Status
from services.kernel.db import new_id
from services.kernel.work import SYSTEM, Work
from services.wiring import deliver
from tests.browser import Browser
from tests.builders.library import SHIPPED
from tests.town import Town


@dataclass
class Handled:
    """One case, and the handler who has it on the screen."""

    town: Town
    document: ServiceDocument
    case_id: UUID
    way: list[Status]

    def __post_init__(self) -> None:
        self.who = f"handlaggare-{self.document.authority.lower()}"
        self.handler = self.town.signed_in(self.who)

    def case(self) -> Case:
        """The case as it stands."""
        with self.town.work() as work:
            found = work.session.get_one(Case, self.case_id)
            work.session.expunge(found)
            return found

    @property
    def number(self) -> str:
        """Its number, which what is paid for first has when it is paid."""
        return self.case().number or ""

    def open(self, page: str = "") -> Browser:
        """A page of the case."""
        browser = self.handler.get(f"/handlaggning/arenden/{self.number}{page}")
        assert browser.status == 200, browser.text[:300]
        return browser

    def found_in_inbox(self) -> Browser:
        """The case, found by its number."""
        inbox = self.handler.get(f"/handlaggning?vy=all&q={self.number}")
        assert self.number in inbox.text
        return inbox.click(self.number)

    def do(self) -> None:
        """Take it, answer, and go by the statuses of the service until it is closed."""
        if charges.pays_first(self.document):
            self.paid()
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
            desk = self.open()
            fee = {"avgift": "stand"} if desk.page.xpath("//input[@name='avgift']") else {}
            desk.submit("Ändra status", status=status.key, **fee)
        case = self.case()
        assert case.status == status.key, (status.key, self.handler.text[:600])

    def look_into(self) -> None:
        """Tick off what the service has looked into before a decision (förvaltningslagen 23 §)."""
        found = {f"fynd-{check.key}": "done" for check in self.document.checklist}
        notes = {f"not-{check.key}": "Kontrollerat." for check in self.document.checklist}
        if found:
            self.open("/utredning").submit("Spara utredningen", **found, **notes)

    def decide(self, status: Status) -> None:
        """Write the decision and make it, or let the committee make it on a proposal."""
        self.look_into()
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
            paying.pay(work, work.session.get_one(Case, self.case_id))
            deliver(work)


def sent_in(town: Town, slug: str, first: int = 0) -> Handled:
    """A case of the service that has just come in, answered as a story of the demonstration.

    Another `first` tells another story. What is paid for before it comes in is still a draft.
    """
    document = SHIPPED[slug]
    for seed in range(first, first + 400):
        with town.work() as work:
            handled = _told(town, work, document, seed)
        if handled is not None:
            return handled
    raise AssertionError(f"no story of {slug} fits")


def _told(town: Town, work: Work, document: ServiceDocument, seed: int) -> Handled | None:
    chance = Random(f"week:{document.slug}:{seed}")
    told = plans.plan(seed, 10_000, [document.slug], work.now)
    begins = work.now - timedelta(hours=2)
    told = replace(told, case_id=new_id(), chance=chance, begins=begins)
    way = routes.route(document, told.story, chance)
    applicant = cast.applicant(town.founded, document, chance)
    if not way or not applicant.is_party:
        return None
    work.actor, work.now = applicant.actor, told.begins
    case = handing_in.begin(work, told, applicant)
    if case.protected:
        drafts.discard(work, case)
        return None
    who = handing_in.answering(work, case, document, told, applicant)
    handing_in.fill_in(work, case, document, who)
    if charges.pays_first(document):
        charges.pay_first(work, case)
    else:
        drafts.submit(work, case)
    deliver(work)
    return Handled(town, document, case.id, way)
