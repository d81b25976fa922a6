"""The diary, the documents of a case with their secrecy, who has read it, and its archive package."""

from app.features.records import desk, diary, party
from app.features.records.blueprint import bp

__all__ = ["bp", "desk", "diary", "party"]
