"""Who stands behind a case: a resident, somebody for an organisation, a caller and the clerk."""

import unicodedata
from dataclasses import dataclass
from random import Random
from uuid import UUID

from app.demo import personas
from app.demo.municipality import sources
from app.demo.municipality.founding import Town
from services.forms.definition import ServiceDocument
from services.kernel.work import ANYONE, Actor, Duty, Role

ASSURANCE = "http://id.elegnamnden.se/loa/1.0/loa3"
BY_LINK, SIGNED_IN, THROUGH_CLERK = "by link", "signed in", "through a clerk"
# How people come to services that need no e-ID, and to those that do.
WAYS = {
    "open": {BY_LINK: 55, SIGNED_IN: 30, THROUGH_CLERK: 15},
    "contact": {BY_LINK: 50, SIGNED_IN: 35, THROUGH_CLERK: 15},
    "eid": {SIGNED_IN: 88, THROUGH_CLERK: 12},
    "signed": {SIGNED_IN: 90, THROUGH_CLERK: 10},
}
CHANNELS = {"phone": 6, "visit": 3, "letter": 1}
RESIDENTS = ("pnr", "prid")
A_PERSONA = 0.3
KINDS = {"company": {"company", "housing"}, "association": {"association"}}


@dataclass(frozen=True)
class Applicant:
    """Who hands in, as what, by which channel, and with which name."""

    actor: Actor
    name: str
    channel: str = "web"
    secret: str | None = None
    organisation: str | None = None

    @property
    def is_party(self) -> bool:
        """Whether it is somebody who can sign in and find the case again."""
        return self.actor.role is Role.RESIDENT

    @property
    def email(self) -> str:
        """An address that no mail ever reaches (RFC 2606)."""
        plain = unicodedata.normalize("NFKD", self.name.lower()).encode("ascii", "ignore").decode()
        return ".".join(plain.split()) + "@example.com"


def drawn(chance: Random, weights: dict[str, int]) -> str:
    """One of several, the heavier the likelier."""
    return chance.choices(list(weights), weights=list(weights.values()))[0]


def applicant(town: Town, document: ServiceDocument, chance: Random) -> Applicant:
    """Somebody who could hand this service in."""
    way = drawn(chance, WAYS[document.level])
    if way == BY_LINK:
        secret = f"demonstration-{chance.getrandbits(128):032x}"
        return Applicant(ANYONE, _somebody(town, chance), secret=secret)
    if way == THROUGH_CLERK:
        return _caller(town, chance)
    return _for_organisation(town, document, chance) or _resident(town, chance)


def _somebody(town: Town, chance: Random) -> str:
    return town.names[chance.choice(town.residents)]


def _caller(town: Town, chance: Random) -> Applicant:
    clerk = chance.choice(town.staff("KS", Duty.CLERK) or town.staff("KS", Duty.REGISTRAR))
    channel = drawn(chance, CHANNELS)
    regular = sources.inhabitants()["without_eid"].get(channel)
    name = regular if regular and chance.random() < A_PERSONA else _somebody(town, chance)
    return Applicant(at_desk(town, clerk), name, channel=channel)


def _resident(town: Town, chance: Random) -> Applicant:
    if chance.random() < A_PERSONA:
        persona = chance.choice(
            [each for each in personas.cast().personas if each.kind in RESIDENTS]
        )
        person_id, assurance = town.personas[persona.key], persona.level or ASSURANCE
    else:
        person_id, assurance = chance.choice(town.residents), ASSURANCE
    return Applicant(Actor(Role.RESIDENT, person_id, assurance=assurance), town.names[person_id])


def fitting(document: ServiceDocument) -> list[dict[str, str]]:
    """The organisations that a service could concern, as the sources tell them."""
    wanted = {kind for subject in document.subjects for kind in KINDS.get(subject, set())}
    return [each for each in sources.inhabitants()["organisations"] if each["kind"] in wanted]


def _for_organisation(town: Town, document: ServiceDocument, chance: Random) -> Applicant | None:
    keys = [each["key"] for each in fitting(document) if town.mandates.get(each["key"])]
    if not keys or ("self" in document.subjects and chance.random() < 0.5):
        return None
    key = chance.choice(keys)
    person_id, mandate_id = chance.choice(town.mandates[key])
    actor = Actor(
        Role.RESIDENT,
        person_id,
        acting_for=town.organisations[key].id,
        mandate_id=mandate_id,
        assurance=ASSURANCE,
    )
    return Applicant(actor, town.names[person_id], organisation=key)


def at_desk(town: Town, person_id: UUID) -> Actor:
    """A staff member with all the duties that the sources give."""
    held: dict[UUID, frozenset[Duty]] = {}
    for code, duties in town.duties.items():
        mine = frozenset(Duty(duty) for duty, people in duties.items() if person_id in people)
        if mine:
            held[town.authorities[code]] = mine
    return Actor(Role.STAFF, person_id, authorities=held, assurance=ASSURANCE)


def handler(town: Town, document: ServiceDocument, chance: Random, *, protected: bool) -> Actor:
    """Somebody of the service's own authority who may work on the case."""
    # Managers may decide by delegation too; registrars may know of the protected, but not decide.
    able = (Duty.MANAGER,) if protected else (Duty.HANDLER,)
    return at_desk(town, chance.choice(town.staff(document.authority, *able)))
