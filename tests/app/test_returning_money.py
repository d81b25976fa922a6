"""In the browser: money that belongs to nobody here goes back by two persons."""

import io

import pytest

from tests.builders.bank_files import Paid, bgmax
from tests.pages import told
from tests.paying import at_the_till


@pytest.fixture(scope="module")
def till(town):
    with at_the_till(town) as till:
        yield till


def test_one_asks_another_attests_and_it_is_paid_out(till):
    economist = till.town.signed_in("ekonom").get("/ekonomi/filer")
    data = bgmax([Paid(77700, name="Bertil Fel", text="fel kommun")], serial=660001)
    economist.submit("Se vad filen", files={"file": (io.BytesIO(data), "b.txt")})
    economist.submit("Bokför betalningarna")
    till.work_through()
    economist.get("/ekonomi/oplacerat")
    row = "//tr[contains(., 'Bertil Fel')]//th//a/@href"
    economist.get(economist.page.xpath(row)[0]).click("betala tillbaka dem")
    economist.submit("Begär att det betalas tillbaka", receiver="", reason="")
    assert "Skriv till vem och till vilket konto." in told(economist)
    to = {"receiver": "Bertil Fel, bankgiro 991-2346", "reason": "Fel kommun"}
    economist.submit("Begär att det betalas tillbaka", **to)
    assert "Är på väg tillbaka" in economist.text
    assert "Bertil Fel, bankgiro" not in economist.get("/ekonomi/attest").text

    attester = till.town.signed_in("attestant").get("/ekonomi/attest")
    assert "Betalas tillbaka till: Bertil Fel, bankgiro 991-2346" in attester.text
    box = attester.page.xpath("//section[contains(., 'Bertil Fel')]//form/@action")[0]
    token = attester.page.xpath("//input[@name='csrf_token']/@value")[0]
    attester.client.post(box, data={"csrf_token": token}, headers={"Referer": "http://localhost/"})

    economist.get("/ekonomi/oplacerat")
    assert "till Bertil Fel, bankgiro 991-2346" in economist.text
    economist.submit("Den är utbetald")
    assert "Bertil Fel" not in economist.text
    assert "Reskontran går ihop" in economist.get("/ekonomi/bokforing/kontroll").text


def test_only_economists_give_money_back(till):
    for who in ("attestant", "chef-sn", "handlaggare-bun"):
        other = till.town.signed_in(who)
        address = "/ekonomi/oplacerat/00000000-0000-0000-0000-000000000000/aterbetala"
        assert other.get(address).status == 403, who
