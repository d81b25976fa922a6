"""The blueprint that the modules of decisions add their routes to."""

from flask import Blueprint

bp = Blueprint("decisions", __name__)
