"""Links and codes for those who have no e-ID here: unguessable, and made anew from the key."""

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

from services.consultations.models import Consulted
from services.people.secrets import Keyring

LINK, CODE = "consulted-link", "consulted-code"
# Without 0 O, 1 I L, 2 Z, 5 S, 8 B, U V: what is alike on paper, or sounds alike.
SIGNS = "34679ACDEFGHJKMNPQRTWXY"
SELECTOR, GROUP, REST = 4, 4, 8
MOST_TRIES = 10


def selector() -> str:
    """The first part of a code, by which its row is found; no secret."""
    return "".join(secrets.choice(SIGNS) for _ in range(SELECTOR))


def link_secret(keyring: Keyring, consulted: Consulted) -> str:
    """The secret of a link: the row's id and a word that only we can make."""
    return consulted.id.hex + keyring.derive(LINK, f"{consulted.id.hex}:{consulted.version}")


def id_in(secret: str) -> UUID | None:
    """The row that a link claims to be for."""
    try:
        return UUID(hex=secret[:32])
    except ValueError:
        return None


def is_link_of(keyring: Keyring, consulted: Consulted, secret: str) -> bool:
    """Whether this is the link of the row as it stands now; compares in constant time."""
    return hmac.compare_digest(link_secret(keyring, consulted).encode(), secret.encode())


def code(keyring: Keyring, consulted: Consulted) -> str:
    """The code of a letter, in groups of four: K7MF-3QWX-9HTP."""
    whole = (consulted.selector or "") + _rest(keyring, consulted)
    return "-".join(whole[at : at + GROUP] for at in range(0, len(whole), GROUP))


def _rest(keyring: Keyring, consulted: Consulted) -> str:
    word = keyring.derive(CODE, f"{consulted.id.hex}:{consulted.version}")
    number = int.from_bytes(base64.urlsafe_b64decode(word), "big")
    signs = []
    for _ in range(REST):
        number, sign = divmod(number, len(SIGNS))
        signs.append(SIGNS[sign])
    return "".join(signs)


def parts(typed: str) -> tuple[str, str]:
    """What was typed, as selector and rest, without spaces and dashes."""
    plain = "".join(sign for sign in typed.upper() if sign.isalnum())
    return plain[:SELECTOR], plain[SELECTOR:]


def is_code_of(keyring: Keyring, consulted: Consulted, rest: str) -> bool:
    """Whether the rest of the code is right; compares in constant time."""
    return hmac.compare_digest(_rest(keyring, consulted).encode(), rest.encode())


def browser_hash(secret: str) -> str:
    """What we keep of a browser's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
