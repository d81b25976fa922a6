"""Paying in parts: how much somebody may pay at a time, as the service's document says.

An order is paid in so many instalments, or in any amounts from the smallest one; the rest stays
open, with a last day of its own. Nobody pays more than what is left.
"""

from datetime import timedelta

from services.kernel.calendar import local_day, next_working_day
from services.kernel.errors import Invalid
from services.kernel.money import Money
from services.kernel.work import Work
from services.payments.models import Order

KRONA = 100


def choices(order: Order) -> list[Money]:
    """The parts that may be paid now, the smallest first, where there are so many instalments.

    An instalment is in whole kronor, rounded up; the last one is what is left.
    """
    if not order.parts:
        return []
    each = -(-order.total_ore // (order.parts * KRONA)) * KRONA
    several = range(each, order.outstanding.ore, each)
    return [Money(ore) for ore in several]


def smallest(order: Order) -> Money | None:
    """The least that may be paid where the payer says how much; None where they do not."""
    if not order.takes_parts or order.parts:
        return None
    return Money(order.least_part_ore or 1)


def require(order: Order, asked: Money) -> None:
    """Whether so much may be paid now. Raises Invalid("part-payment", most_ore=…, least_ore=…)."""
    least = smallest(order)
    is_part = asked in choices(order) or (least is not None and least <= asked < order.outstanding)
    if asked.ore <= 0 or not (is_part or asked == order.outstanding):
        ore = least.ore if least is not None else order.outstanding.ore
        raise Invalid("part-payment", most_ore=order.outstanding.ore, least_ore=ore)


def put_off(work: Work, order: Order) -> None:
    """What is left after a part has come has as many days again, but never fewer than it had."""
    if not order.part_days or not order.received_ore or not order.outstanding:
        return
    day = next_working_day(local_day(work.now) + timedelta(days=order.part_days))
    order.due_on = max(day, order.due_on or day)
