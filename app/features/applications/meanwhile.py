"""Two who answer the same question at once: both answers, by whom and when, and the choice."""

from dataclasses import dataclass
from typing import Any

from flask import flash, request
from flask_babel import gettext as _

from app import i18n
from app.room_roles import role_words
from app.templating import moment
from app.transactions import session, work
from app.visitors import actor
from services.cases import meanwhile
from services.cases.meanwhile import MINE, THEIRS, Change, Opened
from services.cases.models import Case
from services.forms import answers as forms_answers
from services.forms.builder import PageForm
from services.forms.definition import ServiceDocument
from services.forms.kinds import kind_of
from services.kernel.words import say
from services.people.models import Person

SEEN = "_seen"
CHOICE = "_choice_"


@dataclass(frozen=True)
class Choice:
    """What to choose between at a question: the other's answer in words, and one's own."""

    id: str
    name: str
    question: str
    told: str
    theirs: list[str]
    mine: list[str]
    take_theirs: str
    take_mine: str


def opened() -> Opened:
    """How the answers stood when the page that is sent now was opened, and what was chosen."""
    marks = dict(each.split(":", 1) for each in request.form.getlist(SEEN) if ":" in each)
    chosen = {
        name.removeprefix(CHOICE): value
        for name, value in request.form.items()
        if name.startswith(CHOICE)
    }
    return Opened(marks, chosen)


def seen(case: Case, form: PageForm, before: list[str] | None) -> list[str]:
    """The marks for the hidden inputs of a page; those that it was opened with, when it comes back.

    Files have no older mark: what there is of them is always shown.
    """
    as_before = dict(each.split(":", 1) for each in before or [] if ":" in each)
    files = {each.question.key for each in form.visible() if each.kind.uploads}
    as_now = {key: meanwhile.mark(case.answers.get(key)) for key in form.shown_keys}
    as_before = {key: mark for key, mark in as_before.items() if key in as_now and key not in files}
    return [f"{key}:{mark}" for key, mark in {**as_now, **as_before}.items()]


def seen_of(document: ServiceDocument, case: Case) -> list[str]:
    """The marks of all answers, for the page where one checks them."""
    keys = [each.key for each in document.questions if kind_of(each).asks]
    return [f"{key}:{meanwhile.mark(case.answers.get(key))}" for key in keys]


def choices(
    document: ServiceDocument, case: Case, form: PageForm, changes: list[Change]
) -> dict[str, Choice]:
    """What is to be chosen between, by question."""
    fields = {each.question.key: each for each in form.visible()}
    return {
        each.question_key: Choice(
            id=f"{CHOICE}{each.question_key}",
            name=f"{CHOICE}{each.question_key}",
            question=str(fields[each.question_key].label.text),
            told=_told(case, each),
            theirs=_in_words(document, each.question_key, each.stored),
            mine=_in_words(document, each.question_key, fields[each.question_key].data),
            take_theirs=f"{THEIRS}:{each.mark}",
            take_mine=f"{MINE}:{each.mark}",
        )
        for each in changes
    }


def _in_words(document: ServiceDocument, key: str, stored: Any) -> list[str]:
    shown = forms_answers.in_words(document, key, stored, i18n.language())
    if isinstance(shown, str):
        return shown.splitlines() if shown else [_("No answer")]
    return [str(each) for each in shown] or [_("No answer")]


def _told(case: Case, change: Change) -> str:
    facts = {"who": _who(case, change), "when": moment(change.saved_at)}
    if _is_oneself(change):
        return _("You have answered this in another tab or on another device, %(when)s.", **facts)
    return _("%(who)s has answered this while you had the page open, %(when)s.", **facts)


def _is_oneself(change: Change) -> bool:
    return not change.by_staff and change.saved_by_id == actor().person_id


def _who(case: Case, change: Change) -> str:
    if change.by_staff:
        return _("The employee who helps you")
    person = session().get(Person, change.saved_by_id) if change.saved_by_id else None
    if person is None or person.protected:
        return _("The person you help") if actor().is_staff else _("Somebody else")
    roles = (each.role for each in case.room_members if each.person_id == person.id)
    role = next(roles, None)
    if role is None or case.acting_person_id == person.id:
        return str(person.name)
    return f"{person.name} ({role_words(role).lower()})"


def tell_left(document: ServiceDocument, case: Case, left: list[Change]) -> None:
    """Say what others have changed meanwhile, and that it stays so."""
    for each in left:
        if not _is_oneself(each):
            question = next(q for q in document.questions if q.key == each.question_key)
            flash(
                _(
                    "%(who)s has changed the answer to “%(question)s”. It is kept.",
                    who=_who(case, each),
                    question=say(question.label, i18n.language()),
                )
            )


def changed_since(document: ServiceDocument, case: Case) -> list[str]:
    """What has been changed since the page where one checks the answers was opened, in words."""
    labels = {each.key: say(each.label, i18n.language()) for each in document.questions}
    return [
        _(
            "%(question)s (%(who)s, %(when)s)",
            question=labels[each.question_key],
            who=_("you, in another tab") if _is_oneself(each) else _who(case, each),
            when=moment(each.saved_at),
        )
        for each in meanwhile.changes(work(), case, opened().marks)
        if each.question_key in labels
    ]
