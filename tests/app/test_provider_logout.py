"""Signing out at the provider too, and providers that end sessions of ours (ID-23)."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import text

from app.config import Settings
from app.demo.eid_setup import PERSONAL, entity_id, provider_keys
from app.federation import RESIDENTS, federation_of
from app.onwards import onwards
from app.provider_logout import COOKIE
from identity import logout
from identity.claims import NameID, ProviderSession
from identity.provider import Provider
from tests.app.test_sign_in import Traveller

BUTTON = "Logga ut hos utfärdaren också"


@pytest.fixture
def resident(app: Flask, settings: Settings) -> Traveller:
    return Traveller(app, settings).sign_in("tolvan")


def sign_out(someone: Traveller) -> Traveller:
    return someone.get("/logga-ut").submit("Logga ut")


def there(someone: Traveller) -> str:
    """Go on to the demonstration e-ID's sign-out; returns where it leads back."""
    someone.submit(BUTTON)
    where = urlsplit(someone.address)
    answered = someone.eid.get(f"{where.path}?{where.query}")
    assert answered.status_code == 303, answered.text
    return answered.location


def test_the_local_session_ends_first_and_the_provider_is_offered(resident: Traveller) -> None:
    sign_out(resident)
    assert resident.client.get_cookie(resident.session_name) is None
    assert "Demo-legitimation" in resident.page.text_content()
    assert resident.page.xpath(f"//button[normalize-space()='{BUTTON}']")


def test_the_provider_is_asked_and_answers(resident: Traveller) -> None:
    back = urlsplit(there(sign_out(resident)))
    resident.get(f"{back.path}?{back.query}")
    assert resident.address.endswith("/logga-ut?utfardare=klar")
    assert "utloggad hos utfärdaren" in resident.page.text_content()
    assert resident.client.get_cookie(COOKIE) is None


def test_an_answer_is_taken_once(resident: Traveller) -> None:
    back = urlsplit(there(sign_out(resident)))
    assert resident.get(f"{back.path}?{back.query}").status == 200
    assert resident.get(f"{back.path}?{back.query}").status == 403


def test_english_is_kept_on_the_way(app: Flask, settings: Settings) -> None:
    someone = Traveller(app, settings).sign_in("tolvan", "/en/logga-in")
    someone.get("/en/logga-ut").submit("Sign out").submit("Sign out at the issuer too")
    where = urlsplit(someone.address)
    back = urlsplit(someone.eid.get(f"{where.path}?{where.query}").location)
    assert someone.get(f"{back.path}?{back.query}").address.endswith("/en/logga-ut?utfardare=klar")


def test_a_session_that_ran_out_leads_to_no_provider(app: Flask, settings: Settings) -> None:
    assert (
        not Traveller(app, settings)
        .get("/logga-ut")
        .page.xpath(f"//button[normalize-space()='{BUTTON}']")
    )


def test_the_providers_name_for_somebody_is_kept_sealed(app: Flask, resident: Traveller) -> None:
    with app.extensions["engine"].connect() as connection:
        rows = connection.execute(text("SELECT * FROM provider_session")).all()
    assert rows
    assert all("transient" not in str(row) and "_" + "0" * 40 not in str(row) for row in rows)


@pytest.fixture
def elsewhere(settings: Settings):
    """The demonstration e-ID, which can also begin a sign-out itself."""
    federation = federation_of(settings)
    now = datetime.now(UTC)
    entity = federation.entities[RESIDENTS]
    ours = Provider(entity.entity_id, None, None, (), {}, logout_redirect_url=entity.logout_url)
    issuer = federation.directory(now).provider(entity_id(settings, PERSONAL), RESIDENTS, now)
    assert issuer is not None

    def wish(session: ProviderSession) -> str:
        from_there = replace(entity, entity_id=issuer.entity_id, keys=provider_keys(settings))
        where = urlsplit(logout.ask(from_there, ours, session, datetime.now(UTC)).leaving.url)
        return f"{where.path}?{where.query}"

    return wish


def known_there(app: Flask, settings: Settings) -> ProviderSession:
    """What the demonstration e-ID calls the newest session, opened as only we can."""
    keyring = app.extensions["sessions"]().info["keyring"]
    with app.extensions["engine"].connect() as connection:
        row = connection.execute(
            text(
                "SELECT session_id, sealed FROM provider_session JOIN login_session"
                " ON login_session.id = session_id ORDER BY created_at DESC LIMIT 1"
            )
        ).one()
    told = json.loads(keyring.open(row.sealed, f"provider_session:{row.session_id}"))
    return ProviderSession(NameID(told["value"]), told["index"])


def is_signed_in(someone: Traveller) -> bool:
    return "/logga-in" not in someone.get("/mina-sidor").address


def test_a_provider_can_end_the_session_that_it_opened(
    app: Flask, settings: Settings, resident: Traveller, elsewhere
) -> None:
    answered = resident.client.get(elsewhere(known_there(app, settings)))
    assert answered.status_code == 303
    assert answered.location.startswith(entity_id(settings, PERSONAL))
    assert "SAMLResponse=" in answered.location
    assert not is_signed_in(resident)


def test_a_wish_is_heard_once(app: Flask, settings: Settings, resident, elsewhere) -> None:
    wish = elsewhere(known_there(app, settings))
    assert resident.client.get(wish).status_code == 303
    assert resident.client.get(wish).status_code == 403


@pytest.mark.parametrize("name", ["somebody-else", None])
def test_another_session_is_let_be(
    app: Flask, settings: Settings, resident: Traveller, elsewhere, name: str | None
) -> None:
    known = known_there(app, settings)
    other = ProviderSession(NameID(name or known.name.value), "_another")
    assert resident.client.get(elsewhere(other)).status_code == 303
    assert is_signed_in(resident)


def test_an_unsigned_or_changed_wish_ends_nothing(
    app: Flask, settings: Settings, resident: Traveller, elsewhere
) -> None:
    wish = elsewhere(known_there(app, settings))
    for bent in (
        wish.split("&SigAlg")[0],
        wish.replace("RelayState=", "RelayState=x"),
        "/saml/invanare/slo",
    ):
        refused = resident.client.get(bent)
        assert refused.status_code == 403
        assert "Vi kunde inte verifiera utloggningen" in refused.text
    assert is_signed_in(resident)


def test_what_is_posted_is_never_a_fault_of_ours(resident: Traveller) -> None:
    for form in (
        {},
        {"SAMLRequest": "PHgvPg=="},
        {"SAMLResponse": "x"},
        {"SAMLRequest": "A" * 300_000},
    ):
        assert resident.client.post("/saml/invanare/slo", data=form).status_code == 403
    assert is_signed_in(resident)
    assert resident.client.get("/saml/ingen/slo").status_code == 404


def test_a_message_by_form_posts_itself_and_works_without_script(app: Flask) -> None:
    with app.test_request_context("/"):
        told = onwards("https://idp.example/sso", (("SAMLRequest", "AA=="), ("RelayState", "x")))
    body = told.get_data(as_text=True)
    assert 'action="https://idp.example/sso"' in body
    assert "csrf_token" not in body.partition("data-onwards")[2]
