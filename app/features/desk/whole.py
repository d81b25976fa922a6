"""Everything that stands beside the answers and the messages on a case's page at the desk."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from app import i18n
from app.transactions import session, work
from app.understanding import need_words
from services.cases import (
    closing,
    commands,
    completions,
    corrections,
    links,
    needs,
    notes,
    parties,
    party,
    tasks,
    there,
)
from services.cases.models import Case, CaseHandler
from services.catalogue import queries as catalogue
from services.desk import referral, texts
from services.forms import answers as forms_answers
from services.forms.definition import ServiceDocument
from services.kernel.calendar import local_day
from services.organisation import queries as organisation
from services.payments.models import Order
from services.people import queries as people


def of(found: Case, shown: dict[str, Any]) -> dict[str, Any]:
    """Handlers, parties, tasks, links, completions and what has been corrected, with all names."""
    today = local_day(work().now)
    colleagues = organisation.handlers(session(), found.authority_id, today)
    has = there.in_case(session(), found.id, work().actor)
    if "mentions" in has:
        notes.seen(work(), found)
    facts: dict[str, Any] = {
        "parties": parties.of(session(), found.id) if "parties" in has else [],
        "tasks": tasks.of(session(), found.id) if "tasks" in has else [],
        "links": links.of(session(), work().actor, found.id) if "links" in has else [],
        "asked": completions.of_case(session(), found.id) if "completions" in has else {},
        "changes": corrections.history(session(), found.id) if "changes" in has else [],
        "referrals": referral.of_case(session(), found.id) if _is_referred(shown) else [],
        "origin": referral.origin(session(), found.id) if found.channel == "referral" else None,
        "fees": _fees(found, shown["document"]) if "orders" in has else [],
        "templates": texts.fitting(session(), found),
        "teams": {each.id: each for each in organisation.teams(session(), {found.authority_id})},
        "version": catalogue.version_number(session(), found.version_id),
    }
    known = {each for each in _persons(found, shown, facts, colleagues) if each}
    names = people.names(session(), known)
    return {
        **facts,
        "need": _need(found) if "need" in has else "",
        # The timeline says whom a rule chose by a key as it stands in JSON.
        "names": {**names, **{str(key): name for key, name in names.items()}},
        "helpers": [each for each in found.handlers if _is_helper(found, each)],
        "colleagues": _able(found, colleagues, names),
        "conflicts": found.conflicts,
        "roles": parties.ROLES,
        "in_words": lambda key, stored: party.as_text(
            forms_answers.in_words(shown["document"], key, stored, i18n.language())
        ),
        "labels": {each.key: each.label for each in shown["document"].questions},
    }


def _need(found: Case) -> str:
    need = needs.of(session(), found.id)
    return need_words(need) if need else ""


def _is_referred(shown: dict[str, Any]) -> bool:
    return any(each.kind == "referred" for each in shown["timeline"])


def _persons(
    found: Case, shown: dict[str, Any], facts: dict[str, Any], colleagues: list[UUID]
) -> set[UUID | None]:
    known: set[UUID | None] = {*colleagues, found.handler_id, found.acting_person_id}
    known |= {found.registered_by_id, found.subject_person_id}
    known |= {each.author_id for each in shown["messages"]}
    known |= {each.actor_id for each in shown["timeline"]}
    known |= {UUID(each.details["to"]) for each in shown["timeline"] if each.kind == "assigned"}
    known |= {each.who_id for each in facts["tasks"]} | {each.actor_id for each in facts["changes"]}
    known |= {each.person_id for each in found.handlers}
    return known | {each.person_id for each in found.conflicts}


def _is_helper(found: Case, row: CaseHandler) -> bool:
    return row.person_id is None or row.person_id != found.handler_id


def _fees(found: Case, document: ServiceDocument) -> list[tuple[Order, bool]]:
    """What is unpaid where the case can be closed now, and whether it can be called off."""
    following = commands.followers(document.statuses, found.status)
    closes = (each for each in document.statuses if closing.asks_of_fees(each))
    if not any(each.key in following for each in closes):
        return []
    unpaid = closing.unpaid(session(), found.id)
    return [(each, closing.may_be_cancelled(work(), each)) for each in unpaid]


def _able(
    found: Case, colleagues: Collection[UUID], names: Mapping[UUID, str]
) -> list[tuple[UUID, str]]:
    barred = {each.person_id for each in found.conflicts}
    able = [(each, names[each]) for each in colleagues if each in names and each not in barred]
    return sorted(able, key=lambda pair: pair[1].lower())
