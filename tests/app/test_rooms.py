"""Shared rooms on Mina sidor: made, shared in, gone on with, left; and their border."""

import pytest
from sqlalchemy import select

from services.audit.models import AuditEntry
from services.cases.models import Case
from services.rooms.models import RoomMember
from tests.accessibility.rooming import ROOMS, a_room, code_for, come, opened, share
from tests.app.test_borders import parts_of, rules
from tests.app.test_queries import counted
from tests.desk import at_desk, desk_of
from tests.pages import number_on, report, status_of, told
from tests.paying import SLUG, at_the_till
from tests.town import Town

OWNER, SENDER, READER, STRANGER = "tolvan", "testo", "samo", "firma"
DAY = {"answer_by__day": "1", "answer_by__month": "12", "answer_by__year": "2030"}


@pytest.fixture(scope="module")
def room(town: Town) -> str:
    """A household's room with somebody who sends in and somebody who reads."""
    made = a_room(town, OWNER)
    come(town, OWNER, made, SENDER, "sender")
    come(town, OWNER, made, READER, "reader")
    return made


@pytest.fixture
def number(town: Town, room: str) -> str:
    """A case that is shared there."""
    made = number_on(report(town.signed_in(OWNER)).submit("Skicka in"))
    share(town, OWNER, room, made)
    return made


def id_of(room: str) -> str:
    """The key of a room."""
    return room.rsplit("/", 1)[1]


def test_the_rooms_that_one_is_in_are_listed_with_what_one_is_there(town, room):
    for who, role in ((OWNER, "Sköter rummet"), (SENDER, "Skickar in"), (READER, "Läser")):
        mine = town.signed_in(who).get(ROOMS)
        assert f"Hushåll · 3 medlemmar · Din roll: {role}" in mine.text, who
        assert mine.page.xpath("//main//a[@href=$room]", room=room), who
    assert "Samo Provsson (du)" in town.signed_in(READER).get(room).text
    assert "Du är inte med i något rum" in town.signed_in("skyddad").get(ROOMS).text


def test_an_invitation_stands_among_what_to_do_until_it_is_answered(town, room):
    code = code_for(town, OWNER, room, "reader")
    guest = opened(town, STRANGER, code)
    assert guest.heading == "Du är inbjuden till Familjen på Exempelvägen"
    assert "Tolvan Tolvansson" in guest.text
    mine = town.signed_in(STRANGER).get("/mina-sidor")
    assert mine.page.xpath("//main//h2")[0].text == "Det här behöver du göra nu"
    assert mine.click("Svara på inbjudan till Familjen").address == guest.address
    assert "Du har tackat nej" in mine.submit("Nej, tacka nej").page.text_content()
    assert "Svara på inbjudan" not in mine.get("/mina-sidor").text
    assert mine.get(room).status == 404
    mine.get(f"{ROOMS}/inbjudan?kod={code}").submit("Fortsätt")
    assert told(mine) == ["Koden är fel, redan använd eller för gammal. Be om en ny inbjudan."]


def test_an_invitation_by_number_waits_under_my_pages_without_any_code(town, room):
    code_for(town, OWNER, room, "reader", number="18900103-9800")
    mine = town.signed_in(STRANGER).get("/mina-sidor")
    assert "Svara på inbjudan till Familjen på Exempelvägen" in mine.text
    assert "Tolvan sköter" not in mine.text
    owner = town.signed_in(OWNER).get(room)
    assert "Den jag bjuder in" in owner.text
    owner.submit("Ta tillbaka inbjudan")
    assert "Svara på inbjudan" not in mine.get("/mina-sidor").text


def test_a_reader_sees_the_case_and_cannot_write_pay_or_act_in_it(town, room, number):
    desk_of(town, number, kind="completion", body="Vilken stolpe är det?", **DAY)
    reader = town.signed_in(READER).get(room).click("Felanmälan")
    assert number in reader.text
    assert "Någon har delat det här ärendet" in reader.text
    for words in ("Skriv till oss", "Komplettera ärendet", "Återkalla", "Vem som har öppnat"):
        assert words not in reader.text
    at = f"/mina-sidor/arenden/{number}"
    assert reader.get(f"{at}/kvittens.pdf").status == 200
    for path in ("aterkalla", "omdome", "oppnat", "begar-avgorande", "komplettera"):
        assert reader.get(f"{at}/{path}").status == 403, path
    token = reader.get(f"{ROOMS}/nytt").page.xpath("//input[@name='csrf_token']/@value")[0]
    sent = {"csrf_token": token, "body": "Hej", "reason": "x"}
    for path in ("", "/aterkalla", "/komplettera"):
        assert status_of(reader.client.post(at + path, data=sent)) == 403, path


