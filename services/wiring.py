"""Who listens to whom, which job has which handler, and what a unit of work is lent.

Only entry points import this module.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog

from identity import feeds, logos
from identity.metadata import MetadataFault, read_local
from identity.provider import Provider
from services.attachments import commands as attachments
from services.attachments import interrupted, scanners
from services.cases import (
    after_payment,
    assistance,
    charges,
    completions,
    drafts,
    merged,
    places,
    protecting,
    reminders,
    sharing,
    undersigning,
)
from services.cases.events import CaseChanged, CaseReceived, DraftDiscarded
from services.consultations import daily, dormancy
from services.deadlines import commands as deadlines
from services.decisions import appeals
from services.decisions import commands as decisions
from services.decisions import signing as decision_signing
from services.decisions.events import DecisionFinal, DecisionMade
from services.desk import rules
from services.jobs.worker import Errand, Series
from services.kernel.calendar import local_day
from services.kernel.work import Event, Work
from services.notifications import commands as notifications
from services.payments import (
    at_provider,
    handing_in,
    providers,
    reconciliation,
    refunding,
    together,
)
from services.payments import commands as payments
from services.payments.events import (
    DisputeSettled,
    OrderCancelled,
    OrderDisputed,
    OrderPaid,
    OrderRefunded,
    PaymentEnded,
)
from services.people import commands as people
from services.people import logouts
from services.people.events import PersonProtected, PersonsMerged, PersonUnprotected
from services.people.secrets import Keyring
from services.records import diary, retention
from services.rooms import commands as rooms
from services.rooms.events import MemberLeft
from services.signatures import commands as signatures
from services.signatures import signing
from services.signatures.events import DocumentSigned, SignatureMade, SignatureRefused
from services.statistics import commands as statistics
from services.storage import stores

log = structlog.get_logger("salem24.e-id")
Listener = Callable[[Work, Any], None]
Handler = Callable[[Work, dict[str, Any]], None]

# An event that nobody listens to says so with an empty tuple: forgetting is not the same.
LISTENERS: dict[type[Event], tuple[Listener, ...]] = {
    CaseReceived: (
        diary.case_received,
        deadlines.case_received,
        rules.case_received,
        charges.received,
    ),
    DecisionMade: (),
    DecisionFinal: (),
    # What rests is woken before its times end.
    CaseChanged: (
        dormancy.case_changed,
        deadlines.case_changed,
        decisions.case_changed,
        rules.case_changed,
        charges.changed,
    ),
    DraftDiscarded: (charges.draft_discarded,),
    OrderPaid: (after_payment.paid, together.paid),
    OrderCancelled: (charges.cancelled, together.cancelled),
    PaymentEnded: (places.payment_ended,),
    OrderRefunded: (charges.refunded,),
    OrderDisputed: (reminders.disputed,),
    DisputeSettled: (reminders.resumed,),
    SignatureMade: (undersigning.signature_made,),
    DocumentSigned: (undersigning.document_signed, decision_signing.document_signed),
    SignatureRefused: (undersigning.signature_refused,),
    PersonsMerged: (
        merged.follow,
        rooms.follow,
        sharing.persons_merged,
        protecting.persons_merged,
        signatures.follow,
        payments.follow,
    ),
    PersonProtected: (protecting.person_protected, rooms.person_protected),
    PersonUnprotected: (protecting.person_unprotected,),
    MemberLeft: (sharing.member_left,),
}


def _purge(work: Work, _: dict[str, Any]) -> None:
    drafts.purge(work)
    assistance.purge(work)
    interrupted.purge(work)
    people.purge(work)
    logouts.purge(work)
    notifications.purge(work)
    signing.purge(work)
    rooms.purge(work)


def _look_after_signatures(work: Work, _: dict[str, Any]) -> None:
    undersigning.remind(work)
    signatures.expire(work)


def _remind(work: Work, _: dict[str, Any]) -> None:
    reminders.remind(work)


def _follow_up_completions(work: Work, _: dict[str, Any]) -> None:
    completions.follow_up(work)


def _gain_force(work: Work, _: dict[str, Any]) -> None:
    appeals.gain_force(work)


def _look_after_consultations(work: Work, _: dict[str, Any]) -> None:
    daily.remind(work)
    dormancy.wake_due(work)


def _count(work: Work, _: dict[str, Any]) -> None:
    statistics.count(work)


def _refresh_metadata(work: Work, _: dict[str, Any]) -> None:
    """Fetch each federation's feed. One that is down keeps its copy, and tells in good time."""
    shelf: feeds.Shelf = work.resources["eid_shelf"]
    for feed in shelf.feeds:
        try:
            found = shelf.refresh(feed, work.now, feeds.fetched)
            log.info("metadata-fetched", feed=feed.name, providers=found)
        except (feeds.FetchFault, MetadataFault, OSError) as fault:
            log.warning("metadata-not-fetched", feed=feed.name, fault=str(fault))
        standing = shelf.standing(feed, work.now)
        if standing.is_alarming(work.now):
            log.error("metadata-runs-out", feed=feed.name, until=str(standing.valid_until))


