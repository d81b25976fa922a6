"""Pages that are the same for everybody: made once, kept for a moment, revalidated by ETag.

They are kept in front of the application, as they were sent. A page is served from here only
to a visitor without any cookie, and is kept only if its answer sets none: a private page can
never be stored or shown to somebody else.
"""

import functools
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ParamSpec

from flask import Flask, g, make_response, request, session
from werkzeug.http import parse_etags
from werkzeug.wrappers import Response

from app.health import REQUESTS

P = ParamSpec("P")
KEPT_SECONDS = 20.0
MOST_PAGES = 500
KEY = "salem24.public_page"

Key = tuple[str, str]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Kept:
    """A page as it was sent, and until when it is good enough."""

    until: float
    endpoint: str
    etag: str
    headers: list[tuple[str, str]]
    body: bytes


_kept: dict[Key, Kept] = {}
_lock = threading.Lock()


class KeptPages:
    """WSGI middleware that answers with a kept page, or lets the application make one."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or "HTTP_COOKIE" in environ:
            return self.application(environ, start_response)
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        key = environ[KEY] = (path, environ.get("QUERY_STRING", ""))
        found = _kept.get(key)
        if found is None or found.until < time.monotonic():
            return self.application(environ, start_response)
        known = environ.get("HTTP_IF_NONE_MATCH")
        is_known = known is not None and parse_etags(known).contains_weak(found.etag)
        REQUESTS.labels(found.endpoint, 304 if is_known else 200).inc()
        if is_known:
            unsaid = ("content-length", "content-type")
            start_response(
                "304 NOT MODIFIED",
                [each for each in found.headers if each[0].lower() not in unsaid],
            )
            return []
        start_response("200 OK", list(found.headers))
        return [found.body]


def init_app(app: Flask) -> None:
    """Keep public pages as they are sent. Called first, so that all headers are there by then."""
    app.wsgi_app = KeptPages(app.wsgi_app)  # type: ignore[method-assign]

    @app.after_request
    def keep(response: Response) -> Response:
        key: Key | None = request.environ.get(KEY)
        if key is None or not g.get("cacheable") or session.modified:
            return response
        if response.status_code == 200 and "Set-Cookie" not in response.headers:
            _keep(key, response)
        return response


def _keep(key: Key, response: Response) -> None:
    body, etag = response.get_data(), response.get_etag()[0] or ""
    headers = response.get_wsgi_headers(request.environ).to_wsgi_list()
    page = Kept(time.monotonic() + KEPT_SECONDS, request.endpoint or "", etag, headers, body)
    with _lock:
        if len(_kept) >= MOST_PAGES:
            _kept.clear()
        _kept[key] = page


def public(view: Callable[P, Any]) -> Callable[P, Response]:
    """Let a view be kept as a public page, for those who are not signed in and have begun nothing."""

    @functools.wraps(view)
    def served(*arguments: P.args, **named: P.kwargs) -> Response:
        response: Response = make_response(view(*arguments, **named))
        if request.cookies or request.method not in ("GET", "HEAD"):
            return response
        if response.status_code != 200 or "Set-Cookie" in response.headers:
            return response
        response.add_etag(weak=True)
        response.headers["Cache-Control"] = "public, max-age=30"
        response.headers["Vary"] = "Cookie"
        g.cacheable = True
        return response.make_conditional(request)

    return served


def forget() -> None:
    """Forget all kept pages, when something that they show has been published."""
    with _lock:
        _kept.clear()
