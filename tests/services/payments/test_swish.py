"""Swish in particular: certificates, every code, the app's link, and what is asked for how."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.demo.payments import certificates
from app.demo.payments.certificates import Certificates
from app.demo.payments.swish_ledger import ENDINGS, Ending
from app.demo.payments.swish_rules import AFTERWARDS, AT_ONCE
from services.kernel.errors import Invalid, Unavailable
from services.payments.provider import Outcome, Reason
from services.payments.providers import swish
from services.payments.providers.swish import Swish
from tests.simulators import AMOUNT, Simulator, a_number

# domain reference §5.2, and what it says of each to the payer.
TABLE = {
    **dict.fromkeys(("FF08", "RP01", "RP02", "RP03", "RP04"), Reason.TRY_AGAIN),
    **dict.fromkeys(("PA02", "AM02", "AM03", "AM06"), Reason.TRY_AGAIN),
    "RP06": Reason.ALREADY_PAYING,
    "BE18": Reason.CHECK_NUMBER,
    **dict.fromkeys(("ACMT01", "ACMT03", "ACMT07"), Reason.NOT_CONNECTED),
    **dict.fromkeys(("VR01", "VR02"), Reason.NOT_DONE),
    **dict.fromkeys(("RF07", "AC05", "AC06", "AC07", "AC15"), Reason.BANK_DECLINED),
    **dict.fromkeys(("AM04", "AM14", "AM21", "DS0K"), Reason.BANK_DECLINED),
    **dict.fromkeys(("BANKIDCL", "BANKIDONGOING", "BANKIDUNKN"), Reason.PAYER_CANCELLED),
    "TM01": Reason.TIMED_OUT,
    "DS24": Reason.CHECKING,
}
OUTCOMES = {
    Reason.BANK_DECLINED: Outcome.DECLINED,
    Reason.PAYER_CANCELLED: Outcome.CANCELLED,
    Reason.TIMED_OUT: Outcome.EXPIRED,
    Reason.CHECKING: Outcome.UNKNOWN,
}


@pytest.fixture
def way(simulators: dict[str, Simulator]) -> Simulator:
    return simulators["swish"]


@pytest.fixture
def provider(way: Simulator) -> Swish:
    assert isinstance(way.provider, Swish)
    return way.provider


def changed(provider: Swish, **settings: Any) -> Swish:
    return Swish(replace(provider.settings, **settings))


@pytest.mark.parametrize("code", sorted(TABLE))
def test_each_code_is_told_as_the_domain_reference_words_it(provider: Swish, code: str) -> None:
    assert provider.reason(code) is TABLE[code]


@pytest.mark.parametrize("code", sorted(set(AT_ONCE) & set(TABLE)))
def test_what_is_refused_at_once_is_refused_with_its_code(way: Simulator, code: str) -> None:
    with pytest.raises(Invalid, match="provider-refused") as refused:
        way.provider.begin(way.asked(message=code))
    assert refused.value.details == {"answer": code}


@pytest.mark.parametrize("code", sorted(AFTERWARDS))
def test_what_fails_afterwards_ends_in_its_way(way: Simulator, code: str) -> None:
    said = way.provider.ask(way.begun(message=code))
    assert said.outcome is OUTCOMES[TABLE[code]]
    assert (said.code, said.amount, said.paid_reference) == (code, None, None)


def test_another_code_is_a_failure(way: Simulator) -> None:
    going = way.begun()
    way.ledger.end(going.instruction, Ending("ERROR", "ACMT03"))
    assert way.provider.ask(going).outcome is Outcome.FAILED


def test_a_payer_who_says_no_has_declined(way: Simulator) -> None:
    going = way.begun()
    way.pay(going, "avboj")
    said = way.provider.ask(going)
    assert said.outcome is Outcome.DECLINED
    assert way.provider.reason(said.code) is Reason.PAYER_CANCELLED


def test_the_app_is_opened_with_the_token_and_the_way_back(way: Simulator, provider: Swish) -> None:
    asked = way.asked(return_url="https://e.salem24.example/betala/ä?b=1&c=2")
    begun = changed(provider, app="swish://paymentrequest").begin(asked)
    token = begun.next["token"]
    link = urlsplit(begun.next["app"])
    assert (link.scheme, link.netloc) == ("swish", "paymentrequest")
    assert parse_qs(link.query) == {"token": [token], "callbackurl": [asked.return_url]}
    assert begun.next["qr"] == f"D{token}"


def test_a_named_payer_opens_the_app_without_help(way: Simulator) -> None:
    begun = way.provider.begin(way.asked(payer_alias=a_number()))
    assert begun.next == {"kind": "swish", "token": None, "app": None, "qr": None}


@pytest.mark.parametrize("written", ["070-174 06 05", "+46 70 174 06 05", "46701740605"])
def test_a_number_is_written_as_swish_wants_it(way: Simulator, written: str) -> None:
    going = way.begun(payer_alias=written)
    assert way.ledger.payment(going.instruction)["payerAlias"] == "46701740605"
    way.provider.cancel(going)


def test_one_payer_has_one_request_at_a_time(way: Simulator) -> None:
    number = a_number()
    way.begun(payer_alias=number)
    with pytest.raises(Invalid) as refused:
        way.provider.begin(way.asked(payer_alias=number))
    assert way.provider.reason(refused.value.details["answer"]) is Reason.ALREADY_PAYING


def test_an_amount_has_two_decimals_and_a_message_only_what_swish_takes(way: Simulator) -> None:
    words = "Bygglov – Åkervägen 1/2 <script>, tillägg & annat som är långt: ärende S24-26"
    going = way.begun(message=words)
    kept = way.ledger.payment(going.instruction)
    assert kept["amount"] == "562.50"
    assert kept["message"] == "Bygglov Åkervägen 1 2 script , tillägg annat som ä"
    assert kept["payeePaymentReference"] == going.asked.reference.replace("-", "")


def test_a_token_that_is_lost_costs_nobody_anything(way: Simulator) -> None:
    going = way.begun()
    with pytest.raises(Invalid) as refused:
        way.provider.begin(going.asked)
    assert way.provider.reason(refused.value.details["answer"]) is Reason.TRY_AGAIN
    assert way.provider.ask(going).outcome is Outcome.CANCELLED


def test_a_lost_beginning_of_what_is_paid_all_the_same_is_begun(way: Simulator) -> None:
    going = way.paid()
    assert way.provider.begin(going.asked).next["token"] is None
    assert way.provider.ask(going).outcome is Outcome.PAID


def test_money_for_somebody_else_is_nothing_that_we_know_of(way: Simulator) -> None:
    going = way.paid()
    other = changed(way.provider, payee="1234679304")
    said = other.ask(going)
    assert (said.outcome, said.amount) == (Outcome.UNKNOWN, None)


def test_the_certificate_s_number_is_the_one_that_is_paid(way: Simulator) -> None:
    with pytest.raises(Invalid) as refused:
        changed(way.provider, payee="1234679304").begin(way.asked())
    assert refused.value.details == {"answer": "PA01"}


def test_without_our_certificate_nobody_answers(way: Simulator) -> None:
    provider: Any = way.provider
    trusted = ssl.create_default_context(cafile=provider.settings.authority)
    with pytest.raises(httpx.HTTPError), httpx.Client(verify=trusted, trust_env=False) as line:
        line.get(f"{provider.settings.url}/api/v1/paymentrequests/{'A' * 32}")


def test_a_certificate_of_another_authority_is_not_let_in(
    way: Simulator, provider: Swish, tmp_path: Path
) -> None:
    other = certificates.ensure(tmp_path)
    stranger = changed(provider, certificate=other.client, private_key=other.client_key)
    with pytest.raises(Unavailable, match="provider-unreachable"):
        stranger.begin(way.asked())


def test_a_server_of_another_authority_is_told_nothing(
    way: Simulator, provider: Swish, tmp_path: Path
) -> None:
    other = certificates.ensure(tmp_path)
    with pytest.raises(Unavailable, match="provider-unreachable"):
        changed(provider, authority=other.authority).begin(way.asked())


def test_a_server_with_another_name_is_told_nothing(way: Simulator, provider: Swish) -> None:
    url = provider.settings.url.replace("127.0.0.1", "127.0.0.2")
    with pytest.raises(Unavailable, match="provider-unreachable"):
        changed(provider, url=url).begin(way.asked())


def test_a_certificate_that_is_not_there_can_be_put_there(
    way: Simulator, provider: Swish, tmp_path: Path
) -> None:
    early = changed(provider, certificate=tmp_path / "client.pem")
    with pytest.raises(Unavailable, match="provider-unreachable"):
        early.begin(way.asked())
    (tmp_path / "client.pem").write_bytes(provider.settings.certificate.read_bytes())
    assert early.begin(way.asked()).next["token"]


def test_the_protocol_is_not_spoken_without_tls(way: Simulator, provider: Swish) -> None:
    plain = provider.settings.url.replace("https:", "http:")
    answer = httpx.get(f"{plain}/api/v1/paymentrequests/{'A' * 32}", trust_env=False)
    assert answer.status_code == 403


@contextmanager
def answering(folder: Path, answer: Callable[[Any], None]) -> Iterator[str]:
    """A server of Swish's kind that answers as a test says."""

    class Answering(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            answer(self)

        do_GET = do_PUT = do_PATCH = answer

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    made = Certificates(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.server, made.server_key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def saying(body: bytes, status: int = 200) -> Callable[[Any], None]:
    def answer(request: Any) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


@pytest.mark.parametrize(
    ("status", "body"),
    [
        *((status, b"") for status in (301, 401, 403, 404, 429, 500, 502, 503)),
        (422, b"<html>not JSON</html>"),
        (422, b'[{"errorCode": ""}]'),
        (401, b'[{"errorCode": "RP01"}]'),
    ],
)
def test_an_answer_that_makes_no_sense_may_make_sense_later(
    way: Simulator, provider: Swish, status: int, body: bytes
) -> None:
    away = pytest.raises(Unavailable, match="provider-unreachable")
    with answering(provider.settings.authority.parent, saying(body, status)) as url, away:
        changed(provider, url=url).begin(way.asked())


RIGHT = {"status": "PAID", "amount": 562.5, "currency": "SEK", "paymentReference": "A"}


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"[]",
        b"null",
        b'"PAID"',
        {"amount": None},
        {"amount": "a lot"},
        {"amount": 562.505},
        {"amount": True},
        {"amount": "9" * 40},
    ],
)
def test_an_answer_that_cannot_be_read_is_no_payment(
    way: Simulator, provider: Swish, wrong: Any
) -> None:
    right = {**RIGHT, "payeeAlias": provider.settings.payee}
    body = wrong if isinstance(wrong, bytes) else json.dumps({**right, **wrong}).encode()

    with answering(provider.settings.authority.parent, saying(body)) as url:
        asked = changed(provider, url=url)
        with pytest.raises(Unavailable, match="provider-unreachable"):
            asked.ask(way.begun())


@pytest.mark.parametrize("wrong", [5, "yesterday", None])
def test_a_payment_without_a_time_is_a_payment(way: Simulator, provider: Swish, wrong: Any) -> None:
    right = {**RIGHT, "payeeAlias": provider.settings.payee, "datePaid": wrong}

    with answering(provider.settings.authority.parent, saying(json.dumps(right).encode())) as url:
        said = changed(provider, url=url).ask(way.begun())
    assert (said.outcome, said.amount, said.paid_at) == (Outcome.PAID, AMOUNT, None)


def test_whoever_does_not_answer_is_not_waited_for_long(
    way: Simulator, provider: Swish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swish, "SECONDS", httpx.Timeout(0.2))
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Unavailable, match="provider-unreachable"):
            changed(provider, url=url).begin(way.asked())


def test_every_ending_of_the_phone_is_one_that_we_know() -> None:
    assert {each.status for each in ENDINGS.values()} <= set(swish.STATUSES)
