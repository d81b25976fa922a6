"""Handing a case over to another authority: what goes along is chosen, and the border is told of."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from app import conversations, i18n
from app.features.desk.blueprint import bp
from app.forms import AreaField, ChecksField, SalemForm, SelectField
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import require
from services.attachments import queries as attachments
from services.cases import policy, queries
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.desk import referral
from services.forms.kinds import kind_of
from services.kernel.errors import Conflict, Invalid
from services.kernel.words import say
from services.organisation import queries as organisation


def _form(found: Case) -> SalemForm:
    """Where to, why, and which answers and files go along; nothing is ticked beforehand."""
    language = i18n.language()
    document = catalogue.version_document(session(), found.version_id)
    sendable = [
        (each.key, say(each.label, language))
        for each in document.questions
        if each.key in found.answers and kind_of(each).asks and not kind_of(each).uploads
    ]
    enclosed = [(str(each.id), each.name) for each in attachments.of_owner(session(), found.id)]

    class ReferForm(SalemForm):
        """The choices of this very case."""

        unit = SelectField(lambda: _("To which unit?"), lambda: _units(found))
        reason = AreaField(lambda: _("Why is it handed over?"), rows=4)
        answers = ChecksField(lambda: _("Answers that go along"), lambda: sendable, optional=True)
        files = ChecksField(lambda: _("Files that go along"), lambda: enclosed, optional=True)

    return ReferForm()


def _units(found: Case) -> list[tuple[str, str]]:
    language = i18n.language()
    known = organisation.authorities(session())
    choices = [("", _("Choose"))]
    for authority in known.values():
        if authority.id != found.authority_id:
            choices += [
                (unit.key, f"{say(authority.names, language)}: {say(unit.names, language)}")
                for unit in organisation.units_of(session(), {authority.id})
            ]
    return choices


@bp.route("/handlaggning/arenden/<number>/lamna-over", methods=["GET", "POST"])
@staff
def refer(number: str):
    """Hand the case over, with a record of what went along."""
    found = queries.at_desk(session(), work().actor, number)
    require(work(), policy.WORK_ON, found)
    form = _form(found)
    if request.method == "POST" and form.validate():
        try:
            referral.refer(
                work(),
                found.id,
                form["unit"].data,
                form["reason"].data,
                answers=form["answers"].data,
                files={UUID(each) for each in form["files"].data},
            )
        except (Invalid, Conflict) as refusal:
            form["unit"].errors = [conversations.refusal_words(refusal)]
        else:
            flash(
                _("The matter is handed over. End the case here when nothing is left to do in it.")
            )
            return redirect(url_for(".case", number=number), code=303)
    document = catalogue.version_document(session(), found.version_id)
    code = 422 if request.method == "POST" else 200
    return page("desk/refer.html", code, case=found, document=document, form=form)
