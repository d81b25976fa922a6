"""Answers of a signature service: the good ones are taken, and not one that is forged or bent."""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import xmlsec
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from identity import attributes
from identity.assurance import LOA2, LOA3
from identity.claims import Code, Refused
from identity.signing.finish import finish
from identity.signing.parties import Signer, Task
from tests.identity.sign_minter import (
    CSIG,
    DSS,
    MAJOR,
    OTHER,
    Answer,
    Asked,
    Bench,
    certified,
    covering,
    form,
    naming,
)

BENCH = Bench()
TAKEN = "taken"
STATUS = "http://id.elegnamnden.se/sig-status/1.0/"
NEWER = "http://id.swedenconnect.se/sig-status/1.1/"
MINUTE = timedelta(minutes=1)
Form = list[tuple[str, str]]
# An attack that costs far more than a log-in is one too; `./start bench identity` has the goal.
RUNAWAY = 2000


@dataclass(frozen=True)
class Variant:
    """One answer: how it is bent, and what must come of it."""

    name: str
    make: Callable[[Answer], Answer | Form]
    expected: str = Code.UNVERIFIED.value
    # Made when the answer is, however long after this file was read.
    asked: Callable[[], Asked] = Asked


def changed(**changes: object) -> Callable[[Answer], Answer]:
    return lambda answer: answer.but(**changes)


def swapped(old: str, new: str, *, after: bool = False) -> Callable[[Answer], Answer]:
    """The text with something else in it: before the service signs it, or after."""

    def edit(text: str) -> str:
        assert old in text, old
        return text.replace(old, new)

    return changed(**{"edit_signed" if after else "edit": edit})


def chained(**changes: object) -> Callable[[Answer], Answer]:
    """A signer's certificate that is bent."""
    return lambda answer: answer.but(
        chain=[certified(answer.bench.root, **changes), answer.bench.root]
    )


def posted(bend: Callable[[Form], Form]) -> Callable[[Answer], Form]:
    return lambda answer: bend(answer.form())


def covered(bend: Callable[[bytes, bytes], bytes]) -> Callable[[Answer], Answer]:
    """Other bytes signed than we asked for: made from ours, and from the signer's certificate."""
    return lambda answer: answer.but(
        covered=bend(answer.asked.task.attributes, answer.bench.signer.der)
    )


def with_algorithm(old: str, new: str) -> Callable[[Answer], Answer]:
    return swapped(old, new, after=True)


def unsigned(text: str) -> str:
    begins = text.index("<ds:Signature ")
    ends = text.index("</ds:Signature>") + len("</ds:Signature>")
    return text[:begins] + text[ends:]


def wrapped(text: str) -> str:
    """The signed answer hidden in a new one, whose own parts say something else."""
    inner = text[text.index("<dss:SignResponse") :]
    evil = unsigned(inner).replace(
        "</dss:OptionalOutputs>", f"{signature(inner)}</dss:OptionalOutputs>"
    )
    return evil.replace(
        "</csig:SignResponseExtension>",
        f"<csig:OtherResponseInfo>{inner}</csig:OtherResponseInfo></csig:SignResponseExtension>",
    )


def signature(text: str) -> str:
    return text[text.index("<ds:Signature ") : text.index("</ds:Signature>") + 15]


def by_elliptic(answer: Answer) -> Answer:
    key = ec.generate_private_key(ec.SECP256R1())
    signer = certified(answer.bench.root, key=key)
    sent = covering(answer.asked.task.attributes, naming(signer.der))
    value = key.sign(sent, ec.ECDSA(hashes.SHA256()))
    return answer.but(chain=[signer, answer.bench.root], covered=sent, value=value)


def as_prid() -> Asked:
    return Asked(signer=Signer(attributes.PRID, "NO:5068907693", "https://idp.example.com/eid"))


