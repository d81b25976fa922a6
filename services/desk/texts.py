"""Letters and messages written beforehand, with merge fields that the case fills in."""

import re
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.access.rules import action, require
from services.audit.log import record
from services.cases.models import Case
from services.cases.party import as_text
from services.desk.models import TextTemplate
from services.forms import answers as forms_answers
from services.forms.definition import ServiceDocument
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.words import say
from services.kernel.work import Actor, Duty, Work

KINDS = ("answer", "completion", "note")
FIELDS = ("arendenummer", "tjanst", "sokande", "handlaggare", "inkom", "sista_dag")
ATTRIBUTE = "svar."
MERGE = re.compile(r"\{\{\s*([a-z0-9_.]+)\s*\}\}")
LONGEST_NAME, LONGEST_BODY = 80, 10_000
WRITERS = frozenset({Duty.HANDLER, Duty.REGISTRAR, Duty.MANAGER})


def _writes(actor: Actor, authority_id: UUID) -> bool:
    return bool(actor.authorities.get(authority_id, frozenset()) & WRITERS)


WRITE = action("text-template:write", _writes)


def write(
    work: Work,
    authority_id: UUID,
    kind: str,
    name: str,
    body: str,
    *,
    service: tuple[UUID, ServiceDocument] | None = None,
    replaces: tuple[UUID, int] | None = None,
) -> TextTemplate:
    """Keep a template, new or changed (`replaces` is its id and the revision that was shown).

    Raises Invalid with `field=` for a merge field that no case can fill in, and Conflict when
    a colleague has changed the template meanwhile.
    """
    require(work, WRITE, authority_id)
    _hold(kind, name, body, service[1] if service else None)
    template = _one(work, *replaces) if replaces else _new(work, authority_id)
    template.kind, template.name, template.body = kind, name.strip(), body.strip()
    template.service_id = service[0] if service else None
    template.changed_by_id, template.changed_at = work.actor.person_id, work.now
    work.session.add(template)
    record(work, "text-template:write", template.id)
    return template


def _hold(kind: str, name: str, body: str, document: ServiceDocument | None) -> None:
    if kind not in KINDS:
        raise Invalid("unknown-kind")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise Invalid("name-missing")
    if not body.strip() or len(body) > LONGEST_BODY:
        raise Invalid("message-empty")
    for field in MERGE.findall(body):
        if field not in known_fields(document):
            raise Invalid("unknown-merge-field", field=field)


def _new(work: Work, authority_id: UUID) -> TextTemplate:
    return TextTemplate(id=new_id(), authority_id=authority_id, unit_key=None, retired_at=None)


def _one(work: Work, template_id: UUID, seen: int) -> TextTemplate:
    template = one(work.session, work.actor, template_id)
    if template.revision != seen:
        raise Conflict("template-changed-meanwhile", body=template.body, name=template.name)
    return template


def retire(work: Work, template_id: UUID) -> None:
    """Offer a template no more."""
    template = one(work.session, work.actor, template_id)
    require(work, WRITE, template.authority_id)
    template.retired_at = work.now
    record(work, "text-template:retire", template.id)


def known_fields(document: ServiceDocument | None) -> list[str]:
    """The merge fields that a template may name; answers only where the service is known."""
    questions = document.questions if document else ()
    answers = [f"{ATTRIBUTE}{each.key}" for each in questions if each.attribute]
    return [*FIELDS, *answers]


def of(session: Session, actor: Actor) -> list[TextTemplate]:
    """The templates of the actor's authorities, by name."""
    query = select(TextTemplate).where(
        TextTemplate.authority_id.in_(list(actor.authorities)), TextTemplate.retired_at.is_(None)
    )
    return list(session.scalars(query.order_by(TextTemplate.name, TextTemplate.id).limit(300)))


def one(session: Session, actor: Actor, template_id: UUID) -> TextTemplate:
    """A template of the actor's authorities. Raises NotFound for others'."""
    template = session.get(TextTemplate, template_id)
    if template is None or not actor.works_in(template.authority_id) or template.retired_at:
        raise NotFound("text-template")
    return template


def fitting(session: Session, case: Case) -> list[TextTemplate]:
    """The templates that a case can use: its service's own, and those for all services."""
    query = select(TextTemplate).where(
        TextTemplate.authority_id == case.authority_id,
        TextTemplate.retired_at.is_(None),
        or_(TextTemplate.service_id.is_(None), TextTemplate.service_id == case.service_id),
    )
    return list(session.scalars(query.order_by(TextTemplate.name, TextTemplate.id).limit(100)))


def filled(
    body: str,
    case: Case,
    document: ServiceDocument,
    *,
    handler: str = "",
    answer_by: date | None = None,
) -> str:
    """The text with its merge fields filled in, in the case's language.

    What the case does not know stays visible within brackets, for the handler to write.
    """
    known = _values(case, document, handler, answer_by)
    return MERGE.sub(lambda found: known.get(found[1]) or f"[{found[1]}]", body)


def _values(
    case: Case, document: ServiceDocument, handler: str, answer_by: date | None
) -> Mapping[str, str]:
    answers = {
        f"{ATTRIBUTE}{question.key}": as_text(text)
        for _, rows in forms_answers.shown(document, case.answers, case.language)
        for question, text in rows
        if question.attribute and text
    }
    return {
        **answers,
        "arendenummer": case.number or "",
        "tjanst": say(document.title, case.language),
        # A template must never be what tells where or who somebody protected is.
        "sokande": "" if case.protected else (case.contact_name or ""),
        "handlaggare": handler,
        "inkom": local_day(case.received_at).isoformat() if case.received_at else "",
        "sista_dag": answer_by.isoformat() if answer_by else "",
    }
