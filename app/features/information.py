"""Pages about the service itself: contact, accessibility, personal data, cookies, about."""

from datetime import date

from flask import Blueprint, current_app, flash, redirect, url_for
from flask_babel import gettext as _

from app import browser, e_ids, i18n
from app.forms import AreaField, MailField, RadiosField, SalemForm, TextField
from app.public_pages import public
from app.rate_limits import limiter
from app.sign_in import cookie_name
from app.templating import page
from app.transactions import work
from app.visitors import anyone
from services.cases import drafts, notices
from services.cases.models import Case

bp = Blueprint("information", __name__)
SERVICE = "synpunkt"
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
    name = TextField(lambda: _("Your name"), limit=100, optional=True, autocomplete="name")
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
    form_cookie = current_app.config["SESSION_COOKIE_NAME"]
    return page(
        "information/cookies.html",
        session_cookie=cookie_name(),
        form_cookie=form_cookie,
        draft_cookie=browser.cookie_name(),
        e_id_cookie=e_ids.cookie_name(),
    )


@bp.route("/om")
@anyone
@public
def about():
    return page("information/about.html")


@bp.route("/tillganglighet/rapportera", methods=["GET", "POST"])
@anyone
@limiter.limit("20 per minute", methods=["POST"])
def feedback():
    form = FeedbackForm()
    if form.validate_on_submit():
        case = receive_feedback(form)
        flash(
            _(
                "Thank you, we have received your report. Its number is %(number)s.",
                number=case.number,
            )
        )
        if case.protected:
            return redirect(url_for(".accessibility"), code=303)
        secret = notices.follow_secret(work(), case)
        return redirect(url_for("follow.case", secret=secret), code=303)
    return page("information/feedback.html", 422 if form.is_submitted() else 200, form=form)


def receive_feedback(form: FeedbackForm) -> Case:
    """Make a case of the report, in the service for views and complaints."""
    case = drafts.begin(work(), SERVICE, drafts.Beginning(language=i18n.language()))
    words = {
        "fault": _("Report of a fault in accessibility"),
        "version": _("Request for an accessible version"),
    }
    place = [_("Page: %(page)s", page=form.where.data)] if form.where.data else []
    case.answers = {
        "typ": "tillganglighet",
        "verksamhet": "webb",
        "rubrik": words[form.matter.data],
        "text": "\n\n".join([*place, form.what.data]),
        "kansligt": False,
        "onskar_svar": bool(form.email.data),
        "svar_kanal": "epost" if form.email.data else None,
        "namn": form.name.data or None,
        "epost": form.email.data or None,
    }
    return drafts.submit(work(), case)
