"""Is it alive, is it ready, and how is it doing: for machines that watch."""

import hmac
import time
from dataclasses import asdict
from datetime import UTC, datetime

from flask import Blueprint, Flask, current_app, g, jsonify, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.config import Settings
from app.visitors import anyone
from services.payments import queries

bp = Blueprint("health", __name__)

REQUESTS = Counter("salem24_requests", "Answered requests.", ["endpoint", "status"])
SECONDS = Histogram("salem24_request_seconds", "Time to answer.", ["endpoint"])


@bp.route("/health/live")
@anyone
def live() -> Response:
    """The process answers."""
    return jsonify(status="live")


@bp.route("/health/ready")
@anyone
def ready() -> tuple[Response, int]:
    """The database answers too, so that requests can be sent here."""
    try:
        with current_app.extensions["engine"].connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(status="waiting for the database"), 503
    return jsonify(status="ready"), 200


@bp.route("/metrics")
@anyone
def metrics() -> Response:
    """Figures for Prometheus, to whoever has the token; to others the page does not exist."""
    settings: Settings = current_app.extensions["settings"]
    given = request.headers.get("Authorization", "")
    if not settings.metrics_token or not hmac.compare_digest(
        given.encode(), f"Bearer {settings.metrics_token}".encode()
    ):
        raise NotFound
    registry = CollectorRegistry()
    if settings.metrics_folder:
        multiprocess.MultiProcessCollector(registry, settings.metrics_folder)
        figures = generate_latest(registry)
    else:
        figures = generate_latest()
    figures += generate_latest(_feeds()) + generate_latest(_money())
    return Response(figures, content_type="text/plain; version=0.0.4; charset=utf-8")


def _feeds() -> CollectorRegistry:
    """How long each federation's metadata still holds, and when it was last fetched.

    What is left is negative when it has run out, or was never there.
    """
    registry = CollectorRegistry()
    left = Gauge(
        "salem24_eid_feed_seconds_left", "Until metadata runs out.", ["feed"], registry=registry
    )
    fetched = Gauge(
        "salem24_eid_feed_fetched_timestamp_seconds",
        "When a good copy of the metadata was last fetched; 0 before the first time.",
        ["feed"],
        registry=registry,
    )
    settings: Settings = current_app.extensions["settings"]
    now = datetime.now(UTC)
    for feed in settings.eid_shelf.feeds:
        at = settings.eid_shelf.refreshed(feed)
        fetched.labels(feed.name).set(at.timestamp() if at else 0)
        until = settings.eid_shelf.standing(feed, now).valid_until
        left.labels(feed.name).set((until - now).total_seconds() if until else -1)
    return registry


def _money() -> CollectorRegistry:
    """What in the payments waits for somebody, by kind; differences wait for an explanation."""
    registry = CollectorRegistry()
    waiting = Gauge("salem24_payments_waiting", "What waits.", ["kind"], registry=registry)
    with current_app.extensions["sessions"]() as session:
        for kind, count in asdict(queries.standing(session, datetime.now(UTC))).items():
            waiting.labels(kind).set(count)
    return registry


def init_app(app: Flask) -> None:
    """Add the routes, and count and time what the application answers."""
    app.register_blueprint(bp)

    @app.after_request
    def count(response: Response) -> Response:
        endpoint = request.endpoint or "unknown"
        REQUESTS.labels(endpoint, response.status_code).inc()
        if g.get("began") is not None:
            SECONDS.labels(endpoint).observe(time.perf_counter() - g.began)
        return response
