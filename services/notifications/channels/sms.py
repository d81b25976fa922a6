"""Text messages, handed to a gateway over https: one POST of JSON for each.

What is sent is `{"id", "from", "to", "message"}`; the id is the same when it is sent again, so that a
gateway that knows it sends it once. Any 2xx means taken, any 4xx but 429 that it never will be.
"""

from typing import Protocol

import httpx

from services.kernel.errors import Invalid, Unavailable
from services.notifications.sending import Parcel

SECONDS = 15.0
TOO_MANY = 429


class Gateway(Protocol):
    """Where text messages are handed over, with which word, and whom they are from."""

    @property
    def url(self) -> str:
        """Its address."""
        ...

    @property
    def token(self) -> str:
        """The bearer token."""
        ...

    @property
    def sender(self) -> str:
        """At most eleven letters and figures, such as SalemKommun."""
        ...


class SmsChannel:
    """Hands each message over at once."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    @property
    def sender_name(self) -> str:
        """Who the messages are from."""
        return self.gateway.sender

    def deliver(self, parcel: Parcel) -> None:
        """Raises Invalid("sms-refused") and Unavailable("sms-away")."""
        told = {
            "id": str(parcel.id),
            "from": self.gateway.sender,
            "to": parcel.to,
            "message": parcel.letter.text,
        }
        headers = {"Authorization": f"Bearer {self.gateway.token}"}
        try:
            answer = httpx.post(
                self.gateway.url, json=told, headers=headers, timeout=SECONDS, trust_env=False
            )
        except httpx.HTTPError as fault:
            raise Unavailable("sms-away", fault=type(fault).__name__) from fault
        if answer.is_client_error and answer.status_code != TOO_MANY:
            raise Invalid("sms-refused", status=answer.status_code)
        if not answer.is_success:
            raise Unavailable("sms-away", status=answer.status_code)
