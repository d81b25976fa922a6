"""What a handler asks the inbox for: read from the address, and written back into addresses."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from app.transactions import session, work
from services.cases.inbox import VIEWS, Filter, Place
from services.desk import views
from services.desk.models import SavedView
from services.forms.definition import ServiceDocument
from services.forms.kinds import kind_of
from services.kernel.calendar import local_day
from services.kernel.words import say

LONGEST_SEARCH = 100
MOST_COLUMNS = views.MOST_COLUMNS


@dataclass(frozen=True)
class Question:
    """A filter, the columns that show answers, and the saved view that it came from, if any."""

    wanted: Filter
    columns: tuple[str, ...] = ()
    saved: SavedView | None = None
    query: dict[str, Any] = field(default_factory=dict)


def read(arguments: MultiDict[str, str]) -> Question:
    """The question of an address. Raises BadRequest for one that cannot be read."""
    saved_id = _uuid(arguments.get("sparad", ""))
    saved = views.one(session(), work().actor, saved_id) if saved_id else None
    columns = tuple(arguments.getlist("kol") or (saved.columns if saved else ()))[:MOST_COLUMNS]
    wanted = _of_saved(saved) if saved else _of_address(arguments)
    wanted = replace(
        wanted,
        words=arguments.get("q", "").strip()[:LONGEST_SEARCH],
        before=_before(arguments.get("fore", ""), wanted.view),
        today=local_day(work().now),
    )
    return Question(wanted, columns, saved, _query(wanted, columns, saved))


def _of_address(arguments: MultiDict[str, str]) -> Filter:
    view = arguments.get("vy", "open")
    key, _, value = arguments.get("svar", "").partition("=")
    return Filter(
        view=view if view in VIEWS else "open",
        service_id=_uuid(arguments.get("tjanst", "")),
        unit_key=arguments.get("enhet") or None,
        attribute=(key, value) if key and value else None,
        person_id=_uuid(arguments.get("person", "")),
    )


def _of_saved(saved: SavedView) -> Filter:
    kept = saved.wanted
    attribute = kept.get("attribute")
    return Filter(
        view=kept["view"],
        service_id=UUID(kept["service_id"]) if kept.get("service_id") else None,
        unit_key=kept.get("unit_key"),
        attribute=(attribute[0], attribute[1]) if attribute else None,
    )


def as_kept(wanted: Filter) -> dict[str, Any]:
    """The filter as a saved view keeps it."""
    return {
        "view": wanted.view,
        "service_id": str(wanted.service_id) if wanted.service_id else None,
        "unit_key": wanted.unit_key,
        "attribute": list(wanted.attribute) if wanted.attribute else None,
    }


def _query(wanted: Filter, columns: tuple[str, ...], saved: SavedView | None) -> dict[str, Any]:
    """The same question as parts of an address, without the place in the list."""
    if saved is not None:
        return {"sparad": str(saved.id), "q": wanted.words or None}
    return {
        "vy": wanted.view,
        "q": wanted.words or None,
        "tjanst": str(wanted.service_id) if wanted.service_id else None,
        "enhet": wanted.unit_key,
        "svar": "=".join(wanted.attribute) if wanted.attribute else None,
        "person": str(wanted.person_id) if wanted.person_id else None,
        "kol": list(columns) or None,
    }


def address(query: dict[str, Any], endpoint: str = "desk.inbox", **more: Any) -> str:
    """The address that asks the same question, of the list or of something made of it."""
    return url_for(endpoint, **{name: value for name, value in {**query, **more}.items() if value})


def answers_of(document: ServiceDocument, language: str) -> list[tuple[str, str]]:
    """The answers that one can ask for, as (key=answer, question and answer in words)."""
    found = []
    for question in document.questions:
        if question.attribute:
            for choice in kind_of(question).possible(question) or ():
                if not isinstance(choice, str):
                    continue
                words = kind_of(question).display(question, choice, language, masked=False)
                if isinstance(words, str):
                    label = f"{say(question.label, language)}: {words}"
                    found.append((f"{question.key}={choice}", label))
    return sorted(found, key=lambda pair: pair[1].lower())


def columns_of(document: ServiceDocument, language: str) -> list[tuple[str, str]]:
    """The attributes that can be columns, with their questions."""
    return [
        (question.key, say(question.label, language))
        for question in document.questions
        if question.attribute
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as fault:
        raise BadRequest("id") from fault


def bookmark(before: Place | None) -> str | None:
    """A place in the list as a word for an address."""
    return f"{before[0].isoformat()}_{before[1]}" if before else None


def _before(mark: str, view: str) -> Place | None:
    if not mark:
        return None
    place, _, case_id = mark.rpartition("_")
    try:
        if view == "overdue":
            return date.fromisoformat(place), UUID(case_id)
        read_as = datetime.fromisoformat(place)
        if read_as.tzinfo is None:
            raise BadRequest("bookmark")
        return read_as, UUID(case_id)
    except ValueError as fault:
        raise BadRequest("bookmark") from fault
