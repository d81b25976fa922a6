"""The delegation order, and the list of delegated decisions that makes itself."""

import csv
import io
from datetime import date, timedelta
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import i18n
from app.features.decisions.blueprint import bp
from app.forms import DayField, SalemForm
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import may
from services.audit.log import record
from services.catalogue import queries as catalogue
from services.decisions import commands, delegation, policy, queries
from services.decisions.models import DelegationPoint
from services.kernel.calendar import local_day
from services.kernel.errors import NotFound
from services.kernel.words import say
from services.organisation import queries as organisation
from services.people import queries as people

MONTH = timedelta(days=30)


class ReportForm(SalemForm):
    """At which meeting the delegated decisions are reported."""

    meeting_on = DayField(lambda: _("Day of the meeting"))


@bp.route("/handlaggning/delegationsbeslut", methods=["GET", "POST"])
@staff
def made():
    """An authority's delegated decisions in a time, for the committee's agenda."""
    authority_id, since, until = _asked()
    form = ReportForm()
    if request.method == "POST" and form.validate():
        count = commands.report(work(), authority_id, until, form.meeting_on.data)
        flash(_("%(count)s decisions are noted as reported.", count=count))
        return redirect(_address(authority_id, since, until), code=303)
    found = queries.made(session(), work().actor, authority_id, since, until)
    return page(
        "decisions/made.html",
        422 if request.method == "POST" else 200,
        found=found,
        statuses={case.version_id: _statuses(case.version_id) for _decision, case in found},
        points=_points(found),
        names=people.names(session(), {each.decided_by_id for each, _case in found if each.decided_by_id}),
        authority_id=authority_id,
        authorities=_own(),
        since=since,
        until=until,
        form=form,
        may_report=may(work().actor, policy.REPORT, authority_id),
        waiting=sum(each.reported_on is None for each, _case in found),
    )  # fmt: skip


def _own() -> dict[UUID, dict[str, str]]:
    known = organisation.authorities(session())
    return {key: known[key].names for key in known if key in work().actor.authorities}


def _asked() -> tuple[UUID, date, date]:
    own = _own()
    asked = request.values.get("namnd", "")
    chosen = next(
        (key for key in own if str(key) == asked), None if asked else next(iter(own), None)
    )
    if chosen is None:
        raise NotFound("authority")
    today = local_day(work().now)
    return chosen, _day("fran", today - MONTH), _day("till", today)


def _day(name: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(request.values.get(name, ""))
    except ValueError:
        return otherwise


def _address(authority_id: UUID, since: date, until: date) -> str:
    return url_for(".made", namnd=authority_id, fran=since.isoformat(), till=until.isoformat())


def _statuses(version_id: UUID) -> dict[str, dict[str, str]]:
    document = catalogue.version_document(session(), version_id)
    return {each.key: dict(each.desk) for each in document.statuses}


def _points(found: list) -> dict[UUID, DelegationPoint]:  # type: ignore[type-arg]
    wanted = {decision.point_id for decision, _case in found}
    return {key: session().get_one(DelegationPoint, key) for key in wanted if key}


@bp.route("/handlaggning/delegationsbeslut.csv")
@staff
def made_file():
    """The same list as a file, without names of parties; that it was fetched is logged."""
    authority_id, since, until = _asked()
    found = queries.made(session(), work().actor, authority_id, since, until)
    points = _points(found)
    text = io.StringIO()
    written = csv.writer(text, lineterminator="\r\n")
    written.writerow(["number", "day", "point", "case", "outcome"])
    for decision, case in found:
        point = points[decision.point_id].code if decision.point_id else ""
        written.writerow(
            [decision.number, decision.decided_on, point, case.number, decision.outcome]
        )
    record(work(), "decision:export", authority_id, count=len(found))
    answer = Response(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = "attachment; filename=delegationsbeslut.csv"
    return answer


@bp.route("/handlaggning/delegationsordning")
@staff
def order():
    """The delegation orders of the own authorities, as they apply today."""
    today = local_day(work().now)
    language = i18n.language()
    orders = []
    for key, names in _own().items():
        points = delegation.in_force(session(), key, today)
        named = {each.id: delegation.delegates(session(), each.id, today) for each in points}
        orders.append((say(names, language), points, named))
    everybody = {person for _n, _p, named in orders for held in named.values() for person in held}
    return page("decisions/order.html", orders=orders, names=people.names(session(), everybody))
