"""Whoever looks after an authority's money has no business in its cases."""

import pytest
from sqlalchemy import select

from services.access.rules import may
from services.cases import policy
from services.cases.models import Case
from services.kernel.work import Duty
from tests.builders import a_case, a_handler, an_authority


@pytest.mark.parametrize(
    ("duties", "reads"),
    [
        ((Duty.ECONOMIST,), False),
        ((Duty.ATTESTER,), False),
        ((Duty.ECONOMIST, Duty.ATTESTER), False),
        ((Duty.HANDLER, Duty.ATTESTER), True),
        ((Duty.CLERK,), True),
    ],
)
def test_only_who_works_at_the_desk_sees_cases(lent, duties, reads):
    actor = a_handler(lent, an_authority(lent), *duties)
    case = a_case(lent)
    seen = select(Case.id).where(Case.id == case.id, policy.visible_at_desk(actor))

    assert may(actor, policy.READ_AT_DESK, case) is reads
    assert (lent.scalar(seen) is not None) is reads
