"""Correcting a person's data at the desk: the new value holds, and the old one is kept (art. 16)."""

import pytest
from sqlalchemy import select

from services.cases import corrections, notices
from services.cases.models import Case
from services.notifications.models import Notification
from services.organisation.models import Authority
from tests.builders import a_case, a_handler, a_resident, a_work, an_authority


@pytest.fixture
def case(lent) -> Case:
    """A case with an address that is wrong."""
    an_authority(lent)
    return a_case(lent, by=a_resident(lent), email="fel@example.com")


def test_gdpr_16_a_corrected_address_is_where_letters_go_and_the_old_one_is_kept(lent, case):
    handler = a_handler(lent, lent.get_one(Authority, case.authority_id))
    work = a_work(lent, handler)
    corrections.correct(work, case.id, {"epost": "ratt@example.com"}, "Ringde och rättade.")
    lent.flush()
    assert case.contact_email == "ratt@example.com"
    (change,) = corrections.history(lent, case.id)
    assert (change.before, change.after) == ("fel@example.com", "ratt@example.com")
    assert (change.reason, change.actor_id) == ("Ringde och rättade.", handler.person_id)
    notices.tell(work, case, "case-updated")
    lent.flush()
    mine = select(Notification.to_email).where(Notification.case_number == case.number)
    assert "ratt@example.com" in lent.scalars(mine).all()
