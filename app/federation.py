"""Our entities and their providers, put together from the settings."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog
from flask import current_app

from app.config import Settings
from app.demo import eid_setup
from identity import assurance, keys
from identity.metadata import CONNECTORS, Directory, MetadataFault, read_local
from identity.own_metadata import STAFF_CATEGORIES, resident_categories
from identity.provider import Audience, Organisation, Provider, ServiceProvider, suits

RESIDENTS, STAFF = "invanare", "medarbetare"
ORGANISATION_NUMBER = "2120002874"
log = structlog.get_logger("salem24.e-id")


@dataclass
class Federation:
    """What a sign-in needs to know; the providers' files are read again when they change."""

    entities: dict[str, ServiceProvider]
    files: tuple[Path, ...]
    connectors: frozenset[str]
    only_https: bool
    _directory: Directory = field(default_factory=lambda: Directory({}, {}))
    _read_at: tuple[float, ...] = ()

    def directory(self, now: datetime) -> Directory:
        """The providers. A file that cannot be read leaves the last good copy in use."""
        changed = tuple(file.stat().st_mtime if file.exists() else 0.0 for file in self.files)
        if changed != self._read_at:
            try:
                self._directory = Directory.of(self._read(file, now) for file in self.files)
            except (OSError, MetadataFault) as fault:
                log.error("metadata-unusable", fault=str(fault))
            self._read_at = changed
        return self._directory

    def _read(self, file: Path, now: datetime) -> list[Provider]:
        found = read_local(file.read_bytes(), now, connectors=self.connectors)
        if not self.only_https:
            return found
        # A provider without TLS can only be a test that has strayed into production (ID-17).
        return [one for one in found if (one.redirect_url or "").startswith("https://")]

    def on_offer(
        self, entity: ServiceProvider, now: datetime, levels: tuple[str, ...] | None = None
    ) -> list[Provider]:
        """The providers to show somebody who signs in to an entity (Entity Categories 1.4).

        Where only some levels of assurance will do, those that issue one of them.
        """
        return [
            provider
            for provider in self.directory(now).on_offer(entity.name, now)
            if provider.redirect_url
            and suits(provider, entity)
            and assurance.acceptable(entity.levels if levels is None else levels, provider.levels)
        ]


TITLES = {
    RESIDENTS: {"sv": "Salem 24", "en": "Salem 24"},
    STAFF: {
        "sv": "Salem 24 för medarbetare och förtroendevalda",
        "en": "Salem 24 for employees and elected representatives",
    },
}
DESCRIPTIONS = {
    "sv": "E-tjänster och ärenden hos kommunen, dygnet runt.",
    "en": "The municipality's e-services and cases, round the clock.",
}


def entities_of(settings: Settings) -> dict[str, ServiceProvider]:
    """Our entities: residents and businesses; staff and elected representatives (ID-11)."""
    folder = settings.eid_keys_folder / "sp"
    pair, earlier = keys.ensure(folder), keys.previous(folder)
    return {name: _entity(settings, name, pair, earlier) for name in (RESIDENTS, STAFF)}


def _entity(
    settings: Settings, name: str, pair: keys.KeyPair, earlier: tuple[keys.KeyPair, ...]
) -> ServiceProvider:
    address = f"{settings.public_url}/saml/{name}"
    residents = name == RESIDENTS
    return ServiceProvider(
        name=name,
        audience=Audience.RESIDENTS if residents else Audience.STAFF,
        entity_id=address,
        acs_url=f"{address}/acs",
        keys=pair,
        previous_keys=earlier,
        levels=assurance.for_residents(settings.resident_height)
        if residents
        else assurance.STAFF_LEVELS,
        categories=resident_categories(settings.resident_height) if residents else STAFF_CATEGORIES,
        # Public computers are shared: residents identify anew every time (ID-24).
        force=residents,
        titles=TITLES[name],
        descriptions=DESCRIPTIONS,
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


def federation_of(settings: Settings) -> Federation:
    """The whole of it; in a demonstration with the demonstration e-ID."""
    files = [Path(name) for name in settings.eid_metadata]
    connectors = CONNECTORS
    entities = entities_of(settings)
    if settings.is_demonstration:
        files.append(eid_setup.ensure_demo_federation(settings))
        connectors |= {eid_setup.entity_id(settings, eid_setup.FOREIGN)}
    return Federation(entities, tuple(files), connectors, only_https=settings.is_production)


def federation() -> Federation:
    """The running application's federation, made when first asked for."""
    extensions = current_app.extensions
    if "federation" not in extensions:
        extensions["federation"] = federation_of(extensions["settings"])
    found: Federation = extensions["federation"]
    return found
