"""The card simulator: Stripe's API over TLS, and a hosted page where no card is ever typed.

`python -m app.demo.payments.card --port 8028 --data var`; it refuses to start in production.
"""

import hashlib
import hmac
import json
import re
import sys
import time
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app.config import Settings
from app.demo.payments import certificates, server
from app.demo.payments.books import Books, Messenger
from app.demo.payments.card_ledger import (
    CHARGE,
    ENDINGS,
    EVENT,
    INTENT,
    REFUND,
    SESSION,
    CardLedger,
    Refused,
    shown,
)
from services.kernel.money import Money
from services.payments.providers.card_stripe import KEY

PART = re.compile(r"[^\[\]]+")
bp = Blueprint("card", __name__)
api = Blueprint("card_api", __name__, url_prefix="/v1")
api.before_request(server.only_encrypted)


def create(settings: Settings, ledger: CardLedger) -> Flask:
    """The application. Raises RuntimeError in production."""
    app = server.application(__name__, settings)
    app.extensions.update(settings=settings, ledger=ledger)
    app.extensions["secret_key"] = settings.payment_providers[KEY].secret_key
    app.register_blueprint(bp)
    app.register_blueprint(api)
    app.register_error_handler(Refused, _refused)
    return app


def start(settings: Settings, port: int) -> tuple[server.Server, Messenger]:
    """The server and its messenger, on a port, with the books of the data folder."""
    folder = settings.data_folder / "payments"
    made = certificates.ensure(folder)
    ledger = CardLedger(
        Books(folder / "card.sqlite"),
        notice_url=f"{settings.public_url}/betalning/besked/{KEY}",
        pages=f"http://{server.HOST}:{port}",
    )
    secret = settings.payment_providers[KEY].webhook_secrets[0]
    serving = server.Server(port, create(settings, ledger), made, demands_certificate=False)
    return serving, Messenger(
        ledger.books, ledger.by_the_clock, lambda body: signed(body, secret, int(time.time()))
    )


def signed(body: bytes, secret: str, now: int) -> dict[str, str]:
    """The header by which a notice is known to be Stripe's."""
    made = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={now},v1={made}"}


@api.before_request
def require_key() -> None:
    """Only whoever has the account's secret key is answered."""
    given = request.headers.get("Authorization", "")
    wanted = f"Bearer {current_app.extensions['secret_key']}"
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Refused(401, "invalid_request_error", None, "Invalid API Key provided")


@api.post("/checkout/sessions")
def begin() -> Response:
    """Make a hosted page."""
    asked, key = nested(request.form), request.headers.get("Idempotency-Key")
    return _json(_ledger().begin(asked, key, request.path))


@api.get("/checkout/sessions/<session_id>")
def session(session_id: str) -> Response:
    """How it stands with a page."""
    return _json(_ledger().found(SESSION, session_id))


@api.post("/checkout/sessions/<session_id>/expire")
def expire(session_id: str) -> Response:
    """Close a page."""
    return _json(_ledger().expire(session_id))


@api.get("/payment_intents/<intent_id>")
def intent(intent_id: str) -> Response:
    """How it stands with the money."""
    found = _ledger().found(INTENT, intent_id)
    if "latest_charge" in request.args.getlist("expand[0]") and found["latest_charge"]:
        found = {**found, "latest_charge": _ledger().found(CHARGE, found["latest_charge"])}
    return _json(found)


@api.post("/refunds")
def refund() -> Response:
    """Give money back."""
    asked, key = nested(request.form), request.headers.get("Idempotency-Key")
    return _json(_ledger().refund(asked, key, request.path))


@api.get("/refunds/<refund_id>")
def refunded(refund_id: str) -> Response:
    """How it stands with a refund."""
    return _json(_ledger().found(REFUND, refund_id))


@api.get("/events/<event_id>")
def event(event_id: str) -> Response:
    """What has been told."""
    return _json(_ledger().found(EVENT, event_id))


@api.get("/<any(charges, refunds, events):kinds>")
def listed(kinds: str) -> Response:
    """What is in the books."""
    return _json(_ledger().listed(kinds[:-1], nested(request.args)))


@bp.get("/")
def about() -> str:
    """What this is."""
    return render_template("card_about.html")


@bp.get("/health/live")
def live() -> str:
    """For whoever watches over us."""
    return "ok\n"


@bp.get("/betala/<session_id>")
def hosted(session_id: str) -> str:
    """The page that the e-service sends a payer to."""
    return _page(session_id)


@bp.post("/betala/<session_id>")
def answer(session_id: str) -> AnyResponse | tuple[str, int]:
    """What the payer does; then back to the e-service, unless the card was declined."""
    ending = ENDINGS.get(request.form.get("svar", ""))
    if ending is None:
        return _page(session_id, nothing=True), 422
    found = _ledger().end(session_id, ending)
    if ending.declined and found["status"] == "open":
        return _page(session_id, declined=True), 402
    back = found["cancel_url"] if ending.gives_up else found["success_url"]
    return redirect(server.way_back(back or "", _settings()) or abort(404), code=303)


def nested(given: MultiDict[str, str]) -> dict[str, Any]:
    """Stripe's way of writing a tree as a form: `a[b][0]=c`. Lists become numbered."""
    tree: dict[str, Any] = {}
    for name, value in given.items():
        *path, last = PART.findall(name)
        branch = tree
        for part in path:
            branch = branch.setdefault(part, {})
        branch[last] = value
    return tree


def _page(session_id: str, *, nothing: bool = False, declined: bool = False) -> str:
    found = _ledger().found(SESSION, session_id)
    return render_template(
        "card_payment.html",
        session=found,
        amount=Money(found["amount_total"]),
        back=server.way_back(found["success_url"] or "", _settings()),
        nothing=nothing,
        declined=declined,
    )


def _ledger() -> CardLedger:
    found: CardLedger = current_app.extensions["ledger"]
    return found


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _refused(refusal: Refused) -> Response | tuple[str, int]:
    if request.blueprint != api.name:
        return render_template("card_about.html"), refusal.status
    return _json({"error": refusal.error}, refusal.status)


def _json(found: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(shown(found)), status, mimetype="application/json")


if __name__ == "__main__":
    sys.exit(server.main(sys.argv[1:], KEY, start))
