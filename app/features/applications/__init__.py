"""Filling in an e-service: a page at a time, checked, handed in once, and receipted."""

from app.features.applications import routes, signing
from app.features.applications.routes import bp

__all__ = ["bp", "routes", "signing"]
