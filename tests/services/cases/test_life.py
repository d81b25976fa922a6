"""A case's life with handlers, a chief, a clerk, another authority, a resident, a payer and the
clock, in any order (hypothesis).

Whatever they do, in whatever order: what is refused changes nothing, who has jäv never gets in,
what was answered before is never lost, time and money are counted, and what has ended has ended.
SALEM24_LIVES says how many lives; some thousand are run before a release.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.cases.closing import Unpaid
from tests.services.cases import life_law
from tests.services.cases.life import CHIEF, HANDLERS, People
from tests.services.cases.life_steps import Keeping

LIVES = int(os.environ.get("SALEM24_LIVES", "6"))
WHO = st.sampled_from(HANDLERS)
WORTH = st.sampled_from([None, Unpaid.CANCEL, Unpaid.STAND])
STATUSES = st.sampled_from(["betald", "pagar", "klar", "klar", "avskriven", "bifall"])


def _step(name: str, *of: object) -> st.SearchStrategy:
    return st.tuples(st.just(name), *of)


AT_DESK = (
    _step("take", WHO),
    _step("assign", WHO, WHO),
    _step("help", WHO, WHO),
    _step("jav", WHO, WHO),
    _step("lift", WHO, WHO),
    _step("look", WHO),
    _step("status", WHO, STATUSES, WORTH),
    _step("status", WHO, STATUSES, WORTH),
    _step("ask", WHO, st.integers(1, 20)),
    _step("ask", WHO, st.integers(1, 20)),
    _step("note", WHO),
    _step("task", WHO, WHO),
    _step("correct", WHO, st.sampled_from(["S-1", "S-2"])),
    _step("rest", WHO, st.integers(1, 60)),
    _step("wake", WHO),
    _step("refer", WHO),
)
DECIDING = (
    _step("write", WHO, st.sampled_from(["bifall", "avslag"])),
    _step("write", WHO, st.just("avslag")),
    _step("read_draft", WHO),
    _step("propose", WHO),
    _step("minutes"),
    _step("decide", WHO),
    _step("decide", WHO),
    _step("replace", WHO, st.sampled_from(["corrected", "changed", "must_change"])),
    _step("judge", st.booleans()),
    _step("settle", st.sampled_from(["upheld", "revoked", "sent_back", "withdrawn"])),
)
OTHERS = (
    _step("answer", st.sampled_from(["S-3", "S-4"])),
    _step("message"),
    _step("withdraw"),
    _step("receive"),
    _step("appeal"),
    _step("pay", st.sampled_from(["begun", "paid", "unsure", "ended"])),
    _step("pay", st.sampled_from(["begun", "paid"])),
    _step("night", st.sampled_from([1, 2, 5, 20, 40, 800])),
    _step("night", st.integers(1, 30)),
    _step("mark"),
    _step("unmark"),
    _step("protect"),
    _step("redact"),
    _step("dispose"),
)
# What makes a life that has got somewhere: chance alone seldom leads to a decision.
BEGINNINGS = st.sampled_from(
    [
        (),
        (),
        (("write", "one", "avslag"), ("decide", "one")),
        (("write", "one", "avslag"), ("decide", "one"), ("receive",), ("night", 20)),
        (("ask", "one", 5), ("status", "one", "pagar", None), ("ask", "one", 20)),
        (("status", "one", "klar", None),),
        (("task", "one", "other"), ("rest", CHIEF, 30)),
    ]
)


@pytest.fixture
def people(lent) -> People:
    """Everybody, laid out once and not in every life."""
    laid_out = People(lent)
    lent.commit()
    return laid_out


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@settings(
    max_examples=LIVES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    pays=st.booleans(),
    beginning=BEGINNINGS,
    steps=st.lists(st.one_of(*AT_DESK, *DECIDING, *OTHERS), min_size=5, max_size=25),
)
def test_whatever_people_do_the_case_holds_together(lent, people, pays, beginning, steps):
    try:
        life = Keeping(lent, people, pays=pays)
        for step in (*beginning, *steps):
            life.do(step)
            life_law.hold(life)
        life_law.end(life)
    finally:
        lent.rollback()
