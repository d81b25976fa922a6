"""A case that has taken more than six months, whose party has asked for a decision."""

from datetime import timedelta

from sqlalchemy import select

from services.cases.models import Case
from services.deadlines.counting import counted
from services.deadlines.models import Deadline, Kind
from services.deadlines.rules import SIX_MONTHS
from tests import deciding
from tests.town import Town


def asked(town: Town) -> str:
    """The number of the case; `deciding.publish` comes first."""
    number = deciding.applied(town)
    with town.work() as work:
        case_id = work.session.scalar(select(Case.id).where(Case.number == number))
        rows = work.session.scalars(select(Deadline).where(Deadline.case_id == case_id))
        found = next(each for each in rows if each.kind == Kind.SIX_MONTHS)
        found.starts_on -= timedelta(days=200)
        found.due_on = counted(found.starts_on, SIX_MONTHS)
    party = town.signed_in(deciding.RESIDENT)
    party.get(f"/mina-sidor/arenden/{number}/begar-avgorande").submit("Begär att ärendet avgörs")
    return number
