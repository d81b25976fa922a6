"""Taking the personal data out of one case before its time: what goes, what stays, by which right."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from app.features.records.blueprint import bp
from app.features.records.redaction_words import goes_words, right_words, stays_words
from app.features.records.words import ground_words, refusal_words
from app.forms import CheckField, RadiosField, SalemForm, TextField
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import require
from services.cases import policy, queries
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.kernel.errors import Conflict, Invalid
from services.records import disposing, retention


class RedactForm(SalemForm):
    """By which right, by which decision, and that one knows what it means."""

    ground = RadiosField(
        lambda: _("By which right?"),
        lambda: [(ground, right_words(ground)) for ground in disposing.GROUNDS],
    )
    reason = TextField(
        lambda: _("Which decision is it done by?"),
        hint=lambda: _("For example TN § 34/2026. Write no personal data here: this is kept."),
    )
    sure = CheckField(
        lambda: _("I have read what goes, and know that it cannot be had back"),
        missing=lambda: _("Tick that you have read what goes."),
    )


@bp.route("/handlaggning/arenden/<number>/ta-bort-personuppgifter", methods=["GET", "POST"])
@staff
def redact(number: str):
    """Look at what goes and what stays, and take the personal data out of one case."""
    found = queries.at_desk(session(), work().actor, number)
    require(work(), policy.LEAD, found)
    form = RedactForm()
    if not form.is_submitted():
        disposing.looked_at(work(), found)
    elif form.validate():
        try:
            disposing.redact(work(), found.id, form.ground.data, form.reason.data)
        except (Conflict, Invalid) as refusal:
            form.reason.errors = [refusal_words(refusal.code)]
        else:
            flash(_("The personal data is taken out, and the record of it is kept."))
            return redirect(url_for(".dispose", number=number), code=303)
    return _shown(found, form)


def _shown(found: Case, form: RedactForm):
    holds = retention.holds(session(), found)
    has_ended = found.state in retention.ENDED
    seen = disposing.preview_redaction(session(), found)
    return page(
        "records/redact.html",
        422 if form.is_submitted() else 200,
        case=found,
        document=catalogue.version_document(session(), found.version_id),
        goes=[(goes_words(name), count) for name, count in seen.goes.items()],
        stays=[(stays_words(name), count) for name, count in seen.stays.items()],
        form=form,
        holds=[ground_words(each) for each in holds],
        has_ended=has_ended,
        may_go=has_ended and not holds and bool(seen.goes),
    )
