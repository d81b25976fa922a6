"""The blueprint that the modules of consultations add their routes to."""

from flask import Blueprint

bp = Blueprint("consultations", __name__)
