"""Pages ask the database a few times, however many cases they show."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from tests.desk import at_desk, desk_of
from tests.pages import number_on, report
from tests.town import Town

# How often each page may ask. The session of who is signed in, and the duties of staff, count too.
MOST = {
    ("", "/"): 1,
    ("", "/e-tjanster"): 1,
    ("", "/e-tjanster/felanmalan"): 4,
    ("", "/e-tjanster/felanmalan/ansok"): 3,
    # Two of them only when something is to be paid, or somebody is invited.
    ("testa", "/mina-sidor"): 12,
    ("testa", "/mina-sidor/handlingar"): 5,
    ("testa", "/mina-sidor/kontaktval"): 4,
    ("handlaggare-tn", "/handlaggning/horande"): 4,
    ("testa", "/mina-sidor/betalningar"): 3,
    # One of them counts what waits in each unit.
    ("handlaggare-tn", "/handlaggning"): 13,
    ("handlaggare-tn", "/handlaggning?vy=all"): 13,
    ("handlaggare-tn", "/handlaggning/frister"): 7,
    ("handlaggare-tn", "/handlaggning/statistik"): 8,
    ("", "/statistik"): 5,
    ("ordforande-tn", "/fortroendevald"): 4,
    ("elev", "/skola"): 2,
    # The session and duties, the fees, their sum, the e-services.
    ("ekonom", "/ekonomi/inkasso?lage=alla"): 6,
    ("systemagare", "/handlaggning/samma-person"): 5,
}
CASE_AT_DESK = 19


@contextmanager
def counted(town: Town) -> Iterator[list[str]]:
    """The statements that are asked meanwhile."""
    asked: list[str] = []
    engine = town.app.extensions["engine"]

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(("who", "address"), MOST, ids=lambda part: part or "anyone")
def test_a_page_asks_a_few_times(town, who, address):
    browser = town.signed_in(who) if who else town.visitor()
    browser.get(address)
    # Whoever has a cookie is never served the kept page.
    browser.client.set_cookie("other", "1")

    with counted(town) as asked:
        browser.get(address)

    assert browser.status == 200
    assert len(asked) <= MOST[who, address], "\n".join(asked)


def test_a_case_at_the_desk_asks_a_few_times(town):
    number = number_on(report(town.signed_in("testa")).submit("Skicka in"))
    browser = at_desk(town, number)

    with counted(town) as asked:
        browser.get(f"/handlaggning/arenden/{number}")

    assert len(asked) <= CASE_AT_DESK, "\n".join(asked)


def test_my_pages_do_not_ask_once_for_each_case(town):
    resident = town.signed_in("testa")
    for _ in range(3):
        number = number_on(report(resident).submit("Skicka in"))
        desk_of(town, number, kind="completion", body="Vilken stolpe?")
    resident.get("/mina-sidor")

    with counted(town) as asked:
        resident.get("/mina-sidor")

    assert len(asked) <= MOST["testa", "/mina-sidor"], "\n".join(asked)
