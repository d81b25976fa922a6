"""The demonstration e-ID: a small server of its own that lists made-up people to sign in as.

It speaks real SAML, works without JavaScript, keeps nothing between two requests, and refuses
to start in production. Run it with `python -m app.demo.eid --port 8025 --data var`.
"""

import argparse
import base64
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from flask import Blueprint, Flask, Response, abort, current_app, redirect, render_template, request

from app.config import ConfigurationFault, Settings
from app.demo import eid_setup, personas, signing, signing_setup
from app.demo.eid_answers import Answerer, Request, RequestFault, read
from app.demo.eid_logout import signed_out
from app.demo.eid_words import WORDS
from app.entities import entities_of

PAGES = Path(__file__).with_name("eid_pages")
LANGUAGE = "&sprak="
bp = Blueprint("eid", __name__)


def create(settings: Settings) -> Flask:
    """The application. Raises RuntimeError in production."""
    eid_setup.ensure_demo_federation(settings)
    signing_setup.ensure(settings)
    app = Flask(
        __name__,
        template_folder=str(PAGES),
        static_folder=str(PAGES / "static"),
        static_url_path="/eid/static",
    )
    app.config["MAX_CONTENT_LENGTH"] = 128 * 1024
    app.extensions["settings"] = settings
    app.extensions["entities"] = entities_of(settings)
    app.register_blueprint(bp)
    app.register_blueprint(signing.bp)
    app.register_error_handler(RequestFault, _not_in_order)
    services = {_origin(one.acs_url) for one in app.extensions["entities"].values()}
    policy = f"default-src 'self'; form-action 'self' {' '.join(sorted(services))}; base-uri 'none'"

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = f"{policy}; frame-ancestors 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    return app


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


@bp.get("/")
def about() -> str:
    """What this is."""
    return _page("about.html", language=_preferred(), issuers=eid_setup.ISSUERS.values())


@bp.get("/health/live")
def live() -> str:
    """For whoever watches over us."""
    return "ok\n"


@bp.get("/eid/<key>/sso")
def choose(key: str) -> str:
    """Whom to sign in as."""
    query, language = _query(request.query_string.decode("ascii", "replace"))
    _request(key, query)
    return _choices(key, query, language, nobody=False)


@bp.post("/eid/<key>/sso")
def answer(key: str) -> tuple[str, int] | str:
    """Back to the service, as somebody or not at all."""
    query, language = request.form.get("query", ""), _language(request.form.get("language"))
    asked = _request(key, query)
    answerer = _answerer(key)
    if "cancel" in request.form:
        return _forward(asked, answerer.cancelled(asked), language)
    chosen = personas.persona(request.form.get("persona", ""), answerer.issuer.kind)
    if chosen is None:
        return _choices(key, query, language, nobody=True), 422
    return _forward(asked, answerer.identified(asked, chosen), language)


@bp.get("/eid/<key>/slo")
def sign_out(key: str) -> Response:
    """Nothing is kept between two requests, so there is nothing to end: say that it has ended."""
    answerer = _answerer(key)
    query = request.query_string.decode("ascii", "replace")
    entities = current_app.extensions["entities"]
    return redirect(signed_out(query, answerer, entities, datetime.now(UTC)), code=303)  # type: ignore[return-value]


@bp.get("/eid/metadata.xml")
def metadata() -> Response:
    """The metadata of all the e-IDs here."""
    file = eid_setup.ensure_demo_federation(_settings())
    return Response(file.read_bytes(), mimetype="application/samlmetadata+xml")


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _answerer(key: str) -> Answerer:
    issuer = eid_setup.ISSUERS.get(key) or abort(404)
    settings = _settings()
    return Answerer(eid_setup.entity_id(settings, key), issuer, eid_setup.provider_keys(settings))


def _request(key: str, query: str) -> Request:
    address = f"{_answerer(key).entity_id}/sso"
    return read(query, address, current_app.extensions["entities"], datetime.now(UTC))


def _query(sent: str) -> tuple[str, str]:
    """The query as the service signed it, and the language that was added behind it."""
    query, mark, language = sent.partition(LANGUAGE)
    return query, _language(language) if mark else _preferred()


def _language(name: str | None) -> str:
    return "en" if name == "en" else "sv"


def _preferred() -> str:
    return request.accept_languages.best_match(["sv", "en"]) or "sv"


def _choices(key: str, query: str, language: str, *, nobody: bool) -> str:
    issuer = eid_setup.ISSUERS[key]
    other = "en" if language == "sv" else "sv"
    return _page(
        "choose.html",
        language=language,
        issuer=issuer,
        people=personas.of_kind(issuer.kind),
        without=personas.cast().without_eid if key == eid_setup.PERSONAL else (),
        query=query,
        other=other,
        elsewhere=f"?{query}{LANGUAGE}{other}",
        nobody=nobody,
    )


def _forward(asked: Request, response: bytes, language: str) -> str:
    return _page(
        "forward.html",
        language=language,
        acs_url=asked.entity.acs_url,
        response=base64.b64encode(response).decode(),
        relay_state=asked.relay_state,
    )


def _not_in_order(fault: RequestFault) -> tuple[str, int]:
    return _page("fault.html", language=_preferred(), why=str(fault)), 400


def _page(name: str, *, language: str, **context: Any) -> str:
    return render_template(name, language=language, t=WORDS[language], **context)


class Server(ThreadingMixIn, WSGIServer):
    """One process, a thread for each request: nothing is left behind when it is killed."""

    daemon_threads = True
    request_queue_size = 128


class Quiet(WSGIRequestHandler):
    """No line for each request: an address holds a whole signed message."""

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app.demo.eid", description=__doc__)
    parser.add_argument("--port", type=int, default=8025)
    parser.add_argument("--data", type=Path, default=None)
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Serve until told to stop; returns 2 when the configuration cannot be used."""
    options = _options(arguments)
    environ = dict(os.environ)
    environ.setdefault("SALEM24_EID_DEMO_URL", f"http://127.0.0.1:{options.port}")
    # The settings want a database; this program never opens it.
    environ.setdefault("SALEM24_DATABASE_URL", "postgresql://unused")
    if options.data:
        environ["SALEM24_DATA"] = str(options.data)
    try:
        application = create(Settings.from_environment(environ))
    except ConfigurationFault as fault:
        print("\n".join(fault.faults), file=sys.stderr)
        return 2
    except RuntimeError as fault:
        print(fault, file=sys.stderr)
        return 2
    with make_server("127.0.0.1", options.port, application, Server, Quiet) as server:
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