def _sweep_payments(work: Work, _: dict[str, Any]) -> None:
    at_provider.sweep(work)
    together.sweep(work)
    refunding.sweep(work)


def _refresh_logos(work: Work, _: dict[str, Any]) -> None:
    """Fetch the logos of the providers that we use; one that cannot be had keeps the old one."""
    shelf: feeds.Shelf = work.resources["eid_shelf"]
    known: list[Provider] = []
    for feed in shelf.feeds:
        with suppress(OSError, MetadataFault):
            used = frozenset().union(*feed.listed.values())
            known += [one for one in shelf.providers(feed, work.now) if one.entity_id in used]
    for file in work.resources["eid_files"]:
        with suppress(OSError, MetadataFault):
            known += read_local(file.read_bytes(), work.now)
    kept: logos.Logos = work.resources["eid_logos"]
    log.info("logos-fetched", providers=len(known), logos=kept.refresh(known, logos.fetched))


def _release_places(work: Work, _: dict[str, Any]) -> None:
    places.release_expired(work)


def _reconcile(work: Work, _: dict[str, Any]) -> None:
    reconciliation.reconcile(work)


def _report_retention(work: Work, _: dict[str, Any]) -> None:
    """A dry run: how many cases are past their time in each authority. Nothing is disposed of."""
    log.info("retention", due=retention.counted(work.session, local_day(work.now)))


HANDLERS: dict[str, Handler | Errand | Series] = {
    "attachments.scan": attachments.scan,
    "attachments.discard": attachments.discard,
    "notifications.send": notifications.send,
    "identity.refresh": _refresh_metadata,
    "identity.logos": _refresh_logos,
    "payments.begin": at_provider.begin,
    "payments.ask": at_provider.ask,
    "payments.cancel": at_provider.cancel,
    "payments.refund": refunding.refund,
    "payments.ask_refund": refunding.ask_refund,
    "payments.read_file": handing_in.read_file,
    "payments.share": together.share,
    "payments.case_goes_on": after_payment.go_on,
    "payments.release": together.release,
    "payments.stop_together": together.stop,
    "payments.sweep": _sweep_payments,
    "payments.reconcile": _reconcile,
    "payments.compare": reconciliation.comparing,
    "charges.remind": _remind,
    "places.release": _release_places,
    "purge": _purge,
    "completions.follow-up": _follow_up_completions,
    "signatures.daily": _look_after_signatures,
    "consultations.daily": _look_after_consultations,
    "statistics.count": _count,
    "retention.report": _report_retention,
    "decisions.gain-force": _gain_force,
}

# When what is done by the clock is done, as cron lines in UTC.
TIMETABLE = {
    "completions.follow-up": "11 4 * * *",
    "consultations.daily": "31 4 * * *",
    "charges.remind": "23 6 * * *",
    "purge": "41 2 * * *",
    "signatures.daily": "11 5 * * *",
    "identity.refresh": "7 * * * *",
    "identity.logos": "13 * * * *",
    "payments.sweep": "* * * * *",
    "places.release": "* * * * *",
    "payments.reconcile": "31 3 * * *",
    "statistics.count": "23 1 * * *",
    "retention.report": "51 1 * * *",
    "decisions.gain-force": "11 0 * * *",
}


def deliver(work: Work) -> None:
    """Tell the listeners what has happened, in order; they may make more happen."""
    while work.happened:
        event = work.happened.pop(0)
        for listener in LISTENERS[type(event)]:
            listener(work, event)


def resources(settings: Any) -> dict[str, Any]:
    """What every session is lent: keys, files, the scanner, mail, our address, ways to pay."""
    return {
        "keyring": Keyring(settings.identifier_keys, settings.index_key),
        "store": stores.open_store(settings.store_url),
        "scanner": scanners.open_scanner(settings.clamd_address, production=settings.is_production),
        "smtp": settings.smtp,
        "sms": settings.sms,
        "public_url": settings.public_url,
        "municipality": settings.municipality_name,
        "signs": settings.signs,
        "eid_shelf": settings.eid_shelf,
        "eid_files": settings.eid_files,
        "eid_logos": logos.Logos(settings.eid_logos_folder),
        "providers": providers.open_providers(settings.payment_providers),
    }
