"""Logs as JSON lines: what happened and how long it took; never who, and never what was said."""

import logging
import secrets
import sys
import time
import traceback
from typing import Any

import structlog
from flask import Flask, g, request
from werkzeug.wrappers import Response

log = structlog.get_logger("salem24.request")


def whereabouts(raised: Any) -> str:
    """Where a fault came about and of which kinds it is: what it says may quote what was typed."""
    parts, fault = [], raised[1]
    while fault is not None:
        parts.append("".join(traceback.format_tb(fault.__traceback__)) + type(fault).__qualname__)
        fault = fault.__cause__ or fault.__context__
    return "\n\nbecause of\n\n".join(parts)


def init_app(app: Flask) -> None:
    """Log each request by its endpoint, not its address: addresses can hold secrets."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(whereabouts),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        # Sixteen signs: with twelve, one in ten thousand would look like a personal number.
        g.request_number = secrets.token_hex(8)

    @app.after_request
    def end(response: Response) -> Response:
        began = g.get("began")
        if response.status_code >= 400 and began is not None:
            log.info(
                "request",
                request=g.request_number,
                method=request.method,
                endpoint=request.endpoint,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - began) * 1000, 1),
            )
        return response
