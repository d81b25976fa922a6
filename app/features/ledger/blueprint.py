"""The ledger's blueprint, which its modules add their routes to."""

from flask import Blueprint

from app.transactions import work
from services.access.rules import may
from services.kernel.errors import NotAllowed
from services.kernel.work import Actor
from services.payments import policy
from services.payments.policy import SEES_MONEY

bp = Blueprint("ledger", __name__)


@bp.context_processor
def rooms() -> dict[str, bool]:
    """Which rooms there are for whoever is here."""
    return {"keeps_books": may(work().actor, policy.KEEP_BOOKS, None)}


def require_money(actor: Actor) -> None:
    """Go on only for those who look after some authority's money. Raises NotAllowed."""
    if not any(duties & SEES_MONEY for duties in actor.authorities.values()):
        raise NotAllowed("wrong-visitor", visitors="economists")
