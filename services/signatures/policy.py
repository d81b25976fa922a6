"""Who may sign what: whoever was asked, and nobody for another."""

from sqlalchemy import ColumnElement, false

from services.access.rules import action
from services.kernel.work import Actor, Role
from services.signatures.models import Signature


def is_signer(actor: Actor, signature: Signature) -> bool:
    """The very person who was asked, signed in as a resident or at work."""
    return actor.person_id == signature.person_id and actor.role is not Role.ANYONE


SIGN = action("signature:sign", is_signer)


def visible_to_signer(actor: Actor) -> ColumnElement[bool]:
    """SIGN as a condition in SQL."""
    if actor.person_id is None or actor.role is Role.ANYONE:
        return false()
    return Signature.person_id == actor.person_id
