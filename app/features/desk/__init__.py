"""The case handlers' desk."""

from app.features.desk import cases, inbox, registration
from app.features.desk.blueprint import bp

__all__ = ["bp", "cases", "inbox", "registration"]
