"""Hearing the party, others and the neighbours: at the desk, under Mina sidor, by link and code."""

from app.features.consultations import desk, outside, party, resting
from app.features.consultations.blueprint import bp

__all__ = ["bp", "desk", "outside", "party", "resting"]
