"""The Swish simulator: Swish's own protocol over mutual TLS, and a phone that one answers on.

`python -m app.demo.payments.swish --port 8027 --data var`; it refuses to start in production.
"""

import json
import sys
from datetime import date
from typing import Any, NoReturn

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from app.config import Settings
from app.demo.payments import certificates, server
from app.demo.payments.books import Books, Messenger
from app.demo.payments.swish_ledger import ENDINGS, TAKEN_BACK, Refused, SwishLedger, shown
from app.demo.payments.swish_rules import faults_of_payment, faults_of_refund, told
from services.payments.providers.swish import CANCEL, INSTRUCTION, KEY

API = "/swish-cpcapi"
FORBIDDEN = "PA01"
bp = Blueprint("swish", __name__)
api = Blueprint("swish_api", __name__)
api.before_request(server.only_encrypted)


def create(settings: Settings, ledger: SwishLedger) -> Flask:
    """The application. Raises RuntimeError in production."""
    app = server.application(__name__, settings)
    app.extensions.update(settings=settings, ledger=ledger)
    app.extensions["payee"] = settings.payment_providers[KEY].payee
    app.register_blueprint(bp)
    app.register_blueprint(api)
    app.register_error_handler(Refused, _refused)
    return app


def start(settings: Settings, port: int) -> tuple[server.Server, Messenger]:
    """The server and its messenger, on a port, with the books of the data folder."""
    folder = settings.data_folder / "payments"
    made = certificates.ensure(folder)
    ledger = SwishLedger(Books(folder / "swish.sqlite"))
    serving = server.Server(port, create(settings, ledger), made, demands_certificate=True)
    return serving, Messenger(ledger.books, ledger.by_the_clock, lambda _: {})


@api.put(f"{API}/api/v2/paymentrequests/<instruction>")
def begin(instruction: str) -> Response:
    """Ask for a payment."""
    body = _body(instruction)
    _require(faults_of_payment(body, current_app.extensions["payee"]))
    made = _ledger().begin(instruction, body)
    answer = Response(status=201)
    answer.headers["Location"] = f"{request.host_url}{API[1:]}/api/v1/paymentrequests/{instruction}"
    if made["token"]:
        answer.headers["PaymentRequestToken"] = made["token"]
    return answer


@api.get(f"{API}/api/v1/paymentrequests/<instruction>")
def payment(instruction: str) -> Response:
    """How it stands."""
    return _json(shown(_ledger().payment(instruction) or _not_found()))


@api.patch(f"{API}/api/v1/paymentrequests/<instruction>")
def cancel(instruction: str) -> Response:
    """Take it back."""
    if request.mimetype != "application/json-patch+json" or request.get_json(force=True) != CANCEL:
        abort(400)
    if _ledger().payment(instruction) is None:
        _not_found()
    if not _ledger().end(instruction, TAKEN_BACK):
        raise Refused(["RP07"])
    return payment(instruction)


@api.put(f"{API}/api/v2/refunds/<instruction>")
def refund(instruction: str) -> Response:
    """Ask for money to go back."""
    body = _body(instruction)
    _require(faults_of_refund(body, current_app.extensions["payee"]))
    _ledger().refund(instruction, body)
    answer = Response(status=201)
    answer.headers["Location"] = f"{request.host_url}{API[1:]}/api/v1/refunds/{instruction}"
    return answer


@api.get(f"{API}/api/v1/refunds/<instruction>")
def refunded(instruction: str) -> Response:
    """How it stands with a refund."""
    return _json(shown(_ledger().refunded(instruction) or _not_found()))


@api.get("/bocker/<day>")
def books(day: str) -> Response:
    """What is in the books of a day; Swish itself has no such address."""
    try:
        return _json(_ledger().booked(date.fromisoformat(day)))
    except ValueError:
        abort(404)


@bp.get("/")
def phone() -> str:
    """The phone: what waits for an answer, and what has been answered."""
    return render_template("swish_phone.html", payments=_ledger().newest())


@bp.get("/health/live")
def live() -> str:
    """For whoever watches over us."""
    return "ok\n"


@bp.get("/app")
def opened() -> str:
    """The app, opened by a link from the e-service."""
    found = _ledger().of_token(request.args.get("token", ""))
    return _asked(found or abort(404), request.args.get("callbackurl", ""))


@bp.get("/betalning/<instruction>")
def chosen(instruction: str) -> str:
    """The app, where somebody has chosen among what waits."""
    return _asked(_ledger().payment(instruction) or abort(404), "")


@bp.post("/betalning/<instruction>")
def answer(instruction: str) -> AnyResponse | tuple[str, int]:
    """The payer's answer; then back to the e-service, if that is where one came from."""
    found = _ledger().payment(instruction) or abort(404)
    ending = ENDINGS.get(request.form.get("svar", ""))
    back = request.form.get("tillbaka", "")
    if ending is None:
        return _asked(found, back, nothing=True), 422
    _ledger().end(instruction, ending)
    way_back = server.way_back(back, current_app.extensions["settings"])
    return redirect(way_back or url_for("swish.chosen", instruction=instruction), code=303)


def _asked(payment: dict[str, Any], back: str, *, nothing: bool = False) -> str:
    return render_template(
        "swish_payment.html",
        payment=payment,
        back=server.way_back(back, current_app.extensions["settings"]) or "",
        nothing=nothing,
    )


def _ledger() -> SwishLedger:
    found: SwishLedger = current_app.extensions["ledger"]
    return found


def _body(instruction: str) -> dict[str, Any]:
    if request.mimetype != "application/json":
        abort(415)
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or INSTRUCTION.fullmatch(instruction) is None:
        abort(400)
    return body


def _require(faults: list[str]) -> None:
    if faults:
        raise Refused(faults)


def _refused(refusal: Refused) -> Response:
    status = 403 if FORBIDDEN in refusal.codes else 422
    return _json([told(code) for code in refusal.codes], status)


def _not_found() -> NoReturn:
    abort(_json(told("RP04"), 404))


def _json(found: Any, status: int = 200) -> Response:
    return Response(json.dumps(found), status, mimetype="application/json")


if __name__ == "__main__":
    sys.exit(server.main(sys.argv[1:], KEY, start))
