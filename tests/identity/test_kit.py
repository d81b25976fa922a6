"""The attack kit: nothing forged is let in, nothing genuine is turned away, nothing stumbles."""

from tests.identity.kit import summary
from tests.identity.kit_table import VARIANTS, played, told

FEWEST = 200
# Far above what any message takes; what burns seconds is caught, a busy machine is not.
LONGEST_MILLISECONDS = 2000


def test_every_variant_comes_out_as_it_must() -> None:
    outcomes = played()
    print(*outcomes, told(outcomes), sep="\n")
    wrong = "\n".join(str(one) for one in outcomes if not one.is_right)
    assert not any(summary(outcomes).values()), f"{told(outcomes)}\n{wrong}"
    assert max(one.milliseconds for one in outcomes) < LONGEST_MILLISECONDS


def test_the_kit_is_large_and_names_each_variant_once() -> None:
    names = [(one.family, one.name) for one in VARIANTS]
    assert len(names) == len(set(names))
    assert len(names) >= FEWEST
