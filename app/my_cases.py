"""One's own case, shown to whoever is signed in as surely as its service calls for (ID-08)."""

from flask import abort, g, redirect, request

from app import levels
from app.transactions import session, work
from app.visitors import actor, sign_in_address
from services.access.rules import Action, require
from services.cases import policy, queries
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.kernel.errors import NotAllowed


def my_case(number: str, what: Action = policy.READ_AS_PARTY) -> Case:
    """A received case of one's own, or that is shared with one's room, by its number.

    Raises NotFound for anybody else's, and NotAllowed where one may see it but not do this.
    Whoever is signed in at too low a level goes by a new log-in, and comes back.
    """
    found = queries.mine(session(), work().actor, number)
    require(work(), what, found)
    at_its_level(found)
    return found


def at_its_level(case: Case) -> None:
    """Go on only at the level of the case's service; else a page is left for a new log-in.

    Raises NotAllowed when something was sent, with what was written on the page that says so.
    """
    level = catalogue.version_document(session(), case.version_id).level
    if levels.is_enough(level, actor()):
        return
    if request.method != "POST":
        abort(redirect(sign_in_address("signed_in", level), code=303))
    g.sign_in_address = sign_in_address("signed_in", level)
    raise NotAllowed("signed-out", level=level)
