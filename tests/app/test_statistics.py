"""Statistics for those who lead, and for everybody."""

import csv
import io

from sqlalchemy import update

from services.statistics.models import Standing


def rows_of(browser):
    return list(csv.DictReader(io.StringIO(browser.response.get_data(as_text=True))))


def test_staff_see_their_own_authoritys_figures_only(town):
    handler = town.signed_in("handlaggare-tn").get("/handlaggning/statistik")
    assert handler.heading == "Statistik"
    assert "Felanmälan" in handler.text
    handler.click("Hämta siffrorna som fil")
    slugs = {row["service"] for row in rows_of(handler)}
    assert "felanmalan" in slugs
    assert "serveringstillstand" not in slugs
    assert "hilda" not in handler.response.get_data(as_text=True).lower()


def test_the_public_is_told_of_no_small_number(town):
    visitor = town.visitor().get("/statistik?manader=24")
    assert visitor.heading == "Så lång tid tar det hos oss"
    visitor.get("/statistik.csv?manader=24")
    numbers = [row["received"] for row in rows_of(visitor)]
    assert numbers
    assert all(not number or int(number) >= 5 for number in numbers)


def test_the_pace_is_told_before_one_begins_and_how_it_was_counted(town):
    with town.work() as work:
        known = {"low_days": 9, "median_days": 11, "high_days": 14, "slow_days": 20}
        work.session.execute(update(Standing).values(decided_cases=37, **known))
    page = town.visitor().get("/e-tjanster/varmepump")
    assert "tar 9 till 14 dagar" in page.text
    assert "37 ärenden" in page.text
    assert "take 9 to 14 days" in town.visitor().get("/en/e-tjanster/varmepump").text


def test_an_unknown_span_is_a_year(town):
    visitor = town.visitor()
    assert visitor.get("/statistik?manader=999999").status == 200
    assert visitor.get("/statistik?manader=x").status == 200
