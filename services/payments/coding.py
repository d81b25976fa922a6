"""Coding (kontering): which codes there are on a day, and whether they may go together."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from services.kernel.errors import Conflict
from services.kernel.work import Work
from services.payments.chart import CodeName, Coding, LedgerAccount, VatClass

SHIPPED = Path(__file__).with_name("chart.yaml")
DIMENSIONS = ("account", "responsibility", "activity", "project")
Dated = type[CodeName] | type[Coding] | type[LedgerAccount] | type[VatClass]
KEYS: dict[Dated, tuple[str, ...]] = {
    CodeName: ("dimension", "code"),
    Coding: (*DIMENSIONS, "vat_class"),
    VatClass: ("key",),
    LedgerAccount: ("purpose",),
}


@dataclass(frozen=True)
class Coded:
    """Where an amount is booked as income, and its class of VAT."""

    account: str
    responsibility: str
    activity: str
    project: str | None = None
    vat_class: str = "none"


def in_force(what: Dated, on: date) -> ColumnElement[bool]:
    """A row that holds on a day."""
    return (what.valid_from <= on) & or_(what.valid_to.is_(None), what.valid_to >= on)


def coding_faults(session: Session, coded: Coded, on: date) -> list[str]:
    """What is wrong with a coding on a day: unknown codes, or codes that do not go together.

    The faults are account-unknown, responsibility-unknown, activity-unknown, project-unknown,
    vat-unknown and combination.
    """
    wanted = {name: getattr(coded, name) for name in DIMENSIONS if getattr(coded, name)}
    known = set(
        session.execute(
            select(CodeName.dimension, CodeName.code)
            .where(CodeName.code.in_(wanted.values()), in_force(CodeName, on))
            .limit(100)
        )
    )
    faults = [f"{name}-unknown" for name, code in wanted.items() if (name, code) not in known]
    if vat_class(session, coded.vat_class, on) is None:
        faults.append("vat-unknown")
    if not faults and not _go_together(session, coded, on):
        faults.append("combination")
    return faults


def _go_together(session: Session, coded: Coded, on: date) -> bool:
    free = [
        or_(column.is_(None), column == getattr(coded, column.key))
        for column in (Coding.responsibility, Coding.activity)
    ]
    project = Coding.project.is_(None) | (Coding.project == coded.project)
    found = session.scalar(
        select(Coding.id)
        .where(Coding.account == coded.account, *free, project)
        .where(Coding.vat_class == coded.vat_class, in_force(Coding, on))
        .limit(1)
    )
    return found is not None


def vat_class(session: Session, key: str, on: date) -> VatClass | None:
    """A class of VAT as it is on a day."""
    query = select(VatClass).where(VatClass.key == key, in_force(VatClass, on))
    return session.scalar(query.order_by(VatClass.valid_from.desc()).limit(1))


def ledger_account(session: Session, purpose: str, on: date) -> LedgerAccount:
    """The ledger's own account for a purpose. Raises Conflict("ledger-not-set-up")."""
    query = select(LedgerAccount).where(
        LedgerAccount.purpose == purpose, in_force(LedgerAccount, on)
    )
    found = session.scalar(query.order_by(LedgerAccount.valid_from.desc()).limit(1))
    if found is None:
        raise Conflict("ledger-not-set-up", purpose=purpose)
    return found


def names(session: Session, on: date) -> dict[tuple[str, str], str]:
    """What every code is called on a day, by its dimension and itself."""
    rows = session.execute(
        select(CodeName.dimension, CodeName.code, CodeName.name)
        .where(in_force(CodeName, on))
        .order_by(CodeName.dimension, CodeName.code, CodeName.valid_from)
        .limit(20_000)
    )
    return {(dimension, code): name for dimension, code, name in rows}


def lay_out(work: Work, path: Path = SHIPPED) -> int:
    """Add the rows of a chart's file that are not there yet; returns how many were added.

    What is there already is left as it is: rows are ended and followed, never rewritten.
    """
    told = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    first_day = date.fromisoformat(told["valid_from"])
    rows: list[Any] = [*_codes(told), *_codings(told), *_classes(told), *_purposes(told)]
    there = {kind: _there(work.session, kind, first_day) for kind in KEYS}
    added = 0
    for row in rows:
        key = tuple(getattr(row, name) for name in KEYS[type(row)])
        if key not in there[type(row)]:
            there[type(row)].add(key)
            row.valid_from = first_day
            work.session.add(row)
            added += 1
    work.session.flush()  # So that whoever asks next in this work finds them.
    return added


def _there(session: Session, kind: Dated, first_day: date) -> set[tuple[Any, ...]]:
    """What tells the rows apart that hold from a day on."""
    columns = [getattr(kind, name) for name in KEYS[kind]]
    return {
        tuple(row) for row in session.execute(select(*columns).where(kind.valid_from == first_day))
    }


def _codes(told: dict[str, Any]) -> list[CodeName]:
    return [
        CodeName(dimension=dimension, code=code, name=name)
        for dimension, codes in told["codes"].items()
        for code, name in codes.items()
    ]


def _codings(told: dict[str, Any]) -> list[Coding]:
    return [
        Coding(**{name: each.get(name) for name in DIMENSIONS}, vat_class=each.get("vat", "none"))
        for each in told["codings"]
    ]


def _classes(told: dict[str, Any]) -> list[VatClass]:
    return [
        VatClass(key=key, percent=each["percent"], account=each.get("account"))
        for key, each in told["vat"].items()
    ]


def _purposes(told: dict[str, Any]) -> list[LedgerAccount]:
    return [
        LedgerAccount(
            purpose=purpose,
            account=each["account"],
            responsibility=each.get("responsibility"),
            activity=each.get("activity"),
        )
        for purpose, each in told["ledger"].items()
    ]
