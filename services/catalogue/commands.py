"""What may be done with the catalogue: publish a document, hide a service, show it again."""

from collections.abc import Iterator

from sqlalchemy import func, select

from services.audit.log import record
from services.catalogue import fees, queries
from services.catalogue.models import Service, ServiceVersion
from services.forms.definition import ServiceDocument
from services.kernel.calendar import local_day
from services.kernel.db import new_id
from services.kernel.errors import Invalid
from services.kernel.work import Work
from services.organisation import queries as organisation
from services.payments import coding


def publish(work: Work, document: ServiceDocument) -> ServiceVersion:
    """Make a document the current version of its service, and give that version back.

    A document that is the same as the current version makes no new one. Raises Invalid with
    what is wrong when its fees cannot be counted or booked as they say, or when its cases would
    go to a unit that its authority does not have.
    """
    if wrong := [*fees.faults(document), *_coding_faults(work, document)]:
        raise Invalid("document-fees", faults=wrong)
    if wrong := list(_assignment_faults(work, document)):
        raise Invalid("document-assignment", faults=wrong)
    service = _service(work, document)
    current = (
        work.session.get(ServiceVersion, service.current_version_id)
        if service.current_version_id
        else None
    )
    if current is not None and current.checksum == document.checksum:
        return current
    version = ServiceVersion(
        id=new_id(),
        service_id=service.id,
        number=_next_number(work, service),
        document=document.as_json(),
        checksum=document.checksum,
        published_at=work.now,
    )
    work.session.add(version)
    # The service points at the version and the version at the service: the row must exist first.
    work.session.flush()
    service.current_version_id = version.id
    service.authority_code, service.category = document.authority, document.category
    record(work, "service:publish", service.id, slug=service.slug, number=version.number)
    return version


def _coding_faults(work: Work, document: ServiceDocument) -> list[str]:
    today = local_day(work.now)
    return [
        f"fee {fee.key!r}: {fault}"
        for fee in document.fees
        for fault in coding.coding_faults(work.session, fees.coded(fee), today)
    ]


def _assignment_faults(work: Work, document: ServiceDocument) -> Iterator[str]:
    named = {rule.to.unit: rule.key for rule in document.assignment if rule.to.unit is not None}
    if not named:
        return
    authority = organisation.authority_by_code(work.session, document.authority)
    for unit, rule in named.items():
        if organisation.authority_of_unit(work.session, unit) != authority.id:
            yield f"assignment {rule!r} goes to {unit!r}, which is no unit of {document.authority}"


def _service(work: Work, document: ServiceDocument) -> Service:
    # Two who publish at once wait for each other here, so that numbers have no gaps or doubles.
    service = work.session.scalar(
        select(Service).where(Service.slug == document.slug).with_for_update()
    )
    if service is None:
        service = Service(
            id=new_id(),
            slug=document.slug,
            authority_code=document.authority,
            category=document.category,
        )
        work.session.add(service)
        # Its version refers to it.
        work.session.flush()
    return service


def _next_number(work: Work, service: Service) -> int:
    latest = select(func.max(ServiceVersion.number)).where(ServiceVersion.service_id == service.id)
    return (work.session.scalar(latest) or 0) + 1


def hide(work: Work, slug: str) -> None:
    """Take a service out of the catalogue; its cases and drafts go on. Raises NotFound."""
    _show(work, slug, hidden=True)


def show(work: Work, slug: str) -> None:
    """Put a hidden service back into the catalogue. Raises NotFound."""
    _show(work, slug, hidden=False)


def _show(work: Work, slug: str, *, hidden: bool) -> None:
    service = queries.service_by_slug(work.session, slug)
    service.hidden = hidden
    record(work, "service:hide" if hidden else "service:show", service.id, slug=slug)
