"""Files with an application: what is wrong with one is said by its name, and the others are kept."""

import io
from uuid import UUID

import pytest
from sqlalchemy import select

from services.attachments.models import Attachment
from services.attachments.scanners.pretend import EICAR
from tests.browser import Browser, words
from tests.pages import told
from tests.services.attachments.files import pdf, photo

MEGABYTE = 1024 * 1024


def a_file(name: str, data: bytes) -> tuple[io.BytesIO, str]:
    """A file as a form takes it."""
    return io.BytesIO(data), name


@pytest.fixture
def browser(town) -> Browser:
    """At the page that asks for pictures."""
    browser = town.visitor().get("/e-tjanster/felanmalan/ansok")
    browser.submit("Nästa", kategori="lekplats").submit("Nästa", akut="no")
    return browser.submit("Nästa", plats__text="Torget")


def added(browser: Browser) -> list[str]:
    """The files that the page lists as added."""
    names = browser.page.xpath("//ul[@class='salem-files']//span[@class='salem-files__name']")
    return [words(each).split(" (")[0] for each in names]


def send(browser: Browser, *files: tuple[io.BytesIO, str]) -> Browser:
    """Upload files together with a right description."""
    text = "Någon har målat på väggen."
    return browser.submit("Nästa", files={"foton": list(files)}, beskrivning=text)


def test_pictures_are_added_and_listed_on_the_check_page(browser):
    send(browser, a_file("vägg 1.jpg", photo()), a_file("vägg 2.png", photo("PNG")))
    assert browser.heading == "Hur når vi dig?"
    browser.submit("Nästa")
    assert "vägg 1" in browser.text
    assert "vägg 2" in browser.text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("stor.jpg", photo() + b"0" * (10 * MEGABYTE), "för stor"),
        ("tom.jpg", b"", "tom"),
        ("program.exe", b"MZ" + b"\x00" * 200, "av en sort"),
        ("papper.pdf", pdf(), "av en sort"),
        ("virus.jpg", photo() + EICAR, "virus"),
        ("trasig.jpg", photo()[:400], "skadad"),
    ],
)
def test_a_refused_file_is_named_and_the_others_are_kept(browser, name, data, said):
    send(browser, a_file("bra.jpg", photo()), a_file(name, data))
    said_at = told(browser)
    assert len(said_at) == 1
    assert name in said_at[0]
    assert said in said_at[0]
    assert added(browser) == ["bra.jpg"]
    assert "Någon har målat" in browser.page.xpath("//textarea")[0].text


def test_a_sixth_picture_is_refused_and_five_are_kept(browser):
    send(browser, *(a_file(f"{place}.jpg", photo()) for place in range(6)))
    assert told(browser)
    assert len(added(browser)) == 5
    assert browser.page.xpath("//input[@type='file']") == []


def test_one_picture_can_be_removed(browser):
    send(browser, a_file("en.jpg", photo()), a_file("två.jpg", photo("JPEG", size=(32, 32))))
    browser.click("Tillbaka")
    browser.submit("Ta bort en.jpg")
    assert browser.status == 200
    assert added(browser) == ["två.jpg"]


def test_nobody_removes_a_picture_of_somebody_else(browser, town):
    send(browser, a_file("min.jpg", photo()))
    browser.click("Tillbaka")
    mine = browser.page.xpath("//button[@name='remove']/@value")[0]
    other = town.visitor().get("/e-tjanster/felanmalan/ansok")
    other.submit("Nästa", kategori="lekplats").submit("Nästa", akut="no")
    other.submit("Nästa", plats__text="Torget")
    token = other.page.xpath("//main//input[@name='csrf_token']/@value")[0]
    other.client.post(other.address, data={"csrf_token": token, "remove": mine})
    assert town.ask(select(Attachment.id).where(Attachment.id == UUID(mine))) is not None


def test_the_answers_to_a_type_with_documents_take_a_pdf(town):
    browser = town.visitor().get("/e-tjanster/alla-fragor/ansok")
    browser.submit("Nästa", q_text="x")
    browser.get(browser.address.rsplit("/", 1)[0] + "/files")
    browser.submit("Nästa", files={"q_files": a_file("intyg.pdf", pdf(script=True))})
    assert browser.status == 200
    browser.get(browser.address.rsplit("/", 1)[0] + "/files")
    assert added(browser) == ["intyg.pdf"]


def test_a_required_file_that_is_missing_is_told(town):
    browser = town.visitor().get("/e-tjanster/alla-fragor/ansok").submit("Nästa", q_text="x")
    browser.get(browser.address.rsplit("/", 1)[0] + "/files").submit("Nästa")
    assert told(browser)


def test_more_than_a_request_may_hold_is_refused_as_a_page(browser):
    huge = b"0" * (52 * MEGABYTE)
    browser.submit("Nästa", files={"foton": a_file("film.jpg", huge)}, beskrivning="x" * 20)
    assert browser.status == 413
    assert "stor" in browser.text
