"""Pages about the service itself: contact, accessibility, personal data, cookies, about."""

from datetime import date

from flask import Blueprint
from flask_babel import gettext as _

from app.forms import AreaField, MailField, RadiosField, SalemForm, TextField
from app.public_pages import public
from app.templating import page
from app.visitors import anyone

bp = Blueprint("information", __name__)
ASSESSED = date(2026, 11, 24)
UPDATED = date(2026, 11, 24)


class FeedbackForm(SalemForm):
    """A fault in accessibility, or a request for content in another form (2018:1937, 13 and 15 §§)."""

    matter = RadiosField(
        lambda: _("What is it about?"),
        lambda: [
            ("fault", _("Something does not work for me")),
            ("version", _("I need something in a form that suits me")),
        ],
    )
    where = TextField(
        lambda: _("On which page?"),
        hint=lambda: _("The address of the page, or what you were about to do."),
        optional=True,
    )
    what = AreaField(
        lambda: _("Tell us what happens, or what you need"),
        hint=lambda: _("If you use a screen reader or another aid, please say which."),
        missing=lambda: _("Tell us what happens, or what you need."),
        limit=4000,
    )
    name = TextField(lambda: _("Your name"), optional=True, autocomplete="name")
    email = MailField(lambda: _("E-mail address for the answer"), optional=True)


@bp.route("/kontakt")
@anyone
@public
def contact():
    return page("information/contact.html")


@bp.route("/tillganglighet")
@anyone
@public
def accessibility():
    return page("information/accessibility.html", assessed=ASSESSED, updated=UPDATED)


@bp.route("/personuppgifter")
@anyone
@public
def privacy():
    return page("information/privacy.html")


@bp.route("/kakor")
@anyone
@public
def cookies():
    return page("information/cookies.html")


@bp.route("/om")
@anyone
@public
def about():
    return page("information/about.html")


@bp.route("/tillganglighet/rapportera", methods=["GET", "POST"])
@anyone
def feedback():
    form = FeedbackForm()
    if form.validate_on_submit():
        case = receive_feedback(form)
        return page("information/received.html", number=case.number)
    return page("information/feedback.html", 422 if form.is_submitted() else 200, form=form)
