"""What residents think, by quarter: counted right, and never so few that it tells of anybody."""

from datetime import date
from uuid import uuid4

import pytest

from services.cases.rating_models import Rating
from services.statistics import commands, satisfaction
from services.statistics.satisfaction import Quarter
from tests.builders import NOON, a_case, a_document, a_work, an_authority

SINCE, UNTIL = date(2026, 2, 1), date(2026, 11, 24)


@pytest.fixture
def authority(lent):
    """Whose services they are."""
    return an_authority(lent)


@pytest.fixture
def service_id(lent, authority):
    """A service that has been counted."""
    found = a_case(lent).service_id
    lent.flush()
    commands.count(a_work(lent, now=NOON))
    return found


def answered(lent, service_id, month, *scores):
    """So many answers of each score, from one to five."""
    for score, count in enumerate(scores, start=1):
        for _each in range(count):
            rating = Rating(id=uuid4(), service_id=service_id, month=month, score=score, words="")
            lent.add(rating)
    lent.flush()


def told(lent, service_id, authority):
    """The quarters of that service."""
    found = satisfaction.by_quarter(lent, SINCE, UNTIL, {authority.id})
    return [each for each in found if each.service_id == service_id]


def test_months_become_quarters_the_newest_first_from_the_beginning_of_the_first(
    lent, authority, service_id
):
    answered(lent, service_id, date(2026, 1, 1), 0, 0, 0, 0, 5)
    answered(lent, service_id, date(2026, 10, 1), 1, 0, 0, 2, 0)
    answered(lent, service_id, date(2026, 11, 1), 0, 0, 1, 0, 4)
    answered(lent, service_id, date(2025, 12, 1), 9, 0, 0, 0, 0)
    newest, oldest = told(lent, service_id, authority)
    assert (newest.begins, newest.number, newest.answers) == (date(2026, 10, 1), 4, 8)
    assert newest.counts == (1, 0, 1, 2, 4)
    assert newest.shares == [12, 0, 12, 25, 50]
    assert newest.good == 75
    assert (oldest.begins, oldest.good) == (date(2026, 1, 1), 100)


@pytest.mark.parametrize(("count", "is_told"), [(4, False), (5, True)])
def test_few_answers_tell_nothing(count, is_told):
    quarter = Quarter(uuid4(), date(2026, 4, 1), (count, 0, 0, 0, 0))
    assert quarter.is_told == is_told
    assert (quarter.shares is not None) == is_told
    assert (quarter.good is not None) == is_told


def test_what_is_not_told_cannot_be_had_by_subtraction():
    first = date(2026, 4, 1)
    many, few = Quarter(uuid4(), first, (0, 0, 0, 0, 6)), Quarter(uuid4(), first, (4, 0, 0, 0, 0))
    (both,) = satisfaction.together([many, few])
    assert both.counts == many.counts
    assert satisfaction.together([few]) == []


def test_each_authority_sees_its_own_services_only(lent, authority, service_id):
    answered(lent, service_id, date(2026, 10, 1), 0, 0, 0, 0, 5)
    other = an_authority(lent, "SN")
    theirs = a_case(lent, document=a_document(slug="hos-sn", authority="SN")).service_id
    lent.flush()
    commands.count(a_work(lent, now=NOON))
    answered(lent, theirs, date(2026, 10, 1), 5, 0, 0, 0, 0)
    own = satisfaction.by_quarter(lent, SINCE, UNTIL, {other.id})
    assert [each.service_id for each in own] == [theirs]
    both = {each.service_id for each in satisfaction.by_quarter(lent, SINCE, UNTIL)}
    assert {service_id, theirs} <= both
