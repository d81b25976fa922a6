"""A decision at the desk: read it, make it, put it to the committee, and follow what becomes of it."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import signing as signature_service
from app.features.decisions import appealing
from app.features.decisions.blueprint import bp
from app.features.decisions.words import (
    arrival_words,
    changed_by_words,
    proof_words,
    refusal_words,
    result_words,
)
from app.forms import AreaField, DayField, RadiosField, SalemForm, TextField
from app.sign_in import settings
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import may
from services.cases import commands as cases
from services.cases import investigation
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.decisions import (
    appeals,
    commands,
    letters,
    notices,
    policy,
    queries,
    regimes,
    signing,
)
from services.decisions.arrival import REACHED, Arrival
from services.decisions.models import About, Decision, Stage
from services.forms.investigation import Check
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from services.people import queries as people


class MinutesForm(SalemForm):
    """The committee's decision, as its minutes say."""

    minutes = TextField(lambda: _("Paragraph of the minutes, for example TN § 34/2026"))
    met_on = DayField(lambda: _("Day of the meeting"))


class ReceivedForm(SalemForm):
    """When a decision reached the party, and how it is known."""

    on = DayField(lambda: _("Which day did the party get the decision?"))
    proof = RadiosField(lambda: _("How is it known?"), proof_words)


class PostedForm(SalemForm):
    """When it was announced on the notice board."""

    on = DayField(lambda: _("Which day was it announced on the notice board?"))


class AppealForm(SalemForm):
    """An appeal that came by letter or e-mail, taken in at the desk."""

    appellant = TextField(
        lambda: _("Who appeals, if it is not the party?"),
        optional=True,
        hint=lambda: _("Take it in whoever it is: the court tests who may appeal."),
    )
    body = AreaField(lambda: _("What the appeal says"))
    channel = RadiosField(
        lambda: _("How did it come in?"),
        lambda: [("letter", _("Letter")), ("email", _("E-mail")), ("visit", _("Visit"))],
    )
    came_on = DayField(
        lambda: _("Which day did you have it in your hands?"),
        optional=True,
        hint=lambda: _(
            "Only if it was another day than today. The time is tested by the day on which it came in (section 22)."
        ),
    )
    came_how = RadiosField(lambda: _("How did it come that day?"), arrival_words, optional=True)


FORMS: dict[str, type[SalemForm]] = {
    "protokoll": MinutesForm,
    "mottaget": ReceivedForm,
    "anslaget": PostedForm,
    "overklagande": AppealForm,
}


@bp.route("/handlaggning/beslut/<uuid:decision_id>")
@staff
def decision(decision_id: UUID):
    found, case = queries.at_desk(session(), work().actor, decision_id)
    cases.opened_at_desk(work(), case)
    return page_of(found, case)


def page_of(
    found: Decision, case: Case, code: int = 200, *, trouble: str | None = None, **typed: Any
):
    """The decision's page. `typed` are forms as they were sent, by the name of their step."""
    document = catalogue.version_document(session(), case.version_id)
    actor = work().actor
    known = {found.decided_by_id, found.presenter_id, found.written_by_id} - {None}
    forms = {name: typed.get(name) or form(formdata=None) for name, form in FORMS.items()}
    return page(
        "decisions/decision.html",
        code,
        decision=found,
        case=case,
        document=document,
        status=next(each for each in document.statuses if each.key == found.status),
        names=people.names(session(), {each for each in known if each}),
        notices=queries.notices(session(), found.id) if found.is_made else [],
        appeals=appealing.with_forms(found, case, typed),
        misdirected=appeals.is_misdirected(found),
        replaced=queries.chain(session(), found)[1:],
        standing=queries.current(session(), found),
        left=_left(found, case),
        may_replace=_may_replace(found, case),
        time=queries.time_to_appeal(session(), found),
        from_the_board=regimes.runs_from_the_board(found.regime),
        committee=not found.is_made and commands.is_the_committees(work(), found),
        may_write=may(actor, policy.WRITE, case),
        may_enter_minutes=may(actor, policy.ENTER_MINUTES, case),
        forms=forms,
        proofs=dict([*proof_words(), ("opened", _("Opened under My pages"))]),
        results=dict(result_words()),
        trouble=trouble,
        changed_by=changed_by_words,
        today=local_day(work().now),
        signed=signing.is_signed(work(), found),
        may_sign=found.is_made
        and found.decided_by_id == actor.person_id
        and signature_service.service() is not None,
    )


