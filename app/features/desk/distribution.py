"""Who has how much to do, who is away, teams, rules, and evening out: for who leads the work."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import conversations, i18n
from app.features.desk import asked, rule_words
from app.features.desk.blueprint import bp
from app.templating import page
from app.transactions import session, work
from app.visitors import staff
from services.access.rules import may
from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.desk import bulk, load, rules
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid, NotAllowed
from services.kernel.words import say
from services.organisation import commands as organising
from services.organisation import queries as organisation
from services.people import queries as people

ROOM = "/handlaggning/fordelning"


@bp.route(ROOM)
@staff
def distribution():
    return _room()


def _room(code: int = 200, trouble: tuple[str, str] | None = None) -> Response:
    current = work()
    today = local_day(current.now)
    authority_id = _authority()
    handlers = organisation.handlers(session(), authority_id, today)
    teams = organisation.teams(session(), {authority_id})
    absences = organisation.absences(session(), set(handlers), today)
    names = people.names(
        session(), set(handlers) | {each.substitute_id for each in absences if each.substitute_id}
    )
    loads = load.of(session(), handlers, today)
    return page(
        "desk/distribution.html",
        code,
        trouble=trouble,
        authority_id=authority_id,
        authorities={
            key: found
            for key, found in organisation.authorities(session()).items()
            if key in current.actor.authorities
        },
        loads=sorted(loads.values(), key=lambda each: (-each.weight, names[each.person_id])),
        away=organisation.away(session(), set(handlers), today),
        absences=absences,
        teams=teams,
        members=organisation.members(session(), {each.id for each in teams}),
        names=names,
        handlers=sorted(((each, names[each]) for each in handlers), key=lambda pair: pair[1]),
        may_lead=may(current.actor, organising.LEAD, authority_id),
        **_rules(authority_id, [each.name for each in teams]),
    )


def _authority() -> UUID:
    mine = list(work().actor.authorities)
    chosen = request.values.get("namnd", type=UUID)
    return chosen if chosen in mine else mine[0]


def _rules(authority_id: UUID, teams: list[str]) -> dict[str, Any]:
    language = i18n.language()
    code = organisation.authorities(session())[authority_id].code
    services = {
        service.id: document for service, document in catalogue.for_authorities(session(), {code})
    }
    conditions = [
        (f"{key}|{answer}", f"{say(document.title, language)} – {words}")
        for key, document in services.items()
        for answer, words in [("", _("all cases")), *asked.answers_of(document, language)]
    ]
    return {
        "rules": [
            each for each in rules.of(session(), work().actor) if each.authority_id == authority_id
        ],
        "services": services,
        "of_documents": [
            told
            for document in sorted(services.values(), key=lambda each: each.title["sv"])
            for told in rule_words.told(document, organisation.units(session()), teams)
        ],
        "told": dict(conditions),
        "conditions": sorted(conditions, key=lambda pair: pair[1].lower()),
    }


def _done(act: Callable[[], Any], words: str, anchor: str) -> Response:
    try:
        act()
    except (Invalid, Conflict, NotAllowed) as refusal:
        session().rollback()
        return _room(422, (anchor, conversations.refusal_words(refusal)))
    flash(words)
    return redirect(url_for(".distribution", namnd=_authority()), code=303)  # type: ignore[return-value]


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.form.get(name, "").strip())
    except ValueError:
        return None


@bp.route(f"{ROOM}/franvaro", methods=["GET", "POST"])
@staff
def be_absent():
    """Note an absence, for all services at once."""
    if request.method != "POST":
        return redirect(url_for(".distribution"), code=303)
    first, last = _day("fran"), _day("till")
    if first is None or last is None:
        words = _("Write the day as year, month, day: 2026-12-24.")
        return _room(422, ("fran" if first is None else "till", words))
    who = request.form.get("vem", type=UUID) or work().actor.person_id
    substitute = request.form.get("ersattare", type=UUID)
    assert who is not None
    return _done(
        lambda: organising.be_absent(work(), who, first, last, substitute),
        _("The absence is noted. New cases go to the substitute meanwhile."),
        "ersattare",
    )


@bp.route(f"{ROOM}/franvaro/<uuid:absence_id>/sluta", methods=["POST"])
@staff
def end_absence(absence_id: UUID):
    """Come back earlier."""
    return _done(
        lambda: organising.end_absence(work(), absence_id), _("The absence is ended."), "fran"
    )


@bp.route(f"{ROOM}/grupper", methods=["GET", "POST"])
@staff
def add_team():
    """Make a team of handlers."""
    if request.method != "POST":
        return redirect(url_for(".distribution"), code=303)
    members = request.form.getlist("medlem", type=UUID)
    return _done(
        lambda: organising.add_team(
            work(), _authority(), request.form.get("gruppnamn", ""), members
        ),
        _("The team is made."),
        "gruppnamn",
    )


@bp.route(f"{ROOM}/grupper/<uuid:team_id>/upplos", methods=["POST"])
@staff
def dissolve_team(team_id: UUID):
    """End a team."""
    return _done(
        lambda: organising.dissolve_team(work(), team_id), _("The team is ended."), "gruppnamn"
    )


@bp.route(f"{ROOM}/regler", methods=["GET", "POST"])
@staff
def add_rule():
    """Set a rule for where cases go by themselves."""
    if request.method != "POST":
        return redirect(url_for(".distribution"), code=303)
    service, _bar, answer = request.form.get("villkor", "").partition("|")
    key, _is, value = answer.partition("=")
    to = request.form.get("regel-till", type=UUID)
    if not service or to is None:
        return _room(
            422, ("villkor" if not service else "regel-till", _("Choose one of the answers."))
        )
    return _done(
        lambda: rules.add(
            work(),
            _authority(),
            UUID(service),
            to=to,
            status=request.form.get("regel-status", "").strip() or None,
            attribute=(key, value) if key and value else None,
        ),
        _("The rule is set. It applies to what comes in from now on."),
        "regel-till",
    )


@bp.route(f"{ROOM}/regler/<uuid:rule_id>/ta-bort", methods=["POST"])
@staff
def retire_rule(rule_id: UUID):
    """Let a rule apply no more."""
    return _done(lambda: rules.retire(work(), rule_id), _("The rule is removed."), "villkor")


@bp.route(f"{ROOM}/jamna", methods=["GET", "POST"])
@staff
def even_out():
    """Move a handler's cases to those who have least to do: first as a proposal."""
    current, today = work(), local_day(work().now)
    authority_id = _authority()
    giver = request.values.get("fran-vem", type=UUID)
    handlers = organisation.handlers(session(), authority_id, today)
    if not may(current.actor, organising.LEAD, authority_id):
        raise NotAllowed("not-allowed")
    if giver not in handlers:
        return _room(422, ("fran-vem", _("Choose one of the answers.")))
    if request.method == "POST":
        return _evened(authority_id)
    away = organisation.away(session(), set(handlers), today)
    takers = [each for each in handlers if each not in away]
    moves = load.even_out(session(), current.actor, giver, takers, today)
    return page(
        "desk/even_out.html",
        moves=moves,
        giver=giver,
        authority_id=authority_id,
        names=people.names(session(), set(handlers)),
        outcomes=None,
        documents=_documents([each.case for each in moves]),
        reason=None,
    )


def _documents(cases: list[Case]) -> dict[UUID, Any]:
    wanted = {each.version_id for each in cases}
    return {each: catalogue.version_document(session(), each) for each in wanted}


def _evened(authority_id: UUID) -> Response:
    """Do what was proposed and is still ticked, each case by itself."""
    outcomes: list[bulk.Outcome] = []
    for pair in request.form.getlist("flytt")[: bulk.MOST]:
        number, _to, taker = pair.partition(":")
        cases = bulk.chosen(work(), [number])
        try:
            step = bulk.assign_to(UUID(taker))
        except ValueError:
            continue
        outcomes += bulk.carry_out(work(), cases, step, "even-out")
    return page(
        "desk/even_out.html",
        moves=[],
        giver=None,
        authority_id=authority_id,
        names=people.names(
            session(), {each.case.handler_id for each in outcomes if each.case.handler_id}
        ),
        outcomes=outcomes,
        documents=_documents([each.case for each in outcomes]),
        reason=lambda outcome: conversations.refusal_words(outcome.refused),
    )
