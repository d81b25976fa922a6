"""The audit log can be added to, never changed, and shows when it has been."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.audit import log
from services.audit.models import AuditEntry
from tests.builders import a_work


def test_entries_are_chained_in_order(lent):
    for action in ("case:read", "case:note", "case:read"):
        log.record(a_work(lent), action)
        log.write(lent)

    assert log.first_broken(lent) is None
    assert lent.query(AuditEntry).count() >= 3


@pytest.mark.parametrize("sql", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_what_is_written(lent, sql):
    log.record(a_work(lent), "case:read")
    log.write(lent)

    with pytest.raises(IntegrityError), lent.begin_nested():
        lent.execute(text(sql))


def test_a_rewritten_entry_is_found(lent):
    for action in ("case:read", "case:note"):
        log.record(a_work(lent), action)
        log.write(lent)
    lent.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
    lent.execute(text("UPDATE audit_entry SET action = 'case:nothing' WHERE action = 'case:note'"))
    lent.expire_all()

    assert log.first_broken(lent) is not None
