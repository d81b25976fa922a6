"""Messages that are made to cost us time: as large as we take, or asking for long work (§3)."""

from collections.abc import Callable

from identity.claims import Code
from identity.gate import LARGEST_FORM, MOST_ATTRIBUTES, MOST_ELEMENTS, MOST_NAMESPACES
from tests.identity.conftest import Desk
from tests.identity.kit import ACCEPTED, Form, Variant
from tests.identity.test_attacks import REFERENCE, XSLT, after

# What base64 and the rest of the form leave of the largest form for XML.
ROOM = LARGEST_FORM * 3 // 4 - 20_000
XSL = "http://www.w3.org/1999/XSL/Transform"
ROUNDS = "<r/>" * 100
# Loops within loops: a hundred million rounds, if anybody carried them out.
LOOPS = (
    f'<x:stylesheet xmlns:x="{XSL}" version="1.0"><x:template match="/">'
    + "<x:for-each select=\"document('')//*\">" * 4
    + '<x:value-of select="count(//*)"/>'
    + "</x:for-each>" * 4
    + f"</x:template>{ROUNDS}</x:stylesheet>"
)


def _extended(inside: str) -> Callable[[str], str]:
    """Put something where the profile lets a provider put what it likes."""
    extensions = f"<samlp:Extensions>{inside}</samlp:Extensions>"
    return lambda text: text.replace("<samlp:Status>", f"{extensions}<samlp:Status>", 1)


def _attributes(count: int) -> str:
    each = " ".join(f'a{number}="v"' for number in range(50))
    return f'<e xmlns="urn:e" {each}/>' * (count // 50)


def _namespaces(count: int) -> str:
    return "".join(f'<n{at}:e xmlns:n{at}="urn:n{at}"/>' for at in range(count))


def _nested(depth: int) -> str:
    return '<e xmlns="urn:e">' + "<e>" * depth + "</e>" * depth + "</e>"


# The parser stops at 256 levels; what is nested deeper is no XML for us.
INSIDE = {
    "text up to the largest form": f'<e xmlns="urn:e">{"A" * ROOM}</e>',
    "as many elements as we take": f'<e xmlns="urn:e">{"<e/>" * (MOST_ELEMENTS - 100)}</e>',
    "as many attributes as we take": _attributes(MOST_ATTRIBUTES - 200),
    "as many namespaces as we take": _namespaces(MOST_NAMESPACES - 60),
    "as deep as the parser goes": _nested(240),
}
BEYOND = {
    "many more elements than we take": f'<e xmlns="urn:e">{"<e/>" * (ROOM // 5)}</e>',
    "many more attributes than we take": _attributes(MOST_ATTRIBUTES * 3),
    "many more namespaces than we take": _namespaces(MOST_NAMESPACES * 10),
    "references to characters without end": "&#65;" * (ROOM // 5),
    "deeper than the parser goes": _nested(3000),
}


def _rubbish(desk: Desk) -> Form:
    return [("SAMLResponse", "<" * (LARGEST_FORM - 100))]


def _many_fields(desk: Desk) -> Form:
    return [(f"n{number}", "") for number in range(900)] + desk.minter.form(desk.message())


COSTLY: list[Variant] = [
    *(
        Variant("costly, by the provider", name, ACCEPTED, {"edit_response": _extended(inside)})
        for name, inside in INSIDE.items()
    ),
    *(
        Variant(
            "costly, by somebody else",
            name,
            Code.UNVERIFIED,
            {"edit_response": _extended(inside)},
            "evil",
        )
        for name, inside in INSIDE.items()
    ),
    *(
        Variant(
            "costly, beyond what we take",
            name,
            Code.UNVERIFIED,
            {"edit_signed": _extended(inside)},
            "evil",
        )
        for name, inside in BEYOND.items()
    ),
    Variant(
        "costly, beyond what we take",
        "a stylesheet with loops within loops",
        Code.UNVERIFIED,
        {
            "edit_signed": after(
                REFERENCE, f'<ds:Transform Algorithm="{XSLT}">{LOOPS}</ds:Transform>'
            )
        },
        "evil",
    ),
    Variant("costly, beyond what we take", "no base64", Code.UNVERIFIED, form=_rubbish),
    Variant("costly, by the provider", "nine hundred fields", ACCEPTED, form=_many_fields),
]
