"""Contact choices under Mina sidor: which kinds of news one wants by mail."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.forms import CheckField, ChecksField, SalemForm
from app.templating import page
from app.transactions import session, work
from app.visitors import signed_in
from services.people import contact
from services.people import queries as people

bp = Blueprint("contact", __name__)


class ChoiceForm(SalemForm):
    """The kinds of news, each ticked or not."""

    wanted = ChecksField(
        lambda: _("What do you want an e-mail about?"),
        lambda: [
            ("progress", _("That a case is received, goes on or is closed")),
            ("messages", _("New messages from us")),
            ("decisions", _("Decisions")),
            ("payments", _("Payments that have come in, and money that is paid back")),
            ("reminders", _("Reminders before a last day")),
        ],
        optional=True,
    )
    by_sms = CheckField(lambda: _("Remind me of unpaid fees by text message too"), optional=True)


@bp.route("/mina-sidor/kontaktval", methods=["GET", "POST"])
@signed_in
def choose():
    """One's own choices, whomever one acts for."""
    person_id = work().actor.person_id
    assert person_id is not None
    form = ChoiceForm()
    if request.method == "POST" and form.validate():
        contact.choose(work(), form.wanted.data or [], by_sms=bool(form.by_sms.data))
        flash(_("Your choices are saved."))
        return redirect(url_for(".choose"), code=303)
    if request.method == "GET":
        form.by_sms.data = contact.by_sms(session(), person_id)
        form.wanted.data = sorted(contact.KINDS.keys() - contact.without(session(), person_id))
    person = people.person(session(), person_id)
    code = 422 if request.method == "POST" else 200
    email = person.email if person else None
    texts = work().resources.get("sms") is not None
    return page("contact/choose.html", code, form=form, email=email, texts=texts)
