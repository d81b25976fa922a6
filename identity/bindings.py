"""How our messages leave: as a signed address, or as a signed form (SAML Bindings 3.4 and 3.5)."""

import base64
import zlib
from dataclasses import dataclass
from urllib.parse import quote

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from identity import signatures
from identity.keys import KeyPair
from identity.vocabulary import RSA_SHA256

# A signature stands behind the Issuer, which is the first child of every message.
BEHIND_ISSUER = 1


@dataclass(frozen=True)
class Leaving:
    """A message on its way through the browser: where to, and the form to post there, if any."""

    url: str
    fields: tuple[tuple[str, str], ...] | None = None


def by_redirect(
    name: str, message: etree._Element, url: str, keys: KeyPair, relay_state: str | None
) -> Leaving:
    """The message in the address; `name` is SAMLRequest or SAMLResponse."""
    text = etree.tostring(message, encoding="utf-8")
    joint = "&" if "?" in url else "?"
    return Leaving(f"{url}{joint}{signed_query(name, text, relay_state, keys)}")


def by_post(
    name: str, message: etree._Element, url: str, keys: KeyPair, relay_state: str | None
) -> Leaving:
    """The message in a form, signed within itself; signing changes `message`."""
    signatures.sign(message, keys, at=BEHIND_ISSUER)
    text = base64.b64encode(etree.tostring(message, encoding="utf-8")).decode()
    relayed = () if relay_state is None else (("RelayState", relay_state),)
    return Leaving(url, ((name, text), *relayed))


def signed_query(name: str, message: bytes, relay_state: str | None, keys: KeyPair) -> str:
    """The query of the redirect binding, signed over its own encoded form (SAML Bindings 3.4.4.1)."""
    squeezed = zlib.compress(message, 9)[2:-4]
    fields = [
        (name, base64.b64encode(squeezed).decode()),
        *([] if relay_state is None else [("RelayState", relay_state)]),
        ("SigAlg", RSA_SHA256),
    ]
    query = "&".join(f"{key}={quote(value, safe='')}" for key, value in fields)
    signature = keys.private.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{query}&Signature={quote(base64.b64encode(signature).decode(), safe='')}"
