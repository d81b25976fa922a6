"""Who listens to whom, which job has which handler, and what a unit of work is lent.

Only entry points import this module.
"""

from collections.abc import Callable
from typing import Any

from services.attachments import commands as attachments
from services.attachments import scanners
from services.cases import drafts
from services.cases.events import CaseChanged, CaseReceived
from services.kernel.work import Event, Work
from services.notifications import commands as notifications
from services.people import commands as people
from services.people.secrets import Keyring
from services.storage import stores

Listener = Callable[[Work, Any], None]
Handler = Callable[[Work, dict[str, Any]], None]

# An event that nobody listens to says so with an empty tuple: forgetting is not the same.
LISTENERS: dict[type[Event], tuple[Listener, ...]] = {
    CaseReceived: (),
    CaseChanged: (),
}


def _purge(work: Work, _: dict[str, Any]) -> None:
    drafts.purge(work)
    people.purge(work)
    notifications.purge(work)


HANDLERS: dict[str, Handler] = {
    "attachments.scan": attachments.scan,
    "attachments.discard": attachments.discard,
    "notifications.send": notifications.send,
    "purge": _purge,
}

# When what is done by the clock is done, as cron lines in UTC.
TIMETABLE = {"purge": "41 2 * * *"}


def deliver(work: Work) -> None:
    """Tell the listeners what has happened, in order; they may make more happen."""
    while work.happened:
        event = work.happened.pop(0)
        for listener in LISTENERS[type(event)]:
            listener(work, event)


def resources(settings: Any) -> dict[str, Any]:
    """What every session is lent: keys, the file store, the scanner, mail, and our address."""
    return {
        "keyring": Keyring(settings.identifier_keys, settings.index_key),
        "store": stores.open_store(settings.store_url),
        "scanner": scanners.open_scanner(settings.clamd_address, production=settings.is_production),
        "smtp": settings.smtp,
        "public_url": settings.public_url,
    }
