"""Links to where an order is paid: whoever holds one may pay, and sees what it is for, no more."""

import hmac
from uuid import UUID

from sqlalchemy.orm import Session

from services.kernel.errors import NotFound
from services.kernel.words import FIRST
from services.kernel.work import Work
from services.people.secrets import Keyring

PAY = "pay"


def code_of(session: Session, order_id: UUID) -> str:
    """The unguessable word of an order's link; made anew from the key, never stored."""
    keyring: Keyring = session.info["keyring"]
    return order_id.hex + keyring.derive(PAY, order_id.hex)


def order_id_of(session: Session, code: str) -> UUID:
    """The order behind the word of a link. Raises NotFound; compares in constant time."""
    try:
        order_id = UUID(hex=code[:32])
    except ValueError as fault:
        raise NotFound("payment-link") from fault
    if not hmac.compare_digest(code_of(session, order_id).encode(), code.encode()):
        raise NotFound("payment-link")
    return order_id


def pay_link(work: Work, order_id: UUID, language: str) -> str:
    """The whole address of the page where an order is paid."""
    root = work.resources["public_url"] + ("" if language == FIRST else f"/{language}")
    return f"{root}/betala/{code_of(work.session, order_id)}"


def return_link(work: Work, order_id: UUID, payment_id: UUID, language: str) -> str:
    """Where a hosted page sends the payer back to, however it went."""
    return f"{pay_link(work, order_id, language)}/{payment_id}?tillbaka=1"
