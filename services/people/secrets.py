"""Personal identifiers at rest: sealed, and findable only with a key.

AES-256-GCM binds each value to its row by additional data, so that two rows cannot
swap values; the blind index is a keyed hash, so that a stolen database cannot be
searched by trying every date of birth.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


@dataclass(frozen=True)
class Keyring:
    """The keys by name, the newest first; old ones open what was sealed before a rotation."""

    keys: Mapping[str, bytes]
    index_key: bytes

    def seal(self, value: str, bound_to: str) -> str:
        """The value encrypted under the newest key, as `name:base64`."""
        name, key = next(iter(self.keys.items()))
        nonce = os.urandom(NONCE)
        sealed = AESGCM(key).encrypt(nonce, value.encode(), bound_to.encode())
        return f"{name}:{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, bound_to: str) -> str:
        """The value; raises InvalidTag when it was sealed for another row or changed."""
        name, _, body = sealed.partition(":")
        raw = base64.b64decode(body)
        return AESGCM(self.keys[name]).decrypt(raw[:NONCE], raw[NONCE:], bound_to.encode()).decode()

    def index(self, kind: str, value: str) -> str:
        """The blind index by which an equal value of the same kind is found."""
        return hmac.new(self.index_key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()

    def derive(self, purpose: str, of: str) -> str:
        """An unguessable word that we can make again, and that fits one purpose only."""
        mac = hmac.new(self.index_key, f"derive:{purpose}:{of}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mac[:24]).decode()
