"""The blueprint of shared rooms, by itself so that each page can import it."""

from flask import Blueprint

bp = Blueprint("rooms", __name__)
ROOMS = "/mina-sidor/gemensamma-rum"
ROOM = f"{ROOMS}/<uuid:room_id>"
