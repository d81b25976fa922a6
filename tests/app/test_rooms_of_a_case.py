"""The row of rooms stands on every page of a case at the desk, also on those behind a room."""

from tests.app.test_paying_for_a_case import applied
from tests.pages import number_on, report
from tests.paying import at_the_till

RESIDENT, REGISTRAR = "testa", "registrator-tn"


def rooms_on(browser) -> list[str]:
    """The rooms shown, the present one marked."""
    row = browser.page.xpath("//nav[@class='case-rooms']//a")
    return [f"{each.text}*" if each.get("aria-current") else each.text for each in row]


def test_the_mark_that_is_taken_away_stands_among_documents_and_secrecy(town):
    number = number_on(report(town.signed_in(RESIDENT)).submit("Skicka in"))
    desk = town.signed_in(REGISTRAR).get(f"/handlaggning/arenden/{number}/handlingar")
    what = desk.page.xpath("//select[@name='what']/option[@value!='']/@value")[0]
    desk.submit("Gör markeringen", what=what, law="25 kap. 1 § OSL")
    (link,) = desk.page.xpath("//a[contains(@href, '/sekretess/')]/@href")
    desk.get(link)
    assert "Handlingar och sekretess*" in rooms_on(desk)
    assert len(rooms_on(desk)) >= 6
    desk.submit("Ta bort markeringen", because="Prövat.")
    assert "Markeringen är borttagen." in desk.text


def test_the_code_for_a_letter_stands_among_the_fees(town):
    with at_the_till(town):
        number = number_on(applied(town).submit("Skicka in"))
        desk = town.signed_in("handlaggare-tn").get(f"/handlaggning/arenden/{number}/avgift")
        desk.submit("Gör en kod till ett brev")
        assert "Avgifter*" in rooms_on(desk)
