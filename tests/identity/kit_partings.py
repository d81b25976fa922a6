"""The log-out variants of the kit: golden ones first, then what must end no session (ID-23)."""

import zlib
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import xmlsec

from identity import vocabulary
from identity.claims import Code
from tests.identity.kit import ACCEPTED, Variant
from tests.identity.kit_logout import (
    ASKED,
    ELSEWHERE,
    MORE,
    QUERY,
    SLO,
    WHICH,
    LogoutDesk,
    Parting,
    by_address,
    by_form,
)
from tests.identity.minter import CBC256, RSA_15, TRIPLE_DES, Edit, Form, Message, Minter
from tests.identity.test_attacks import REFERENCE, XPATH, XSLT, after, swap, without

Mint = Callable[[Parting, Minter], Form]
MINTS: dict[str, Mint] = {"form": by_form, "address": by_address}
REQUESTS, ANSWERS, CURVE = "logout", "logout answer", "logout on a curve"
STATUS = "urn:oasis:names:tc:SAML:2.0:status:"


def _golden(name: str, mint: Mint, scene: str = REQUESTS, /, **changes: Any) -> Variant:
    sent = lambda desk: mint(Parting(**changes), desk.minter)  # noqa: E731
    return Variant("golden logout", name, ACCEPTED, scene=scene, form=sent)


def _both(make: Callable[..., Variant], name: str, /, **changes: Any) -> list[Variant]:
    return [make(f"{name}, by {how}", mint, **changes) for how, mint in MINTS.items()]


def _bent(name: str, mint: Mint, scene: str = REQUESTS, /, **changes: Any) -> Variant:
    sent = lambda desk: mint(Parting(**changes), desk.minter)  # noqa: E731
    return Variant("logout", name, Code.UNVERIFIED, scene=scene, form=sent)


def _evil(name: str, mint: Mint, scene: str = REQUESTS, /, **changes: Any) -> Variant:
    sent = lambda desk: mint(Parting(**changes), desk.other)  # noqa: E731
    return Variant("logout by another key", name, Code.UNVERIFIED, scene=scene, form=sent)


def _sent(name: str, form: Callable[[LogoutDesk], Form], scene: str = REQUESTS) -> Variant:
    return Variant("logout", name, Code.UNVERIFIED, scene=scene, form=form)


AS_USUAL: dict[str, dict[str, Any]] = {
    "as it should be": {},
    "without an end": {"ends": None},
    "of all sessions": {"indexes": ()},
    "of several sessions": {"indexes": ("_another", WHICH)},
    "without relay state": {"relay_state": None},
    "four minutes old": {"age": timedelta(minutes=4)},
    "a minute fast": {"age": timedelta(seconds=-50)},
    "of a name with qualifiers": {
        "name_attributes": {
            "NameQualifier": "https://idp.example.com/eid",
            "SPNameQualifier": "http://localhost:8024/saml/invanare",
        }
    },
    "of an encrypted name": {"encrypted": Message("")},
    "of a name encrypted with CBC": {"encrypted": Message("", cipher=CBC256)},
    "with extensions": {
        "edit": after(
            "</saml:Issuer>", "<samlp:Extensions><x:y xmlns:x='urn:x'/></samlp:Extensions>"
        )
    },
    "with a reason": {
        "edit": swap(
            'Version="2.0"',
            'Version="2.0" Reason="urn:oasis:names:tc:SAML:2.0:logout:user"',
        )
    },
}
PARTING_GOLDEN = [
    *(one for name, changes in AS_USUAL.items() for one in _both(_golden, name, **changes)),
    *(
        _golden(f"rsa-sha{size}, by address", by_address, algorithm=f"{MORE}rsa-sha{size}")
        for size in ("384", "512")
    ),
    *(
        _golden(f"ecdsa-sha{size}", by_address, CURVE, algorithm=f"{MORE}ecdsa-sha{size}")
        for size in ("256", "384", "512")
    ),
    _golden("ecdsa, by form", by_form, CURVE, signature=xmlsec.Transform.ECDSA_SHA256),
    _golden("answer of success, by form", by_form, ANSWERS, answers=ASKED),
    _golden("answer of success, by address", by_address, ANSWERS, answers=ASKED),
    _golden("answer of failure", by_form, ANSWERS, answers=ASKED, status=STATUS + "Responder"),
    _golden(
        "encoding told",
        by_address,
        edit_query=lambda text: f"SAMLEncoding={vocabulary.DEFLATE.replace(':', '%3A')}&{text}",
    ),
]

