"""The blueprint that all pages of paying belong to."""

from flask import Blueprint

bp = Blueprint("payments", __name__)
