"""Signing in through the demonstration e-ID, as a browser does it."""

from urllib.parse import urlsplit

import pytest
from flask import Flask
from lxml import html

from app.config import Settings
from app.demo import eid
from app.demo.eid_setup import FOREIGN, PERSONAL, SCHOOL, STAFF, entity_id
from app.pending_cookie import MOST, NAME, PLAIN_NAME
from app.sign_in import cookie_name
from tests.browser import Browser

ACS = "/saml/invanare/acs"


class Traveller(Browser):
    """A browser that also visits the demonstration e-ID."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        super().__init__(app)
        self.settings = settings
        with app.app_context():
            self.session_name = cookie_name()
        self.eid = eid.create(settings).test_client()

    def leave(self, address: str, issuer: str = PERSONAL) -> None:
        """Open the sign-in page, choose an e-ID and arrive at it."""
        self.get(address)
        self._press(issuer)
        where = urlsplit(self.address)
        page = html.fromstring(self.eid.get(f"{where.path}?{where.query}").data)
        self.there = page.forms[0]

    def _press(self, issuer: str) -> None:
        button = self.page.xpath(f"//button[@value='{entity_id(self.settings, issuer)}']")[0]
        self.submit(" ".join(button.text_content().split()))

    def answer(self, **fields: str) -> list[tuple[str, str]]:
        """Choose there; returns the form that is to be posted back."""
        page = html.fromstring(
            self.eid.post(self.there.action, data={**dict(self.there.fields), **fields}).data
        )
        return [(name, str(value)) for name, value in page.forms[0].fields.items()]

    def post(self, form: list[tuple[str, str]], acs: str = ACS) -> "Traveller":
        """Post the answer to us."""
        self._take(self.client.post(acs, data=dict(form)), acs)
        return self

    def sign_in(
        self, persona: str, address: str = "/logga-in", issuer: str = PERSONAL
    ) -> "Traveller":
        """The whole way."""
        self.leave(address, issuer)
        return self.post(self.answer(persona=persona), f"/saml/{self._entity(issuer)}/acs")

    @staticmethod
    def _entity(issuer: str) -> str:
        return {STAFF: "medarbetare", SCHOOL: "skola"}.get(issuer, "invanare")


@pytest.fixture
def traveller(app: Flask, settings: Settings) -> Traveller:
    return Traveller(app, settings)


def test_a_resident_comes_back_to_where_they_were(traveller: Traveller) -> None:
    traveller.sign_in("tolvan", "/logga-in?vidare=/e-tjanster%3Fsok%3Dlampa")
    assert traveller.address.endswith("/e-tjanster?sok=lampa")
    assert "Tolvan Tolvansson" in traveller.page.text_content()
    assert traveller.client.get_cookie(traveller.session_name) is not None
    assert traveller.client.get_cookie(NAME) is None


def test_english_is_kept_on_the_way(traveller: Traveller) -> None:
    traveller.sign_in("samo", "/en/logga-in")
    assert traveller.address.endswith("/en/mina-sidor")
    assert traveller.page.get("lang") == "en"


def test_a_foreigner_signs_in(traveller: Traveller) -> None:
    traveller.sign_in("eidas", issuer=FOREIGN)
    assert "Eidas Nordmann" in traveller.page.text_content()


def test_staff_use_an_entrance_of_their_own(traveller: Traveller) -> None:
    traveller.get("/logga-in?som=medarbetare")
    values = traveller.page.xpath("//button[@name='provider']/@value")
    assert values == [entity_id(traveller.settings, STAFF)]


def test_the_way_back_is_never_to_somebody_else(traveller: Traveller) -> None:
    for evil in (
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
    ):
        traveller.sign_in("tolvan", f"/logga-in?igen=1&vidare={evil}")
        assert traveller.address == "/mina-sidor" or traveller.address.endswith("/mina-sidor")


def test_cancelling_leads_back_to_the_choice(traveller: Traveller) -> None:
    traveller.leave("/logga-in?vidare=/kontakt")
    traveller.post(traveller.answer(cancel="1"))
    assert traveller.status == 200
    assert "Du avbröt inloggningen" in traveller.text
    assert traveller.page.xpath("//input[@name='vidare']/@value") == ["/kontakt"]


def test_an_answer_counts_once(traveller: Traveller, settings: Settings) -> None:
    traveller.leave("/logga-in")
    form = traveller.answer(persona="tolvan")
    assert traveller.post(form).status == 200
    traveller.post(form)
    assert traveller.status == 403
    assert traveller.heading == "Inloggningen tog för lång tid eller har redan använts"


def test_an_answer_without_its_cookie_is_not_taken(traveller: Traveller) -> None:
    traveller.leave("/logga-in")
    form = traveller.answer(persona="tolvan")
    traveller.client.delete_cookie(NAME)
    traveller.client.delete_cookie(PLAIN_NAME)
    assert traveller.post(form).status == 403
    assert traveller.client.get_cookie(traveller.session_name) is None


def test_a_program_that_sends_no_secure_cookie_without_tls_signs_in(traveller: Traveller) -> None:
    traveller.leave("/logga-in")
    traveller.client.delete_cookie(NAME)
    assert traveller.post(traveller.answer(persona="tolvan")).status == 200


def test_an_answer_in_somebody_elses_browser_is_not_taken(
    traveller: Traveller, app: Flask, settings: Settings
) -> None:
    traveller.leave("/logga-in")
    form = traveller.answer(persona="tolvan")
    other = Traveller(app, settings)
    other.leave("/logga-in")
    assert other.post(form).status == 403
    assert other.heading == "Inloggningen tog för lång tid eller har redan använts"


def test_a_forged_answer_uses_the_log_in_up(traveller: Traveller) -> None:
    traveller.leave("/logga-in")
    genuine = traveller.answer(persona="tolvan")
    assert traveller.post([("SAMLResponse", "PHgvPg==")]).status == 403
    assert "Referens" in traveller.text or "referens" in traveller.text
    assert traveller.post(genuine).status == 403


def test_two_log_ins_under_way_each_lead_to_their_own_page(traveller: Traveller) -> None:
    traveller.leave("/logga-in?vidare=/kontakt")
    older = traveller.answer(persona="tolvan")
    traveller.leave("/logga-in?vidare=/e-tjanster")
    newer = traveller.answer(persona="tolvan")
    assert traveller.post(older).address == "/kontakt"
    assert traveller.post(newer).address == "/e-tjanster"
    assert traveller.post(newer).status == 403


def test_a_foreign_answer_does_not_use_up_the_log_in_that_is_under_way(
    traveller: Traveller, app: Flask, settings: Settings
) -> None:
    stranger = Traveller(app, settings)
    stranger.leave("/logga-in")
    planted = stranger.answer(persona="testa")
    traveller.leave("/logga-in")
    own = traveller.answer(persona="tolvan")
    assert traveller.post(planted).status == 403
    assert traveller.post(own).status == 200


def test_no_more_than_a_few_log_ins_are_kept(traveller: Traveller) -> None:
    answers = []
    for _ in range(MOST + 1):
        traveller.leave("/logga-in")
        answers.append(traveller.answer(persona="tolvan"))
    assert traveller.post(answers[0]).status == 403
    assert [traveller.post(form).status for form in answers[1:]] == [200] * MOST


def test_an_answer_to_the_wrong_entity_is_not_taken(traveller: Traveller) -> None:
    traveller.leave("/logga-in")
    assert traveller.post(traveller.answer(persona="tolvan"), "/saml/medarbetare/acs").status == 403


def test_a_refusal_speaks_the_language_of_the_way_back(traveller: Traveller) -> None:
    traveller.leave("/en/logga-in")
    traveller.post([("SAMLResponse", "PHgvPg==")])
    assert traveller.page.get("lang") == "en"
    assert traveller.heading == "We could not verify the sign-in"
    assert "/en/kontakt" in traveller.page.xpath("//main//a/@href")


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"SAMLResponse": ""},
        {"SAMLResponse": "A" * 300_000},
        {"SAMLart": "x"},
        {"other": "å" * 10},
    ],
)
def test_nothing_that_is_posted_is_a_fault_of_ours(
    traveller: Traveller, form: dict[str, str]
) -> None:
    traveller.leave("/logga-in")
    traveller.post(list(form.items()))
    assert traveller.status == 403


def test_signing_out_ends_the_session_on_the_server(traveller: Traveller) -> None:
    traveller.sign_in("tolvan")
    held = traveller.client.get_cookie(traveller.session_name)
    assert held is not None
    traveller.get("/logga-ut")
    traveller.submit("Logga ut")
    assert traveller.heading == "Du är utloggad"
    traveller.client.set_cookie(traveller.session_name, held.value)
    traveller.get("/mina-sidor")
    assert traveller.heading == "Logga in"


def test_whoever_has_protected_data_is_told_before_signing_in(traveller: Traveller) -> None:
    traveller.get("/logga-in")
    assert "Har du skyddade personuppgifter?" in traveller.text
    buttons = traveller.page.xpath("//button[@name='provider']")
    assert traveller.text.index("skyddade personuppgifter") < traveller.text.index(
        " ".join(buttons[0].text_content().split())
    )


def test_an_unknown_e_id_is_told_at_the_choice(traveller: Traveller) -> None:
    traveller.get("/logga-in")
    traveller.submit(None, provider="https://unknown.example")
    assert traveller.status == 422
    assert traveller.page.xpath("//a[@href='#e-id-1']")


@pytest.mark.parametrize("entity", ["invanare", "medarbetare", "skola"])
def test_metadata_has_a_stable_address(traveller: Traveller, entity: str) -> None:
    response = traveller.client.get(f"/saml/{entity}/metadata")
    assert response.mimetype == "application/samlmetadata+xml"
    assert f'entityID="http://localhost:8024/saml/{entity}"' in response.text
    assert traveller.client.get("/saml/okand/metadata").status_code == 404


def test_the_pending_cookie_comes_along_from_another_site(traveller: Traveller) -> None:
    traveller.get("/logga-in")
    data = {
        "csrf_token": traveller.page.xpath("//main//input[@name='csrf_token']/@value")[0],
        "provider": entity_id(traveller.settings, PERSONAL),
    }
    response = traveller.client.post("/logga-in", data=data)
    cookie = next(one for one in response.headers.getlist("Set-Cookie") if one.startswith(NAME))
    for wanted in ("Secure", "HttpOnly", "Path=/", "SameSite=None", "Max-Age=900"):
        assert wanted in cookie
    assert "Domain" not in cookie
