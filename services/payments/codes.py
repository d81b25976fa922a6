"""The code of a letter or an invoice, by which an order is opened and paid without signing in.

It is made from the key, never stored: only its keyed index is, so that it can be looked up.
"""

import hashlib

from services.kernel.numbers import LETTERS
from services.kernel.work import Work
from services.payments.models import Order
from services.payments.queries import ACCESS_CODE
from services.people.secrets import Keyring

LENGTH = 10


def code_of(keyring: Keyring, order: Order) -> str | None:
    """The newest code of an order; None when it has none, or one that was drawn by chance."""
    if not order.access_codes:
        return None
    word = keyring.derive(ACCESS_CODE, f"{order.id.hex}:{order.access_codes}")
    number = int.from_bytes(hashlib.sha256(word.encode()).digest())
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return "".join(letters)


def renew(work: Work, order: Order) -> str:
    """A new code; the one before opens nothing any more. The order must be locked."""
    keyring: Keyring = work.resources["keyring"]
    order.access_codes += 1
    code = code_of(keyring, order)
    assert code is not None, "an order that has had a code has one"
    order.access_code_hash = keyring.index(ACCESS_CODE, code)
    return code


def ensure(work: Work, order: Order) -> None:
    """See to it that an order has a code, without taking one away that stands in a letter."""
    if order.access_code_hash is None:
        renew(work, order)


def spaced(code: str) -> str:
    """A code as it is read out and typed: two groups of five."""
    return f"{code[:5]} {code[5:]}"
