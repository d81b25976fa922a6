"""Where somebody came from, and may be sent back to: only ever an address of our own (ID-13)."""

import re

from flask import request, url_for

from app.security import has_control_characters

# Browsers drop tabs and line breaks from an address, so they could hide a second slash.
LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\x7f]{0,1999}")


def way_back(otherwise: str) -> str:
    """The address that the request names in `vidare`, or that of the endpoint `otherwise`."""
    wanted = request.values.get("vidare", "")
    if LOCAL.fullmatch(wanted) and not has_control_characters(wanted):
        return wanted
    return url_for(otherwise)
