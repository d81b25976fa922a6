"""What providers call sessions: kept sealed, found whole, ended one by one (ID-23)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from services.kernel.errors import NotFound
from services.people import commands, logouts
from services.people.account_models import PendingLogout, ProviderSession
from services.people.logouts import Known
from services.people.models import LoginSession
from tests.builders import a_person, a_work

IDP, OTHER = "https://idp.example", "https://other.example"


def opened(lent, *, provider: str = IDP, name: str = "n", index: str | None = "s") -> UUID:
    work = a_work(lent)
    token = commands.open_session(
        work,
        a_person(lent),
        entity="invanare",
        assurance="loa3",
        provider=provider,
        transaction_id=None,
        device="Linux",
    )
    lent.flush()
    logouts.remember(work, token, provider, Known(name, index, {"value": name, "index": index}))
    lent.flush()
    newest = select(ProviderSession.session_id).order_by(ProviderSession.session_id.desc())
    found = lent.scalar(newest.limit(1))
    assert found is not None
    return found


def is_open(lent, session_id: UUID) -> bool:
    lent.expire_all()
    return lent.get_one(LoginSession, session_id).revoked_at is None


@pytest.mark.parametrize(
    ("provider", "name", "indexes", "ends"),
    [
        (IDP, "n", ("s",), True),
        (IDP, "n", (), True),
        (IDP, "n", ("x", "s"), True),
        (IDP, "n", ("x",), False),
        (IDP, "m", ("s",), False),
        (IDP, "m", (), False),
        (OTHER, "n", ("s",), False),
        (OTHER, "n", (), False),
        (IDP, "", (), False),
    ],
)
def test_a_provider_ends_its_own_session_and_no_other(
    lent, provider: str, name: str, indexes: tuple[str, ...], ends: bool
) -> None:
    session_id = opened(lent)
    assert logouts.end(a_work(lent), provider, name, indexes) == int(ends)
    assert is_open(lent, session_id) is not ends


def test_only_the_session_that_is_named_ends(lent) -> None:
    first, second = opened(lent, index="one"), opened(lent, index="two")
    logouts.end(a_work(lent), IDP, "n", ("two",))
    assert (is_open(lent, first), is_open(lent, second)) == (True, False)


def test_nothing_that_a_provider_said_is_kept_in_clear(lent) -> None:
    session_id = opened(lent, name="a-telling-name", index="a-telling-index")
    table = ProviderSession.__table__
    kept = lent.execute(select(table).where(table.c.session_id == session_id)).one()
    assert "telling" not in str(kept)


def offer(lent) -> str:
    session_id = opened(lent)
    secret = logouts.offer(a_work(lent), lent.get_one(LoginSession, session_id), "sv")
    assert secret is not None
    lent.flush()
    return secret


def test_what_can_be_ended_there_is_told_until_it_has_been_asked(lent) -> None:
    secret, work = offer(lent), a_work(lent)
    assert logouts.offered(work, secret).told["value"] == "n"
    logouts.sent(work, secret, "_request")
    with pytest.raises(NotFound):
        logouts.offered(work, secret)
    assert logouts.take(work, "_request").provider == IDP
    with pytest.raises(NotFound):
        logouts.take(work, "_request")


def test_it_is_too_late_after_a_while(lent) -> None:
    before = set(lent.scalars(select(PendingLogout.id)))
    secret = offer(lent)
    (kept,) = set(lent.scalars(select(PendingLogout.id))) - before
    late = a_work(lent)
    late.now += timedelta(minutes=11)
    with pytest.raises(NotFound):
        logouts.offered(late, secret)
    logouts.purge(late)
    lent.expire_all()
    assert lent.get(PendingLogout, kept) is None


def test_somebody_elses_secret_offers_nothing(lent) -> None:
    offer(lent)
    with pytest.raises(NotFound):
        logouts.offered(a_work(lent), "guessed")