def test_reading_by_a_member_is_not_the_partys_reading(town, room, number):
    desk_of(town, number, kind="answer", body="Den lagas i morgon.")
    fresh = f"//a[contains(@href, '{number}#message-')]"
    for who in (READER, SENDER):
        assert "Den lagas" in town.signed_in(who).get(f"/mina-sidor/arenden/{number}").text
    assert town.signed_in(OWNER).get("/mina-sidor").page.xpath(fresh)


def test_a_sender_completes_and_writes_with_their_own_name(town, room, number):
    desk_of(town, number, kind="completion", body="Vilken stolpe är det?", **DAY)
    sender = town.signed_in(SENDER).get(f"/mina-sidor/arenden/{number}")
    sender.submit("Skicka in kompletteringen", body="Stolpe 7.")
    assert "Testo Provberg" in at_desk(town, number).text
    assert "Återkalla ärendet" not in sender.text
    assert town.ask(select(Case.state).where(Case.number == number)) != "awaiting_completion"


def test_what_waits_in_a_shared_case_is_among_what_a_sender_has_to_do(town, room, number):
    desk_of(town, number, kind="completion", body="Vilken stolpe är det?", **DAY)
    todo = f"//main//*[contains(@class, 'salem-notice')]//a[contains(., '{number}')]"
    (link,) = town.signed_in(SENDER).get("/mina-sidor").page.xpath(todo)
    assert link.text_content().startswith("Komplettera: Felanmälan")
    assert not town.signed_in(READER).get("/mina-sidor").page.xpath(todo)
    town.signed_in(SENDER).get(link.get("href")).submit("Skicka in kompletteringen", body="Sju.")
    assert not town.signed_in(SENDER).get("/mina-sidor").page.xpath(todo)


def test_a_sender_goes_on_with_a_draft_and_sends_it_in(town, room):
    report(town.signed_in(OWNER), post="S-4711")
    share(town, OWNER, room, "Utkast: Felanmälan")
    reader = town.signed_in(READER).get(room)
    reader.get(reader.page.xpath("//a[contains(@href, '/utkast/')]/@href")[0])
    assert "S-4711" in reader.text
    assert "Fortsätt på utkastet" not in reader.text
    draft = reader.address.rsplit("/", 1)[1]
    assert reader.get(f"/e-tjanster/felanmalan/ansok/{draft}").status == 404
    sender = town.signed_in(SENDER)
    sender.get(f"{room}/utkast/{draft}").click("Fortsätt på utkastet")
    assert "Ta bort utkastet" not in sender.text
    assert sender.get(f"/e-tjanster/felanmalan/ansok/{draft}/ta-bort").status == 403
    sender.get(f"/e-tjanster/felanmalan/ansok/{draft}/granska").submit("Skicka in")
    assert "/folj/" not in sender.page.text_content()
    number = number_on(sender)
    case = town.ask(select(Case).where(Case.number == number))
    assert case.acting_person_id == town.founded.personas[OWNER]
    assert number in town.signed_in(OWNER).get("/mina-sidor").text
    assert number not in town.signed_in(SENDER).get("/mina-sidor").text


def test_when_it_is_shared_no_more_it_is_gone_from_page_file_and_log(town, room, number):
    reader = town.signed_in(READER).get(f"/mina-sidor/arenden/{number}")
    assert reader.status == 200
    owner = town.signed_in(OWNER).get(room)
    form = owner.page.xpath("//form[contains(., $number)]/@action", number=number)[0]
    token = owner.page.xpath("//input[@name='csrf_token']/@value")[0]
    assert status_of(owner.client.post(form, data={"csrf_token": token})) == 303
    assert reader.get(f"/mina-sidor/arenden/{number}").status == 404
    assert reader.get(f"/mina-sidor/arenden/{number}/kvittens.pdf").status == 404
    assert number not in reader.get(room).text
    assert "Tolvan Tolvansson slutade dela ett ärende." in reader.text


def test_a_member_who_works_at_the_desk_is_kept_out_of_the_case(town, room):
    made = a_room(town, "testa", "Hos Testa")
    mine = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    share(town, "testa", made, mine)
    clerk = town.founded.personas["handlaggare-tn"]
    at_desk(town, mine)
    with town.work() as work:
        in_it = {"room_id": id_of(made), "person_id": clerk, "role": "reader"}
        work.session.add(RoomMember(**in_it, joined_at=work.now))
    assert town.signed_in("handlaggare-tn").get(f"/handlaggning/arenden/{mine}").status == 404


def test_what_is_done_in_a_room_is_logged(town, room, number):
    acts = town.ask(
        select(AuditEntry.action)
        .where(AuditEntry.action == "room:shared", AuditEntry.subject_id == id_of(room))
        .limit(1)
    )
    assert acts == "room:shared"


def addresses(town: Town, room: str, method: str) -> list[str]:
    """Every address of a room, with this very room in it."""
    found = []
    for rule in rules(town):
        if "room_id" in rule.arguments and method in rule.methods:
            parts = {**parts_of(rule), "room_id": id_of(room)}
            adapter = town.app.url_map.bind("localhost")
            found.append(adapter.build(rule.endpoint, parts, method=method))
    assert len(found) > 4
    return found


