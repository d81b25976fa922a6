"""The blueprint of records, which its modules add their routes to."""

from flask import Blueprint

bp = Blueprint("records", __name__)
