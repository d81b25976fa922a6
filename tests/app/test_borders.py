"""Who may enter where: every route in every role, and other people's cases, drafts and files."""

import io

import pytest

from tests.browser import Browser
from tests.desk import at_desk
from tests.pages import number_on, report, status_of
from tests.services.attachments.files import photo
from tests.town import Town

ROLES = {
    "anyone": None,
    "resident": "tolvan",
    "staff": "handlaggare-tn",
    "owner": "systemagare",
    "elected": "ledamot-bun",
    "pupil": "elev",
    "lead": "chef-tn",
    "economist": "ekonom",
}
WELCOME = {
    "anyone": set(ROLES),
    "signed_in": {"resident"},
    "pupils": {"pupil"},
    "staff": {"staff", "owner", "lead", "economist"},
    "elected": {"elected"},
    "admins": {"owner"},
}
OF_ECONOMISTS = ("files", "bank_file", "bank_file_state", "give_back")
# Rooms of the staff, or whole corridors of them, that some duties only open.
NARROWER = {
    "ledger": {"economist", "lead"},
    **{f"ledger.{name}": {"economist"} for name in OF_ECONOMISTS},
    "desk.even_out": {"lead"},
    "representatives.register": {"lead"},
}
# What others send here carries a proof of its own, and is refused without.
PROVEN = {
    "sign_in.answer",
    "signatures.answer",
    "provider_logout.came_by_address",
    "provider_logout.came_by_form",
    "payment_notices.hear",
}
# Something for each variable part of an address; what is meant does not exist.
PARTS = {
    "slug": "felanmalan",
    "number": "S24-26-AAAAAA",
    "page_key": "vad",
    "kind": "remiss",
    "what": "stang",
    "answer": "ja",
    "key": "finns-inte",
    "code": "finns-inte",
    "secret": "finns-inte",
    "mail_id": "finns-inte",
    "name": "invanare",
    "filename": "salem.css",
}
NOBODYS = "01a20000-0000-7000-8000-000000000000"


def parts_of(rule) -> dict[str, str]:
    """Something for each variable part of a route's address; an id is nobody's."""
    ids = {name: NOBODYS for name in rule.arguments if name.endswith("_id")}
    return {**ids, **{name: PARTS[name] for name in rule.arguments if name in PARTS}}


def rules(town: Town) -> list:
    """All routes but the static files."""
    return [rule for rule in town.app.url_map.iter_rules() if rule.endpoint != "static"]


def welcome_at(town: Town, endpoint: str) -> set[str]:
    """The roles that a route lets in."""
    blueprint = endpoint.split(".")[0]
    wide = WELCOME[town.app.view_functions[endpoint].visitors]
    return NARROWER.get(endpoint, NARROWER.get(blueprint, wide))


def address_of(town: Town, rule, method: str) -> str:
    """An address that a route answers to."""
    adapter = town.app.url_map.bind("localhost")
    return adapter.build(rule.endpoint, parts_of(rule), method=method)


@pytest.mark.parametrize("role", ROLES)
def test_every_route_lets_in_those_it_says_and_nobody_else(town, role):
    who = ROLES[role]
    browser = town.signed_in(who) if who else town.visitor()
    for rule in rules(town):
        if "GET" not in rule.methods or rule.endpoint in PROVEN:
            continue
        welcome = welcome_at(town, rule.endpoint)
        with browser.client.get(address_of(town, rule, "GET")) as answer:
            code = (role, rule.endpoint, answer.status_code)
            assert answer.status_code < 500, code
            if role in welcome:
                assert answer.status_code != 403, code
            elif who is None:
                assert answer.status_code == 303, code
                assert "/logga-in" in answer.headers["Location"], code
            else:
                assert answer.status_code == 403, code


@pytest.mark.parametrize("endpoint", sorted(PROVEN))
def test_what_comes_from_outside_is_refused_without_its_proof(town, endpoint):
    for rule in town.app.url_map.iter_rules(endpoint):
        for method in rule.methods & {"GET", "POST"}:
            address = address_of(town, rule, method)
            answer = town.visitor().client.open(address, method=method, data={"x": "y"})
            assert status_of(answer) in (400, 403, 404), (endpoint, method)


