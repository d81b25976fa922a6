"""The diary, the documents of a case with their secrecy, who has read it, its archive package and disposal."""

from app.features.records import desk, diary, extracts, party, redaction, retention
from app.features.records.blueprint import bp

__all__ = ["bp", "desk", "diary", "extracts", "party", "redaction", "retention"]
