"""Whatever anybody sends as a notice, it is one or it is forged: nothing else ever happens."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.kernel.errors import Invalid
from tests.simulators import Simulator

NAMES = ("callbackidentifier", "stripe-signature", "content-type", "x-pretend")
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("id", "status", "data", "object", "metadata", "instruction"))
            | st.text(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
BODIES = st.binary(max_size=200) | JSON.map(lambda told: json.dumps(told).encode())
HEADERS = st.dictionaries(st.sampled_from(NAMES), st.text(max_size=80), max_size=4)


@pytest.mark.parametrize("key", ["swish", "card", "invoice", "counter"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(HEADERS, BODIES)
@example({"stripe-signature": "t=ä,v1="}, b"{}")
@example({"stripe-signature": "t=1"}, b"{}")
@example({"callbackidentifier": "Å" * 32}, b'{"id": "' + b"A" * 32 + b'", "status": "PAID"}')
def test_a_stranger_never_gets_a_notice_through(
    simulators: dict[str, Simulator], key: str, headers: dict[str, str], body: bytes
) -> None:
    provider: Any = simulators[key].provider
    with pytest.raises(Invalid, match="notice-forged"):
        provider.notice(headers, body)
