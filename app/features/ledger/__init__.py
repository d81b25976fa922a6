"""The ledger's pages: what is to be paid, what has come, what must be attested, and the books."""

from app.features.ledger import attesting, books, collection, files, order, orders, unplaced
from app.features.ledger.blueprint import bp

__all__ = ["attesting", "books", "bp", "collection", "files", "order", "orders", "unplaced"]
