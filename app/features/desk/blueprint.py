"""The desk's blueprint, which its modules add their routes to."""

from flask import Blueprint

bp = Blueprint("desk", __name__)
