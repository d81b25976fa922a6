"""Where somebody lands who has signed in: where they were, unless there is a choice to make first."""

import re
from urllib.parse import urlencode

from flask import url_for

from app import roles
from app.federation import RESIDENTS, STAFF
from app.transactions import work
from services.cases import drafts
from services.catalogue import queries as catalogue
from services.kernel.calendar import local_day
from services.kernel.errors import NotFound
from services.kernel.work import Role
from services.people import mandates
from services.people.models import PendingLogin, Person

BEGIN = re.compile(r"(?:/en)?/e-tjanster/([a-z0-9-]{1,80})/ansok")
MY_PAGES = re.compile(r"(?:/en)?/mina-sidor")


def landing(pending: PendingLogin, person: Person) -> str:
    """The address to go on to. Whoever signs in again, surer or too late, is simply back."""
    if pending.entity == STAFF:
        return _at_work(pending, person)
    if pending.entity == RESIDENTS and pending.replaces_session_id is None:
        ways = mandates.ways(work().session, person.id, local_day(work().now))
        if ways and _is_open(pending.return_to, ways):
            return _first(pending.return_to, "acting.choose")
    return pending.return_to


def _is_open(return_to: str, ways: list[mandates.Way]) -> bool:
    """Whether it matters there whom one acts for, and nothing has been begun yet."""
    path = return_to.partition("?")[0]
    if MY_PAGES.fullmatch(path):
        return True
    found = BEGIN.fullmatch(path)
    if found is None:
        return False
    try:
        _, _, document = catalogue.current(work().session, found[1])
    except NotFound:
        return False
    return any(drafts.fits_subject(document, way.subject) for way in ways)


def _at_work(pending: PendingLogin, person: Person) -> str:
    held, desk = roles.held(person.id), url_for("desk.inbox")
    if len(held) > 1 and pending.replaces_session_id is None:
        return _first(pending.return_to, "roles.choose")
    if held == (Role.ELECTED,) and pending.return_to.endswith(desk):
        return pending.return_to.removesuffix(desk) + url_for("elected.index")
    return pending.return_to


def _first(return_to: str, endpoint: str) -> str:
    # The provider has posted to an address without language: go on in the one of the way back.
    prefix = "/en" if return_to == "/en" or return_to.startswith("/en/") else ""
    return f"{prefix}{url_for(endpoint)}?{urlencode({'vidare': return_to})}"
