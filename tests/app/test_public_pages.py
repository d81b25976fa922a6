"""Public pages are kept as they were sent; private ones never are."""

import pytest

from app import public_pages

PAGE = "/om"


@pytest.fixture
def client(town):
    public_pages.forget()
    return town.app.test_client(use_cookies=False)


def test_the_second_visitor_gets_the_same_page_with_the_same_headers(client):
    first, second = client.get(PAGE), client.get(PAGE)
    assert second.data == first.data
    for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy", "Content-Type"):
        assert second.headers[name] == first.headers[name]
    assert first.headers["Cache-Control"] == "public, max-age=30"


def test_a_kept_page_that_the_browser_has_already_is_not_sent_again(client):
    etag = client.get(PAGE).headers["ETag"]
    again = client.get(PAGE, headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert again.data == b""
    assert client.get(PAGE, headers={"If-None-Match": 'W/"other"'}).status_code == 200


def test_each_language_has_its_own(client):
    assert client.get(PAGE).data != client.get(f"/en{PAGE}").data
    assert b'lang="en"' in client.get(f"/en{PAGE}").data[:200]


def test_whoever_brings_a_cookie_gets_a_page_of_their_own(client):
    client.get(PAGE)
    mine = client.get(PAGE, headers={"Cookie": "salem24_draft=begun"})
    assert mine.headers["Cache-Control"] == "no-store"


def test_a_page_made_for_somebody_with_a_cookie_is_not_kept(client):
    client.get(PAGE, headers={"Cookie": "salem24_draft=begun"})
    assert not public_pages._kept


def test_a_page_that_is_not_found_is_not_kept(client):
    assert client.get("/e-tjanster/finns-inte").status_code == 404
    assert not public_pages._kept
