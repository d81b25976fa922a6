"""Publishing makes immutable, numbered versions; a case keeps the one that it began with."""

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import IntegrityError

from services.catalogue import commands, queries
from services.catalogue.models import ServiceVersion
from services.kernel.errors import NotFound
from tests.builders import a_document, a_work


def published(session, **changes):
    version = commands.publish(a_work(session), a_document(**changes))
    session.flush()
    return version


def test_a_published_service_is_found_at_its_address(session):
    published(session)

    service, version, document = queries.current(session, "trasig-lampa")

    assert (service.slug, version.number) == ("trasig-lampa", 1)
    assert document == a_document()
    assert version.checksum == a_document().checksum


def test_the_same_document_makes_no_new_version(session):
    assert published(session).id == published(session).id


def test_a_changed_document_is_the_next_version_and_the_old_one_stays(session):
    first = published(session)
    second = published(session, target_days=20)

    assert (first.number, second.number) == (1, 2)
    assert queries.version_document(session, first.id).target_days == 10
    assert queries.current(session, "trasig-lampa")[2].target_days == 20


def test_going_back_to_an_earlier_document_is_a_version_too(session):
    published(session)
    published(session, target_days=20)

    assert published(session).number == 3


@pytest.mark.parametrize(
    "change",
    [
        update(ServiceVersion).values(number=9),
        update(ServiceVersion).values(document={}),
        delete(ServiceVersion),
        text("TRUNCATE service_version CASCADE"),
    ],
)
def test_the_database_itself_refuses_to_change_a_version(session, change):
    published(session)
    # Otherwise TRUNCATE would already stop at the foreign key that is checked at the commit.
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))

    with pytest.raises(IntegrityError, match="append-only"):
        session.execute(change)


def test_a_hidden_service_is_not_offered_but_its_versions_remain(session):
    version = published(session)
    commands.hide(a_work(session), "trasig-lampa")
    session.flush()

    with pytest.raises(NotFound):
        queries.current(session, "trasig-lampa")
    assert "trasig-lampa" not in [each.slug for each in queries.listed(session)]
    assert queries.version_document(session, version.id)
    assert [each.slug for each, _ in queries.for_authorities(session, {"TN"})] == ["trasig-lampa"]

    commands.show(a_work(session), "trasig-lampa")
    session.flush()
    assert queries.current(session, "trasig-lampa")


def test_an_unknown_service_or_version_is_not_found(session):
    with pytest.raises(NotFound):
        queries.current(session, "finns-inte")
    with pytest.raises(NotFound):
        queries.version_document(
            session, a_work(session).actor.person_id or published(session).service_id
        )


def test_services_are_listed_in_swedish_order(session):
    for slug, title in (("o", "Östan"), ("a", "Ankor"), ("aa", "Ålar"), ("z", "Zebror")):
        published(session, slug=slug, title={"sv": title, "en": title})

    assert [each.slug for each in queries.listed(session)] == ["a", "z", "aa", "o"]
