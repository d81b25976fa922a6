"""The diary of an authority for a time, for its own staff."""

from datetime import date, timedelta
from uuid import UUID

from flask import request

from app import i18n
from app.features.records.blueprint import bp
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.audit.log import record
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.kernel.calendar import local_day
from services.kernel.errors import NotFound
from services.organisation import queries as organisation
from services.records import diary as entries
from services.records import documents, secrecy

MONTH = timedelta(days=30)


@bp.route("/handlaggning/diarium")
@staff
def diary():
    """What was entered, in order. What one may not see has its number alone."""
    authority_id, own = _authority()
    today = local_day(work().now)
    since, until = _day("fran", today - MONTH), _day("till", today)
    lines = entries.lines(session(), work().actor, authority_id, since, until)
    record(work(), "diary:read", authority_id)
    return page(
        "records/diary.html",
        lines=lines,
        called=_called([each.case for each in lines if each.case is not None]),
        to_review=secrecy.to_review(session(), work().actor, today),
        authority_id=authority_id,
        authorities=own,
        since=since,
        until=until,
        most=entries.MOST,
    )


def _called(cases: list[Case]) -> dict[UUID, str]:
    return {
        case.id: documents.public_name(
            case,
            catalogue.version_document(session(), case.version_id),
            i18n.language(),
            secret=False,
        )
        for case in cases
    }


def _authority() -> tuple[UUID, dict[UUID, dict[str, str]]]:
    known = organisation.authorities(session())
    own = {key: known[key].names for key in known if key in work().actor.authorities}
    asked = request.args.get("namnd", "")
    chosen = next(
        (key for key in own if str(key) == asked), None if asked else next(iter(own), None)
    )
    if chosen is None:
        raise NotFound("authority")
    return chosen, own


def _day(name: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise
