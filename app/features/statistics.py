"""Statistics: the desk's own figures, the public's, and both as files."""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from werkzeug.wrappers import Response

from app import i18n
from app.public_pages import public
from app.templating import page
from app.transactions import session, work
from app.visitors import anyone, staff
from services.audit.log import record
from services.catalogue import queries as catalogue
from services.kernel.calendar import local_day
from services.kernel.words import say
from services.statistics import queries, satisfaction
from services.statistics.models import Month, Standing
from services.statistics.queries import FEW, Summary
from services.statistics.satisfaction import Quarter

bp = Blueprint("statistics", __name__)
SPANS = (3, 12, 24)
COLUMNS = ("service", "month", "unit", "received", "decided", "late", "median_days", "p90_days")


@dataclass(frozen=True)
class Line:
    """One service in the statistics: its name, its figures, and how it stands."""

    name: str
    figures: Summary
    standing: Standing | None


@bp.route("/handlaggning/statistik")
@staff
def desk():
    """How the own authorities' services do."""
    own = queries.own(work().actor)
    return _page("statistics/desk.html", own, hidden=True)


@bp.route("/statistik")
@anyone
@public
def open_to_all():
    """What everybody may know; small numbers are not told."""
    return _page("statistics/public.html", None, hidden=False)


def _page(template: str, authorities: set[UUID] | None, *, hidden: bool):
    months, span = _months(authorities)
    names = _names(hidden=hidden)
    lines = _lines(months, authorities, names)
    quarters = _quarters(span, authorities, names)
    return page(
        template,
        lines=lines,
        quarters=[(names[each.service_id], each) for each in quarters],
        together=satisfaction.together(quarters),
        span=span,
        spans=SPANS,
        few=FEW,
        by_month=_by_month(months),
        computed_at=max(
            (each.standing.computed_at for each in lines if each.standing), default=None
        ),
    )


def _months(authorities: set[UUID] | None) -> tuple[list[Month], int]:
    asked = request.args.get("manader", type=int)
    span = asked if asked in SPANS else 12
    return queries.months(session(), _since(span), local_day(work().now), authorities), span


def _since(span: int) -> date:
    today = local_day(work().now)
    first = today.year * 12 + today.month - 1 - (span - 1)
    return date(first // 12, first % 12 + 1, 1)


def _names(*, hidden: bool) -> dict[UUID | None, str]:
    language = i18n.language()
    return {
        service.id: say(document.title, language)
        for service, document in catalogue.everything(session())
        if hidden or not service.hidden
    }


def _quarters(
    span: int, authorities: set[UUID] | None, names: dict[UUID | None, str]
) -> list[Quarter]:
    """What residents think, a service after the other, the newest quarter of each first."""
    until = local_day(work().now)
    if authorities is None:
        # Whoever read a quarter under way each day would see each answer come.
        until = satisfaction.begins(until) - timedelta(days=1)
    found = satisfaction.by_quarter(session(), _since(span), until, authorities)
    told = [each for each in found if each.service_id in names]
    return sorted(told, key=lambda each: names[each.service_id])


def _lines(
    months: list[Month], authorities: set[UUID] | None, names: dict[UUID | None, str]
) -> list[Line]:
    standings = queries.standings(session(), authorities)
    lines = [
        Line(names[key], figures, standings.get(key))
        for key, figures in queries.summed(months).items()
        if key in names
    ]
    return sorted(lines, key=lambda line: (-line.figures.received, line.name))


def _by_month(months: list[Month]) -> list[tuple[date, int, int]]:
    sums: dict[date, list[int]] = {}
    for each in months:
        both = sums.setdefault(each.month, [0, 0])
        both[0] += each.received
        both[1] += each.decided
    return [(month, *both) for month, both in sorted(sums.items())]  # type: ignore[misc]


@bp.route("/handlaggning/statistik.csv")
@staff
def desk_file():
    """The own authorities' months as a file; that it was fetched is logged."""
    own = queries.own(work().actor)
    record(work(), "statistics:export", None, authorities=sorted(str(each) for each in own))
    return _file(_months(own)[0], few=0)


@bp.route("/statistik.csv")
@anyone
@public
def open_file():
    """The public months as open data; a small number is left empty."""
    return _file(_months(None)[0], few=FEW)


def _file(months: list[Month], *, few: int) -> Response:
    slugs = {service.id: service.slug for service, _ in catalogue.everything(session())}
    text = io.StringIO()
    written = csv.writer(text, lineterminator="\r\n")
    written.writerow(COLUMNS)
    for each in months:
        if each.service_id in slugs:
            written.writerow(_row(each, slugs[each.service_id], few))
    answer = Response(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = "attachment; filename=statistik.csv"
    return answer


def _row(month: Month, slug: str, few: int) -> list[Any]:
    told = month.decided >= few
    return [
        slug,
        f"{month.month:%Y-%m}",
        month.unit_key,
        month.received if month.received >= few else "",
        *((month.decided, month.late) if told else ("", "")),
        *((month.median_days, month.slow_days) if told else ("", "")),
    ]
