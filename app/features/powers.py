"""Powers of attorney: given, received and revoked by residents, and by who signs for a company."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from app import i18n, interrupted, levels
from app.forms import ChecksField, DayField, RadiosField, SalemForm, TextField
from app.forms.person_number import PersonNumberField
from app.templating import page
from app.transactions import session, work
from app.visitors import actor, sign_in_address, signed_in
from services.catalogue import queries as catalogue
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid
from services.kernel.words import say
from services.people import mandates
from services.people import queries as people
from services.people.mandates import Agent, Term

bp = Blueprint("powers", __name__)
ALL, SOME = "all", "some"
# To let somebody else act is done no less surely than to sign (ID-08).
LEVEL = "signed"


class GiveForm(SalemForm):
    """Whom one trusts, with what, and for how long."""

    name = TextField(
        lambda: _("The representative's first name and surname"),
        hint=lambda: _("As you know them. We do not show you what our records say."),
        limit=100,
    )
    number = PersonNumberField(
        lambda: _("The representative's personal identity number"),
        hint=lambda: _("12 digits, for example 19900101-2385"),
    )
    scope = RadiosField(
        lambda: _("What may the representative do?"),
        lambda: [
            (ALL, _("Act in all e-services, and see the cases there")),
            (SOME, _("Act only in the e-services that I choose below, and see the cases there")),
        ],
    )
    services = ChecksField(lambda: _("E-services"), lambda: _offered(), optional=True)
    valid_from = DayField(lambda: _("From which day?"))
    valid_to = DayField(
        lambda: _("Until which day?"),
        hint=lambda: _("If you leave it out, it lasts until you revoke it."),
        optional=True,
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Also that services are chosen where only some are meant."""
        holds: bool = super().validate(extra_validators)
        if self.scope.data == SOME and not self.services.data:
            self.services.errors = [_("Choose at least one e-service.")]
            return False
        return holds

    def term(self) -> Term:
        """From when to when, and for what."""
        chosen = self.services.data if self.scope.data == SOME else ()
        return Term(
            self.valid_from.data, self.valid_to.data, tuple(UUID(key) for key in chosen or ())
        )


def _offered() -> list[tuple[str, str]]:
    language = i18n.language()
    named = [
        (str(service.id), say(document.title, language))
        for service, document in catalogue.offered(session())
    ]
    return sorted(named, key=lambda pair: pair[1].lower())


@bp.route("/mina-sidor/fullmakter")
@signed_in
def index():
    person_id = actor().person_id
    assert person_id is not None
    today = local_day(work().now)
    ways = mandates.ways(session(), person_id, today)
    return page(
        "powers/index.html",
        given=mandates.given(session(), person_id, actor().acting_for),
        received=[way for way in ways if way.mandate.kind == mandates.POWER],
        holds=lambda mandate: mandates.holds(mandate, work().now),
        names=dict(_offered()),
        may_give=actor().principal_id is None,
        today=today,
    )


@bp.route("/mina-sidor/fullmakter/ny", methods=["GET", "POST"])
@signed_in
def give():
    """Give somebody a power of attorney. A person with protected data is told to call instead."""
    if not levels.is_enough(LEVEL, actor()):
        if request.method == "POST":
            # What was filled in is there again when the same person has come back.
            interrupted.keep_for_later()
        return redirect(sign_in_address("resident", LEVEL), code=303)
    person = people.person(session(), actor().person_id)
    if person is not None and person.protected:
        return page("powers/protected.html")
    form = GiveForm(data={"valid_from": local_day(work().now)})
    if request.method == "POST" and form.validate():
        try:
            mandates.give(work(), Agent(form.number.data, form.name.data), form.term())
        except Invalid as refusal:
            _explain(form, refusal)
        else:
            flash(_("The power of attorney is given."))
            return redirect(url_for(".index"), code=303)
    return page("powers/give.html", 422 if request.method == "POST" else 200, form=form)


def _explain(form: GiveForm, refusal: Invalid) -> None:
    words = {
        "mandate-to-oneself": (form.number, _("You cannot give yourself a power of attorney.")),
        "mandate-begins-in-the-past": (form.valid_from, _("Choose today or a later day.")),
        "mandate-ends-before-it-begins": (
            form.valid_to,
            _("The last day must not be before the first."),
        ),
    }
    field, told = words[refusal.code]
    field.errors = [told]


@bp.route("/mina-sidor/fullmakter/<uuid:mandate_id>/aterkalla", methods=["POST"])
@signed_in
def revoke(mandate_id: UUID):
    """End a power of attorney at once, as the one who gave it or the one who holds it."""
    try:
        mandates.revoke(work(), mandate_id)
    except Conflict:
        flash(_("The power of attorney has ended already."))
    else:
        flash(_("The power of attorney has ended. It does not hold from now on."))
    return redirect(url_for(".index"), code=303)
