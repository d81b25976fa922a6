"""What the simulators share: one port for TLS and for plain pages, and how they are started.

Programs come over TLS. People come without, since no browser trusts the demonstration's own
authority; which it is shows in the first byte.
"""

import argparse
import os
import socket
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from flask import Flask, Response, abort, request

from app.config import ConfigurationFault, Settings
from app.demo.payments.books import Messenger
from app.demo.payments.certificates import Certificates
from services.kernel.money import Money

HOST = "127.0.0.1"
PAGES = Path(__file__).with_name("pages")
TLS_HANDSHAKE = b"\x16"
PATIENCE_SECONDS = 30
LARGEST_BODY = 256 * 1024


class Handler(WSGIRequestHandler):
    """Says nothing, and tells the application whether the line is encrypted."""

    def get_environ(self) -> dict[str, Any]:
        """What the application is told."""
        environ = super().get_environ()
        if isinstance(self.connection, ssl.SSLSocket):
            environ["HTTPS"] = "on"
        return environ

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each request; with `demands_certificate`, TLS only for whoever shows one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        port: int,
        application: Flask,
        certificates: Certificates,
        *,
        demands_certificate: bool,
    ) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.load_cert_chain(certificates.server, certificates.server_key)
        if demands_certificate:
            self.context.verify_mode = ssl.CERT_REQUIRED
            self.context.load_verify_locations(certificates.authority)
        super().__init__((HOST, port), Handler)
        self.set_app(application)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Look at the first byte, and answer in kind."""
        request.settimeout(PATIENCE_SECONDS)
        if request.recv(1, socket.MSG_PEEK) != TLS_HANDSHAKE:
            super().finish_request(request, client_address)
            return
        with self.context.wrap_socket(request, server_side=True) as encrypted:
            super().finish_request(encrypted, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever has no certificate, or goes away, is no fault of ours."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def application(name: str, settings: Settings) -> Flask:
    """An application that protects its pages. Raises RuntimeError in production."""
    if settings.is_production:
        raise RuntimeError("a simulator does not run in production")
    app = Flask(
        name,
        template_folder=str(PAGES),
        static_folder=str(PAGES / "static"),
        static_url_path="/static",
    )
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.jinja_env.filters["kronor"] = lambda amount: str(Money.kronor(amount))
    policy = (
        f"default-src 'self'; form-action 'self' {settings.public_url}; base-uri 'none'; "
        "frame-ancestors 'none'"
    )

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    return app


def only_encrypted() -> None:
    """Programs are answered over TLS alone."""
    if not request.is_secure:
        abort(403)


def way_back(address: str, settings: Settings) -> str | None:
    """The address, when it leads back to the e-service and to nobody else."""
    return address if address.startswith(f"{settings.public_url}/") else None


def main(
    arguments: list[str],
    name: str,
    create: Callable[[Settings, int], tuple[Server, Messenger]],
) -> int:
    """Serve until told to stop; returns 2 when the configuration cannot be used."""
    parser = argparse.ArgumentParser(prog=f"python -m app.demo.payments.{name}")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, default=None)
    options = parser.parse_args(arguments)
    environ = dict(os.environ)
    # The settings want a database; this program never opens it.
    environ.setdefault("SALEM24_DATABASE_URL", "postgresql://unused")
    if options.data:
        environ["SALEM24_DATA"] = str(options.data)
    try:
        settings = Settings.from_environment(environ)
        if name not in settings.payment_providers:
            raise ConfigurationFault([f"SALEM24_PAYMENT_WAYS: expected {name} among them"])
        server, messenger = create(settings, options.port)
    except ConfigurationFault as fault:
        print("\n".join(fault.faults), file=sys.stderr)
        return 2
    except RuntimeError as fault:
        print(fault, file=sys.stderr)
        return 2
    messenger.start()
    with server:
        server.serve_forever()
    return 0
