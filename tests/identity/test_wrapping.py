"""A genuine signature beside an evil message: all the places where one can hide the other."""

import re

import pytest

from identity.claims import Code
from tests.identity.conftest import Desk
from tests.identity.minter import form


def _unsigned(text: str) -> str:
    return re.sub("<ds:Signature .*</ds:Signature>", "", text, flags=re.DOTALL)


def _wrapped(genuine: str, evil: str, shape: str) -> str:
    """The genuine message hidden in an evil one, in the eight classical ways and some more."""
    signature = re.search("<ds:Signature .*?</ds:Signature>", genuine, re.DOTALL)
    assert signature is not None
    bare = genuine.replace(signature[0], "")
    same_id = re.sub('ID="_r[^"]*"', re.search('ID="_r[^"]*"', genuine)[0], evil, count=1)  # type: ignore[index]
    inside = signature[0].replace(
        "</ds:Signature>", f"<ds:Object>{bare}</ds:Object></ds:Signature>"
    )
    mark = "</saml:Issuer>"
    return {
        "signature in the evil, genuine in the signature": evil.replace(mark, mark + inside, 1),
        "genuine in the extensions": evil.replace(
            mark, f"{mark}{signature[0]}<samlp:Extensions>{bare}</samlp:Extensions>", 1
        ),
        "genuine with its signature in the extensions": evil.replace(
            mark, f"{mark}<samlp:Extensions>{genuine}</samlp:Extensions>", 1
        ),
        "genuine behind the evil": evil.replace("</samlp:Response>", genuine + "</samlp:Response>"),
        "genuine before the evil": evil.replace("<samlp:Status>", genuine + "<samlp:Status>", 1),
        "genuine around the evil": genuine.replace("</samlp:Response>", evil + "</samlp:Response>"),
        "the same ID twice": same_id.replace(
            mark, f"{mark}{signature[0]}<samlp:Extensions>{bare}</samlp:Extensions>", 1
        ),
        "the same ID, genuine in the signature": same_id.replace(mark, mark + inside, 1),
        "the evil with the genuine signature": same_id.replace(mark, mark + signature[0], 1),
        "genuine in the status": evil.replace(
            "</samlp:Status>",
            f"<samlp:StatusDetail>{genuine}</samlp:StatusDetail></samlp:Status>",
            1,
        ),
    }[shape]


WRAPS = (
    "signature in the evil, genuine in the signature",
    "genuine in the extensions",
    "genuine with its signature in the extensions",
    "genuine behind the evil",
    "genuine before the evil",
    "genuine around the evil",
    "the same ID twice",
    "the same ID, genuine in the signature",
    "the evil with the genuine signature",
    "genuine in the status",
)


@pytest.mark.parametrize("shape", WRAPS)
def test_a_genuine_signature_does_not_carry_an_evil_message(desk: Desk, shape: str) -> None:
    genuine = desk.minter.mint(desk.message()).decode()
    evil = desk.minter.mint(desk.message(edit_signed=_unsigned)).decode()
    assert desk.refusal(form(_wrapped(genuine, evil, shape).encode())).code is Code.UNVERIFIED
