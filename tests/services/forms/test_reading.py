"""How single answers are read: numbers of people and companies, money, days, addresses."""

from datetime import date

import pytest

from services.forms.kinds import kinds
from services.forms.typed import Typed
from tests.builders.questions import TODAY, a_question


def read(key, texts, **facts):
    texts = (
        {"": [texts]} if isinstance(texts, str) else {part: [text] for part, text in texts.items()}
    )
    kind = kinds()[key]
    reading = kind.read(a_question(key, **facts), Typed(texts), TODAY, required=False)
    if reading.faults:
        return f"{reading.faults[0].code} {reading.faults[0].part}".strip()
    return kind.store(reading.value) if reading.value is not None else None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("19121212-1212", "191212121212"),
        ("121212+1212", "191212121212"),
        (" 640823 - 3234 ", "196408233234"),
        ("6408233234", "196408233234"),
        ("701063−2391", "197010632391"),
        ("20170101-2393", "201701012393"),
        ("640823-3235", "person-number-wrong"),
        ("641323-3234", "person-number-wrong"),
        ("20990101-2393", "person-number-wrong"),
        ("12-12", "person-number"),
        ("640823\x003234", "characters"),
    ],
)
def test_a_personnummer_is_kept_with_twelve_digits(typed, stored):
    assert read("person_number", typed) == stored


def test_a_samordningsnummer_is_refused_where_only_a_personnummer_will_do():
    assert (
        read("person_number", "701063-2391", options={"allow_coordination": False})
        == "person-number-coordination"
    )


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("212000-2874", "2120002874"),
        ("162120002874", "2120002874"),
        ("2120002875", "organisation-number-wrong"),
        ("21200028", "organisation-number"),
        ("191212121212", "organisation-number-person"),
    ],
)
def test_an_organisationsnummer_is_kept_with_ten_digits(typed, stored):
    assert read("organisation_number", typed, options={}) == stored


def test_a_sole_trader_may_give_the_own_number_where_the_service_allows_it():
    assert read("organisation_number", "19121212-1212") == "1212121212"


@pytest.mark.parametrize(
    ("typed", "ore"),
    [
        ("1234", 123400),
        ("1 234", 123400),
        ("1\u00a0234,50", 123450),
        ("1.234,50", 123450),
        ("1.234", 123400),
        ("1234,5", 123450),
        ("1234.50", 123450),
        ("1 234 kr", 123400),
        ("1 234:-", 123400),
        ("0", 0),
        ("1,234", "amount"),
        ("tusen", "amount"),
        ("-5", "number-low"),
        ("9" * 30, "amount"),
    ],
)
def test_money_is_read_as_people_write_it(typed, ore):
    assert read("amount", typed) == ore


@pytest.mark.parametrize(
    ("day", "month", "year", "read_as"),
    [
        ("1", "10", "2026", "2026-10-01"),
        ("1", "oktober", "2026", "2026-10-01"),
        ("29", "2", "2028", "2028-02-29"),
        ("29", "2", "2027", "date-unreal day"),
        ("", "2", "2027", "date-part-day day"),
        ("1", "", "2027", "date-part-month month"),
        ("1", "2", "", "date-part-year year"),
        ("32", "1", "2026", "date-day day"),
        ("1", "13", "2026", "date-month month"),
        ("1", "1", "26", "date-year year"),
        ("١", "1", "2026", "date-day day"),
        ("", "", "", None),
    ],
)
def test_a_date_tells_which_part_is_wrong(day, month, year, read_as):
    assert read("date", {"day": day, "month": month, "year": year}) == read_as


@pytest.mark.parametrize(("day", "code"), [("7", "date-early day"), ("8", "2026-12-08")])
def test_a_day_can_be_counted_from_today(day, code):
    options = {"min": "today+14"}

    assert read("date", {"day": day, "month": "12", "year": "2026"}, options=options) == code


