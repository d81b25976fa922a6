"""The inbox: the own authorities' cases only, narrowed by view, service, unit, answers and words."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask_babel import gettext as _

from app import conversations, i18n
from app.features.desk import asked
from app.features.desk.blueprint import bp
from app.forms import SalemForm, TextField
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.audit.log import record
from services.cases import inbox as cases
from services.cases import notes, party, queries, tasks, there
from services.cases.models import Case
from services.cases.policy import AT_DESK
from services.catalogue import queries as catalogue
from services.desk import views
from services.forms import answers as forms_answers
from services.forms.definition import ServiceDocument
from services.forms.faults import Fault
from services.forms.types import person_number
from services.kernel.calendar import local_day
from services.kernel.words import say
from services.organisation import queries as organisation
from services.people import queries as people
from services.people.models import Person


class PersonForm(SalemForm):
    """Whom to look for, by personal number: sent as a form, so that it stands in no address."""

    number = TextField(lambda: _("Personal number"), inputmode="numeric", width=20)


@bp.route("/handlaggning")
@staff
def inbox():
    """The cases to work on; whoever looks after money alone is led to that."""
    if not any(duties & AT_DESK for duties in work().actor.authorities.values()):
        return redirect(url_for("ledger.index"), code=303)
    question = asked.read(request.args)
    current = work()
    shelf = cases.inbox(current.session, current.actor, question.wanted)
    drafts = queries.drafts_of_clerk(session(), current.actor)
    documents = _documents([*shelf.cases, *drafts])
    return page(
        "desk/inbox.html",
        shelf=shelf,
        wanted=question.wanted,
        question=question,
        inbox_address=asked.address,
        views=cases.VIEWS,
        counts=cases.counts(
            session(), current.actor, local_day(current.now), question.wanted.unit_key
        ),
        most=cases.COUNTED,
        documents=documents,
        drafts=drafts,
        next_page=asked.bookmark(shelf.next_before),
        **_mine_to_do(),
        **_choices(question),
        **_words(shelf.cases, documents, question),
    )


def _mine_to_do() -> dict[str, Any]:
    actor = work().actor
    has = there.for_handler(session(), actor)
    return {
        "mentions": notes.unseen(session(), actor) if "mentions" in has else [],
        "tasks": tasks.mine(session(), actor) if "tasks" in has else [],
    }


def _documents(found: list[Case]) -> dict[UUID, ServiceDocument]:
    wanted = {each.version_id for each in found}
    return {each: catalogue.version_document(session(), each) for each in wanted}


def _choices(question: asked.Question) -> dict[str, Any]:
    known = organisation.authorities(session())
    mine = {key: known[key] for key in work().actor.authorities if key in known}
    language = i18n.language()
    offered = catalogue.for_authorities(session(), {each.code for each in mine.values()})
    services = {service.id: document for service, document in offered}
    chosen = services.get(question.wanted.service_id) if question.wanted.service_id else None
    units = [
        (unit.key, say(unit.names, language))
        for unit in organisation.units_of(session(), set(mine))
    ]
    unit_key = question.wanted.unit_key
    return {
        "authorities": known,
        "mine": mine,
        "services": sorted(
            ((str(key), say(document.title, language)) for key, document in services.items()),
            key=lambda pair: pair[1].lower(),
        ),
        "units": units,
        "unit": dict(units).get(unit_key or ""),
        "of_units": _of_units([key for key, _words in units]),
        "counted_of_unit": cases.COUNTED_OF_UNIT,
        "answers": asked.answers_of(chosen, language) if chosen else [],
        "possible_columns": _possible_columns(services.values(), chosen, unit_key),
        "saved": views.in_unit(session(), work().actor, unit_key),
        "today": local_day(work().now),
    }


def _of_units(unit_keys: list[str]) -> dict[str, int]:
    # One unit is the whole authority, which the tabs have counted.
    if len(unit_keys) < 2:
        return {}
    return cases.waiting_by_unit(session(), work().actor, unit_keys)


def _possible_columns(
    services: Iterable[ServiceDocument], chosen: ServiceDocument | None, unit_key: str | None
) -> list[tuple[str, str]]:
    """The attributes of the chosen e-service, or of all e-services of the chosen unit."""
    documents = [chosen] if chosen else [each for each in services if each.unit == unit_key]
    found: dict[str, str] = {}
    for document in documents:
        for key, words in asked.columns_of(document, i18n.language()):
            found.setdefault(key, words)
    return list(found.items())


def _words(
    found: list[Case], documents: dict[UUID, ServiceDocument], question: asked.Question
) -> dict[str, Any]:
    return {
        "handlers": people.names(session(), {each.handler_id for each in found if each.handler_id}),
        "columns": column_titles(documents, question.columns),
        "cell": lambda case, key: cell(case, documents[case.version_id], key),
        "status_words": lambda case: conversations.status_words(
            case, documents[case.version_id], desk=True
        ),
    }


def column_titles(
    documents: dict[UUID, ServiceDocument], columns: tuple[str, ...]
) -> list[tuple[str, str]]:
    """The attributes that are columns, each with its question; those that nobody asks are left out."""
    titles: dict[str, str] = {}
    for document in documents.values():
        for key, words in asked.columns_of(document, i18n.language()):
            titles.setdefault(key, words)
    return [(key, titles[key]) for key in columns if key in titles]


def cell(case: Case, document: ServiceDocument, key: str) -> str:
    """An attribute of a case in words; nothing for a case with a protected person in it."""
    if case.protected or key not in case.attributes:
        return ""
    return party.as_text(
        forms_answers.in_words(document, key, case.attributes[key], i18n.language())
    )


def _person(typed: str) -> Person | None:
    try:
        number = person_number.twelve_digits(typed, local_day(work().now))
    except Fault:
        return None
    return people.person_by_identifier(session(), "pnr", number)


@bp.route("/handlaggning/sok-person", methods=["GET", "POST"])
@staff
def search_person():
    """Find a person's cases by the personal number, which is looked up by its keyed index only."""
    form = PersonForm()
    if request.method == "POST" and form.validate():
        found = _person(form.number.data)
        record(work(), "desk:search-person", found.id if found else None)
        if found is not None:
            return redirect(url_for(".inbox", vy="all", person=found.id), code=303)
        form.number.errors = [_("Nobody with that number has a case here.")]
    code = 422 if request.method == "POST" else 200
    return page("desk/search_person.html", code, form=form)
