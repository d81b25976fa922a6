"""What others have answered in a draft while somebody had its page open: shown, never overwritten.

A page tells how each answer stood when it was opened, by a mark. Where an answer stands otherwise
when the page comes back, the one who saves it has not seen it, and says which of the two holds.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services.cases.draft_models import DraftAnswer
from services.cases.models import Case
from services.kernel.work import Role, Work

Answers = Mapping[str, Any]
MOST = 500
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Opened:
    """How the answers stood when a page was opened, by question, and what has been chosen since.

    A choice is `mine:` or `theirs:` with the mark of the other's answer that was shown.
    """

    marks: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """An answer that has been changed meanwhile: what it is now, by whom and when."""

    question_key: str
    stored: Any
    mark: str
    saved_by_id: UUID | None
    by_staff: bool
    saved_at: datetime


@dataclass(frozen=True)
class Settled:
    """What can be saved, what is to be chosen between first, and what was left as others have it."""

    stored: dict[str, Any]
    open: list[Change] = field(default_factory=list)
    left: list[Change] = field(default_factory=list)


def mark(stored: Any) -> str:
    """A few letters that differ when an answer does. An answer that is missing is a blank one."""
    if stored in (None, "", [], {}):
        return "-"
    text = json.dumps(stored, sort_keys=True, ensure_ascii=True, default=str)
    return sha256(text.encode()).hexdigest()[:16]


def changes(work: Work, case: Case, marks: Mapping[str, str]) -> list[Change]:
    """The answers that stand otherwise than these marks say, with who changed them last.

    What nobody has answered, such as what a register fills in, is no change.
    """
    differing = [key for key, seen in marks.items() if mark(case.answers.get(key)) != seen]
    if not differing:
        return []
    rows = work.session.scalars(
        select(DraftAnswer)
        .where(DraftAnswer.case_id == case.id, DraftAnswer.question_key.in_(differing))
        .order_by(DraftAnswer.saved_at, DraftAnswer.question_key)
        .limit(MOST)
    )
    return [_change(case, row) for row in rows]


def _change(case: Case, row: DraftAnswer) -> Change:
    stored = case.answers.get(row.question_key)
    return Change(
        question_key=row.question_key,
        stored=stored,
        mark=mark(stored),
        saved_by_id=row.saved_by_id,
        by_staff=row.by_staff,
        saved_at=row.saved_at,
    )


def settle(work: Work, case: Case, stored: Answers, opened: Opened) -> Settled:
    """Lay somebody's answers to a page beside those that have been saved since they opened it.

    What only the others have changed stays as they have it; what both have changed is open until
    the one who saves has chosen between the very two. The case must be locked by the caller.
    """
    to_save, undecided, left = dict(stored), [], []
    marks = {key: seen for key, seen in opened.marks.items() if key in stored}
    for change in changes(work, case, marks):
        key, mine = change.question_key, mark(stored[change.question_key])
        choice = opened.chosen.get(key)
        if mine == change.mark or choice == f"{MINE}:{change.mark}":
            continue
        if choice == f"{THEIRS}:{change.mark}":
            del to_save[key]
        elif mine == marks[key]:
            del to_save[key]
            left.append(change)
        else:
            undecided.append(change)
    return Settled(to_save, undecided, left)


def note(work: Work, case: Case, keys: Collection[str]) -> None:
    """Remember that the actor has just answered these questions of a draft."""
    if not keys:
        return
    # The draft may be as new as its first answer.
    work.session.flush()
    by = {
        "saved_by_id": work.actor.person_id,
        "by_staff": work.actor.role is Role.STAFF,
        "saved_at": work.now,
    }
    rows = [{"case_id": case.id, "question_key": key, **by} for key in sorted(keys)]
    added = insert(DraftAnswer).values(rows)
    work.session.execute(
        added.on_conflict_do_update(index_elements=["case_id", "question_key"], set_=by)
    )


def forget(work: Work, case_id: UUID) -> None:
    """The draft is handed in: from now on its timeline tells who has done what."""
    work.session.execute(delete(DraftAnswer).where(DraftAnswer.case_id == case_id))
