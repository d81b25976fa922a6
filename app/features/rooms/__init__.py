"""Shared rooms: the list, one room, inviting, members, and what is shared."""

from app.features.rooms import inviting, members, routes, sharing
from app.features.rooms.blueprint import bp

__all__ = ["bp", "inviting", "members", "routes", "sharing"]
