"""Who is the same person: seen and decided by somebody who owns the system, and by nobody else (ID-10)."""

import pytest
from sqlalchemy import select

from services.people import accounts
from services.people.account_models import SamePerson
from services.people.accounts import Ties
from services.people.commands import Named
from tests.town import Town

PAGE = "/handlaggning/samma-person"
OLD, NEW = "189001089813", "189001099804"


@pytest.fixture
def suggested(town: Town) -> SamePerson:
    with town.work() as work:
        for number, ties in ((OLD, Ties()), (NEW, Ties(previous_number=OLD))):
            accounts.recognise(work, Named("pnr", number, "Nils", "Nummer"), ties)
            work.session.flush()
    return town.ask(select(SamePerson).where(SamePerson.state == accounts.SUGGESTED).limit(1))


def test_a_system_owner_decides_who_is_the_same_person(town: Town, suggested: SamePerson) -> None:
    owner = town.signed_in("systemagare").get(PAGE)
    assert "Nils Nummer" in owner.page.text_content()
    assert OLD not in owner.page.text_content()
    owner.submit("Det är samma person")
    assert "ett konto" in owner.page.text_content()
    decided = town.ask(select(SamePerson).where(SamePerson.id == suggested.id))
    assert decided.state == accounts.MERGED
    assert decided.decided_by_id == town.founded.personas["systemagare"]


@pytest.mark.parametrize(
    "who", ["handlaggare-tn", "registrator-ks", "tolvan", "elev", "ledamot-bun"]
)
def test_nobody_else_sees_it(town: Town, who: str) -> None:
    assert town.signed_in(who).get(PAGE).status == 403
