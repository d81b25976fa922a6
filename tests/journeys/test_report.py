"""A resident reports a broken lamp with a photo, follows it, and gets an answer."""

from pathlib import Path

import pytest

from tests.desk import at_desk, desk_of
from tests.live import Chromium
from tests.services.attachments.files import photo


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A photo of the lamp."""
    file = tmp_path / "lampan.jpg"
    file.write_bytes(photo(size=(640, 480)))
    return file


def fill_in(visitor: Chromium, picture: Path) -> None:
    """From the start page to the page where one checks the answers."""
    visitor.get("/").press("Felanmälan gata").press("Börja")
    visitor.press("Nästa")
    assert visitor.driver.title.startswith("Fel: ")
    visitor.choose("kategori", "belysning").press("Nästa")
    visitor.choose("belysningsfel", "slackt").press("Nästa")
    visitor.choose("akut", "no").press("Nästa")
    visitor.fill("plats-text", "Exempelvägen 2").fill("stolpnummer", "S-4711").press("Nästa")
    visitor.fill("beskrivning", "Lampan är släckt sedan i går.")
    visitor.find("//input[@type='file']").send_keys(str(picture))
    visitor.press("Nästa")
    visitor.fill("epost", "testa@example.com").press("Nästa")


def test_a_lamp_is_reported_followed_and_answered(town, visitor: Chromium, picture: Path):
    fill_in(visitor, picture)
    assert visitor.heading == "Granska dina uppgifter"
    assert "lampan.jpg" in visitor.text
    visitor.press("Skicka in")
    assert visitor.heading == "Tack, vi har tagit emot det"
    number = visitor.find("//main//strong").text
    follow = visitor.find("//main//a[contains(@href, '/folj/')]").get_attribute("href")

    assert "lampan.jpg" in at_desk(town, number).text
    desk_of(town, number, kind="answer", body="Vi byter lampan i dag.")
    desk = at_desk(town, number).submit("Ändra status", status="klassad")
    desk.submit("Ändra status", status="atgardad")

    visitor.driver.get(follow)
    assert "Vi byter lampan i dag." in visitor.text
    assert "Åtgärdad" in visitor.text


def test_pressing_twice_makes_one_case(town, visitor: Chromium, picture: Path):
    fill_in(visitor, picture)
    check = visitor.driver.current_url
    visitor.press("Skicka in")
    number = visitor.find("//main//strong").text
    visitor.driver.back()
    visitor.driver.get(check)
    assert visitor.find("//main//strong").text == number


def test_back_in_the_browser_keeps_what_was_answered(visitor: Chromium):
    visitor.get("/e-tjanster/felanmalan/ansok").choose("kategori", "lekplats").press("Nästa")
    visitor.choose("akut", "no").press("Nästa")
    visitor.press("Tillbaka", where="body")
    assert visitor.find("//input[@name='akut'][@value='no']").is_selected()
    visitor.press("Tillbaka", where="body")
    assert visitor.find("//input[@name='kategori'][@value='lekplats']").is_selected()
