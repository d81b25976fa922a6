"""The page for each way in which a sign-in comes to nothing, as §2.8 has them, in both languages."""

from collections.abc import Iterator

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import text

from identity import attributes
from identity.assurance import LOA2
from identity.claims import Code
from tests.browser import inspect, words
from tests.identity.kit import Stage, Variant
from tests.identity.kit_web import Web
from tests.identity.minter import resident

RESPONDER = "urn:oasis:names:tc:SAML:2.0:status:Responder"
SECOND = "urn:oasis:names:tc:SAML:2.0:status:"
ELN = "http://id.elegnamnden.se/status/1.0/"
RATE = 240
COUNT = text("UPDATE rate_limit SET hits = :hits WHERE key LIKE :whose")


def _status(second: str, top: str = RESPONDER) -> dict[str, object]:
    return {"status": top, "second_status": second}


UNNAMED = [one for one in resident() if one[0] != attributes.PERSONAL_NUMBER]
FAILED = ("Inloggningen misslyckades", "The sign-in failed")
STOPPED = (
    "Inloggningen stoppades av säkerhetsskäl",
    "The sign-in was stopped for security reasons",
)
TOO_LOW = ("Din e-legitimation räcker inte", "Your e-ID is not strong enough")
OTHER = ("Du legitimerade dig som någon annan", "You identified as somebody else")
FAULT = ("Tekniskt fel hos legitimeringstjänsten", "Technical fault at the e-ID service")
UNVERIFIED = ("Vi kunde inte verifiera inloggningen", "We could not verify the sign-in")
LACKING = (
    "Din inloggning saknar uppgifter som tjänsten behöver",
    "Your sign-in lacks information that the service needs",
)
GONE = (
    "Det här inloggningssättet är tillfälligt ur funktion",
    "This way to sign in is out of order for the moment",
)
ROWS = {
    "fraud": (_status(ELN + "fraud"), 403, STOPPED),
    "possible fraud": (_status(ELN + "possibleFraud"), 403, STOPPED),
    "failed": (_status(SECOND + "AuthnFailed"), 403, FAILED),
    "no level": (_status(SECOND + "NoAuthnContext"), 403, TOO_LOW),
    "requester": ({"status": SECOND + "Requester"}, 403, TOO_LOW),
    "a lower level": ({"level": LOA2}, 403, TOO_LOW),
    "another person": (_status(SECOND + "UnknownPrincipal"), 403, OTHER),
    "denied": (_status(SECOND + "RequestDenied"), 502, FAULT),
    "unsupported": (_status(SECOND + "UnsupportedBinding"), 502, FAULT),
    "version": (_status(SECOND + "NoAvailableIDP", SECOND + "VersionMismatch"), 502, FAULT),
    "unknown status": (_status("urn:made:up"), 502, FAULT),
    "another audience": ({"audiences": (("https://other.example",),)}, 403, UNVERIFIED),
    "lacking": ({"attributes": UNNAMED}, 403, LACKING),
}


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage()


@pytest.fixture
def web(app: Flask, stage: Stage) -> Iterator[Web]:
    web = Web(app, stage)
    with web.at_our_desks():
        yield web


def _check(page: str, heading: str, language: str) -> None:
    tree = html.fromstring(page)
    inspect(page, tree, "/saml/invanare/acs")
    assert tree.get("lang") == language
    assert words(tree.xpath("//h1")[0]) == heading
    told = words(tree.xpath("//main")[0])
    assert {"sv": "referens", "en": "reference"}[language] in told
    assert "08-465 004 00" in told
    # What a provider says in words, and what our own log says, is for no reader of the page.
    assert "urn:" not in told
    assert "audience" not in told


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("row", ROWS)
def test_each_refusal_has_its_page(web: Web, row: str, language: str) -> None:
    changes, status, headings = ROWS[row]
    web.return_to = {"sv": "/kontakt", "en": "/en/kontakt"}[language]
    answer = web.play(Variant("page", row, Code.UNVERIFIED, changes))
    assert answer.status == status
    _check(answer.body, headings[language == "en"], language)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_provider_that_is_gone_has_its_page(web: Web, language: str) -> None:
    web.return_to = {"sv": "/kontakt", "en": "/en/kontakt"}[language]
    answer = web.play(Variant("page", "gone", Code.PROVIDER_GONE, scene="provider gone"))
    assert answer.status == 503
    _check(answer.body, GONE[language == "en"], language)


@pytest.mark.parametrize("second", [ELN + "cancel", SECOND + "NoPassive"])
def test_some_refusals_lead_straight_back_to_the_choice(web: Web, second: str) -> None:
    answer = web.play(Variant("page", second, Code.CANCELLED, _status(second)))
    assert answer.status == 303
    assert str(answer.location).startswith("/logga-in?vidare=%2Fkontakt")


def test_a_log_in_that_a_provider_has_refused_is_used_up(web: Web) -> None:
    for changes, status in ((_status(SECOND + "RequestDenied"), 502), ({"level": LOA2}, 403)):
        posted = web.prepare(Variant("page", "once", Code.PROVIDER_FAULT, changes))
        assert web.answer(posted).status == status
        again = web.answer(posted.once_more())
        assert (again.status, "har redan använts" in again.body) == (403, True)


def test_answers_from_one_address_are_limited(web: Web) -> None:
    rubbish = Variant("rate", "rubbish", Code.UNVERIFIED, form=lambda _: [("SAMLResponse", "PA==")])
    web.only_address = "10.24.255.1"
    assert web.play(rubbish).status == 403
    with web.app.extensions["open_work"]() as work:
        counted = work.session.execute(COUNT, {"hits": RATE - 1, "whose": "%10.24.255.1%"})
        assert counted.rowcount == 1
    assert web.play(rubbish).status == 403
    last = web.play(rubbish)
    assert last.status == 429
    assert "Lite för många försök" in last.body
    web.only_address = "10.24.255.2"
    assert web.play(rubbish).status == 403
