"""The ways that a case may go through a service's own statuses, and one of them."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from services.forms.definition import ServiceDocument, Status

LONGEST = 8
USUAL = {"granted": 30, "done": 30, None: 12, "partly": 5, "refused": 4, "referred": 4}
SELDOM = 1


def route(document: ServiceDocument, told: Mapping[str, Any], chance: Random) -> list[Status]:
    """Statuses from the one after the first to a closed one.

    The story may name a status to go by (`via`) or an outcome; otherwise most go well.
    """
    ways = _ways(document)
    if not ways:
        return []
    via, outcome = told.get("via"), told.get("outcome")
    fitting = [
        way
        for way in ways
        if (via is None or via in {status.key for status in way})
        and (outcome is None or outcome == _outcome(way))
    ]
    weights = [USUAL.get(_outcome(way), SELDOM) / len(way) for way in fitting or ways]
    return list(chance.choices(fitting or ways, weights=weights)[0])


def _outcome(way: tuple[Status, ...]) -> str | None:
    told = [status.outcome for status in way if status.outcome]
    return told[0] if told else None


def _ways(document: ServiceDocument) -> list[tuple[Status, ...]]:
    # Asking for completion is a step of its own, so the ways go round the statuses that wait for it.
    by_key = {status.key: status for status in document.statuses}
    found = list(_from(by_key, (document.statuses[0],)))
    worked_on = [way for way in found if any(status.state == "in_progress" for status in way)]
    return worked_on or found


def _from(by_key: dict[str, Status], way: tuple[Status, ...]) -> Iterator[tuple[Status, ...]]:
    here = way[-1]
    if here.state == "closed":
        yield way[1:]
        return
    if len(way) > LONGEST:
        return
    for key in here.next:
        status = by_key[key]
        if status not in way and status.state != "awaiting_completion":
            yield from _from(by_key, (*way, status))
