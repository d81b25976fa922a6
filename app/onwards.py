"""Sending a browser on with a message of ours: to an address, or with a form that posts itself."""

from flask import redirect
from werkzeug.wrappers import Response

from app.templating import page


def onwards(url: str, fields: tuple[tuple[str, str], ...] | None) -> Response:
    """The answer that takes the browser along; without fields, the address is all there is."""
    if fields is None:
        return redirect(url, code=303)
    return page("sign_in/onwards.html", url=url, fields=fields)
