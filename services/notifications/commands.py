"""Telling somebody that something has happened: planned here, sent by a job."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from services.jobs.commands import plan, plan_at
from services.kernel.db import new_id
from services.kernel.errors import Invalid, Unavailable
from services.kernel.numbers import SWEDEN
from services.kernel.work import Work
from services.notifications.channels.email import EmailChannel, address_of
from services.notifications.channels.sms import SmsChannel
from services.notifications.composing import compose, compose_sms
from services.notifications.models import Notification, NotificationState
from services.notifications.sending import Channel, Parcel

SEND = "notifications.send"
# One minute, two, four and so on: the last attempt is made about a day and a half later.
FIRST_PAUSE = timedelta(minutes=1)
MOST_ATTEMPTS = 12
KEPT = timedelta(days=365)
# Text messages come in the daytime (domain reference §6.2).
FIRST_HOUR, LAST_HOUR = 8, 20


def notify(
    work: Work,
    *,
    to_email: str,
    template: str,
    language: str,
    values: Mapping[str, Any],
    case_number: str | None,
) -> Notification:
    """Plan a letter. It says that something has happened, never what, and nothing of anybody.

    Raises Invalid("email-address") for what is not one plain address, and KeyError when the
    letter or one of its values is missing.
    """
    address_of(to_email)
    compose(template, language, {"sender": "", **values})
    notification = _planned(work, template, language, values, case_number)
    notification.to_email = to_email
    plan(work, SEND, notification_id=str(notification.id))
    return notification


def _planned(
    work: Work, template: str, language: str, values: Mapping[str, Any], case_number: str | None
) -> Notification:
    notification = Notification(
        id=new_id(),
        template=template,
        language=language,
        values=dict(values),
        case_number=case_number,
        state=NotificationState.PLANNED,
        attempts=0,
        created_at=work.now,
    )
    work.session.add(notification)
    return notification


def notify_by_sms(
    work: Work, *, to_phone: str, template: str, language: str, case_number: str
) -> Notification | None:
    """Plan a text message between eight and twenty; None where there is no gateway for them.

    It says the case's number and nothing else. Raises KeyError when the letter has no such words.
    """
    if work.resources.get("sms") is None:
        return None
    values = {"number": case_number}
    compose_sms(template, language, values)
    notification = _planned(work, template, language, values, case_number)
    notification.to_phone = to_phone
    plan_at(work, waking(work.now), SEND, notification_id=str(notification.id))
    return notification


def waking(now: datetime) -> datetime:
    """The first moment from now when nobody is woken by a text message."""
    here = now.astimezone(SWEDEN)
    if FIRST_HOUR <= here.hour < LAST_HOUR:
        return now
    day = here.date() + timedelta(days=here.hour >= LAST_HOUR)
    return datetime.combine(day, time(FIRST_HOUR), SWEDEN)


def send(work: Work, arguments: dict[str, Any]) -> None:
    """Job: send a planned letter, once. When the mail server is away, plan another attempt.

    The row is locked while it is sent, so that two workers never send the same letter. If the
    worker dies between the server's answer and the commit, the repeat has the same Message-ID.
    """
    query = select(Notification).where(Notification.id == UUID(arguments["notification_id"]))
    notification = work.session.scalar(query.with_for_update())
    if notification is None or notification.state != NotificationState.PLANNED:
        return
    notification.attempts += 1
    try:
        _deliver(work, notification)
    except Invalid as refusal:
        _give_up(notification, refusal.code)
    except Unavailable as refusal:
        if notification.attempts >= MOST_ATTEMPTS:
            _give_up(notification, refusal.code)
        else:
            notification.fault = refusal.code
            pause = FIRST_PAUSE * 2 ** (notification.attempts - 1)
            plan_at(work, work.now + pause, SEND, notification_id=str(notification.id))
    else:
        notification.state = NotificationState.SENT
        notification.sent_at = work.now
        notification.fault = None
        notification.values = {}


def stop(work: Work, case_number: str) -> None:
    """Let no letter of a case leave any more: its party's data are protected from now on."""
    work.session.execute(
        update(Notification)
        .where(
            Notification.case_number == case_number,
            Notification.state == NotificationState.PLANNED,
        )
        .values(state=NotificationState.FAILED, fault="protected", values={})
    )


def purge(work: Work) -> None:
    """Forget letters after a year: the case's own timeline tells what happened in it."""
    work.session.execute(delete(Notification).where(Notification.created_at < work.now - KEPT))


def _deliver(work: Work, notification: Notification) -> None:
    if notification.to_phone is not None:
        _deliver_sms(work, notification, notification.to_phone)
        return
    assert notification.to_email is not None, "what has no number has an address"
    channel: Channel = work.resources.get("mail") or EmailChannel(work.resources["smtp"])
    values = {"sender": channel.sender_name, **notification.values}
    letter = compose(notification.template, notification.language, values)
    channel.deliver(Parcel(notification.id, notification.to_email, letter))


def _deliver_sms(work: Work, notification: Notification, to_phone: str) -> None:
    given = work.resources.get("sms")
    if given is None:
        # It was turned off while the message waited.
        raise Invalid("sms-off")
    channel: Channel = work.resources.get("texting") or SmsChannel(given)
    letter = compose_sms(notification.template, notification.language, notification.values)
    channel.deliver(Parcel(notification.id, to_phone, letter))


def _give_up(notification: Notification, fault: str) -> None:
    notification.state = NotificationState.FAILED
    notification.fault = fault
    notification.values = {}
