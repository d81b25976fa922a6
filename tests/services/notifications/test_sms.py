"""Text messages: to whoever has chosen them, in the daytime, with nothing of what the matter is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.kernel.errors import Invalid, Unavailable
from services.notifications import commands
from services.notifications.channels.pretend import PretendChannel
from services.notifications.channels.sms import SmsChannel
from services.notifications.composing import Letter, compose_sms
from services.notifications.models import NotificationState
from services.notifications.sending import Parcel
from tests.builders import a_work
from tests.simulators import free_port, letter_box

NUMBER, PHONE = "S24-26-4F7K9C", "+46701740605"
TEXTED = ("payment-reminder", "payment-handed-over")
# The letters of GSM-7 that our words use: a message of others would hold seventy of them.
GSM = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789åäöÅÄÖé .,-:'")
DAY = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Gateway:
    url: str = "http://127.0.0.1:1/sms"
    token: str = "ett-ord"
    sender: str = "SalemKommun"


@pytest.fixture
def texting(lent):
    """A gateway that takes every message."""
    lent.info["sms"] = Gateway()
    lent.info["texting"] = PretendChannel()
    return lent.info["texting"]


def planned(lent, now=DAY):
    notification = commands.notify_by_sms(
        a_work(lent, now=now), to_phone=PHONE, template="payment-reminder", language="sv",
        case_number=NUMBER,
    )  # fmt: skip
    lent.flush()
    return notification


@pytest.mark.parametrize("name", TEXTED)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_text_is_one_message_and_says_the_number_alone(name, language):
    said = compose_sms(name, language, {"number": NUMBER}).text

    assert NUMBER in said
    assert len(said) <= 160
    assert set(said) <= GSM
    assert "http" not in said


def test_a_message_is_sent_once_and_its_values_forgotten(lent, texting):
    notification = planned(lent)
    for _ in range(2):
        commands.send(a_work(lent), {"notification_id": str(notification.id)})

    [parcel] = texting.taken
    assert (parcel.to, parcel.id) == (PHONE, notification.id)
    assert (notification.state, notification.values) == (NotificationState.SENT, {})


def test_nobody_is_texted_where_there_is_no_gateway(lent):
    assert planned(lent) is None


def test_what_was_planned_when_the_gateway_is_turned_off_is_given_up(lent, texting):
    notification = planned(lent)
    lent.info["sms"] = None
    commands.send(a_work(lent), {"notification_id": str(notification.id)})

    assert (notification.state, notification.fault) == (NotificationState.FAILED, "sms-off")


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-25T12:00", "2026-11-25T12:00"),
        ("2026-11-25T05:30", "2026-11-25T07:00"),
        ("2026-11-25T19:00", "2026-11-26T07:00"),
        ("2026-07-25T18:00", "2026-07-26T06:00"),
        ("2026-07-25T22:30", "2026-07-26T06:00"),
    ],
)
def test_nobody_is_woken(lent, texting, now, then):
    moment = datetime.fromisoformat(f"{now}+00:00")
    planned(lent, moment)
    job = text("SELECT max(scheduled_at) FROM procrastinate_jobs WHERE task_name = :task")
    scheduled = lent.scalar(job, {"task": commands.SEND})

    assert commands.waking(moment) == datetime.fromisoformat(f"{then}+00:00")
    assert scheduled - datetime.fromisoformat(f"{then}+00:00") < timedelta(seconds=1)


def parcel():
    return Parcel(uuid4(), PHONE, Letter("sv", "", "Hej.", ""))


def test_the_gateway_is_told_by_https_post_with_our_word():
    sent = parcel()
    with letter_box() as box:
        SmsChannel(Gateway(f"http://127.0.0.1:{box.port}/sms")).deliver(sent)
        [told] = box.about(PHONE)

    assert told.headers["authorization"] == "Bearer ett-ord"
    assert str(sent.id).encode() in told.body
    assert b"SalemKommun" in told.body


@pytest.mark.parametrize(
    ("status", "refusal"), [(400, Invalid), (404, Invalid), (429, Unavailable), (500, Unavailable)]
)
def test_what_the_gateway_will_not_take_is_told_from_what_it_may_take_later(status, refusal):
    with letter_box() as box:
        box.status = status
        with pytest.raises(refusal):
            SmsChannel(Gateway(f"http://127.0.0.1:{box.port}/sms")).deliver(parcel())


def test_a_gateway_that_is_away_is_tried_again():
    with pytest.raises(Unavailable, match="sms-away"):
        SmsChannel(Gateway(f"http://127.0.0.1:{free_port()}/sms")).deliver(parcel())
