"""Files from the bank in the browser: seen, confirmed, followed, and listed with their outcome."""

import io

import pytest

from tests.builders.bank_files import BANKGIRO, EXAMPLE, Paid, bgmax, camt054
from tests.pages import told
from tests.paying import at_the_till

ECONOMIST = "ekonom"
HOSTILE = b"<!DOCTYPE a [<!ENTITY b 'c'>]>"


@pytest.fixture(scope="module")
def till(town):
    with at_the_till(town) as till:
        yield till


@pytest.fixture
def economist(till):
    return till.town.signed_in(ECONOMIST).get("/ekonomi/filer")


def hand_in(browser, data, name="bgmax.txt"):
    browser.get("/ekonomi/filer")
    return browser.submit("Se vad filen innehåller", files={"file": (io.BytesIO(data), name)})


def test_a_file_is_seen_confirmed_and_booked(till, economist):
    order, _ = till.order(900)
    data = bgmax([Paid(90000, order.ocr), Paid(12300, name="Åsa Öberg")], serial=880001)
    hand_in(economist, data)
    assert economist.heading == "Är det här rätt fil?"
    for words in ("BgMax", BANKGIRO, "24 november 2026", "Antal betalningar2", "023 kr"):
        assert words in economist.text.replace("\u00a0", " "), words
    economist.submit("Bokför betalningarna")
    assert economist.heading == "Filen bokförs"
    assert "0 av 2 betalningar är bokförda." in economist.text
    state = economist.client.get(economist.address + "/lage")
    assert state.get_json() == {"state": "reading:0"}

    till.work_through()
    economist.get(economist.address)
    assert economist.heading == "Filen är bokförd"
    assert "1 betalning är placerad med sin referens." in economist.text
    assert "1 betalning hamnade i listan över oplacerat." in economist.text
    assert "1 placerade, 1 oplacerade, 0 redan inlästa" in economist.get("/ekonomi/filer").text
    hand_in(economist, data)
    assert "Filen är redan inläst. Inget har ändrats." in economist.page.text_content()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (EXAMPLE.replace("315100SEK", "315101SEK").encode(),
         "Betalningarna blir inte tillsammans den summa som filen anger. Se rad 11."),
        (EXAMPLE.replace("25Kult", "99Kult").encode(),
         "Filen innehåller en post som inte finns i BgMax. Se rad 10."),
        (camt054([Paid(100)]).replace(b"<Document", HOSTILE + b"<Document", 1), "dokumenttyp"),
        (b"Hej", "inte en fil med betalningar från banken"),
        (EXAMPLE.replace("050009912346", "050055551234").encode(), "annat bankgironummer"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_the_field_and_in_the_list(economist, data, words):
    hand_in(economist, data, "fel.txt")
    (said,) = told(economist)
    assert words in said
    assert words in economist.get("/ekonomi/filer").text
    assert "fel.txt" in economist.text


def test_no_file_and_several_files_are_refused_at_the_field(economist):
    economist.submit("Se vad filen innehåller")
    assert told(economist) == ["Välj filen som banken har skickat."]
    files = [(io.BytesIO(b"a"), "a.txt"), (io.BytesIO(b"b"), "b.txt")]
    economist.get("/ekonomi/filer").submit("Se vad filen innehåller", files={"file": files})
    assert told(economist) == ["Välj en fil i taget."]


def test_a_refusal_is_told_in_english_too(economist):
    economist.get("/en/ekonomi/filer")
    economist.submit("See what the file holds", files={"file": (io.BytesIO(b"Hej"), "a.txt")})
    (said,) = told(economist)
    assert said.startswith("This is not a file of payments")


def test_a_file_is_left_out(economist):
    hand_in(economist, bgmax([Paid(500)], serial=880101))
    economist.submit("Ta bort filen utan att bokföra")
    assert "Inget av den är bokfört." in economist.page.text_content()


def test_files_are_for_economists_alone(till, economist):
    hand_in(economist, bgmax([Paid(500)], serial=880201))
    address = economist.address
    for who in ("attestant", "chef-sn", "handlaggare-bun"):
        other = till.town.signed_in(who)
        assert other.get("/ekonomi/filer").status == 403, who
        assert other.get(address).status == 403, who
        assert other.client.get(address + "/lage").status_code == 403, who
