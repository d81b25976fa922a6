"""Notices from those who take payments: kept and answered at once, and believed in nothing.

What a notice says is asked for again by a job. Its sender learns no more than whether it came.
"""

import structlog
from flask import Blueprint, Response, request

from app.rate_limits import limiter
from app.security import csrf, has_control_characters
from app.transactions import work
from app.visitors import anyone
from services.kernel.errors import Invalid
from services.payments import commands
from services.payments.provider import FORGED, Notice, Provider

bp = Blueprint("payment_notices", __name__)
LARGEST = 64 * 1024
log = structlog.get_logger("salem24.payments")


@bp.route("/betalning/besked/<key>", methods=["POST"])
@anyone
@limiter.limit("1200 per minute")
def hear(key: str):
    providers: dict[str, Provider] = work().resources["providers"]
    if key not in providers:
        return _answer(404)
    length = request.content_length
    # A body without a length would be cut silently where it grows too large.
    if length is None or "Transfer-Encoding" in request.headers:
        return _answer(411)
    if length > LARGEST:
        return _answer(413)
    body = request.get_data(cache=False)
    try:
        notice = _read(providers[key], body, whole=len(body) == length)
    except Invalid:
        log.warning("notice-forged", provider=key, bytes=length)
        return _answer(400)
    commands.heard(work(), key, notice)
    return _answer(200)


csrf.exempt(hear)


def _read(provider: Provider, body: bytes, *, whole: bool) -> Notice:
    if not whole:
        raise Invalid(FORGED)
    headers = {name.lower(): value for name, value in request.headers.items()}
    notice = provider.notice(headers, body)
    told = (notice.event_id, notice.instruction, notice.provider_reference)
    if any(has_control_characters(text or "") for text in told):
        raise Invalid(FORGED)
    return notice


def _answer(status: int) -> Response:
    return Response("", status, mimetype="text/plain")
