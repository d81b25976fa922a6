"""The inbox: the own authorities' cases only, narrowed by view, service, status and words."""

from datetime import datetime
from uuid import UUID

from flask import request
from werkzeug.exceptions import BadRequest

from app import conversations, i18n
from app.features.desk.blueprint import bp
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.cases import inbox as inbox_list
from services.cases import queries
from services.catalogue import queries as catalogue
from services.kernel.calendar import local_day
from services.kernel.words import say
from services.organisation import queries as organisation
from services.organisation.models import Authority
from services.people import queries as people

VIEWS = ("open", "mine", "unassigned", "waiting", "overdue", "closed", "all")
LONGEST_SEARCH = 100


@bp.route("/handlaggning")
@staff
def inbox():
    wanted = _wanted()
    current = work()
    shelf = inbox_list.inbox(current.session, current.actor, wanted)
    known = organisation.authorities(session())
    drafts = queries.drafts_of_clerk(session(), current.actor)
    documents = {
        each.version_id: catalogue.version_document(session(), each.version_id)
        for each in [*shelf.cases, *drafts]
    }
    handlers = people.names(session(), {each.handler_id for each in shelf.cases if each.handler_id})
    return page(
        "desk/inbox.html",
        shelf=shelf,
        wanted=wanted,
        views=VIEWS,
        services=_services(known),
        documents=documents,
        handlers=handlers,
        authorities=known,
        mine=inbox_list.open_of_handler(session(), current.actor),
        drafts=drafts,
        today=local_day(current.now),
        next_page=_bookmark(shelf.next_before),
        status_words=lambda case: conversations.status_words(
            case, documents[case.version_id], desk=True
        ),
    )


def _services(known: dict[UUID, Authority]) -> list[tuple[str, str]]:
    language = i18n.language()
    codes = {known[key].code for key in work().actor.authorities if key in known}
    found = [
        (str(service.id), say(document.title, language))
        for service, document in catalogue.for_authorities(session(), codes)
    ]
    return sorted(found, key=lambda pair: pair[1].lower())


def _wanted() -> inbox_list.Filter:
    view = request.args.get("vy", "open")
    return inbox_list.Filter(
        view=view if view in VIEWS else "open",
        service_id=_uuid(request.args.get("tjanst", "")),
        words=request.args.get("q", "").strip()[:LONGEST_SEARCH],
        before=_before(request.args.get("fore", "")),
        today=local_day(work().now),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as fault:
        raise BadRequest("service") from fault


def _bookmark(before: tuple[datetime, UUID] | None) -> str | None:
    return f"{before[0].isoformat()}_{before[1]}" if before else None


def _before(bookmark: str) -> tuple[datetime, UUID] | None:
    if not bookmark:
        return None
    moment, _, case_id = bookmark.rpartition("_")
    try:
        read = datetime.fromisoformat(moment)
        if read.tzinfo is None:
            raise BadRequest("bookmark")
        return read, UUID(case_id)
    except ValueError as fault:
        raise BadRequest("bookmark") from fault
