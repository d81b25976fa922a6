"""Disposal and redaction of a case with everything in it: nothing is left over, nothing hangs loose."""

import pytest
from sqlalchemy import select, text

from services.attachments import commands as attachments
from services.attachments.models import Attachment
from services.cases.desk_models import Completion
from services.cases.models import CaseEvent, State
from services.decisions.models import Decision
from services.kernel.calendar import local_day
from services.kernel.errors import Conflict, Invalid, NotAllowed
from services.models import metadata
from services.payments import queries as orders
from services.payments.models import Order, OrderState
from services.records import belongings, disposing, retention
from services.records.belongings import BELONGINGS, Fate
from services.signatures.models import SignatureRequest
from tests.services.records.test_retention import said_anywhere
from tests.services.records.whole_case import LATER, SECRET, WholeCase

DECISION = "TN § 34/2031"
JOBS = text("SELECT args FROM procrastinate_jobs WHERE task_name = 'attachments.discard'")
# Tables whose rows lead to a case by a key that the database does not hold fast.
LOOSE = {"attachment", "signature_request", "payment_order", "notification"}
# What is looked up by those, not by the case.
BEYOND = {
    "payment_order": "bookkeeping: kept seven years with all that hangs on it",
    "attachment": "its files are let go by owner, in attachments.dispose",
    "case_attribute": "follows the case's attributes by a trigger, when they are taken out too",
}


@pytest.fixture
def whole(lent):
    return WholeCase(lent).live()


def in_store(lent):
    """The checksums of what lies in the store."""
    return {each.name for each in lent.info["store"].root.rglob("*") if each.is_file()}


def pointed_at(lent):
    """The checksums that some row points at."""
    found = set()
    for column in (
        *(Attachment.checksum, Attachment.shown_checksum),
        *(SignatureRequest.checksum, SignatureRequest.signed_checksum),
        Decision.letter_checksum,
    ):
        found |= set(lent.scalars(select(column)))
    return found - {None}


def let_the_worker_discard(work):
    """Do what is planned, as a worker would."""
    for arguments in work.session.scalars(JOBS).all():
        attachments.discard(work, arguments)


def leading_to_a_case():
    """Every table from which a chain of foreign keys leads to a case."""
    tables = metadata().sorted_tables
    found = {"case"} | LOOSE
    while True:
        more = {
            table.name
            for table in tables
            for key in table.foreign_keys
            if key.column.table.name in found and table.name not in found
        }
        more -= {"ledger_entry"}
        if not more:
            return found - {"case"}
        found |= more


def test_every_table_that_leads_to_a_case_has_a_rule():
    ruled = {each.table.__tablename__ for each in BELONGINGS} | set(BEYOND)
    of_money = {table for table in leading_to_a_case() if _is_money(table)}
    assert leading_to_a_case() - ruled - of_money == set()


def _is_money(name):
    """What hangs on an order is bookkeeping, and stays with it."""
    table = metadata().tables[name]
    targets = {key.column.table.name for key in table.foreign_keys}
    return name.startswith(("payment_", "ledger_")) or (
        bool(targets & {"payment_order", "payment", "ledger_entry"})
        and "case_id" not in table.columns
    )


def test_the_case_of_this_test_has_something_of_everything_that_goes(whole, lent):
    found = belongings.counted(lent, whole.case, Fate.DELETED, Fate.BLANKED)
    wanted = {each.name for each in BELONGINGS if each.fate is not Fate.KEPT}
    # An attempt to sign is on its way for a quarter of an hour only; marks have tests of their own.
    # Who answered what in the draft is forgotten when it is handed in.
    elsewhere = {"attempts", "draft answers", "mentions", "marks", "shares", "unmarkings"}
    assert wanted - found.keys() <= elsewhere


def test_bokforingslagen_7_2_disposal_reaches_everything_but_the_books(whole, lent):
    today = local_day(LATER)
    due = retention.of_case(lent, whole.case, today)
    seen = disposing.preview(lent, whole.case, due.kinds)
    before = in_store(lent)
    assert len(before) >= 6
    done = disposing.dispose(whole.at(), whole.case.id, DECISION)
    lent.flush()
    assert done.removed == seen.goes
    lent.expire_all()
    assert whole.case.state == State.DISPOSED
    assert said_anywhere(lent, SECRET) == []
    let_the_worker_discard(whole.at())
    assert in_store(lent) == pointed_at(lent) == set()
    assert orders.order(lent, whole.order_id).total_ore == 900_00
    assert whole.decision.number == "TN D 2026/1"
    assert whole.decision.outcome == "refused"
    stays = belongings.counted(lent, whole.case, Fate.KEPT)
    # The disposal itself is on the timeline, and has its record.
    assert stays == seen.stays | {"timeline": seen.stays["timeline"] + 1, "disposals": 1}