WRONG: dict[str, dict[str, Any]] = {
    "unsigned": {"signed": False},
    "without destination": {"destination": None},
    "for another address": {"destination": "https://other.example/slo"},
    "for where answers go": {"destination": SLO.replace("/slo", "/acs")},
    "for our address with a tail": {"destination": SLO + "/"},
    "for our address in capitals": {"destination": SLO.upper()},
    "ten minutes old": {"age": timedelta(minutes=10)},
    "a year old": {"age": timedelta(days=365)},
    "of the future": {"age": timedelta(minutes=-10)},
    "past its end": {"ends": timedelta(minutes=-5)},
    "with a day's life": {"ends": timedelta(days=1)},
    "of an unknown provider": {"issuer": "https://evil.example"},
    "in another provider's name": {"issuer": ELSEWHERE},
    "of no provider": {"issuer": ""},
    "of a provider with a space": {"issuer": " https://idp.example.com/eid"},
    "of another session": {"indexes": ("_another",)},
    "of an empty session": {"indexes": ("",)},
    "of another name": {"name": "somebody-else"},
    "of no name": {"name": ""},
    "of a name with an element in it": {"name": "opaque-<x/>name"},
    "of another's name": {"name_attributes": {"NameQualifier": ELSEWHERE}},
    "of a name towards another": {"name_attributes": {"SPNameQualifier": ELSEWHERE}},
    "of a name in another format": {
        "name_attributes": {"Format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"}
    },
    "of a name encrypted with triple DES": {"encrypted": Message("", cipher=TRIPLE_DES)},
    "of a name with a key by RSA 1.5": {"encrypted": Message("", transport=RSA_15)},
    "with fifty-one sessions": {"indexes": tuple(f"_s{number}" for number in range(51))},
    "with an endless relay state": {"relay_state": "x" * 3000},
}
EDITS: dict[str, Edit] = {
    "no time": without(' IssueInstant="[^"]*"'),
    "a time without zone": lambda text: text.replace('Z"', '"'),
    "version 1.1": swap('Version="2.0"', 'Version="1.1"'),
    "no issuer": without("<saml:Issuer>.*</saml:Issuer>"),
    "issuer in another format": swap(
        "<saml:Issuer>",
        '<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">',
    ),
    "two names": lambda text: text.replace(
        "<saml:NameID", "<saml:NameID>x</saml:NameID><saml:NameID", 1
    ),
    "a base ID": lambda text: text.replace("saml:NameID", "saml:BaseID"),
    "an element at the end": swap("</samlp:LogoutRequest>", "<x/></samlp:LogoutRequest>"),
    "an answer instead": lambda text: text.replace("LogoutRequest", "LogoutResponse"),
    "a sign-in instead": lambda text: text.replace("LogoutRequest", "AuthnRequest"),
    "another namespace": swap(
        "urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:1.0:protocol"
    ),
}


def _of_document(name: str, bend: Callable[[str], str]) -> list[Variant]:
    """A form bent after it was signed, and an address whose text is bent before it is signed."""
    return [
        _bent(f"{name}, by form", by_form, edit_signed=bend),
        _bent(f"{name}, by address", by_address, edit=bend),
    ]


