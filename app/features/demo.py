"""The demonstration's letter box: the mails that would have been sent."""

from pathlib import Path

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from app.config import Settings
from app.demo import caught
from app.templating import page
from app.visitors import anyone
from services.kernel.errors import NotFound

bp = Blueprint("demo", __name__)


@bp.route("/demo/mail")
@anyone
def mails() -> Response:
    """All mails, newest first."""
    return page("demo/mails.html", mails=caught.newest(_folder()))


@bp.route("/demo/mail/<mail_id>")
@anyone
def mail(mail_id: str) -> Response:
    """One mail, as its receiver would read it."""
    found = caught.mail(_folder(), mail_id)
    if found is None:
        raise NotFound("mail")
    return page("demo/mail.html", mail=found)


def _folder() -> Path:
    settings: Settings = current_app.extensions["settings"]
    if not settings.is_demonstration:
        raise NotFound("demonstration")
    return settings.data_folder / "mail"
