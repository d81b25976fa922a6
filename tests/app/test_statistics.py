"""Statistics for those who lead, and for everybody."""

import csv
import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update

from services.cases.rating_models import Rating
from services.catalogue.models import Service
from services.kernel.calendar import local_day
from services.statistics import satisfaction
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


@pytest.fixture
def answers(town):
    """Six answers of the quarter before this one, and two of this: about broken lamps."""
    with town.work() as work:
        service_id = work.session.scalar(select(Service.id).where(Service.slug == "felanmalan"))
        this = satisfaction.begins(local_day(work.now))
        before = satisfaction.begins(this - timedelta(days=1))
        given = [(before, 5), (before, 5), (before, 4), (before, 3), (before, 2), (before, 1)]
        for month, score in [*given, (this, 1), (this, 1)]:
            about = {"service_id": service_id, "month": month, "words": ""}
            work.session.add(Rating(id=uuid4(), score=score, **about))
    yield before
    with town.work() as work:
        work.session.execute(delete(Rating).where(Rating.service_id == service_id))


def rows_about(browser, before: date) -> list[list[str]]:
    """The table of answers about broken lamps, cell by cell."""
    rows = browser.page.xpath("//table[caption[contains(., 'Hur det gick')]]/tbody/tr")
    found = [[" ".join(cell.text_content().split()) for cell in row] for row in rows]
    return [each[1:] for each in found if each[0].startswith("Felanmälan")]


def test_staff_see_what_residents_think_but_not_of_a_few(town, answers):
    desk = town.signed_in("handlaggare-tn").get("/handlaggning/statistik")
    quarter = f"{answers.year}, kvartal {(answers.month + 2) // 3}"
    this, before = rows_about(desk, answers)
    assert before == [quarter, "6", "33 %", "17 %", "17 %", "17 %", "17 %"]
    assert this[1:] == ["färre än 5", *["för få"] * 5]
    assert desk.page.xpath("//*[name()='svg'][.//*[contains(text(), 'säger att det gick bra')]]")
    elsewhere = town.signed_in("handlaggare-sn").get("/handlaggning/statistik")
    assert rows_about(elsewhere, answers) == []


def test_the_public_sees_how_many_say_that_it_went_well_in_quarters_that_have_ended(town, answers):
    visitor = town.visitor().get("/statistik?manader=24")
    quarter = f"{answers.year}, kvartal {(answers.month + 2) // 3}"
    assert rows_about(visitor, answers) == [[quarter, "6", "50 %"]]