DOCUMENTS: dict[str, Callable[[str], str]] = {
    "a DTD": lambda text: "<!DOCTYPE x [<!ENTITY e 'x'>]>" + text,
    "a comment in the name": lambda text: text.replace("opaque-", "opaque-<!-- x -->"),
    "an instruction": lambda text: "<?x y?>" + text,
    "CDATA": lambda text: text.replace("opaque-name", "<![CDATA[opaque-name]]>"),
    "too many elements": swap("</saml:NameID>", "</saml:NameID>" + "<x/>" * 4000),
    "a zero byte": lambda text: text + "\0",
    "half of it": lambda text: text[: len(text) // 2],
    "nothing": lambda text: "",
}
TRANSFORM = '<ds:Transform Algorithm="{}"/>'
SIGNED: dict[str, Callable[[str], str]] = {
    "XSLT": after(REFERENCE, TRANSFORM.format(XSLT)),
    "XPath": after(REFERENCE, TRANSFORM.format(XPATH)),
    "another name after signing": swap("opaque-name", "somebody-else"),
    "an object": swap("</ds:Signature>", "<ds:Object/></ds:Signature>"),
    "a key value": swap("<ds:X509Data>", "<ds:KeyValue/><ds:X509Data>"),
    "no signature value": without("<ds:SignatureValue>.*?</ds:SignatureValue>"),
    "no signature": without("<ds:Signature .*</ds:Signature>"),
    "reference to everything": lambda text: text.replace('URI="#_out', 'URI="" x="#_out', 1),
    "the signature last": lambda text: _moved(text),
}


def _moved(text: str) -> str:
    start, end = text.index("<ds:Signature "), text.index("</ds:Signature>") + 15
    rest = text[:start] + text[end:]
    return rest.replace("</samlp:LogoutRequest>", text[start:end] + "</samlp:LogoutRequest>")


def _wrapped(desk: LogoutDesk, shape: str) -> Form:
    """A genuine message about another session, inside a forged one about this session."""
    genuine = Parting(indexes=("_another",))

    def wrap(text: str) -> str:
        start, end = text.index("<ds:Signature "), text.index("</ds:Signature>") + 15
        seal = text[start:end]
        evil = text[:start] + text[end:]
        evil = evil.replace("_another", WHICH)
        inner = text if shape == "whole" else text[:start] + text[end:]
        kept = f"<samlp:Extensions>{inner}</samlp:Extensions>"
        head = evil.index("</saml:Issuer>") + len("</saml:Issuer>")
        outer = "" if shape == "whole" else seal
        renamed = evil[:head].replace(
            genuine.message_id, "_evil" if shape != "same" else genuine.message_id
        )
        return renamed + outer + kept + evil[head:]

    genuine = Parting(indexes=("_another",), edit_signed=wrap)
    return by_form(genuine, desk.minter)


def _twice(mint: Mint) -> Callable[[LogoutDesk], Form]:
    """The message has been heard once already."""

    def sent(desk: LogoutDesk) -> Form:
        form = mint(Parting(), desk.minter)
        desk.post(form)
        return form

    return sent


def _query(edit: Edit) -> Callable[[LogoutDesk], Form]:
    return lambda desk: by_address(Parting(edit_query=edit), desk.minter)


QUERIES: dict[str, Edit] = {
    "message twice": lambda text: text + "&" + text.partition("&")[0],
    "relay state twice": lambda text: text + "&RelayState=x",
    "relay state changed": swap("RelayState=anything", "RelayState=changed"),
    "relay state dropped": swap("&RelayState=anything", ""),
    "another algorithm than signed by": swap("rsa-sha256", "rsa-sha512"),
    "no algorithm": lambda text: "&".join(
        one for one in text.split("&") if not one.startswith("SigAlg")
    ),
    "no signature": lambda text: text.partition("&Signature")[0],
    "an empty signature": lambda text: text.partition("&Signature")[0] + "&Signature=",
    "an answer beside": lambda text: text + "&SAMLResponse=AA",
    "something else beside": lambda text: text + "&x=y",
    "another encoding": lambda text: text + "&SAMLEncoding=urn%3Aother",
    "base64 that is none": swap("SAMLRequest=", "SAMLRequest=%25"),
    "too long": lambda text: text + "&x=" + "y" * 70_000,
}
ALGORITHMS = (
    "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
    MORE + "rsa-md5",
    MORE + "rsa-sha224",
    MORE + "hmac-sha256",
    MORE + "ecdsa-sha256",
    "none",
    "",
)
SQUEEZED: dict[str, Callable[[bytes], bytes]] = {
    "not squeezed": lambda text: text,
    "squeezed with a head": zlib.compress,
    "swells to a megabyte": lambda text: zlib.compress(text + b" " * 1_000_000)[2:-4],
    "something behind": lambda text: zlib.compress(text)[2:-4] + b"more",
    "cut off": lambda text: zlib.compress(text)[2:-8],
}
FORMS: dict[str, Callable[[LogoutDesk], Form]] = {
    "an empty form": lambda desk: [],
    "two messages": lambda desk: by_form(Parting(), desk.minter)[:1] * 2,
    "an artifact beside": lambda desk: [*by_form(Parting(), desk.minter), ("SAMLart", "AA")],
    "a request under the answer's name": lambda desk: [
        ("SAMLResponse", by_form(Parting(), desk.minter)[0][1])
    ],
    "plain XML": lambda desk: [("SAMLRequest", "<x/>")],
    "too large": lambda desk: [("SAMLRequest", "A" * 300_000)],
    "encrypted for another": lambda desk: by_form(
        Parting(encrypted=Message("")), Minter(desk.minter.keys, desk.other.keys)
    ),
    "an address under a form": lambda desk: [(QUERY, "SAMLRequest=AA")],
    "a sealed message in the address": lambda desk: by_address(
        Parting(edit=lambda text: desk.minter.signed(text, Message(""))), desk.minter
    ),
}
ANSWERED: dict[str, dict[str, Any]] = {
    "unsigned": {"signed": False},
    "to another request": {"answers": "_other"},
    "ten minutes old": {"age": timedelta(minutes=10)},
    "for another address": {"destination": "https://other.example/slo"},
    "without destination": {"destination": None},
    "by another provider": {"issuer": ELSEWHERE},
}
PARTINGS = [
    *(one for name, changes in WRONG.items() for one in _both(_bent, name, **changes)),
    *(one for name, edit in EDITS.items() for one in _both(_bent, name, edit=edit)),
    *(one for name, bend in DOCUMENTS.items() for one in _of_document(name, bend)),
    *(_bent(f"{name} in the seal", by_form, edit_signed=edit) for name, edit in SIGNED.items()),
    *(
        _bent(f"{transform}", by_form, signature=getattr(xmlsec.Transform, transform))
        for transform in ("RSA_SHA1", "RSA_SHA224")
    ),
    *(_bent(f"algorithm {one}", by_address, algorithm=one) for one in ALGORITHMS),
    *(_bent(name, by_address, squeeze=squeeze) for name, squeeze in SQUEEZED.items()),
    *(_sent(f"query: {name}", _query(edit)) for name, edit in QUERIES.items()),
    *(_sent(f"form: {name}", sent) for name, sent in FORMS.items()),
    *(_sent(f"heard already, by {how}", _twice(mint)) for how, mint in MINTS.items()),
    *(
        _sent(f"wrapped: {shape}", lambda desk, shape=shape: _wrapped(desk, shape))
        for shape in ("whole", "parts", "same")
    ),
    *(_evil(f"by {how}", mint) for how, mint in MINTS.items()),
    *(
        _evil(f"{name}, by {how}", mint, issuer=ELSEWHERE, **changes)
        for (how, mint), (name, changes) in product(
            MINTS.items(), {"its own, of our session": {}, "of all": {"indexes": ()}}.items()
        )
    ),
    *(
        _bent(f"answer {name}, by {how}", mint, ANSWERS, **{"answers": ASKED, **changes})
        for name, changes in ANSWERED.items()
        for how, mint in MINTS.items()
    ),
    *(
        _evil(f"answer by {how}, {name}", mint, ANSWERS, answers=ASKED, issuer=issuer)
        for how, mint in MINTS.items()
        for name, issuer in {"in its own name": ELSEWHERE, "in the other's": Parting.issuer}.items()
    ),
    _bent("a wish where an answer is awaited", by_form, ANSWERS),
]