def _left(found: Decision, case: Case) -> list[Check]:
    if found.is_made or found.about == About.REQUEST:
        return []
    return investigation.left(session(), case)


def _may_replace(found: Decision, case: Case) -> bool:
    is_replaceable = found.stage == Stage.DECIDED and found.about != About.REQUEST
    return is_replaceable and may(work().actor, policy.MAKE, case)


@bp.route("/handlaggning/beslut/<uuid:decision_id>/<what>", methods=["POST"])
@staff
def act(decision_id: UUID, what: str):
    """Do one of the things that can be done with a decision, and come back to it."""
    found, case = queries.at_desk(session(), work().actor, decision_id)
    plain: dict[str, Callable[[], Any]] = {
        "fatta": lambda: commands.decide(work(), found.id, seen=request.form.get("seen", type=int)),
        "foresla": lambda: commands.propose(work(), found.id),
        "ta-tillbaka": lambda: commands.drop(work(), found.id),
    }
    if what in plain:
        return done(found, case, what, plain[what])
    if what not in FORMS:
        raise NotFound("step", what=what)
    form = FORMS[what]()
    if not form.validate():
        return page_of(found, case, 422, **{what: form})
    return done(found, case, what, lambda: _filled_in(found, what, form), {what: form})


def _filled_in(found: Decision, what: str, form: Any) -> None:
    if what == "protokoll":
        met_on: date = form.met_on.data
        commands.enter_minutes(work(), found.id, minutes=form.minutes.data, met_on=met_on)
    elif what == "mottaget":
        notices.received(work(), found.id, form.on.data, form.proof.data)
    elif what == "anslaget":
        commands.posted(work(), found.id, form.on.data)
    else:
        appeals.register(
            work(),
            found.id,
            form.body.data,
            form.channel.data,
            appellant=form.appellant.data or "",
            arrival=Arrival(form.came_on.data, form.came_how.data or REACHED)
            if form.came_on.data
            else None,
        )


@bp.route("/handlaggning/beslut/<uuid:decision_id>/skriv-under", methods=["POST"])
@staff
def sign(decision_id: UUID):
    """Sign the letter with an e-ID, as the one who decided."""
    found, case = queries.at_desk(session(), work().actor, decision_id)
    try:
        asked = signing.ask(work(), found.id, settings().municipality_name)
    except (Conflict, NotAllowed) as refusal:
        return page_of(found, case, 422, trouble=refusal_words(refusal))
    return redirect(url_for("signatures.show_at_desk", signature_id=asked.id), code=303)


def done(
    found: Decision,
    case: Case,
    what: str,
    do: Callable[[], Any],
    typed: dict[str, Any] | None = None,
):
    """Do something with a decision, and come back to its page with what was wrong, if it was."""
    try:
        do()
    except (Invalid, Conflict, NotFound, NotAllowed) as refusal:
        session().refresh(found)
        return page_of(found, case, 422, trouble=refusal_words(refusal), **(typed or {}))
    flash(_said(what))
    if what == "ta-tillbaka":
        return redirect(url_for(".of_case", number=case.number), code=303)
    return redirect(url_for(".decision", decision_id=found.id), code=303)


def _said(what: str) -> str:
    if what == "fatta":
        return _("The decision is made, and the party has been told.")
    if what == "foresla":
        return _("The proposal lies before the committee.")
    return _("Saved.")


@bp.route("/handlaggning/beslut/<uuid:decision_id>.pdf")
@staff
def desk_letter(decision_id: UUID):
    """The letter, or the proposal as it stands."""
    found, case = queries.at_desk(session(), work().actor, decision_id)
    cases.opened_at_desk(work(), case)
    return letter_answer(found, case)


def letter_answer(found: Decision, case: Case) -> Response:
    """The decision as a PDF to keep."""
    made = letters.pdf(work(), found, case, settings().municipality_name)
    response = Response(made, content_type="application/pdf")
    name = (found.number or f"forslag-{case.number}").replace(" ", "-").replace("/", "-")
    response.headers["Content-Disposition"] = f'inline; filename="beslut-{name}.pdf"'
    return response
