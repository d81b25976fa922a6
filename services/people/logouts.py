"""Sessions as providers know them: so that one can be ended there, and be ended from there (ID-23).

What a provider calls somebody is found by keyed hashes and told back from a sealed text; it
stands in no log and no column in clear.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from services.kernel.errors import NotFound
from services.kernel.numbers import digest, new_secret
from services.kernel.work import Work
from services.people import commands
from services.people.account_models import PendingLogout, ProviderSession
from services.people.models import LoginSession
from services.people.secrets import Keyring

# As long as a page about the sign-out may lie open, and an answer may be under way.
OPEN_FOR = timedelta(minutes=10)
NAME, INDEX = "provider-name", "provider-session"


@dataclass(frozen=True)
class Known:
    """What a provider calls a session: its own name for the person, whole, and the session's."""

    name: str
    index: str | None
    told: dict[str, Any]


@dataclass(frozen=True)
class Leaving:
    """A log-out at a provider that somebody has chosen, and what to tell the provider."""

    entity: str
    provider: str
    told: dict[str, Any]


def remember(work: Work, token: str, provider: str, known: Known) -> None:
    """Keep what a provider calls the session that has just been opened with this token."""
    session_id = work.session.scalar(
        select(LoginSession.id).where(LoginSession.token_hash == digest(token))
    )
    keyring: Keyring = work.resources["keyring"]
    if session_id is None:
        raise NotFound("session")
    work.session.add(
        ProviderSession(
            session_id=session_id,
            provider=provider,
            name_index=keyring.index(NAME, f"{provider}\n{known.name}"),
            session_index=_hashed(keyring, provider, known.index),
            sealed=keyring.seal(json.dumps(known.told), f"provider_session:{session_id}"),
        )
    )


def _hashed(keyring: Keyring, provider: str, index: str | None) -> str | None:
    return None if index is None else keyring.index(INDEX, f"{provider}\n{index}")


def end(work: Work, provider: str, name: str, indexes: Sequence[str]) -> int:
    """End the open sessions that a provider knows by this name, and of them those it names.

    When it names none, all of them. Returns how many.
    """
    keyring: Keyring = work.resources["keyring"]
    query = (
        select(LoginSession.id)
        .join(ProviderSession, ProviderSession.session_id == LoginSession.id)
        .where(
            ProviderSession.provider == provider,
            ProviderSession.name_index == keyring.index(NAME, f"{provider}\n{name}"),
            LoginSession.revoked_at.is_(None),
        )
        .limit(100)
    )
    if indexes:
        hashed = [_hashed(keyring, provider, one) for one in indexes]
        query = query.where(ProviderSession.session_index.in_(hashed))
    found = list(work.session.scalars(query))
    for session_id in found:
        commands.close_session(work, session_id)
    return len(found)


def offer(work: Work, ended: LoginSession, language: str) -> str | None:
    """Let whoever has just signed out here go on to do so at the provider.

    Returns the secret for their cookie, or None when the provider's name for them is not known.
    """
    kept = work.session.get(ProviderSession, ended.id)
    if kept is None:
        return None
    keyring: Keyring = work.resources["keyring"]
    told = keyring.open(kept.sealed, f"provider_session:{ended.id}")
    secret = new_secret()
    work.session.add(
        PendingLogout(
            cookie_hash=digest(secret),
            request_id=None,
            entity=ended.entity,
            provider=kept.provider,
            language=language,
            sealed=keyring.seal(told, f"pending_logout:{digest(secret)}"),
            expires_at=work.now + OPEN_FOR,
        )
    )
    return secret


def offered(work: Work, secret: str) -> Leaving:
    """What can still be ended at a provider. Raises NotFound when it has been, or it is too late."""
    found = work.session.scalar(
        select(PendingLogout).where(
            PendingLogout.cookie_hash == digest(secret),
            PendingLogout.request_id.is_(None),
            PendingLogout.expires_at > work.now,
        )
    )
    if found is None:
        raise NotFound("pending-logout")
    keyring: Keyring = work.resources["keyring"]
    told = json.loads(keyring.open(found.sealed, f"pending_logout:{found.cookie_hash}"))
    return Leaving(found.entity, found.provider, told)


def sent(work: Work, secret: str, request_id: str) -> None:
    """Note that a provider has been asked, by which request; it can be asked once."""
    work.session.execute(
        update(PendingLogout)
        .where(PendingLogout.cookie_hash == digest(secret), PendingLogout.request_id.is_(None))
        .values(request_id=request_id, sealed="", expires_at=work.now + OPEN_FOR)
    )


def take(work: Work, request_id: str) -> PendingLogout:
    """The log-out that an answer is about, deleted as it is taken: it is answered once.

    Raises NotFound when there is none, or it is too late.
    """
    taken = work.session.execute(
        delete(PendingLogout).where(PendingLogout.request_id == request_id).returning(PendingLogout)
    ).scalar_one_or_none()
    if taken is None or taken.expires_at < work.now:
        raise NotFound("pending-logout")
    work.session.expunge(taken)
    return taken


def purge(work: Work) -> None:
    """Remove log-outs that were never finished."""
    work.session.execute(delete(PendingLogout).where(PendingLogout.expires_at < work.now))
