"""A letter is planned with the transaction and sent once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.kernel.errors import Invalid, Unavailable
from services.kernel.work import SYSTEM, Work
from services.notifications import commands, queries
from services.notifications.channels.pretend import PretendChannel
from services.notifications.models import Notification

NOW = datetime(2026, 10, 1, 12, 32, tzinfo=UTC)
LINK = "https://salem24.example/folj/hemlig"


@pytest.fixture
def channel() -> PretendChannel:
    return PretendChannel()


@pytest.fixture
def work(session: Session, channel: PretendChannel) -> Work:
    session.info["mail"] = channel
    return Work(session=session, actor=SYSTEM, now=NOW)


def planned(work: Work, to: str = "testa@example.com") -> Notification:
    notification = commands.notify(
        work,
        to_email=to,
        template="case-updated",
        language="sv",
        values={"number": "S24-26-4F7K9C", "link": LINK},
        case_number="S24-26-4F7K9C",
    )
    work.session.flush()
    return notification


def send(work: Work, notification: Notification) -> None:
    commands.send(work, {"notification_id": str(notification.id)})
    work.session.flush()


def jobs(work: Work) -> list[Any]:
    query = text(
        "SELECT args, scheduled_at FROM procrastinate_jobs WHERE task_name = 'notifications.send' ORDER BY id"
    )
    return [tuple(row) for row in work.session.execute(query)]


def test_a_letter_is_planned_together_with_its_job(work: Work, channel: PretendChannel) -> None:
    notification = planned(work)
    assert notification.state == "planned"
    assert jobs(work) == [({"notification_id": str(notification.id)}, None)]
    assert channel.taken == []


def test_a_letter_is_sent_once_however_often_its_job_runs(
    work: Work, channel: PretendChannel
) -> None:
    notification = planned(work)
    send(work, notification)
    send(work, notification)
    assert [parcel.to for parcel in channel.taken] == ["testa@example.com"]
    assert LINK in channel.taken[0].letter.text
    assert (notification.state, notification.sent_at, notification.attempts) == ("sent", NOW, 1)


def test_a_sent_letter_keeps_no_secret_link(work: Work) -> None:
    notification = planned(work)
    send(work, notification)
    assert notification.values == {}


def test_another_attempt_is_planned_when_the_mail_server_is_away(
    work: Work, channel: PretendChannel
) -> None:
    channel.refusing = Unavailable("mail-away")
    notification = planned(work)
    send(work, notification)
    assert (notification.state, notification.attempts, notification.fault) == (
        "planned",
        1,
        "mail-away",
    )
    assert jobs(work)[-1][1] == NOW + timedelta(minutes=1)

    channel.refusing = None
    send(work, notification)
    assert (notification.state, notification.attempts, notification.fault) == ("sent", 2, None)


def test_a_letter_that_is_never_taken_fails_in_the_end(work: Work, channel: PretendChannel) -> None:
    channel.refusing = Unavailable("mail-away")
    notification = planned(work)
    for _ in range(commands.MOST_ATTEMPTS):
        send(work, notification)
    assert (notification.state, notification.fault) == ("failed", "mail-away")
    assert len(jobs(work)) == commands.MOST_ATTEMPTS


def test_a_refused_address_fails_at_once(work: Work, channel: PretendChannel) -> None:
    channel.refusing = Invalid("mail-refused")
    notification = planned(work)
    send(work, notification)
    assert (notification.state, notification.fault, len(jobs(work))) == (
        "failed",
        "mail-refused",
        1,
    )


@pytest.mark.parametrize(
    "address",
    [
        "",
        "testa",
        "@example.com",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "T <a@b.example>",
    ],
)
def test_what_is_not_one_plain_address_is_refused(work: Work, address: str) -> None:
    with pytest.raises(Invalid, match="email-address"):
        planned(work, address)


def test_what_was_said_about_a_case_can_be_read(work: Work) -> None:
    notification = planned(work)
    assert queries.of_case(work.session, "S24-26-4F7K9C") == [notification]
    assert queries.of_case(work.session, "S24-26-XXXXXX") == []


def test_letters_are_forgotten_after_a_year(work: Work) -> None:
    planned(work)
    work.now = NOW + timedelta(days=366)
    commands.purge(work)
    assert queries.of_case(work.session, "S24-26-4F7K9C") == []


def test_the_pretend_channel_does_not_load_in_production() -> None:
    with pytest.raises(ValueError, match="production"):
        PretendChannel(production=True)