def test_a_day_outside_may_be_a_warning_only():
    question = a_question("date", options={"min": "today+14", "severity": "warn"})

    reading = kinds()["date"].read(
        question, Typed({"day": ["1"], "month": ["12"], "year": ["2026"]}), TODAY, required=True
    )

    assert reading.value == date(2026, 12, 1)
    assert "8 december 2026" in reading.warnings[0].text(question, "sv")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("070-174 06 05", "+46701740605"),
        ("+46 (0)70 174 06 05", "+46701740605"),
        ("0046701740605", "+46701740605"),
        ("08-465 004 00", "+46846500400"),
        ("112", "phone"),
        ("ring mig", "phone"),
    ],
)
def test_a_telephone_number_is_kept_as_e164(typed, stored):
    assert read("phone", typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Salem Högantorp 3:8", "SALEM HÖGANTORP 3:8"),
        ("exempelby s : 1", "SALEM EXEMPELBY S:1"),
        ("Salem Testkvarteret 4", "SALEM TESTKVARTERET 4"),
        ("Exempelby 1:23>2", "SALEM EXEMPELBY 1:23>2"),
        ("Testgatan", "property-designation"),
    ],
)
def test_a_property_is_read_with_or_without_the_municipality(typed, stored):
    assert read("property_designation", typed) == stored


def test_an_address_is_checked_part_by_part():
    at_home = {"street": "Testgatan 1", "postcode": "999 99", "town": "Teststad"}

    assert read("postal_address", at_home)["postcode"] == "99999"
    assert read("postal_address", {**at_home, "postcode": "9999"}) == "address-postcode postcode"
    assert read("postal_address", {**at_home, "street": ""}) == "address-street street"
    assert (
        read("postal_address", {**at_home, "postcode": "NO-0150", "country": "Norge"})["country"]
        == "Norge"
    )


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ({"kind": "bankgiro", "number": "991-2346"}, {"kind": "bankgiro", "number": "9912346"}),
        ({"kind": "bankgiro", "number": "991-2347"}, "bankgiro-wrong number"),
        ({"kind": "account", "clearing": "83279", "account": "12"}, "account account"),
        ({"kind": "swish", "number": "1"}, "account-kind kind"),
        ({"number": "9912346"}, "account-kind kind"),
        ({}, None),
    ],
)
def test_a_payee_is_a_bankgiro_or_an_account(typed, stored):
    assert read("bankgiro", typed) == stored


def test_a_place_is_words_first_and_coordinates_only_when_both_can_be_read():
    assert read("place", {"text": "Stolpe 12", "lat": "59.2", "lon": "x"}) == {
        "text": "Stolpe 12",
        "lat": None,
        "lon": None,
    }
    assert read("place", {"text": "Stolpe 12", "lat": "59.2", "lon": "17,75"})["lon"] == 17.75
    assert read("place", {"text": "", "lat": "59.2", "lon": "17.75"}) == "missing-place text"


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "a\u202eb", "a\x1bb", "a\x85b"])
@pytest.mark.parametrize("key", ["text", "paragraph"])
def test_characters_that_nobody_types_are_refused(key, text):
    assert read(key, text) == "characters"


def test_text_keeps_its_letters_and_loses_only_the_space_around_it():
    assert read("text", "  Åsa\t von  Ö ") == "Åsa von Ö"
    assert read("paragraph", " Hej\r\n\r\nÅsa  \r\n") == "Hej\n\nÅsa"


def test_a_personnummer_is_masked_for_others_than_officials():
    kind, question = kinds()["person_number"], a_question("person_number")

    assert kind.display(question, "196408233234", "sv") == "19640823-3234"
    assert kind.display(question, "196408233234", "sv", masked=True) == "19640823-****"


@pytest.mark.parametrize(
    ("stored", "unit", "shown"),
    [
        (1972, None, "1972"),
        (12500, None, "12\u00a0500"),
        (1200, {"sv": "kg", "en": "kg"}, "1\u00a0200\u00a0kg"),
        ("2.5", None, "2,5"),
    ],
)
def test_a_year_is_shown_as_a_year_and_a_quantity_with_its_thousands_apart(stored, unit, shown):
    kind = kinds()["number"]
    question = a_question("number", options={"decimals": 1, **({"unit": unit} if unit else {})})
    assert kind.display(question, kind.load(stored), "sv") == shown
