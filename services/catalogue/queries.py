"""What may be asked of the catalogue. Versions never change, so their documents are remembered."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from services.catalogue.finding import matches
from services.catalogue.models import Service, ServiceVersion
from services.forms.definition import ServiceDocument
from services.kernel.errors import NotFound

REMEMBERED = 512
MOST_SERVICES = 500
_documents: dict[UUID, ServiceDocument] = {}
_numbers: dict[UUID, int] = {}


def service_by_slug(session: Session, slug: str) -> Service:
    """The service at an address, hidden or not. Raises NotFound."""
    service = session.scalar(select(Service).where(Service.slug == slug))
    if service is None:
        raise NotFound("service", slug=slug)
    return service


def is_hidden(session: Session, service_id: UUID) -> bool:
    """Whether a service is not offered now. Raises NotFound."""
    hidden = session.scalar(select(Service.hidden).where(Service.id == service_id))
    if hidden is None:
        raise NotFound("service")
    return hidden


def current(session: Session, slug: str) -> tuple[Service, ServiceVersion, ServiceDocument]:
    """A service that is offered now, with its current version. Raises NotFound when hidden or unknown."""
    found = session.execute(
        select(Service, ServiceVersion)
        .join(ServiceVersion, ServiceVersion.id == Service.current_version_id)
        .where(Service.slug == slug, Service.hidden.is_(False))
        # Large, and remembered already, except the first time.
        .options(defer(ServiceVersion.document))
    ).first()
    if found is None:
        raise NotFound("service", slug=slug)
    service, version = found
    return service, version, version_document(session, version.id)


def version_document(session: Session, version_id: UUID) -> ServiceDocument:
    """The document of a version, which a case keeps for ever. Raises NotFound."""
    known = _documents.get(version_id)
    if known is not None:
        return known
    data = session.scalar(select(ServiceVersion.document).where(ServiceVersion.id == version_id))
    if data is None:
        raise NotFound("service-version")
    return _document(version_id, data)


def version_number(session: Session, version_id: UUID) -> int:
    """Which version of its service it is, counted from one."""
    if version_id in _numbers:
        return _numbers[version_id]
    number = session.scalar(select(ServiceVersion.number).where(ServiceVersion.id == version_id))
    if number is None:
        raise NotFound("service-version")
    if len(_numbers) >= REMEMBERED:
        _numbers.clear()
    _numbers[version_id] = number
    return number


def _document(version_id: UUID, data: dict[str, Any]) -> ServiceDocument:
    known = _documents.get(version_id)
    if known is None:
        if len(_documents) >= REMEMBERED:
            _documents.clear()
        known = _documents[version_id] = ServiceDocument.model_validate(data)
    return known


def listed(session: Session) -> list[ServiceDocument]:
    """All services that are offered, by their Swedish titles."""
    query = select(Service.current_version_id).where(
        Service.hidden.is_(False), Service.current_version_id.is_not(None)
    )
    versions = session.scalars(query.order_by(Service.slug).limit(MOST_SERVICES))
    found = _version_documents(session, [each for each in versions if each])
    return sorted(found.values(), key=lambda document: _alphabetic(document.title["sv"]))


def offered(session: Session) -> list[tuple[Service, ServiceDocument]]:
    """All services that are offered, with their keys."""
    query = select(Service).where(
        Service.hidden.is_(False), Service.current_version_id.is_not(None)
    )
    return _with_documents(
        session, list(session.scalars(query.order_by(Service.slug).limit(MOST_SERVICES)))
    )


def for_authorities(
    session: Session, codes: Collection[str]
) -> list[tuple[Service, ServiceDocument]]:
    """The services of some authorities, hidden ones included: their cases are still handled."""
    query = select(Service).where(
        Service.authority_code.in_(codes), Service.current_version_id.is_not(None)
    )
    return _with_documents(
        session, list(session.scalars(query.order_by(Service.slug).limit(MOST_SERVICES)))
    )


def everything(session: Session) -> list[tuple[Service, ServiceDocument]]:
    """Every service that has been published, hidden ones included, by address."""
    query = select(Service).where(Service.current_version_id.is_not(None))
    return _with_documents(
        session, list(session.scalars(query.order_by(Service.slug).limit(MOST_SERVICES)))
    )


def search(session: Session, text: str, language: str) -> list[ServiceDocument]:
    """The offered services that fit every word, those that fit best first."""
    return matches(listed(session), text, language)


def _with_documents(
    session: Session, services: list[Service]
) -> list[tuple[Service, ServiceDocument]]:
    wanted = [service.current_version_id for service in services if service.current_version_id]
    found = _version_documents(session, wanted)
    return [
        (service, found[service.current_version_id])
        for service in services
        if service.current_version_id
    ]


def _version_documents(session: Session, wanted: list[UUID]) -> dict[UUID, ServiceDocument]:
    found = {key: _documents[key] for key in wanted if key in _documents}
    missing = [key for key in wanted if key not in found]
    if missing:
        rows = select(ServiceVersion.id, ServiceVersion.document).where(
            ServiceVersion.id.in_(missing)
        )
        found |= {key: _document(key, data) for key, data in session.execute(rows)}
    return found


@lru_cache(maxsize=1024)
def _alphabetic(title: str) -> str:
    # å ä ö come last and in this order, which their code points do not.
    return title.lower().translate(str.maketrans("åäö", "{|}")).replace("é", "e")
