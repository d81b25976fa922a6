"""From refusal to status and page: the only place that knows both.

No page tells a reason that the domain has not made into words for people, and a fault of
ours carries a reference number that stands in the log too.
"""

import secrets
from contextlib import suppress

import structlog
from flask import Flask, g, request
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from sqlalchemy.exc import OperationalError, TimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.security import cleaned
from app.templating import page
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal, Unavailable

STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Invalid: 422,
    Unavailable: 503,
}
RETRY_AFTER_SECONDS = "5"
MOST_READ = 300 * 1024 * 1024
OURS = ("csrf_token", "_shown")
log = structlog.get_logger("salem24.errors")


def init_app(app: Flask) -> None:
    """Register a page for each way in which a request can go wrong."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, form_too_old)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OperationalError, database_away)
    app.register_error_handler(TimeoutError, database_away)
    app.register_error_handler(StaleDataError, changed_meanwhile)
    app.register_error_handler(Exception, our_fault)


def refused(refusal: Refusal) -> Response:
    """A refusal of the domain that no view has turned into a message at the right place."""
    status = next(code for kind, code in STATUS.items() if isinstance(refusal, kind))
    log.info("refused", code=refusal.code, status=status, endpoint=request.endpoint)
    return _error_page(status, refusal.code)


def form_too_old(_: CSRFError) -> Response:
    """The form's token has run out or belongs to another session; nothing was done.

    A browser that has brought no cookie at all most likely takes none, which only its owner
    can change.
    """
    return _error_page(400, "form-too-old" if request.cookies else "no-cookies")


def changed_meanwhile(_: StaleDataError) -> Response:
    """Two people changed the same thing at once; the later one is told, nothing is overwritten."""
    return _error_page(409, "case-changed-meanwhile")


def http_error(error: HTTPException) -> Response:
    """What Flask and Werkzeug refuse: wrong address, wrong method, too large."""
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    if error.code == 413:
        _read_to_the_end()
    response = _error_page(error.code, str(error.code))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _read_to_the_end() -> None:
    # A browser hears no answer until it has sent everything, unless it is far too much.
    came, left = request.environ["wsgi.input"], MOST_READ
    while left > 0 and (part := came.read(min(left, 64 * 1024))):
        left -= len(part)


def database_away(error: Exception) -> Response:
    """The database does not answer: say so, and when to try again."""
    log.error("database-away", error=type(error).__name__)
    return _error_page(503, "database-away")


def our_fault(error: Exception) -> Response:
    """A bug. The page says sorry and a reference number; the log has the rest."""
    reference = secrets.token_hex(4)
    log.exception(
        "fault", reference=reference, endpoint=request.endpoint, error=type(error).__name__
    )
    return _error_page(500, "fault", reference)


def _sent_words() -> list[str]:
    """The texts of a form that could not be taken in, so that nobody has to write them again."""
    if request.method != "POST" or request.endpoint == "sign_in.answer":
        return []
    with suppress(HTTPException):
        texts = [text for name, text in request.form.items(multi=True) if name not in OURS]
        # A single word is soon written again, and may be no more than the name of a choice.
        return [cleaned(text) for text in texts if len(text.split()) > 1]
    return []


def _error_page(status: int, code: str, reference: str | None = None) -> Response:
    facts = {
        "refusal": code,
        "reference": reference,
        "status": status,
        "sent": _sent_words() if status != 413 else [],
        "sign_in": g.get("sign_in_address"),
    }
    try:
        response = page(f"errors/{status}.html", status, **facts)
    except TemplateNotFound:
        response = page("errors/generic.html", status, **facts)
    if status == 503:
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response
