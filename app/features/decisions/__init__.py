"""Decisions: written and made at the desk, read and appealed by the party, reported to the committee."""

from app.features.decisions import desk, on_appeals, orders, party, replacing, requests, writing
from app.features.decisions.blueprint import bp

__all__ = ["bp", "desk", "on_appeals", "orders", "party", "replacing", "requests", "writing"]
