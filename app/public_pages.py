"""Pages that are the same for everybody: rendered once, kept for a moment, revalidated by ETag.

A page is served from here only to a visitor without any cookie, and is kept only if its
answer sets none: a private page can never be stored or shown to somebody else.
"""

import functools
import threading
import time
from collections.abc import Callable
from typing import Any, ParamSpec

from flask import g, make_response, request
from werkzeug.wrappers import Response

P = ParamSpec("P")
KEPT_SECONDS = 20.0
MOST_PAGES = 500

_kept: dict[tuple[str, str], tuple[float, Response]] = {}
_lock = threading.Lock()


def public(view: Callable[P, Any]) -> Callable[P, Response]:
    """Serve a view as a public page to those who are not signed in and have begun nothing."""

    @functools.wraps(view)
    def served(*arguments: P.args, **named: P.kwargs) -> Response:
        if request.cookies or request.method not in ("GET", "HEAD"):
            return make_response(view(*arguments, **named))
        key = (request.script_root, request.full_path)
        response = _fresh(key) or _rendered(key, view, *arguments, **named)
        if response.status_code != 200 or "Set-Cookie" in response.headers:
            return response
        g.cacheable = True
        return _copy(response).make_conditional(request)

    return served


def forget() -> None:
    """Forget all kept pages, when something that they show has been published."""
    with _lock:
        _kept.clear()


def _fresh(key: tuple[str, str]) -> Response | None:
    found = _kept.get(key)
    return found[1] if found and found[0] > time.monotonic() else None


def _rendered(
    key: tuple[str, str], view: Callable[P, Any], *arguments: P.args, **named: P.kwargs
) -> Response:
    response: Response = make_response(view(*arguments, **named))
    if response.status_code == 200 and "Set-Cookie" not in response.headers:
        response.add_etag(weak=True)
        response.headers["Cache-Control"] = "public, max-age=30"
        response.headers["Vary"] = "Cookie"
        with _lock:
            if len(_kept) >= MOST_PAGES:
                _kept.clear()
            _kept[key] = (time.monotonic() + KEPT_SECONDS, _copy(response))
    return response


def _copy(response: Response) -> Response:
    return Response(
        response.get_data(), status=response.status_code, headers=list(response.headers)
    )
