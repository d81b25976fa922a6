"""The blueprint of investigations, which its modules add their routes to."""

from flask import Blueprint

bp = Blueprint("investigation", __name__)
