"""The attack kit: every message that we know of, what is expected of it, and what came of it.

`python -m tests.identity.kit_table` prints a line for each and exits 1 when one went wrong.
Golden controls come first: a layer that refused everything would stop every attack too.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from identity import keys
from identity.assurance import EIDAS_HIGH, EIDAS_SUB, LOA3, LOA3_NONRESIDENT, SCHOOL_LEVELS
from identity.claims import Refused
from identity.keys import KeyPair
from identity.provider import Audience
from tests.identity import elliptic
from tests.identity.conftest import SHORT, Asked, Desk, a_provider, an_entity
from tests.identity.kit_logout import LogoutDesk, a_desk
from tests.identity.minter import Form, Minter

ACCEPTED = "accepted"
CURVES = {"256": ec.SECP256R1, "384": ec.SECP384R1, "521": ec.SECP521R1}


@dataclass(frozen=True)
class Variant:
    """One message: where it is played, how it is bent, and what must come of it."""

    family: str
    name: str
    expected: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    scene: str = "resident"
    form: Callable[[Any], Form] | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a variant, why according to the log, and the processor time it took."""

    variant: Variant
    got: str
    detail: str
    milliseconds: float

    @property
    def is_right(self) -> bool:
        """Whether it came out as expected, and nothing of ours stumbled on the way."""
        return self.got == self.variant.expected and not self.stumbled

    @property
    def stumbled(self) -> bool:
        """Whether it fell over something instead of being turned away."""
        return self.got == "crashed" or self.detail.startswith("fault-")

    def __str__(self) -> str:
        mark = "ok  " if self.is_right else "FAIL"
        return (
            f"{mark} {self.variant.family}: {self.variant.name} | expected"
            f" {self.variant.expected}, got {self.got} ({self.detail}) {self.milliseconds:.1f} ms"
        )


class Stage:
    """The desks that the variants are played at, each with keys and a request of its own."""

    def __init__(self, bits: int = SHORT) -> None:
        self.provider, self.ours, self.other = (
            keys.generate(name, bits=bits) for name in ("provider", "salem24", "somebody else")
        )

    @cached_property
    def curves(self) -> dict[str, KeyPair]:
        """A provider's key on each curve of the profile."""
        return {name: elliptic.pair(curve) for name, curve in CURVES.items()}

    def desk(self, scene: str) -> Desk | LogoutDesk:
        """A fresh desk for a scene."""
        if scene.startswith("logout"):
            provider = self.curves["256"] if scene.endswith("curve") else self.provider
            answering = scene.startswith("logout answer")
            return a_desk(provider, self.ours, self.other, answering=answering)
        if scene.startswith("curve-"):
            pair = self.curves[scene.removeprefix("curve-")]
            return Desk(an_entity(self.ours), a_provider(pair), Minter(pair, self.ours))
        desk = Desk(
            an_entity(self.ours), a_provider(self.provider), Minter(self.provider, self.ours)
        )
        SCENES[scene](desk, self)
        return desk

    def play(self, variant: Variant) -> Outcome:
        """Mint a variant, post it, and tell what came of it."""
        desk = self.desk(variant.scene)
        if variant.form is not None:
            sent = variant.form(desk)
        else:
            assert isinstance(desk, Desk)
            sent = desk.minter.form(desk.message(**variant.changes))
        begun = time.thread_time()
        got, detail = _posted(desk, sent)
        return Outcome(variant, got, detail, (time.thread_time() - begun) * 1000)


def _posted(desk: Desk | LogoutDesk, sent: Form) -> tuple[str, str]:
    try:
        desk.post(sent)
    except Refused as refusal:
        return refusal.code.value, refusal.detail
    except Exception as fault:
        return "crashed", repr(fault)
    return ACCEPTED, ""


def _staff(desk: Desk, stage: Stage) -> None:
    desk.entity = an_entity(stage.ours, audience=Audience.STAFF)
    desk.asked = Asked(entity="medarbetare", levels=[LOA3, LOA3_NONRESIDENT])


def _school(desk: Desk, stage: Stage) -> None:
    desk.entity = an_entity(stage.ours, audience=Audience.SCHOOL)
    desk.provider = a_provider(
        stage.provider, levels=SCHOOL_LEVELS, scopes=frozenset({"skola.example"})
    )
    desk.asked = Asked(entity="skola", levels=list(SCHOOL_LEVELS), force=False)


def _staff_elsewhere(desk: Desk, stage: Stage) -> None:
    _staff(desk, stage)
    desk.provider = a_provider(stage.provider, scopes=frozenset({"5599990008"}))


def _connector(desk: Desk, stage: Stage) -> None:
    levels = (EIDAS_SUB, EIDAS_HIGH)
    desk.provider = a_provider(stage.provider, levels=levels, is_connector=True)
    desk.asked = Asked(levels=list(levels))


def _pretended_connector(desk: Desk, stage: Stage) -> None:
    _connector(desk, stage)
    desk.provider = a_provider(stage.provider, levels=(EIDAS_SUB, EIDAS_HIGH))


def _previous_key(desk: Desk, stage: Stage) -> None:
    desk.entity = an_entity(stage.other, previous_keys=(stage.ours,))


def _provider_changes_key(desk: Desk, stage: Stage) -> None:
    both = (stage.other.certificate_text, stage.provider.certificate_text)
    desk.provider = a_provider(stage.provider, certificates=both)


def _provider_has_changed_key(desk: Desk, stage: Stage) -> None:
    desk.provider = a_provider(stage.other)


def _evil(desk: Desk, stage: Stage) -> None:
    desk.minter = Minter(stage.other, stage.ours)


def _for_another(desk: Desk, stage: Stage) -> None:
    desk.minter = Minter(stage.provider, stage.other)


def _no_coordination_numbers(desk: Desk, stage: Stage) -> None:
    desk.entity = an_entity(stage.ours, accepts_coordination_numbers=False)


SCENES: dict[str, Callable[[Desk, Stage], None]] = {
    "resident": lambda desk, stage: None,
    "sso": lambda desk, stage: setattr(desk, "asked", Asked(force=False)),
    "staff": _staff,
    "staff elsewhere": _staff_elsewhere,
    "school": _school,
    "connector": _connector,
    "pretended connector": _pretended_connector,
    "previous key": _previous_key,
    "provider changes key": _provider_changes_key,
    "provider has changed key": _provider_has_changed_key,
    "evil": _evil,
    "for another": _for_another,
    "no coordination numbers": _no_coordination_numbers,
    "other entity": lambda desk, stage: setattr(desk.asked, "entity", "medarbetare"),
    "provider gone": lambda desk, stage: setattr(desk.asked, "provider", "https://gone.example"),
}


def summary(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """How many were accepted wrongly, refused wrongly, misnamed, or stumbled over."""
    wrong = [one for one in outcomes if not one.is_right]
    return {
        "accepted wrongly": sum(one.got == ACCEPTED for one in wrong),
        "refused wrongly": sum(one.variant.expected == ACCEPTED for one in wrong),
        "crashed": sum(one.stumbled for one in wrong),
        "other page": sum(
            ACCEPTED not in (one.got, one.variant.expected) and not one.stumbled for one in wrong
        ),
    }
