"""Money from the bank that belongs to nobody here: paid back to whoever paid it, by two persons.

One asks, with a reason and to whom; another attests; the treasury pays it out by the bank, and when
that is noted it is booked. Until then it stands on the account for unmatched payments, as the truth is.
"""

from uuid import UUID

from sqlalchemy import select

from services.access.rules import require
from services.audit.log import record
from services.kernel.errors import Conflict, Invalid, NotFound
from services.kernel.money import Money
from services.kernel.work import Work
from services.payments import ledger, policy, staff
from services.payments.books import Adjustment, AdjustmentKind, EntryKind
from services.payments.incoming import IncomingRow
from services.payments.ledger import About, Leg
from services.people.secrets import Keyring

ON_ITS_WAY = ("requested", "attested")
MOST_RECEIVER = 200


def locked_row(work: Work, row_id: UUID) -> IncomingRow:
    """A payment from the bank, nobody else's to change until the commit. Raises NotFound."""
    query = select(IncomingRow).where(IncomingRow.id == row_id).with_for_update()
    row = work.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound("incoming-row")
    return row


def require_here(work: Work, row: IncomingRow) -> None:
    """Whether something of it can still be placed, or paid back.

    Raises Conflict("row-placed") and Conflict("row-on-its-way-back").
    """
    if row.left_ore <= 0:
        raise Conflict("row-placed")
    on_its_way = select(Adjustment.id).where(
        Adjustment.incoming_row_id == row.id, Adjustment.state.in_(ON_ITS_WAY)
    )
    if work.session.scalar(on_its_way.limit(1)) is not None:
        raise Conflict("row-on-its-way-back")


def settle_row(work: Work, row: IncomingRow, state: str) -> None:
    """Nothing is left of it: whose money it is is known now, and what helped to find out goes."""
    row.state, row.fault = state, None
    row.placed_by_id, row.placed_at = work.actor.person_id, work.now
    row.payer_name = row.payer_index = row.message = None


def ask_return(work: Work, row_id: UUID, receiver: str, reason: str) -> Adjustment:
    """Ask that all that is left of a payment goes back; `receiver` says to whom and to which account.

    Raises what `require_here` raises, Invalid("receiver") and Invalid("reason").
    """
    require(work, policy.KEEP_BOOKS, None)
    row = locked_row(work, row_id)
    require_here(work, row)
    receiver = receiver.strip()
    if not receiver or len(receiver) > MOST_RECEIVER:
        raise Invalid("receiver", most=MOST_RECEIVER)
    amount, on = Money(row.left_ore), ledger.today(work)
    legs = [
        ledger.own(work.session, "unmatched", amount, on),
        ledger.own(work.session, "bank", -amount, on),
    ]
    keyring: Keyring = work.resources["keyring"]
    sealed = keyring.seal(receiver, f"return:{row.id}")
    return staff.asked(
        work, AdjustmentKind.RETURN, amount, legs, reason,
        incoming_row_id=row.id, receiver_sealed=sealed,
    )  # fmt: skip


def receiver_of(work: Work, back: Adjustment) -> str:
    """To whom it goes back; that somebody saw it is logged."""
    keyring: Keyring = work.resources["keyring"]
    record(work, "payments:see-receiver", back.id)
    return keyring.open(back.receiver_sealed or "", f"return:{back.incoming_row_id}")


def attest(work: Work, adjustment_id: UUID) -> Adjustment:
    """Agree that it is paid back. Raises NotAllowed("own-attest") and Conflict("adjustment-state")."""
    back, _ = _locked(work, adjustment_id)
    require(work, policy.ATTEST_BOOKS, None)
    staff.require_another(work, back.requested_by_id)
    _require_state(back, "requested")
    back.state, back.attested_at = "attested", work.now
    back.attested_by_id = work.actor.person_id
    record(work, "ledger:attest", back.id, kind=back.kind, ore=back.amount_ore)
    return back


def refuse(work: Work, adjustment_id: UUID) -> Adjustment:
    """Say no, or take back one's own request: the money is to be placed again."""
    back, _ = _locked(work, adjustment_id)
    if back.requested_by_id != work.actor.person_id:
        require(work, policy.ATTEST_BOOKS, None)
    _require_state(back, *ON_ITS_WAY)
    back.state = "refused"
    record(work, "ledger:refuse", back.id)
    return back


def paid_out(work: Work, adjustment_id: UUID) -> Adjustment:
    """Note that the treasury has paid it out, which books it today.

    Raises Conflict("adjustment-state") unless it was attested.
    """
    back, row = _locked(work, adjustment_id)
    require(work, policy.KEEP_BOOKS, None)
    _require_state(back, "attested")
    back.state = "booked"
    row.left_ore -= back.amount_ore
    settle_row(work, row, "returned")
    legs = [Leg(key[0], Money(ore), *key[1:]) for *key, ore in back.postings]
    about = About(adjustment_id=back.id, incoming_row_id=row.id)
    amount = -Money(back.amount_ore)
    ledger.book(work, EntryKind.RETURN, legs, amount, about, ledger.today(work))
    record(work, "payments:return", row.id, ore=back.amount_ore)
    return back


def _locked(work: Work, adjustment_id: UUID) -> tuple[Adjustment, IncomingRow]:
    row_id = work.session.scalar(
        select(Adjustment.incoming_row_id).where(
            Adjustment.id == adjustment_id, Adjustment.kind == AdjustmentKind.RETURN
        )
    )
    if row_id is None:
        raise NotFound("adjustment")
    row = locked_row(work, row_id)
    return work.session.get_one(Adjustment, adjustment_id, populate_existing=True), row


def _require_state(back: Adjustment, *states: str) -> None:
    if back.state not in states:
        raise Conflict("adjustment-state", state=back.state)
