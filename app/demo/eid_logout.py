"""The demonstration e-ID's sign-out: a signed wish in, a signed answer out."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.demo.eid_answers import Answerer, RequestFault
from identity import logout, logout_gate
from identity.claims import Refused
from identity.provider import Provider, ServiceProvider


@dataclass(frozen=True)
class _Services:
    """Our services, seen from the other side: they ask, and have a key and an address for answers."""

    services: dict[str, ServiceProvider]

    def provider(self, entity_id: str, entity: str, now: datetime) -> Provider | None:
        """The service of this name."""
        for one in self.services.values():
            if one.entity_id == entity_id:
                return Provider(
                    entity_id=one.entity_id,
                    redirect_url=None,
                    post_url=None,
                    certificates=(one.keys.certificate_text,),
                    names=one.titles,
                    logout_redirect_url=one.logout_url,
                )
        return None


def signed_out(
    query: str, answerer: Answerer, services: dict[str, ServiceProvider], now: datetime
) -> str:
    """The address that tells a service that its wish is fulfilled.

    Raises RequestFault when the wish is not in order. Nothing is kept here between two
    requests, so a wish that comes twice is fulfilled twice.
    """
    here = replace(
        next(iter(services.values())),
        entity_id=answerer.entity_id,
        logout_url=f"{answerer.entity_id}/slo",
        keys=answerer.keys,
    )
    try:
        ending = logout.read_request(
            lambda: logout_gate.redirected(query),
            here,
            _Services(services),
            lambda *_: True,
            now,
        )
    except Refused as refused:
        raise RequestFault(refused.detail) from refused
    return logout.answer(here, ending, now).url
