"""The decision-maker's electronic signature under a decision's letter."""

from uuid import UUID

from services.access.rules import require
from services.cases.changing import note_event
from services.cases.models import Case
from services.decisions import letters, policy
from services.decisions.models import Decision
from services.kernel.errors import Conflict, NotAllowed, NotFound
from services.kernel.work import Work
from services.signatures import commands as signatures
from services.signatures import queries
from services.signatures.events import DocumentSigned
from services.signatures.models import Signature

OWNER = "decision"
TITLE = {"sv": "Beslut {number}", "en": "Decision {number}"}
CAPACITY = {"sv": "Beslutsfattare", "en": "Decision-maker"}


def ask(work: Work, decision_id: UUID, municipality: str) -> Signature:
    """Let the one who decided sign the letter with an e-ID; asked again, it is the same request.

    Raises Conflict when it is not made or is signed already, and NotAllowed for anybody else.
    """
    decision = work.session.get(Decision, decision_id, with_for_update=True)
    if decision is None:
        raise NotFound("decision")
    case = work.session.get_one(Case, decision.case_id)
    require(work, policy.MAKE, case)
    if not decision.is_made or is_signed(work, decision):
        raise Conflict("decision-not-to-sign")
    if decision.decided_by_id != work.actor.person_id or work.actor.person_id is None:
        raise NotAllowed("not-the-decision-maker")
    request = queries.open_of(work.session, OWNER, decision.id)
    if request is None:
        request = signatures.ask(
            work,
            owner_kind=OWNER,
            owner_id=decision.id,
            pdf=letters.pdf(work, decision, case, municipality),
            signer=work.actor.person_id,
            title={key: each.format(number=decision.number) for key, each in TITLE.items()},
            capacity=CAPACITY,
            language=case.language,
        )
        # The signature is asked for by its key, and must be there to be found.
        work.session.flush()
    return queries.signatures(work.session, [request.id])[0]


def is_signed(work: Work, decision: Decision) -> bool:
    """Whether the letter carries the decision-maker's signature."""
    return bool(queries.signed_of(work.session, OWNER, decision.id))


def document_signed(work: Work, event: DocumentSigned) -> None:
    """The signed letter takes the place of the unsigned one, wherever it is read."""
    if event.owner_kind != OWNER:
        return
    decision = work.session.get_one(Decision, event.owner_id, with_for_update=True)
    request = queries.request(work.session, event.request_id)
    store = work.resources["store"]
    decision.letter_checksum = store.put(signatures.document(work, request))
    case = work.session.get_one(Case, decision.case_id)
    note_event(work, case, "decision_signed", public=True)
