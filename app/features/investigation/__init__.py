"""Looking into a case before it is decided, and how its party can understand and be understood."""

from app.features.investigation import desk, party
from app.features.investigation.blueprint import bp

__all__ = ["bp", "desk", "party"]
