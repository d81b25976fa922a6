"""At the desk: everything that is heard in a case, asking, and reading the answers."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import conversations
from app.features.consultations.blueprint import bp
from app.features.consultations.words import kind_words, refusal_words
from app.forms import AreaField, ChecksField, DayField, SalemForm
from app.sign_in import settings
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import may, require
from services.attachments import queries as attachments
from services.cases import commands as case_commands
from services.cases import policy
from services.cases import queries as cases
from services.cases.models import Case, CaseMessage
from services.catalogue import queries as catalogue
from services.consultations import asking, letters, material, queries
from services.consultations.asking import Question, Recipient
from services.consultations.models import Kind
from services.kernel.calendar import last_day, local_day
from services.kernel.errors import Conflict, Invalid, NotFound
from services.people import queries as people

CASE = "/handlaggning/arenden/<number>/horande"
KINDS = {"kommunicera": Kind.PARTY, "remiss": Kind.OUTSIDE, "grannar": Kind.NEIGHBOURS}
SHOWN = 80
# At which field a refusal is told; the rest is told at the question.
AT = {
    "answer-by-passed": "answer_by",
    "unknown-material": "material",
    "material-secret": "despite_secrecy",
    "recipients-missing": "recipients",
    "too-many-recipients": "recipients",
    "recipient-unreachable": "recipients",
    "email-address": "recipients",
}


@bp.route(CASE)
@staff
def of_case(number: str):
    """All hearings of a case, with their answers, and whether it rests."""
    found = cases.at_desk(session(), work().actor, number)
    case_commands.opened_at_desk(work(), found)
    return page("consultations/of_case.html", **shown(found))


def shown(found: Case) -> dict[str, Any]:
    """What the page shows."""
    consultations = queries.of_case(session(), found.id)
    resting = queries.resting(session(), found.id)
    known = {each.asked_by_id for each, _rows in consultations}
    answers = [row.id for _each, rows in consultations for row in rows if row.answered_at]
    files: dict[UUID, list[Any]] = {}
    for each in attachments.of_owners(session(), answers) if answers else []:
        files.setdefault(each.owner_id, []).append(each)
    return {
        "case": found,
        "document": catalogue.version_document(session(), found.version_id),
        "consultations": consultations,
        "resting": resting,
        "names": people.names(session(), known),
        "files": files,
        "kinds": kind_words(),
        "may_work": may(work().actor, policy.WORK_ON, found),
        "today": local_day(work().now),
    }


def _choosable(found: Case, kind: Kind) -> list[tuple[str, str]]:
    """What can be shown, by its key, with what is marked named as such."""
    there = material.choosable(session(), found.id)
    choices = [(f"{material.FILE}{each.id}", each.name) for each in there.files]
    choices += [(f"{material.MESSAGE}{each.id}", _named(each)) for each in there.messages]
    choices += [
        (f"{material.ANSWER}{each.id}", _("Answer from %(name)s", name=each.name or _("The party")))
        for each in there.answers
    ]
    marked = set(material.secret(session(), found, kind, there.keys()))
    return [
        (key, _("%(name)s (marked as secret)", name=name) if key in marked else name)
        for key, name in choices
    ]


def _form(found: Case, kind: Kind) -> SalemForm:
    choices = _choosable(found, kind)

    class AskForm(SalemForm):
        """What is asked, what is shown with it, and until when."""

        question = AreaField(lambda: _("What do you ask?"), rows=8)
        material = ChecksField(
            lambda: _("Documents that are shown"),
            lambda: choices,
            optional=True,
            hint=lambda: _("Nothing else of the case is shown. Check what you choose."),
        )
        answer_by = DayField(
            lambda: _("Last day to answer"),
            default=last_day(local_day(work().now), weeks=asking.WEEKS),
        )
        despite_secrecy = AreaField(
            lambda: _("Why is something that is marked as secret shown?"),
            optional=True,
            rows=3,
            hint=lambda: _("Only if you have chosen something marked. Name the provision."),
        )

    if kind is Kind.PARTY:
        return AskForm()

    class AskOthersForm(AskForm):
        """And whom."""

        recipients = AreaField(lambda: _("Whom do you ask?"), rows=6, hint=lambda: _how(kind))

    return AskOthersForm()


def _how(kind: Kind) -> str:
    if kind is Kind.OUTSIDE:
        return _(
            "One on each line: name; e-mail address or postal address. Those with an e-mail address get a link, the others a letter with a code that you print."
        )
    return _("One on each line: name; postal address; property. Everyone gets a code of their own.")


def _named(message: CaseMessage) -> str:
    start = " ".join(message.body.split())[:SHOWN]
    words = {
        "note": _("Internal note: %(start)s", start=start),
        "oral": _("Note of what somebody said: %(start)s", start=start),
    }
    return words.get(message.kind) or _("Message: %(start)s", start=start)


@bp.route(f"{CASE}/<any(kommunicera, remiss, grannar):kind>", methods=["GET", "POST"])
@staff
def ask(number: str, kind: str):
    """Ask the party, somebody outside, or the neighbours."""
    found = cases.at_desk(session(), work().actor, number)
    require(work(), policy.WORK_ON, found)
    form = _form(found, KINDS[kind])
    if request.method == "POST" and form.validate():
        try:
            _ask(found, KINDS[kind], form)
        except (Invalid, Conflict) as refusal:
            form[AT.get(refusal.code, "question")].errors = [refusal_words(refusal)]
        else:
            flash(_("It is sent. Letters with codes are printed from the list."))
            return redirect(url_for(".of_case", number=number), code=303)
    return page(
        "consultations/ask.html",
        422 if request.method == "POST" else 200,
        case=found,
        document=catalogue.version_document(session(), found.version_id),
        kind=KINDS[kind],
        kinds=kind_words(),
        has_secrets=bool(
            material.secret(
                session(), found, KINDS[kind], material.choosable(session(), found.id).keys()
            )
        ),
        by_letter=KINDS[kind] is Kind.PARTY and not asking.has_account(found),
        form=form,
    )


def _ask(found: Case, kind: Kind, form: Any) -> None:
    question = Question(
        form.question.data,
        form.material.data or (),
        form.answer_by.data,
        form.despite_secrecy.data or "",
    )
    if kind is Kind.PARTY:
        asking.communicate(work(), found.id, question)
    elif kind is Kind.OUTSIDE:
        asking.ask_outside(work(), found.id, question, _recipients(form.recipients.data))
    else:
        asking.ask_neighbours(work(), found.id, question, _recipients(form.recipients.data))


def _recipients(text: str) -> list[Recipient]:
    recipients = []
    for line in text.splitlines():
        name, reached, about = ([part.strip() for part in line.split(";")] + [""] * 3)[:3]
        if name:
            email, address = (reached, None) if "@" in reached else (None, reached)
            recipients.append(Recipient(name, email, address or None, about or None))
    return recipients


@bp.route(f"{CASE}/<uuid:consultation_id>/brev.pdf")
@staff
def letters_to_print(number: str, consultation_id: UUID) -> Response:
    """The letters with codes, to print and send."""
    found = cases.at_desk(session(), work().actor, number)
    consultation = queries.at_desk(session(), found.id, consultation_id)
    known = settings()
    sender = letters.Sender(
        known.municipality_name,
        f"{known.contact_phone}, {known.contact_email}",
        f"{known.public_url.split('://')[-1]}/granne",
    )
    made = letters.pdf(work(), found, consultation, sender)
    response = Response(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="brev-{number}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route(f"{CASE}/<uuid:row_id>/<any(forny, stang):what>", methods=["POST"])
@staff
def act(number: str, row_id: UUID, what: str):
    """A new link or code for one who is asked, or no more answers to a question."""
    found = cases.at_desk(session(), work().actor, number)
    try:
        if what == "forny":
            asking.ask_anew(work(), found.id, row_id)
            flash(_("The old link or code is void. A new one is made."))
        else:
            asking.close(work(), found.id, row_id)
            flash(_("No more answers are taken in."))
    except Conflict as refusal:
        flash(refusal_words(refusal))
    return redirect(url_for(".of_case", number=number), code=303)


@bp.route(f"{CASE}/filer/<uuid:attachment_id>")
@staff
def answer_file(number: str, attachment_id: UUID):
    """A file that came with an answer."""
    found = cases.at_desk(session(), work().actor, number)
    case_commands.opened_at_desk(work(), found)
    owners = [row.id for _each, rows in queries.of_case(session(), found.id) for row in rows]
    if not owners:
        raise NotFound("attachment")
    return conversations.file_answer(attachment_id, owners)


@bp.route("/handlaggning/horande")
@staff
def late():
    """Answers that have not come in time, within the own authorities."""
    today = local_day(work().now)
    return page(
        "consultations/late.html",
        late=queries.late(session(), work().actor, today),
        kinds=kind_words(),
        today=today,
    )
