"""Paying: what it is for, in which way, how it went, and what one has paid before."""

from app.features.payments import charging, disputing, mine, papers, routes
from app.features.payments.blueprint import bp

__all__ = ["bp", "charging", "disputing", "mine", "papers", "routes"]