PRID = [(attributes.PRID, ["NO:5068907693"])]
GOLDEN = [
    Variant("as it should be", changed(), TAKEN),
    Variant("through an intermediate", lambda a: a.but(
        chain=[certified(BENCH.middle), BENCH.middle, BENCH.root]), TAKEN),
    Variant("number written by EN 319 412-1", chained(serial="PNOSE-191212121212"), TAKEN),
    Variant("another prefix", changed(prefix="ns2"), TAKEN),
    Variant("rsa-sha512 around it", changed(signature=xmlsec.Transform.RSA_SHA512), TAKEN),
    Variant("sha384 digest around it", changed(digest=xmlsec.Transform.SHA384), TAKEN),
    Variant("with the request in it", changed(extra="<csig:Request>PHg+</csig:Request>"), TAKEN),
    Variant("with more of the context", changed(info="<csig:ServiceID>x</csig:ServiceID>"), TAKEN),
    Variant("no algorithm at the value", changed(algorithm=None), TAKEN),
    Variant("certificate named by sha512", covered(
        lambda sent, der: covering(sent, naming(der, "sha512"))), TAKEN),
    Variant("somebody from Norway", lambda a: a.but(
        attributes=PRID, chain=[certified(BENCH.root, serial="NO:5068907693"), BENCH.root]),
        TAKEN, as_prid),
    Variant("a minute's difference of clocks", changed(age=-timedelta(seconds=45)), TAKEN),
]  # fmt: skip
STATUSES = [
    Variant("cancelled", changed(major=MAJOR + "ResponderError", minor=STATUS + "user-cancel"), Code.CANCELLED.value),
    Variant("another person", changed(major=MAJOR + "RequesterError", minor=STATUS + "user-mismatch"), Code.OTHER_PERSON.value),
    Variant("level", changed(major=MAJOR + "RequesterError", minor=STATUS + "unsupported-loa"), Code.LEVEL_TOO_LOW.value),
    Variant("expired there", changed(major=MAJOR + "RequesterError", minor=STATUS + "req-expired"), Code.TOO_LATE.value),
    Variant("not identified", changed(major=MAJOR + "ResponderError", minor=NEWER + "authn-failed"), Code.FAILED.value),
    Variant("fraud", changed(major=MAJOR + "ResponderError", minor=NEWER + "security-violation"), Code.FRAUD.value),
    Variant("fault there", changed(major=MAJOR + "ResponderError"), Code.PROVIDER_FAULT.value),
    Variant("unknown fault", changed(major=MAJOR + "ResponderError", minor="urn:x"), Code.PROVIDER_FAULT.value),
    Variant("success with a fault", changed(minor="urn:x")),
    Variant("unsigned cancellation", changed(major=MAJOR + "ResponderError", minor=STATUS + "user-cancel", edit_signed=unsigned)),
    Variant("too late here", changed(), Code.TOO_LATE.value, lambda: Asked(expires_at=datetime.now(UTC))),
]  # fmt: skip
ENVELOPE = [
    Variant("unsigned", changed(edit_signed=unsigned)),
    Variant("somebody else's key", lambda a: a.but(by=BENCH.other)),
    Variant("changed after signing", swapped("<csig:AssertionRef>_a1<", "<csig:AssertionRef>_a2<", after=True)),
    Variant("level changed after signing", lambda a: a.but(level=LOA2, edit_signed=lambda t: t.replace(LOA2, LOA3))),
    Variant("signed inside, other outside", changed(edit_signed=wrapped)),
    Variant("sha1 signature", with_algorithm("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1")),
    Variant("hmac", with_algorithm("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#hmac-sha1")),
    Variant("xslt", with_algorithm("http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/TR/1999/REC-xslt-19991116")),
    Variant("xpath", with_algorithm("http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/TR/1999/REC-xpath-19991116")),
    Variant("inclusive canonicalisation", with_algorithm('Method Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"', 'Method Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"')),
    Variant("reference to a file", with_algorithm('<ds:Reference URI=""', '<ds:Reference URI="file:///etc/passwd"')),
    Variant("reference to a part", with_algorithm('<ds:Reference URI=""', '<ds:Reference URI="#x"')),
    Variant("key in the message", with_algorithm("<ds:X509Data>", "<ds:KeyValue/><ds:X509Data>")),
    Variant("object in the signature", with_algorithm("</ds:Signature>", "<ds:Object/></ds:Signature>")),
    Variant("two signatures", changed(edit_signed=lambda t: t.replace("</dss:OptionalOutputs>", signature(t) + "</dss:OptionalOutputs>"))),
    Variant("signature elsewhere", changed(edit_signed=lambda t: unsigned(t).replace("</dss:SignResponse>", signature(t) + "</dss:SignResponse>"))),
    Variant("document type", changed(edit_signed=lambda t: "<!DOCTYPE x>" + t)),
    Variant("entity", changed(edit_signed=lambda t: '<!DOCTYPE x [<!ENTITY e "x">]>' + t)),
    Variant("comment", changed(edit_signed=lambda t: t.replace("<dss:Result>", "<!-- --><dss:Result>"))),
    Variant("instruction", changed(edit_signed=lambda t: "<?xml-stylesheet href='x'?>" + t)),
    Variant("cut off", changed(edit_signed=lambda t: t[:-9])),
    Variant("another root", swapped("dss:SignResponse", "dss:Response")),
    Variant("another profile", changed(profile="urn:x")),
    Variant("no outputs", changed(edit_signed=lambda t: t[: t.index("<dss:OptionalOutputs>")] + "</dss:SignResponse>")),
    Variant("no result", changed(edit=lambda t: t[: t.index("<dss:Result>")] + t[t.index("<dss:OptionalOutputs>") :])),
    Variant("encrypted", changed(info='<csig:ServiceID><x:EncryptedData xmlns:x="http://www.w3.org/2001/04/xmlenc#"/></csig:ServiceID>')),
    Variant("thousands of elements", changed(extra=f"<csig:OtherResponseInfo>{'<csig:x/>' * 4000}</csig:OtherResponseInfo>")),
    Variant("twice in the form", posted(lambda f: [*f, f[-1]])),
    Variant("no base64", posted(lambda f: [*f[:-1], ("EidSignResponse", "%%%")])),
    Variant("nothing", posted(lambda f: f[:-1])),
    Variant("empty", posted(lambda f: [*f[:-1], ("EidSignResponse", "")])),
    Variant("too large", posted(lambda f: [*f, ("x", "a" * 300_000)])),
    Variant("a sign-in beside it", posted(lambda f: [*f, ("SAMLResponse", "x")])),
]  # fmt: skip
REQUEST = [
    Variant("another request", changed(request_id="8" * 40)),
    Variant("another request in RelayState", changed(relay=["8" * 40])),
    Variant("no RelayState", posted(lambda f: [each for each in f if each[0] != "RelayState"])),
    Variant("two RelayStates", changed(relay=["7" * 40, "7" * 40])),
    Variant("another version", changed(version="1.1")),
    Variant("old answer", changed(age=7 * MINUTE)),
    Variant("answer of tomorrow", changed(age=-3 * MINUTE)),
    Variant("no time", changed(edit=lambda t: t.replace(t[t.index("<csig:ResponseTime>") : t.index("</csig:ResponseTime>") + 20], ""))),
    Variant("another provider", changed(provider="https://evil.example")),
    Variant("provider of another form", changed(provider_format="urn:x")),
    Variant("too low a level", changed(level=LOA2)),
    Variant("unknown level", changed(level="urn:x")),
    Variant("identified before we asked", changed(known_at=-10 * MINUTE)),
    Variant("identified tomorrow", changed(known_at=3 * MINUTE)),
    Variant("another person's number", changed(attributes=[(attributes.PERSONAL_NUMBER, [OTHER])])),
    Variant("no number", changed(attributes=[])),
    Variant("two numbers", changed(attributes=[(attributes.PERSONAL_NUMBER, ["191212121212", OTHER])])),
    Variant("number twice", changed(attributes=[(attributes.PERSONAL_NUMBER, ["191212121212"])] * 2)),
    Variant("another attribute", changed(attributes=[(attributes.PRID, ["191212121212"])])),
    Variant("parts in the wrong order", swapped("<csig:AssertionRef>_a1</csig:AssertionRef>", "<csig:AssertionRef>_a1</csig:AssertionRef><csig:ServiceID>x</csig:ServiceID>")),
]  # fmt: skip
CHAIN = [
    Variant("certificate of another person", chained(serial=OTHER)),
    Variant("certificate of nobody", chained(serial=None)),
    Variant("certificate of two", chained(serial=["191212121212", OTHER])),
    Variant("expired certificate", chained(begins=-60, ends=-10)),
    Variant("certificate of tomorrow", chained(begins=10, ends=60)),
    Variant("unknown root", lambda a: a.but(chain=[certified(BENCH.other_root), BENCH.other_root])),
    Variant("root of the same name", lambda a: _of_twin(a)),
    Variant("without root", lambda a: a.but(chain=[BENCH.signer])),
    Variant("broken chain", lambda a: a.but(chain=[certified(BENCH.other_root), BENCH.root])),
    Variant("pretended issue", lambda a: a.but(chain=[certified(BENCH.root, signed_by=BENCH.other_root.key), BENCH.root])),
    Variant("wrong order", lambda a: a.but(chain=[BENCH.root, BENCH.signer], value=b"x", covered=b"x")),
    Variant("issuer as signer", chained(ca=True, usage="sign")),
    Variant("signer as issuer", lambda a: _by_signer(a)),
    Variant("for encryption only", chained(usage="encrypt")),
    Variant("without usage", chained(usage=None)),
    Variant("weak key", chained(bits=1024)),
    Variant("too long a path", lambda a: _too_long_a_path(a)),
    Variant("seven certificates", lambda a: a.but(chain=[BENCH.signer, *[BENCH.root] * 6])),
    Variant("no DER", changed(raw_chain=["AAAA", "AAAA"])),
    Variant("no base64 in the chain", changed(raw_chain=["%%", "%%"])),
    Variant("no chain", changed(raw_chain=[""])),
]  # fmt: skip
TASK = [
    Variant("another document", covered(lambda sent, der: covering(Asked(task=Task("t1", _attributes(b"\2"))).task.attributes, naming(der)))),
    Variant("something added", covered(lambda sent, der: covering(sent, naming(der), _time()))),
    Variant("nothing of the certificate", covered(lambda sent, der: sent)),
    Variant("another certificate", covered(lambda sent, der: covering(sent, naming(BENCH.root.der)))),
    Variant("certificate twice", covered(lambda sent, der: covering(sent, naming(der), naming(der, "sha512")))),
    Variant("certificate by sha1", covered(lambda sent, der: covering(sent, naming(der, "sha1")))),
    Variant("part of it", covered(lambda sent, der: covering(cms.CMSAttributes([cms.CMSAttributes.load(sent)[0]]).dump(force=True), naming(der)))),
    Variant("not canonical", covered(lambda sent, der: _backwards(covering(sent, naming(der))))),
    Variant("with a tail", covered(lambda sent, der: covering(sent, naming(der)) + b"\0")),
    Variant("no attributes", covered(lambda sent, der: b"hello")),
    Variant("very many", covered(lambda sent, der: b"1" * 20_000)),
    Variant("wrong value", changed(value=b"\1" * 256)),
    Variant("empty value", changed(value=b"\0")),
    Variant("value by another key", lambda a: a.but(value=_signed_by_root(a))),
    Variant("elliptic signature", by_elliptic),
    Variant("another algorithm", changed(algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha512")),
    Variant("another task", changed(task_id="t2")),
    Variant("another kind", changed(kind="XML")),
    Variant("two tasks", changed(edit=lambda t: _twice(t, "csig:SignTaskData"))),
    Variant("no tasks", changed(edit=lambda t: t[: t.index("<csig:SignTaskData")] + t[t.index("</csig:SignTasks>") :])),
    Variant("no signature object", changed(edit=lambda t: t[: t.index("<dss:SignatureObject>")] + "</dss:SignResponse>")),
    Variant("something beside the tasks", swapped("<dss:Other>", f'<dss:Other><dss:x xmlns:dss="{DSS}"/>')),
    Variant("something in the value", swapped("</csig:Base64Signature>", f'<csig:x xmlns:csig="{CSIG}"/></csig:Base64Signature>')),
]  # fmt: skip
EVERY = [*GOLDEN, *STATUSES, *ENVELOPE, *REQUEST, *CHAIN, *TASK]


def _of_twin(answer: Answer) -> Answer:
    twin = certified(name="Root")
    return answer.but(chain=[certified(twin), twin])


def _by_signer(answer: Answer) -> Answer:
    between = certified(BENCH.root, usage="sign")
    return answer.but(chain=[certified(between), between, BENCH.root])


def _too_long_a_path(answer: Answer) -> Answer:
    short = certified(BENCH.root, ca=True, usage="issue", name="Short", length=0)
    below = certified(short, ca=True, usage="issue", name="Below")
    return answer.but(chain=[certified(below), below, short, BENCH.root])


def _attributes(mark: bytes) -> bytes:
    return cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [mark * 32]}),
        ]
    ).dump(force=True)


