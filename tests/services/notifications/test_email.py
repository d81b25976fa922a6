"""Mail as a real server on this machine receives it."""

import email
import email.policy
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from services.kernel.errors import Invalid, Unavailable
from services.notifications.channels.email import EmailChannel
from services.notifications.composing import Letter
from services.notifications.sending import Parcel

PARCEL = Parcel(
    UUID("01980000-0000-7000-8000-000000000001"),
    "testa@example.com",
    Letter(
        "sv", "Vi har tagit emot ditt ärende", "Hej,\n\nÅ ä ö.\n", "<!doctype html><p>Å ä ö.</p>"
    ),
)


@dataclass(frozen=True)
class Server:
    """Where the test's own mail server listens."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = None
    tls: bool = False


class Receiver:
    """Takes mail, or answers as told."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.to_receiver = "250 OK"
        self.to_data = "250 OK"

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.to_receiver.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_receiver

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.to_data.startswith("250"):
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            self.taken.append(message)
        return self.to_data


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def channel(receiver: Receiver) -> Iterator[EmailChannel]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(receiver, hostname="127.0.0.1", port=port, ready_timeout=10)
    controller.start()
    yield EmailChannel(Server("127.0.0.1", port, "Salems kommun <svara-inte@salem24.example>"))
    controller.stop()


def test_a_letter_arrives_as_text_and_as_html(channel: EmailChannel, receiver: Receiver) -> None:
    channel.deliver(PARCEL)
    [mail] = receiver.taken
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert "Å ä ö." in text.get_content()
    assert html is not None
    assert "<p>Å ä ö.</p>" in html.get_content()
    assert mail["Subject"] == "Vi har tagit emot ditt ärende"
    assert mail["From"] == "Salems kommun <svara-inte@salem24.example>"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_repeat_carries_the_same_message_id(channel: EmailChannel, receiver: Receiver) -> None:
    channel.deliver(PARCEL)
    channel.deliver(PARCEL)
    assert {mail["Message-ID"] for mail in receiver.taken} == {f"<{PARCEL.id}@salem24.example>"}


@pytest.mark.parametrize(
    ("receiver_answer", "data_answer", "refusal"),
    [
        ("550 No such user", "250 OK", Invalid),
        ("450 Try later", "250 OK", Unavailable),
        ("250 OK", "554 Spam", Invalid),
        ("250 OK", "451 Disk full", Unavailable),
    ],
)
def test_a_refusal_is_final_only_when_the_server_says_so(
    channel: EmailChannel,
    receiver: Receiver,
    receiver_answer: str,
    data_answer: str,
    refusal: type[Exception],
) -> None:
    receiver.to_receiver, receiver.to_data = receiver_answer, data_answer
    with pytest.raises(refusal):
        channel.deliver(PARCEL)


def test_a_server_that_is_away_may_come_back() -> None:
    channel = EmailChannel(Server("127.0.0.1", 9, "svara-inte@salem24.example"))
    assert channel.sender_name == "svara-inte@salem24.example"
    with pytest.raises(Unavailable, match="mail-away"):
        channel.deliver(PARCEL)


def test_a_server_without_tls_gets_no_mail_when_tls_is_asked_for(channel: EmailChannel) -> None:
    server = channel.server
    strict = EmailChannel(Server(server.host, server.port, server.sender, tls=True))
    with pytest.raises(Unavailable, match="mail-away"):
        strict.deliver(PARCEL)
