"""Registering whom guardians, custodians and administrators act for, by decisions shown to us."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.forms import DayField, RadiosField, SalemForm, TextField
from app.forms.person_number import PersonNumberField
from app.templating import page
from app.transactions import session, work
from app.visitors import actor, staff
from services.forms.types.person_number import born_on
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid
from services.people import mandates
from services.people.mandates import Term
from services.people.models import Person

bp = Blueprint("representatives", __name__)


class RegisterForm(SalemForm):
    """Who acts for whom, as what, and for how long."""

    kind = RadiosField(
        lambda: _("As what does the representative act?"),
        lambda: [
            (mandates.GUARDIAN, _("Guardian of a child")),
            (mandates.CUSTODIAN, _("Custodian")),
            (mandates.ADMINISTRATOR, _("Administrator")),
        ],
    )
    name = TextField(lambda: _("The representative's first name and surname"), limit=100)
    number = PersonNumberField(lambda: _("The representative's personal identity number"))
    principal_name = TextField(
        lambda: _("First name and surname of the one represented"), limit=100
    )
    principal_number = PersonNumberField(
        lambda: _("Personal identity number of the one represented")
    )
    valid_from = DayField(lambda: _("From which day?"))
    valid_to = DayField(
        lambda: _("Until which day?"),
        hint=lambda: _("For a guardian it ends by itself when the child turns 18."),
        optional=True,
    )


@bp.route("/handlaggning/foretradare", methods=["GET", "POST"])
@staff
def register():
    """What one has registered oneself, and the form for more."""
    mandates.require_registrar(work())
    form = RegisterForm(data={"valid_from": local_day(work().now)})
    if request.method == "POST" and form.validate():
        try:
            _registered(form)
        except Invalid as refusal:
            _explain(form, refusal)
        else:
            flash(_("Registered."))
            return redirect(url_for(".register"), code=303)
    person_id = actor().person_id
    assert person_id is not None
    return page(
        "representatives/register.html",
        422 if request.method == "POST" else 200,
        form=form,
        registered=mandates.registered(session(), person_id),
        holds=lambda mandate: mandates.holds(mandate, work().now),
    )


def _registered(form: RegisterForm) -> None:
    who = _person(form.name.data, form.number.data)
    whom = _person(form.principal_name.data, form.principal_number.data)
    if form.kind.data == mandates.GUARDIAN:
        born = born_on(form.principal_number.data)
        assert born is not None
        if who.id == whom.id:
            raise Invalid("mandate-to-oneself")
        mandates.add_guardianship(work(), who.id, whom.id, born)
        return
    term = Term(form.valid_from.data, form.valid_to.data)
    mandates.register(work(), form.kind.data, who.id, whom.id, term)


def _person(name: str, number: str) -> Person:
    given_name, _sep, surname = name.partition(" ")
    return mandates.known_person(work(), number, given_name, surname)


def _explain(form: RegisterForm, refusal: Invalid) -> None:
    words = {
        "of-age": (form.principal_number, _("The child is 18 already.")),
        "mandate-to-oneself": (form.principal_number, _("Nobody represents oneself.")),
        "mandate-begins-in-the-past": (form.valid_from, _("Choose today or a later day.")),
        "mandate-ends-before-it-begins": (
            form.valid_to,
            _("The last day must not be before the first."),
        ),
    }
    field, told = words[refusal.code]
    field.errors = [told]


@bp.route("/handlaggning/foretradare/<uuid:mandate_id>/avsluta", methods=["POST"])
@staff
def end(mandate_id: UUID):
    """End what one has registered, at once and in open sessions too."""
    try:
        mandates.revoke(work(), mandate_id)
    except Conflict:
        flash(_("It has ended already."))
    else:
        flash(_("It has ended, and does not hold from now on."))
    return redirect(url_for(".register"), code=303)