@pytest.mark.parametrize("who", [STRANGER, "skyddad", "eidas"])
def test_no_address_of_a_room_opens_for_who_is_not_in_it(town, room, who):
    browser = town.signed_in(who)
    token = browser.get("/mina-sidor/kontaktval").page.xpath("//input[@name='csrf_token']/@value")
    for address in addresses(town, room, "GET"):
        assert status_of(browser.client.get(address)) in (303, 404), address
    for address in addresses(town, room, "POST"):
        sent = {"csrf_token": token[0], "role": "owner", "name": "x", "answer": "accept"}
        answer = browser.client.post(address, data=sent)
        assert status_of(answer) in (303, 403, 404), address
    assert "Familjen" not in browser.get(ROOMS).text


@pytest.mark.parametrize("who", [READER, SENDER])
def test_a_member_does_not_look_after_the_room(town, room, who):
    browser = town.signed_in(who).get(room)
    assert not browser.page.xpath("//a[contains(@href, 'bjud-in') or contains(@href, 'medlemmar')]")
    assert browser.get(f"{room}/bjud-in").status == 403
    token = browser.get(f"{room}/lamna").page.xpath("//input[@name='csrf_token']/@value")[0]
    looks_after = town.signed_in(OWNER).get(room)
    place = looks_after.page.xpath("//a[contains(@href, 'medlemmar')]/@href")[0]
    sent = {"csrf_token": token, "role": "owner"}
    for path in (place.removeprefix(f"{room}/"), f"{place.removeprefix(f'{room}/')}/ta-bort"):
        assert status_of(browser.client.post(f"{room}/{path}", data=sent)) == 403, path


def test_roles_are_changed_and_members_removed(town):
    made = a_room(town, OWNER, "Sommarstugan")
    come(town, OWNER, made, STRANGER, "reader")
    owner = town.signed_in(OWNER).get(made).click("Firma Testlund")
    owner.submit("Spara rollen", role="sender")
    assert "Rollen är ändrad" in owner.page.text_content()
    guest = town.signed_in(STRANGER).get(made)
    assert "Din roll: Skickar in" in guest.text
    owner.click("Tolvan Tolvansson").submit("Spara rollen", role="reader")
    assert told(owner) == [
        "Någon måste sköta rummet. Låt först en annan medlem göra det, eller stäng rummet."
    ]
    owner.get(made).click("Firma Testlund").submit("Ta bort från rummet")
    assert guest.get(made).status == 404
    owner.get(f"{made}/lamna").submit("Stäng rummet")
    assert "Rummet är stängt" in owner.page.text_content()
    assert owner.get(made).status == 404


def test_an_organisations_room_is_opened_by_who_signs_for_it(town):
    signs = town.signed_in("forening").get(ROOMS)
    signs.submit("Öppna rummet för Exempelby IF")
    assert signs.heading == "Exempelby IF"
    assert "Förening" in signs.text
    assert town.signed_in(STRANGER).get(signs.address).status == 404


def test_a_person_with_protected_data_is_told_to_call_and_comes_into_no_room(town, room):
    protected = town.signed_in("skyddad").get(ROOMS)
    assert "Du har skyddade personuppgifter" in protected.text
    assert protected.get(f"{ROOMS}/nytt").status == 403
    code = code_for(town, OWNER, room, "reader")
    assert opened(town, "skyddad", code).status == 403


def test_a_room_asks_a_few_times_however_many_cases_it_shows(town, room):
    browser = town.signed_in(OWNER).get(room)
    for _ in range(2):
        share(town, OWNER, room, number_on(report(town.signed_in(OWNER)).submit("Skicka in")))
    with counted(town) as asked:
        browser.get(room)
    assert len(asked) <= 9, "\n".join(asked)


def test_a_member_who_may_send_in_is_led_to_the_fee_and_a_reader_is_not(town, room):
    with at_the_till(town):
        browser = town.signed_in(OWNER).get(f"/e-tjanster/{SLUG}/ansok")
        browser.submit("Nästa", stolpe="S-1", epost="t@example.com").submit("Skicka in")
        number = number_on(browser)
        share(town, OWNER, room, number)
        sender = town.signed_in(SENDER).get(f"/mina-sidor/arenden/{number}")
        assert sender.click("Betala avgiften").status == 200
        assert "/betala/" in sender.address
        to_pay = f"//main//a[@href='{sender.address}']"
        assert town.signed_in(SENDER).get("/mina-sidor").page.xpath(to_pay)
        assert not town.signed_in(READER).get("/mina-sidor").page.xpath(to_pay)
        reader = town.signed_in(READER).get(f"/mina-sidor/arenden/{number}")
        assert "/betala/" not in reader.client.get(reader.address).get_data(as_text=True)
        assert "Betala avgiften" not in reader.text