def test_nothing_hangs_loose_after_a_disposal(whole, lent):
    disposing.dispose(whole.at(), whole.case.id, DECISION)
    lent.flush()
    assert belongings.counted(lent, whole.case, Fate.DELETED) == {}
    of_party = select(CaseEvent).where(
        CaseEvent.case_id == whole.case.id, CaseEvent.actor_id == whole.resident.person_id
    )
    assert lent.scalars(of_party).all() == []
    lent.expire_all()
    with pytest.raises(Conflict, match="case-disposed"):
        disposing.dispose(whole.at(), whole.case.id, DECISION)


def test_the_timeline_still_cannot_be_rewritten(whole, lent):
    lent.execute(disposing.ALLOWED)
    with pytest.raises(Exception, match="append-only"), lent.begin_nested():
        lent.execute(text("UPDATE case_event SET kind = 'other'"))
    lent.execute(disposing.FORBIDDEN)
    with pytest.raises(Exception, match="append-only"), lent.begin_nested():
        lent.execute(text("UPDATE case_event SET actor_id = NULL"))


def test_gdpr_17_one_case_is_redacted_and_what_the_law_needs_is_left(whole, lent):
    seen = disposing.preview_redaction(lent, whole.case)
    done = disposing.redact(whole.at(), whole.case.id, "erasure", "TN § 35/2031")
    lent.flush()
    lent.expire_all()
    assert done.removed == seen.goes
    assert (done.kind, done.rule) == ("redacted", "dataskyddsförordningen artikel 17.1")
    assert whole.case.state == State.CLOSED
    assert whole.case.answers == {"sort": "stolpe"}
    assert whole.case.outcome == "refused"
    assert whole.case.subject_person_id is None
    assert said_anywhere(lent, SECRET) == []
    assert said_anywhere(lent, "h@example.com") in ([], ["person"])
    let_the_worker_discard(whole.at())
    assert in_store(lent) == set()
    found = text("SELECT count(*) FROM \"case\" WHERE searched @@ to_tsquery('swedish', :word)")
    assert lent.scalar(found, {"word": SECRET}) == 0


def test_who_may_redact_and_why(whole):
    with pytest.raises(NotAllowed):
        disposing.redact(whole.at(who=whole.handler), whole.case.id, "erasure", "Beslut")
    with pytest.raises(Invalid, match="unknown-ground"):
        disposing.redact(whole.at(), whole.case.id, "because", "Beslut")
    with pytest.raises(Invalid, match="name-the-decision"):
        disposing.redact(whole.at(), whole.case.id, "erasure", " ")


def test_a_hold_an_appeal_and_what_is_not_paid_stand_in_the_way(whole, lent):
    order = lent.get_one(Order, whole.order_id)
    retention.hold(whole.at(), whole.case.id, "audit")
    order.state, order.settled_at = OrderState.OPEN, None
    whole.decision.legal_force_on = None
    lent.flush()
    assert retention.holds(lent, whole.case) == ["appeal", "audit", "unpaid"]
    for act in (
        lambda: disposing.redact(whole.at(), whole.case.id, "order", "IMY 1"),
        lambda: disposing.dispose(whole.at(), whole.case.id, DECISION),
    ):
        with pytest.raises(Conflict, match="legal-hold"):
            act()
    assert said_anywhere(lent, SECRET) != []


def test_requests_for_completion_go_before_the_rest_with_what_they_said(lent):
    rule = {"years": 30, "documents": {"completion": 2}}
    whole = WholeCase(lent, retention=rule).live()
    due = retention.of_case(lent, whole.case, local_day(LATER))
    seen = disposing.preview(lent, whole.case, due.kinds)
    done = disposing.dispose(whole.at(), whole.case.id, DECISION)
    lent.flush()
    lent.expire_all()
    assert done.removed == seen.goes == {"completion": 1}
    [asked] = lent.scalars(select(Completion).where(Completion.case_id == whole.case.id))
    assert asked.asked == []
    assert whole.case.state == State.CLOSED
    assert "completion" not in said_anywhere(lent, SECRET)


def test_an_open_case_is_not_redacted(lent):
    whole = WholeCase(lent)
    with pytest.raises(Conflict, match="case-not-ended"):
        disposing.redact(whole.at(), whole.case.id, "erasure", "Beslut")
