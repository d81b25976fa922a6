"""Doing something with a case from its page: told in words when it is done, and when it is refused."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from app import conversations
from app.features.desk.cases import show
from app.transactions import session
from services.cases.models import Case
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

# What a handler can be told at the form; everything else is a page of its own.
TOLD = {"conflict-of-interest", "case"}


def attempt(
    found: Case, anchor: str, act: Callable[[], Any], words: str, *, place: str = ""
) -> Response:
    """Do it and go back to the case, or show the case with what was wrong at the form (`anchor`).

    `place` is the part of the page to come back to.
    """
    number = found.number
    try:
        act()
    except (Invalid, Conflict) as refusal:
        return _refused(found, anchor, conversations.refusal_words(refusal))
    except (NotAllowed, NotFound) as refusal:
        if refusal.code not in TOLD:
            raise
        return _refused(found, anchor, conversations.refusal_words(refusal))
    flash(words)
    return redirect(url_for("desk.case", number=number, _anchor=place or None), code=303)


def _refused(found: Case, anchor: str, words: str) -> Response:
    # What the command had begun to change is taken back before the case is shown.
    session().rollback()
    return show(found, code=422, trouble=(anchor, words))