@pytest.mark.parametrize("role", ROLES)
def test_no_form_is_taken_without_its_token(town, role):
    who = ROLES[role]
    browser = town.signed_in(who) if who else town.visitor()
    for rule in rules(town):
        if "POST" not in rule.methods or rule.endpoint in PROVEN:
            continue
        address = address_of(town, rule, "POST")
        assert status_of(browser.client.post(address, data={"x": "y"})) == 400, rule.endpoint


@pytest.fixture
def draft(town: Town) -> str:
    """The address of a page of somebody's draft."""
    browser = town.signed_in("testa").get("/e-tjanster/felanmalan/ansok")
    return browser.submit("Nästa", kategori="lekplats").address


@pytest.mark.parametrize("who", [None, "tolvan", "handlaggare-tn", "ledamot-bun"])
def test_somebody_elses_draft_is_not_there(town, draft, who):
    browser = town.signed_in(who) if who else town.visitor()
    whole = draft.rsplit("/", 1)[0]
    for address in (draft, whole, f"{whole}/granska", f"{whole}/klart", f"{whole}/kvittens.pdf"):
        assert browser.get(address).status == 404
    assert browser.get(f"{whole}/ta-bort").status == 404


def test_a_draft_of_another_browser_is_not_there(town):
    address = report(town.visitor()).address
    assert town.visitor().get(address).status == 404
    assert town.signed_in("testa").get(address).status == 404


@pytest.mark.parametrize("who", ["tolvan", "forening"])
def test_somebody_elses_case_is_not_there(town, who):
    number = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    browser = town.signed_in(who)
    for tail in ("", "/aterkalla", "/kvittens.pdf"):
        assert browser.get(f"/mina-sidor/arenden/{number}{tail}").status == 404


def a_case_with_a_photo(town: Town) -> tuple[Browser, str]:
    """A resident with a case that has a photo, and the photo's address under Mina sidor."""
    browser = town.signed_in("testa").get("/e-tjanster/felanmalan/ansok")
    browser.submit("Nästa", kategori="lekplats").submit("Nästa", akut="no")
    browser.submit("Nästa", plats__text="Torget")
    picture = {"foton": a_photo()}
    browser.submit("Nästa", files=picture, beskrivning="Gungan har gått av.").submit("Nästa")
    number = number_on(browser.submit("Skicka in"))
    browser.get(f"/mina-sidor/arenden/{number}")
    return browser, browser.page.xpath("//main//a[contains(@href, '/filer/')]/@href")[0]


def a_photo():
    """A photo as a form takes it."""
    return io.BytesIO(photo()), "gunga.jpg"


def test_a_file_is_there_for_its_owner_and_for_the_desk_only(town):
    owner, file = a_case_with_a_photo(town)
    assert status_of(owner.client.get(file)) == 200
    assert status_of(town.signed_in("tolvan").client.get(file)) == 404
    number = file.split("/arenden/")[1].split("/")[0]
    desk = at_desk(town, number)
    own = desk.page.xpath("//main//a[contains(@href, '/filer/')]/@href")[0]
    assert status_of(desk.client.get(own)) == 200
    assert status_of(town.signed_in("handlaggare-bmn").client.get(own)) == 404


def test_a_file_of_another_case_is_not_there_by_ones_own_case(town):
    _, file = a_case_with_a_photo(town)
    other = town.signed_in("tolvan")
    number = number_on(report(other).submit("Skicka in"))
    attachment = file.rsplit("/", 1)[1]
    assert other.get(f"/mina-sidor/arenden/{number}/filer/{attachment}").status == 404


def test_a_photo_has_lost_what_the_phone_told(town):
    owner, file = a_case_with_a_photo(town)
    with owner.client.get(file) as answer:
        assert b"Testa Exempel" not in answer.data
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_resident_has_no_way_to_the_desk_and_the_desk_none_to_mina_sidor(town):
    assert town.signed_in("testa").get("/handlaggning").status == 403
    assert town.signed_in("handlaggare-tn").get("/mina-sidor").status == 403
    assert town.signed_in("handlaggare-tn").get("/fortroendevald").status == 403
    assert town.signed_in("ledamot-bun").get("/handlaggning").status == 403
