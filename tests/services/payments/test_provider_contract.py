"""What every way to pay promises, held against each of them; those of Swish and Stripe over TLS."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.kernel.calendar import local_day
from services.kernel.errors import Invalid, NotFound, Unavailable
from services.kernel.money import Money
from services.payments import providers
from services.payments.provider import AskedRefund, Outcome, Provider, Reason, Said
from services.payments.providers.pretend import Pretend
from tests.simulators import AMOUNT, Going, Simulator, a_number, free_port, settings_of

ALL = ("swish", "card", "invoice", "counter", "pretend")
ONLINE = ("swish", "card", "pretend")
FORGED = [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 60_000, b'{"id": 1, "status": "PAID"}']


@pytest.fixture(params=ALL)
def way(request: pytest.FixtureRequest, simulators: dict[str, Simulator]) -> Simulator:
    """Each way to pay."""
    return simulators[request.param]


@pytest.fixture(params=ONLINE)
def online(request: pytest.FixtureRequest, simulators: dict[str, Simulator]) -> Simulator:
    """Each way whose provider itself knows when money has come."""
    return simulators[request.param]


def given_back(way: Simulator, reference: str) -> Said:
    """What is said of a refund once it has been given."""
    until = time.monotonic() + 8
    while (said := way.provider.ask_refund(reference)).outcome is Outcome.WAITING:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert said.outcome is Outcome.PAID
    return said


def a_refund(going: Going, way: Simulator, amount: Money, **changes: Any) -> AskedRefund:
    said = way.provider.ask(going)
    asked = way.asked()
    facts = AskedRefund(
        asked.instruction, said.paid_reference or "", amount, "Åter", asked.notice_url
    )
    return replace(facts, **changes)


def test_every_way_is_tested(simulators: dict[str, Simulator]) -> None:
    assert set(providers.known()) == set(simulators) == set(ALL)


def test_it_goes_by_its_key_and_says_whether_it_knows_of_money(way: Simulator) -> None:
    assert way.provider.key == way.key
    assert way.provider.settles is (way.key in ONLINE)


def test_a_payment_begins_with_something_for_the_payer_to_do(way: Simulator) -> None:
    begun = way.provider.begin(way.asked())
    assert begun.provider_reference
    assert begun.next["kind"] in {"redirect", "swish", "invoice", "counter"}
    assert json.loads(json.dumps(begun.next)) == begun.next


def test_nothing_is_paid_before_somebody_pays(way: Simulator) -> None:
    assert way.provider.ask(way.begun()) == Said(Outcome.WAITING)


def test_what_is_begun_twice_is_begun_once(way: Simulator) -> None:
    going = way.begun(payer_alias=a_number())
    assert way.provider.begin(going.asked) == going.begun
    if way.key in ONLINE:
        way.pay(going)
        rows = [each for each in _books(way) if each.instruction == going.instruction]
        assert [each.amount for each in rows] == [AMOUNT]


def test_what_is_paid_is_told_with_its_amount_and_a_reference(online: Simulator) -> None:
    said = online.provider.ask(online.paid())
    assert said.outcome is Outcome.PAID
    assert said.amount == AMOUNT
    assert said.paid_reference
    assert said.paid_at is not None
    assert abs(datetime.now(UTC) - said.paid_at) < timedelta(minutes=1)
    assert said.code is None


def test_what_is_cancelled_can_no_longer_be_paid(online: Simulator) -> None:
    going = online.begun()
    assert online.provider.cancel(going).outcome is Outcome.CANCELLED
    online.pay(going)
    ended = (Outcome.CANCELLED, Outcome.EXPIRED)
    assert online.provider.ask(going).outcome in ended
    assert online.provider.cancel(going).outcome in ended


def test_what_a_person_or_a_file_settles_can_be_called_off(way: Simulator) -> None:
    if way.key not in ONLINE:
        assert way.provider.cancel(way.begun()) == Said(Outcome.CANCELLED)


def test_what_is_paid_cannot_be_cancelled(online: Simulator) -> None:
    going = online.paid()
    assert online.provider.cancel(going) == online.provider.ask(going)
    assert online.provider.ask(going).outcome is Outcome.PAID


def test_what_was_never_begun_is_not_paid(online: Simulator) -> None:
    never = Going(online.asked(), online.begun().begun)
    unheard_of = replace(never, begun=replace(never.begun, provider_reference="cs_test_nowhere"))
    assert online.provider.ask(unheard_of).outcome is Outcome.FAILED
    assert online.provider.cancel(unheard_of).outcome is Outcome.FAILED


def test_a_part_can_be_given_back_and_then_the_rest_and_no_more(online: Simulator) -> None:
    going = online.paid()
    for amount in (Money.kronor(100), AMOUNT - Money.kronor(100)):
        asked = a_refund(going, online, amount)
        assert given_back(online, online.provider.refund(asked)).amount == amount
    with pytest.raises(Invalid, match="provider-refused"):
        online.provider.refund(a_refund(going, online, Money.kronor(1)))


def test_a_refund_that_is_asked_for_twice_is_given_once(online: Simulator) -> None:
    going = online.paid()
    asked = a_refund(going, online, Money.kronor(50))
    reference = online.provider.refund(asked)
    assert online.provider.refund(asked) == reference
    given_back(online, reference)
    back = [each.amount for each in _books(online) if each.instruction == asked.instruction]
    assert back == [Money.kronor(-50)]


def test_two_workers_who_do_the_same_at_once_do_it_once(online: Simulator) -> None:
    asked = online.asked(payer_alias=a_number())
    with ThreadPoolExecutor(4) as workers:
        begun = list(workers.map(online.provider.begin, [asked] * 4))
    assert all(each == begun[0] for each in begun)
    going = Going(asked, begun[0])
    online.pay(going)
    back = a_refund(going, online, Money.kronor(400))
    with ThreadPoolExecutor(4) as workers:
        references = set(workers.map(online.provider.refund, [back] * 4))
    given_back(online, references.pop())
    assert references == set()
    rows = [each.amount for each in _books(online) if each.instruction == back.instruction]
    assert rows == [Money.kronor(-400)]


def test_more_than_was_paid_is_not_given_back(online: Simulator) -> None:
    going = online.paid()
    with pytest.raises(Invalid, match="provider-refused"):
        online.provider.refund(a_refund(going, online, AMOUNT + Money(1)))


def test_the_books_name_what_the_refund_names(online: Simulator) -> None:
    going = online.paid()
    asked = a_refund(going, online, Money.kronor(12))
    given_back(online, online.provider.refund(asked))
    rows = {each.instruction: each for each in _books(online)}
    paid, back = rows[going.instruction], rows[asked.instruction]
    assert (paid.amount, back.amount) == (AMOUNT, Money.kronor(-12))
    assert paid.paid_reference == back.paid_reference == asked.paid_reference


def test_the_books_of_another_day_are_others(online: Simulator) -> None:
    online.paid()
    assert online.provider.books(_today() - timedelta(days=1)) == []
    assert online.provider.books(_today() + timedelta(days=1)) == []


def test_whoever_keeps_no_books_here_says_so(way: Simulator) -> None:
    if way.key not in ONLINE:
        with pytest.raises(NotFound, match="provider-books"):
            way.provider.books(_today())


@pytest.mark.parametrize("body", FORGED, ids=range(len(FORGED)))
def test_a_forged_notice_is_no_notice(way: Simulator, body: bytes) -> None:
    for headers in ({}, {"callbackidentifier": "A" * 32, "stripe-signature": "t=1,v1=abc"}):
        with pytest.raises(Invalid, match="notice-forged"):
            way.provider.notice(headers, body)


def test_every_code_has_a_reason(way: Simulator) -> None:
    for code in (None, "", "RF07", "card_declined", "something new"):
        assert isinstance(way.provider.reason(code), Reason)


def test_one_that_cannot_be_reached_may_be_asked_again(
    online: Simulator, tmp_path: Any, simulators: dict[str, Simulator]
) -> None:
    away = _away(online, tmp_path)
    going = online.paid()
    asked = a_refund(going, online, AMOUNT)
    calls: list[Callable[[], Any]] = [
        lambda: away.begin(online.asked()),
        lambda: away.ask(going),
        lambda: away.cancel(going),
        lambda: away.refund(asked),
        lambda: away.ask_refund("x"),
        lambda: away.books(_today()),
    ]
    for call in calls:
        with pytest.raises(Unavailable, match="provider-unreachable"):
            call()


@pytest.mark.parametrize("key", ["swish", "card"])
def test_a_notice_comes_and_is_known(simulators: dict[str, Simulator], key: str) -> None:
    online = simulators[key]
    going = online.begun()
    online.pay(going, "dubbelt")
    first, second = online.box.about(going.instruction, count=2)
    notice = online.provider.notice(first.headers, first.body)
    assert notice.instruction == going.instruction
    assert notice.provider_reference == going.provider_reference
    assert online.provider.notice(second.headers, second.body) == notice
    for changed in (first.body.replace(going.instruction.encode(), b"0" * 32), first.body[:-1]):
        with pytest.raises(Invalid, match="notice-forged"):
            online.provider.notice(first.headers, changed)


@pytest.mark.parametrize("key", ["swish", "card"])
def test_a_refund_is_told_of_by_its_own_instruction(
    simulators: dict[str, Simulator], key: str
) -> None:
    online = simulators[key]
    asked = a_refund(online.paid(), online, Money.kronor(5))
    online.provider.refund(asked)
    (told,) = online.box.about(asked.instruction)
    assert online.provider.notice(told.headers, told.body).instruction == asked.instruction


@pytest.mark.parametrize(("key", "other"), [("swish", "card"), ("card", "swish")])
def test_another_provider_s_notice_is_forged(
    simulators: dict[str, Simulator], key: str, other: str
) -> None:
    going = simulators[other].paid()
    (told,) = simulators[other].box.about(going.instruction)
    with pytest.raises(Invalid, match="notice-forged"):
        simulators[key].provider.notice(told.headers, told.body)


@pytest.mark.parametrize("key", ["swish", "card"])
def test_a_payment_of_which_no_notice_comes_is_found_by_asking(
    simulators: dict[str, Simulator], key: str
) -> None:
    online = simulators[key]
    going = online.begun()
    online.pay(going, "tyst")
    assert online.provider.ask(going).outcome is Outcome.PAID
    with pytest.raises(AssertionError):
        online.box.about(going.instruction, seconds=0.5)


@pytest.mark.parametrize("key", ["swish", "card"])
def test_another_amount_is_told_as_it_was_paid(simulators: dict[str, Simulator], key: str) -> None:
    online = simulators[key]
    going = online.begun()
    online.pay(going, "fel-belopp")
    said = online.provider.ask(going)
    assert (said.outcome, said.amount) == (Outcome.PAID, AMOUNT - Money.kronor(1))


def test_the_pretend_one_refuses_to_load_in_production() -> None:
    with pytest.raises(ValueError, match="production"):
        providers.known()["pretend"].open_provider(
            providers.known()["pretend"].Settings(production=True)
        )


def _today() -> date:
    return local_day(datetime.now(UTC))


def _books(way: Simulator) -> list[Any]:
    return way.provider.books(_today())


def _away(online: Simulator, folder: Any) -> Provider:
    """The same provider, where nobody answers."""
    if online.key == "pretend":
        assert isinstance(online.provider, Pretend)
        return Pretend(online.provider.settings, away=True)
    ports = {"swish": free_port(), "card": free_port()}
    nowhere = settings_of(online.settings.data_folder, free_port(), ports)
    return providers.open_providers(nowhere.payment_providers)[online.key]
