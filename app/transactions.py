"""One request, one unit of work, one commit.

Every view function is wrapped once, here. An answer below 400 commits; from 400 on the work
is rolled back, unless the view has said `keep()`: what somebody typed or uploaded on a page
with errors is kept although the answer says 422.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app, g, make_response
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.wrappers import Response

from app.config import Settings
from app.pool import engine_of
from services import wiring
from services.audit.log import AuditedSession
from services.kernel.work import ANYONE, SYSTEM, Actor, Work


def init_app(app: Flask) -> None:
    """Make the session factory, and close each request's session whatever happened."""
    settings: Settings = app.extensions["settings"]
    engine = app.extensions.get("engine") or engine_of(settings)
    app.extensions["engine"] = engine
    app.extensions["sessions"] = sessionmaker(
        engine, class_=AuditedSession, expire_on_commit=False, info=wiring.resources(settings)
    )
    app.extensions["open_work"] = functools.partial(open_work, app.extensions["sessions"])

    @app.teardown_request
    def close(_: BaseException | None) -> None:
        current: Work | None = g.pop("work", None)
        if current is not None:
            current.session.close()

    app.extensions["clock"] = lambda: datetime.now(UTC)


def work() -> Work:
    """The unit of work of this request, begun when first asked for."""
    if "work" not in g:
        extensions = current_app.extensions
        g.work = Work(extensions["sessions"](), g.get("actor", ANYONE), extensions["clock"]())
    current: Work = g.work
    return current


def session() -> Session:
    """The session of this request, for queries."""
    return work().session


def act_as(actor: Actor) -> None:
    """From now on the request's work is done by this actor."""
    g.actor = actor
    work().actor = actor


def keep() -> None:
    """Commit this request's work although its answer is a refusal.

    What goes wrong on the way is rolled back all the same: then no answer comes from the view.
    """
    g.keep = True


def wrap_views(app: Flask) -> None:
    """Wrap every view function, once, so that none can forget to commit or to roll back."""
    for endpoint, view in app.view_functions.items():
        app.view_functions[endpoint] = _wrapped(view)


def _wrapped(view: Callable[..., Any]) -> Callable[..., Response]:
    @functools.wraps(view)
    def in_one_transaction(*arguments: Any, **named: Any) -> Response:
        try:
            response: Response = make_response(view(*arguments, **named))
            _settle(response.status_code)
        except Exception:
            # The page about what went wrong must not meet a transaction that is broken already.
            _undo()
            raise
        return response

    return in_one_transaction


def _settle(status: int) -> None:
    current: Work | None = g.get("work")
    if current is None:
        return
    if status < 400 or g.get("keep"):
        finish(current)
    else:
        current.session.rollback()


def _undo() -> None:
    current: Work | None = g.get("work")
    if current is not None:
        with suppress(SQLAlchemyError):
            current.session.rollback()


def finish(current: Work) -> None:
    """Let the listeners hear what has happened, and commit."""
    wiring.deliver(current)
    current.session.commit()


@contextmanager
def open_work(sessions: sessionmaker[Any], actor: Actor = SYSTEM) -> Iterator[Work]:
    """A unit of work for jobs and commands: commits at the end, rolls back on a fault."""
    with sessions() as opened:
        current = Work(opened, actor, datetime.now(UTC))
        yield current
        finish(current)
