"""The demonstration e-ID speaks the SAML that our own layer demands."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from lxml import html

from app.config import Settings
from app.demo import eid, eid_setup, personas
from app.federation import RESIDENTS, SCHOOL, STAFF, Federation, federation_of
from identity.begin import begin
from identity.claims import Code, Kind, Refused
from identity.finish import finish
from tests.identity.conftest import Asked, Seen


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings.from_environment(
        {
            "SALEM24_ENV": "test",
            "SALEM24_DATABASE_URL": "postgresql://unused",
            "SALEM24_DATA": str(tmp_path_factory.mktemp("demonstration")),
        }
    )


@pytest.fixture(scope="module")
def federation(demonstration: Settings) -> Federation:
    return federation_of(demonstration)


@pytest.fixture
def browser(demonstration: Settings):
    return eid.create(demonstration).test_client()


class Visit:
    """Somebody on the way through the demonstration e-ID."""

    def __init__(
        self, browser, demonstration: Settings, federation: Federation, entity: str, issuer: str
    ) -> None:
        self.browser, self.federation = browser, federation
        self.entity = federation.entities[entity]
        self.now = datetime.now(UTC)
        self.issuer = eid_setup.entity_id(demonstration, issuer)
        provider = federation.directory(self.now).provider(self.issuer, entity, self.now)
        assert provider is not None
        sent = begin(self.entity, provider, self.now)
        self.url = urlsplit(sent.url)
        self.asked = Asked(
            sent.request_id, entity, self.issuer, list(sent.levels), sent.force, self.now
        )

    def open(self):
        return self.browser.get(f"{self.url.path}?{self.url.query}")

    def answer(self, **fields: str):
        form = html.fromstring(self.open().data).forms[0]
        return self.browser.post(form.action, data={**dict(form.fields), **fields})

    def finish(self, answered):
        onwards = html.fromstring(answered.data).forms[0]
        assert onwards.action == self.entity.acs_url
        store = self.federation.directory(self.now)
        fields = [(name, str(value)) for name, value in onwards.fields.items()]
        return finish(fields, self.asked, self.entity, store, Seen(), datetime.now(UTC))


@pytest.fixture
def visit(browser, demonstration, federation):
    def to(entity: str = RESIDENTS, issuer: str = eid_setup.PERSONAL) -> Visit:
        return Visit(browser, demonstration, federation, entity, issuer)

    return to


@pytest.mark.parametrize(
    ("entity", "issuer", "kind"),
    [
        (RESIDENTS, eid_setup.PERSONAL, Kind.PNR),
        (RESIDENTS, eid_setup.FOREIGN, Kind.PRID),
        (STAFF, eid_setup.STAFF, Kind.ORGANISATION),
        (SCHOOL, eid_setup.SCHOOL, Kind.EPPN),
    ],
)
def test_every_persona_can_sign_in(visit, entity: str, issuer: str, kind: Kind) -> None:
    for persona in personas.of_kind(kind):
        going = visit(entity, issuer)
        who = going.finish(going.answer(persona=persona.key))
        assert (who.kind, who.value) == (kind, persona.value)
        assert who.display_name == f"{persona.given_name} {persona.surname}"


def test_cancelling_is_told_as_such(visit) -> None:
    going = visit()
    with pytest.raises(Refused) as refused:
        going.finish(going.answer(cancel="1"))
    assert refused.value.code is Code.CANCELLED


def test_choosing_nobody_is_told_at_the_choice(visit) -> None:
    answered = visit().answer()
    assert answered.status_code == 422
    assert "Något behöver rättas" in answered.text or "Something needs" in answered.text


def test_the_page_speaks_both_languages(visit) -> None:
    going = visit()
    link = html.fromstring(going.open().data).xpath("//header//a")[0].get("href")
    page = html.fromstring(going.browser.get(f"{going.url.path}{link}").data)
    assert page.get("lang") == "en"
    assert page.xpath("//h1")[0].text == "Who do you want to be?"


def test_a_request_that_was_changed_is_not_answered(visit) -> None:
    going = visit()
    query = going.url.query.replace("RelayState=", "RelayState=x")
    assert going.browser.get(f"{going.url.path}?{query}").status_code == 400


def test_an_unsigned_request_is_not_answered(visit) -> None:
    going = visit()
    query = going.url.query.split("&SigAlg")[0]
    assert going.browser.get(f"{going.url.path}?{query}").status_code == 400


def test_a_request_for_another_e_id_is_not_answered(visit) -> None:
    going = visit()
    path = going.url.path.replace(eid_setup.PERSONAL, eid_setup.STAFF)
    assert going.browser.get(f"{path}?{going.url.query}").status_code == 400


def test_no_number_of_a_living_person_is_in_the_cast() -> None:
    for persona in personas.of_kind("pnr"):
        assert persona.value.startswith("1890") or persona.value in ("191212121212", "199001012385")


def test_residents_are_offered_two_e_ids_and_staff_their_own(federation: Federation) -> None:
    now = datetime.now(UTC)
    offered = {
        name: len(federation.on_offer(one, now)) for name, one in federation.entities.items()
    }
    assert offered == {RESIDENTS: 2, STAFF: 1, SCHOOL: 1}


def test_it_does_not_start_in_production(demonstration: Settings) -> None:
    with pytest.raises(RuntimeError):
        eid.create(replace(demonstration, environment="production"))


def test_a_faulty_configuration_is_told(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setenv("SALEM24_ENV", "production")
    assert eid.main([]) == 2
    assert "SALEM24_" in capsys.readouterr().err
