"""Our entities towards the providers: whom each signs in, and by which key (ID-11)."""

from dataclasses import dataclass, replace

from app.config import Settings
from identity import assurance, keys
from identity.own_metadata import SCHOOL_CATEGORIES, STAFF_CATEGORIES, resident_categories
from identity.provider import Audience, Organisation, ServiceProvider, Words

RESIDENTS, STAFF, SCHOOL = NAMES = ("invanare", "medarbetare", "skola")
ORGANISATION_NUMBER = "2120002874"
SIGNING, ENCRYPTION = "sp", "encryption"


@dataclass(frozen=True)
class _Kind:
    """What is the same for an entity in every installation."""

    audience: Audience
    titles: Words
    descriptions: Words
    force: bool


KINDS = {
    # Public computers are shared: residents identify anew every time (ID-24).
    RESIDENTS: _Kind(
        Audience.RESIDENTS,
        {"sv": "Salem 24", "en": "Salem 24"},
        {
            "sv": "E-tjänster och ärenden hos kommunen, dygnet runt.",
            "en": "The municipality's e-services and cases, round the clock.",
        },
        force=True,
    ),
    STAFF: _Kind(
        Audience.STAFF,
        {
            "sv": "Salem 24 för medarbetare och förtroendevalda",
            "en": "Salem 24 for employees and elected representatives",
        },
        {
            "sv": "E-tjänster och ärenden hos kommunen, dygnet runt.",
            "en": "The municipality's e-services and cases, round the clock.",
        },
        force=False,
    ),
    SCHOOL: _Kind(
        Audience.SCHOOL,
        {"sv": "Salem 24 för elever och skolor", "en": "Salem 24 for pupils and schools"},
        {
            "sv": "E-tjänster för dig som loggar in med skolans konto.",
            "en": "E-services for you who sign in with your school account.",
        },
        force=False,
    ),
}


def entities_of(settings: Settings) -> dict[str, ServiceProvider]:
    """Residents and businesses; staff and elected representatives; pupils and schools."""
    folder = settings.eid_keys_folder / SIGNING
    apart = settings.eid_keys_folder / ENCRYPTION
    pair = keys.ensure(folder, key_name(settings))
    earlier = keys.previous(folder) + keys.previous(apart)
    separate = keys.read(apart) if keys.exists(apart) else None
    return {
        name: replace(
            _entity(settings, name, pair, earlier),
            next_keys=keys.upcoming(folder),
            encryption_keys=separate,
            next_encryption_keys=keys.upcoming(apart),
        )
        for name in NAMES
    }


def key_name(settings: Settings) -> str:
    """What our keys are called: one that is made outside production is not for production."""
    return "salem24" if settings.is_production else f"salem24 {keys.DEMONSTRATION}"


def _entity(
    settings: Settings, name: str, pair: keys.KeyPair, earlier: tuple[keys.KeyPair, ...]
) -> ServiceProvider:
    address, kind = f"{settings.public_url}/saml/{name}", KINDS[name]
    height = settings.resident_height
    levels, categories = {
        RESIDENTS: (assurance.for_residents(height), resident_categories(height)),
        STAFF: (assurance.STAFF_LEVELS, STAFF_CATEGORIES),
        SCHOOL: (assurance.SCHOOL_LEVELS, SCHOOL_CATEGORIES),
    }[name]
    return ServiceProvider(
        name=name,
        audience=kind.audience,
        entity_id=address,
        acs_url=f"{address}/acs",
        logout_url=f"{address}/slo",
        keys=pair,
        previous_keys=earlier,
        levels=levels,
        categories=categories,
        force=kind.force,
        titles=kind.titles,
        descriptions=kind.descriptions,
        organisation=_organisation(settings),
    )


def _organisation(settings: Settings) -> Organisation:
    return Organisation(
        name=settings.municipality_name,
        url=settings.public_url,
        email=settings.contact_email,
        phone=settings.contact_phone,
        number=ORGANISATION_NUMBER,
        privacy_url=f"{settings.public_url}/personuppgifter",
    )
