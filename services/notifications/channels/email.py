"""E-mail over SMTP (RFC 5321)."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Protocol

from services.kernel.errors import Invalid, Unavailable
from services.notifications.sending import Parcel

SECONDS = 15
TLS_PORT = 465
UTF8 = SMTP.clone(utf8=False, cte_type="8bit")


class MailServer(Protocol):
    """Where mail is handed over, and in whose name (`Salems kommun <svar@example.com>`).

    With `tls`, port 465 speaks TLS from the first byte, and every other turns to it.
    """

    @property
    def host(self) -> str:
        """Its name or address."""
        ...

    @property
    def port(self) -> int:
        """Usually 25, 465 or 587."""
        ...

    @property
    def user(self) -> str | None:
        """Who signs in there, if anybody must."""
        ...

    @property
    def password(self) -> str | None:
        """With which password."""
        ...

    @property
    def tls(self) -> bool:
        """Whether the line must be encrypted."""
        ...

    @property
    def sender(self) -> str:
        """The address that mail is from, with or without a name."""
        ...


def address_of(given: str) -> Address:
    """A single plain address. Raises Invalid("email-address") for anything else.

    Nothing that could begin a new header or name a second receiver comes through.
    """
    if any(sign.isspace() or not sign.isprintable() or sign in ",;<>" for sign in given):
        raise Invalid("email-address")
    try:
        address = Address(addr_spec=given)
    except (MessageError, ValueError, IndexError) as fault:
        raise Invalid("email-address") from fault
    if not address.username or not address.domain:
        raise Invalid("email-address")
    return address


class EmailChannel:
    """Hands letters to a mail server, one connection for each."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        name, address = parseaddr(server.sender)
        self.sender = Address(name, addr_spec=address)

    @property
    def sender_name(self) -> str:
        """The name of the sender, or the address when there is none."""
        return self.sender.display_name or self.sender.addr_spec

    def deliver(self, parcel: Parcel) -> None:
        """Send the letter as plain text with an HTML alternative."""
        message = self._written(parcel)
        with _refusing(), self._connected() as server:
            server.send_message(message, from_addr=self.sender.addr_spec, to_addrs=[parcel.to])

    def _written(self, parcel: Parcel) -> EmailMessage:
        message = EmailMessage(policy=UTF8)
        message["From"] = self.sender
        message["To"] = address_of(parcel.to)
        message["Subject"] = parcel.letter.subject
        message["Date"] = format_datetime(datetime.now(UTC))
        # The same for every attempt, so that a repeat is seen as one (RFC 5322 §3.6.4).
        message["Message-ID"] = f"<{parcel.id}@{self.sender.domain}>"
        message["Content-Language"] = parcel.letter.language
        # No answers from machines to a machine (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(parcel.letter.text)
        message.add_alternative(parcel.letter.html, subtype="html")
        return message

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        where = (self.server.host, self.server.port)
        if self.server.tls and self.server.port == TLS_PORT:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                *where, timeout=SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(*where, timeout=SECONDS)
        with server:
            if self.server.tls and self.server.port != TLS_PORT:
                _secure(server)
            if self.server.user:
                server.login(self.server.user, self.server.password or "")
            yield server


def _secure(server: smtplib.SMTP) -> None:
    try:
        server.starttls(context=ssl.create_default_context())
    except smtplib.SMTPNotSupportedError as fault:
        # The server is at fault and not the letter, which waits until that is mended.
        raise Unavailable("mail-away") from fault


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as fault:
        codes = [code for code, _ in fault.recipients.values()]
        raise _refusal(max(codes, default=500)) from fault
    except smtplib.SMTPDataError as fault:
        raise _refusal(fault.smtp_code) from fault
    except smtplib.SMTPNotSupportedError as fault:
        raise Invalid("mail-refused") from fault
    except OSError as fault:
        # Every other fault of smtplib is one of these: the server, the line or our password.
        raise Unavailable("mail-away") from fault


def _refusal(code: int) -> Invalid | Unavailable:
    return (
        Invalid("mail-refused", smtp_code=code)
        if code >= 500
        else Unavailable("mail-away", smtp_code=code)
    )
