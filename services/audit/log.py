"""Writing the audit log, and proving that nobody has rewritten it."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import event, insert, select, text
from sqlalchemy.orm import Session

from services.audit.models import AuditEntry
from services.kernel.work import Work

START = "0" * 64
CHAIN_LOCK = 2400
HASHED = ("at", "action", "actor_id", "actor_role", "subject_id", "details", "previous_hash")


class AuditedSession(Session):
    """A session that writes its audit entries last of all, just before the commit."""


def record(work: Work, action: str, subject_id: UUID | None = None, **details: Any) -> None:
    """Note an act or a reading; it is written with the transaction, or not at all.

    `details` are codes and internal identifiers: never free text, never a personal number.
    """
    entries = work.session.info.setdefault("audit_entries", [])
    entries.append(
        {
            "at": work.now,
            "action": action,
            "actor_id": work.actor.person_id,
            "actor_role": work.actor.role.value,
            "subject_id": subject_id,
            "details": details,
        }
    )


@contextmanager
def apart(work: Work) -> Iterator[None]:
    """A part of the work that can fail without the rest: nothing of it is left then.

    What went wrong is raised all the same, once it has been undone with what it told and recorded.
    """
    told, entries = len(work.happened), len(work.session.info.get("audit_entries", []))
    try:
        with work.session.begin_nested():
            yield
            work.session.flush()  # What the database refuses is refused here, not at the commit.
    except Exception:
        del work.happened[told:]
        del work.session.info.get("audit_entries", [])[entries:]
        raise


def write(session: Session) -> None:
    """Chain the entries of this transaction to the log.

    The lock makes the chain one line. It is taken last, so that it is held only while
    these rows are inserted and the transaction commits.
    """
    entries = session.info.pop("audit_entries", None)
    if not entries:
        return
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
    last = session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1))
    previous = last or START
    for entry in entries:
        entry["previous_hash"] = previous
        entry["hash"] = previous = _hash(entry)
    session.execute(insert(AuditEntry), entries)


def first_broken(session: Session) -> int | None:
    """The id of the first entry that does not fit the chain, or None if all do."""
    previous = START
    query = select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)
    with session.execute(query) as rows:
        for entry in rows.scalars():
            facts = {name: getattr(entry, name) for name in HASHED}
            if entry.previous_hash != previous or entry.hash != _hash(facts):
                return entry.id
            previous = entry.hash
    return None


def _hash(entry: dict[str, Any]) -> str:
    facts = [
        entry["at"].timestamp().hex(),
        entry["action"],
        str(entry["actor_id"]),
        entry["actor_role"],
        str(entry["subject_id"]),
        entry["details"],
        entry["previous_hash"],
    ]
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


@event.listens_for(AuditedSession, "before_commit")
def _write_before_commit(session: Session) -> None:
    write(session)


@event.listens_for(AuditedSession, "after_rollback")
def _forget_after_rollback(session: Session) -> None:
    session.info.pop("audit_entries", None)
