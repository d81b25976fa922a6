"""The letter box of the demonstration, and that production has none."""

from dataclasses import replace

from flask import Flask

from app.config import Settings
from app.demo import caught
from tests.app.demo.test_mail import a_mail
from tests.browser import Browser


def test_a_caught_mail_is_listed_and_read(app: Flask, settings: Settings) -> None:
    caught.keep(settings.data_folder / "mail", a_mail("Ett mejl att läsa").as_bytes())
    browser = Browser(app).get("/demo/mail")
    assert browser.heading == "Uppfångade mejl"
    browser.click("Ett mejl att läsa")
    assert browser.heading == "Ett mejl att läsa"
    assert "Läs mer här:" in browser.text
    assert browser.page.xpath("//main//a[@href='https://salem24.example/folj/x']")


def test_the_letter_box_speaks_english_too(app: Flask) -> None:
    assert Browser(app).get("/en/demo/mail").heading == "Caught mail"


def test_a_mail_that_is_not_there_is_not_found(app: Flask) -> None:
    assert Browser(app).get("/demo/mail/00000000000000000000-00000000").status == 404


def test_production_has_no_letter_box(app: Flask, settings: Settings) -> None:
    app.extensions["settings"] = replace(settings, environment="production")
    try:
        assert Browser(app).get("/demo/mail").status == 404
    finally:
        app.extensions["settings"] = settings
