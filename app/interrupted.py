"""What somebody sent when their session had run out: filled in again when they have come back.

Nothing is done with it, and nothing is shown, until the same person has signed in. Then the page
that they came from has what they had typed, and the files that they had chosen.
"""

import io
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import g, request, session
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict

from app import sign_in
from app.security import cleaned
from app.transactions import work
from app.ways_back import LOCAL
from services.attachments import interrupted
from services.attachments.interrupted import Sent, Upload
from services.people.models import InterruptedForm

HELD = "interrupted"
TAKE_FILES = "_kept_files"
# What a form carries for us, and nobody has typed.
OURS = ("csrf_token", "_shown", TAKE_FILES)


@dataclass(frozen=True)
class Waiting:
    """What waits for whoever looks at this page."""

    row: InterruptedForm
    sent: Sent
    file_names: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        """What was written, without the names of choices, which are soon made again."""
        return [text for _, text in self.sent.fields if len(text.split()) > 1]


def keep_for_later() -> str | None:
    """Keep the form of this request for whoever sent it, and tell where they come back to.

    None when nobody is signed in, and nobody's session has just run out by itself.
    """
    if g.get("login_session") is None and not sign_in.act_as_timed_out():
        return None
    page = _page()
    sent = Sent(
        page=page,
        address=request.script_root + request.path,
        fields=[
            (cleaned(name), cleaned(text))
            for name, text in request.form.items(multi=True)
            if name not in OURS
        ],
    )
    most = sign_in.settings().max_upload_bytes
    kept = interrupted.keep(work(), sign_in.entity_then(), sent, _uploads(), most)
    session[HELD] = str(kept.id)
    return page


def _uploads() -> list[Upload]:
    return [
        Upload(name, file.filename, file.stream)
        for name, file in request.files.items(multi=True)
        if file.filename
    ]


def _page() -> str:
    """The page that the form stood on: where the browser says that it came from."""
    came = urlsplit(request.referrer or "")
    address = came.path + (f"?{came.query}" if came.query else "")
    if came.netloc == request.host and LOCAL.fullmatch(address):
        return address
    return request.script_root + request.path


def waiting() -> Waiting | None:
    """What waits on this very page, looked up once for each request."""
    if "interrupted_here" not in g:
        g.interrupted_here = _looked_up()
    found: Waiting | None = g.interrupted_here
    return found


def _looked_up() -> Waiting | None:
    held, current = session.get(HELD), g.get("login_session")
    if held is None or current is None:
        return None
    found = interrupted.waiting(work(), UUID(held), current.entity)
    if found is None:
        session.pop(HELD, None)
        return None
    row, sent = found
    if not _is_here(sent):
        return None
    return Waiting(row, sent, interrupted.names(work(), row))


def _is_here(sent: Sent) -> bool:
    here = request.script_root + request.path
    return here in (sent.address, sent.page.partition("?")[0]) or sent.address.startswith(
        f"{here}/"
    )


def filled(form: Any, formdata: Any) -> Any:
    """What a form is to be filled in with: what came, or what has waited for this form.

    When the form is sent at last, the files that waited come along unless they are left out,
    and nothing waits any more.
    """
    found = waiting()
    if found is None or not _fits(form, found.sent):
        return formdata
    g.interrupted_taken = True
    if request.method != "POST":
        return MultiDict(found.sent.fields) if formdata is None else formdata
    return _sent_at_last(found, formdata)


def _sent_at_last(found: Waiting, formdata: Any) -> Any:
    kept: MultiDict[str, FileStorage] = MultiDict()
    if request.form.get(TAKE_FILES):
        for name, filename, data in interrupted.files(work(), found.row, found.sent):
            kept.add(name, FileStorage(io.BytesIO(data), filename, name))
    # Undone together with everything else when the page has to be shown again.
    interrupted.discard(work(), found.row)
    return CombinedMultiDict([formdata, kept]) if formdata else formdata


def _fits(form: Any, sent: Sent) -> bool:
    names = {name for name, _ in sent.fields} | {name for name, _ in sent.files}
    known = [field.name for field in form]
    return bool(names) and all(
        any(name == one or name.startswith(f"{one}-") for one in known) for name in names
    )


def to_show() -> dict[str, Any] | None:
    """For every page: whether something has been filled in again, or waits to be read."""
    with suppress(SQLAlchemyError):
        found = waiting() if g.get("login_session") is not None else None
        if found is not None and request.method == "GET":
            taken = bool(g.get("interrupted_taken"))
            return {"taken": taken, "texts": found.texts, "lost": found.sent.lost}
    return None