def _time() -> cms.CMSAttribute:
    moment = cms.Time({"utc_time": datetime(2020, 1, 1, tzinfo=UTC)})
    return cms.CMSAttribute({"type": "signing_time", "values": [moment]})


def _backwards(der: bytes) -> bytes:
    head = der[: der.index(cms.CMSAttributes.load(der)[0].dump())]
    return head + b"".join(one.dump() for one in reversed(list(cms.CMSAttributes.load(der))))


def _signed_by_root(answer: Answer) -> bytes:
    forged = answer.but(chain=[BENCH.root, BENCH.root])
    text = forged.xml().decode()
    begins = text.index("<csig:Base64Signature")
    value = text[text.index(">", begins) + 1 : text.index("</csig:Base64Signature>")]
    return base64.b64decode(value)


def _twice(text: str, name: str) -> str:
    begins, ends = text.index(f"<{name} "), text.index(f"</{name}>") + len(name) + 3
    return text[:ends] + text[begins:ends] + text[ends:]


def played(variant: Variant) -> tuple[str, str, float]:
    """What comes of a variant, why, and in how many milliseconds of processor time."""
    asked = variant.asked()
    made = variant.make(Answer(BENCH, asked))
    sent = made.form() if isinstance(made, Answer) else made
    begun = time.thread_time()
    try:
        finish(sent, asked, BENCH.trusted, datetime.now(UTC))
        got, detail = TAKEN, ""
    except Refused as refusal:
        got, detail = refusal.code.value, refusal.detail
    return got, detail, (time.thread_time() - begun) * 1000


@pytest.mark.parametrize("variant", EVERY, ids=lambda one: one.name)
def test_an_answer_is_judged_rightly(variant: Variant) -> None:
    got, detail, milliseconds = played(variant)
    assert got == variant.expected, detail
    assert not detail.startswith("fault-"), detail
    assert milliseconds < RUNAWAY
    assert "1912" not in detail


def test_there_are_many_attacks() -> None:
    assert len({one.name for one in EVERY}) == len(EVERY)
    assert len(EVERY) - len(GOLDEN) >= 100


def test_what_is_taken_says_what_was_signed_by_whom_and_how() -> None:
    asked = Asked()
    signed = finish(Answer(BENCH, asked).form(), asked, BENCH.trusted, datetime.now(UTC))
    assert signed.level == LOA3
    assert signed.provider == asked.signer.provider
    assert signed.chain == (BENCH.signer.der, BENCH.root.der)
    assert signed.assertion == "_a1"
    BENCH.signer.certificate.public_key().verify(
        signed.signature, signed.attributes, padding.PKCS1v15(), hashes.SHA256()
    )


def test_a_form_is_what_the_profile_says() -> None:
    assert dict(form(b"<x/>", ["1"]))["Binding"] == "POST/XML/1.0"
