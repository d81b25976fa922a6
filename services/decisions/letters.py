"""The letter of a decision: put together from the decision and its case, and kept as it was sent."""

from services.cases.models import Case
from services.catalogue import queries as catalogue
from services.decisions.models import About, Decision, DelegationPoint
from services.documents import decision as documents
from services.kernel.calendar import local_day
from services.kernel.money import Money
from services.kernel.words import say
from services.kernel.work import Work
from services.organisation.models import Authority
from services.people import queries as people


def facts(work: Work, decision: Decision, case: Case, municipality: str) -> documents.Facts:
    """What the letter says, in the language of the case."""
    language = case.language
    document = catalogue.version_document(work.session, case.version_id)
    outcomes = {each.key: each.resident for each in document.statuses}
    if decision.about == About.REQUEST:
        outcomes[decision.status] = documents.WORDS["request_refused"]
    authority = work.session.get_one(Authority, decision.authority_id)
    valid = [day.isoformat() if day else "" for day in (decision.valid_from, decision.valid_to)]
    return documents.Facts(
        language=language,
        municipality=municipality,
        authority=say(authority.names, language),
        service=say(document.title, language),
        case_number=case.number or "",
        number=decision.number,
        day=decision.decided_on or local_day(work.now),
        party=party(work, case),
        outcome=say(outcomes[decision.status], language),
        says=decision.says,
        reasons=decision.reasons,
        conditions=decision.conditions,
        dissent=decision.dissent,
        law=say(decision.law, language),
        amount=str(Money(decision.amount_ore)) if decision.amount_ore is not None else "",
        valid=" – ".join(valid) if any(valid) else "",
        immediate=decision.immediate,
        replaces=_replaced(work, decision),
        regime=decision.regime,
        instance=decision.instance,
        rows=_who(work, decision, language),
    )


def party(work: Work, case: Case) -> str:
    """The party by name; a protected person is named, but never with an address (§1.5)."""
    if case.subject_organisation_id is not None:
        organisation = people.organisation(work.session, case.subject_organisation_id)
        return organisation.name if organisation else ""
    if case.subject_person_id is not None:
        names = people.names(work.session, {case.subject_person_id})
        return names.get(case.subject_person_id, "")
    return case.contact_name or ""


def _replaced(work: Work, decision: Decision) -> str:
    if decision.replaces_id is None:
        return ""
    return work.session.get_one(Decision, decision.replaces_id).number or ""


def _who(work: Work, decision: Decision, language: str) -> list[tuple[str, str]]:
    known = {decision.decided_by_id, decision.presenter_id} - {None}
    names = people.names(work.session, {each for each in known if each})
    point = work.session.get_one(DelegationPoint, decision.point_id) if decision.point_id else None
    presenter = decision.presenter_id if decision.presenter_id != decision.decided_by_id else None
    return [
        ("decided_by", names.get(decision.decided_by_id, "") if decision.decided_by_id else ""),
        ("point", f"{point.code} {say(point.words, language)}" if point else ""),
        ("minutes", decision.minutes or ""),
        ("presenter", names.get(presenter, "") if presenter else ""),
        ("participants", decision.participants),
    ]


def pdf(work: Work, decision: Decision, case: Case, municipality: str) -> bytes:
    """The letter as it was sent, or as the draft stands.

    What is made is typeset once and kept: later changes of names or words do not reach it.
    """
    store = work.resources["store"]
    if decision.letter_checksum is not None:
        kept: bytes = store.get(decision.letter_checksum)
        return kept
    typeset = documents.pdf(facts(work, decision, case, municipality))
    if decision.is_made:
        decision.letter_checksum = store.put(typeset)
    return typeset
