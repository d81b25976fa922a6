"""Help by telephone: a resident reads out six digits, and the clerk sees the same page.

The resident decides whether the clerk may only look or also fill in; either ends it. Nobody
hands anything in for the other: that is always the resident's own act.
"""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.audit.log import record
from services.cases.desk_models import Assistance
from services.cases.models import Case
from services.kernel.db import new_id
from services.kernel.errors import NotAllowed, NotFound, Unavailable
from services.kernel.numbers import digest
from services.kernel.work import Actor, Role, Work

CODE_LIVES = timedelta(minutes=10)
HELP_LASTS = timedelta(minutes=60)
KEPT = timedelta(days=30)
TRIES = 5


def offer(work: Work, case: Case, *, may_fill_in: bool, at_page: str | None = None) -> str:
    """Six digits to read out, good for ten minutes and for one clerk. Ends what was offered before.

    The caller has made sure that the draft is the resident's. Raises NotAllowed for somebody
    with protected data: their page is shown to nobody (domain reference §1.5).
    """
    if case.protected:
        raise NotAllowed("protected")
    end_all(work, case)
    for _ in range(TRIES):
        code = f"{secrets.randbelow(1_000_000):06}"
        row = Assistance(
            id=new_id(),
            case_id=case.id,
            code_hash=digest(f"assistance:{code}"),
            may_fill_in=may_fill_in,
            at_page=at_page,
            made_at=work.now,
            expires_at=work.now + CODE_LIVES,
        )
        try:
            with work.session.begin_nested():
                work.session.add(row)
                work.session.flush()
        except IntegrityError as fault:
            if "uq_assistance_code_hash" not in str(fault.orig):
                raise
        else:
            record(work, "assistance:offer", case.id, may_fill_in=may_fill_in)
            return code
    raise Unavailable("no-code")


def begin(work: Work, code: str) -> Assistance:
    """Take up the help that a code was read out for, once. Raises NotFound for a code that is
    wrong, used or too old: the three look the same."""
    if not work.actor.is_staff:
        raise NotAllowed("staff-only")
    row = work.session.scalar(
        select(Assistance)
        .where(
            Assistance.code_hash == digest(f"assistance:{''.join(code.split())}"),
            Assistance.begun_at.is_(None),
            Assistance.ended_at.is_(None),
            Assistance.expires_at > work.now,
        )
        .with_for_update()
    )
    if row is None:
        raise NotFound("assistance")
    row.clerk_id, row.begun_at = work.actor.person_id, work.now
    row.expires_at = work.now + HELP_LASTS
    record(work, "assistance:begin", row.case_id, may_fill_in=row.may_fill_in)
    return row


def under_way(session: Session, case_id: UUID, work: Work) -> Assistance | None:
    """The help that is going on with a draft now, for the banner at the resident."""
    query = select(Assistance).where(
        Assistance.case_id == case_id,
        Assistance.begun_at.is_not(None),
        Assistance.ended_at.is_(None),
        Assistance.expires_at > work.now,
    )
    return session.scalar(query.order_by(Assistance.begun_at.desc()).limit(1))


def looks_at(assistance: Assistance, page_key: str) -> None:
    """The resident looks at another page; the clerk is led there."""
    if assistance.at_page != page_key:
        assistance.at_page = page_key


def of_clerk(work: Work, case: Case) -> Assistance | None:
    """The help that the actor, a clerk, gives with this draft now; None when they give none."""
    if work.actor.role is not Role.STAFF or case.protected:
        return None
    found = under_way(work.session, case.id, work)
    return found if found and found.clerk_id == work.actor.person_id else None


def end(work: Work, assistance: Assistance) -> None:
    """End it, as the resident or as the clerk; the caller has made sure which."""
    if assistance.ended_at is None:
        assistance.ended_at = work.now
        record(work, "assistance:end", assistance.case_id)


def end_all(work: Work, case: Case) -> None:
    """End everything that is offered or going on with a draft."""
    rows = work.session.scalars(
        select(Assistance)
        .where(Assistance.case_id == case.id, Assistance.ended_at.is_(None))
        .order_by(Assistance.id)
        .limit(20)
    )
    for row in rows:
        end(work, row)
    # The code is unique among those that are open, so the ends must be written first.
    work.session.flush()


def given_by(session: Session, actor: Actor, assistance_id: UUID) -> Assistance:
    """Help that the actor has taken up. Raises NotFound for a colleague's."""
    row = session.get(Assistance, assistance_id)
    if row is None or row.clerk_id != actor.person_id:
        raise NotFound("assistance")
    return row


def purge(work: Work) -> None:
    """Forget old codes; that there was help stays in the audit log."""
    work.session.execute(delete(Assistance).where(Assistance.made_at < work.now - KEPT))
