"""What page tests ask of the pages that they are given."""

from typing import Any

from tests.browser import Browser, words

PDF = b"%PDF-"


def told(browser: Browser) -> list[str]:
    """The words of the error summary, each of which must stand at the field that it leads to."""
    assert browser.status == 422, (
        f"{browser.address} answers {browser.status}: {browser.text[:300]}"
    )
    assert words(browser.page.xpath("//title")[0]).startswith(("Fel: ", "Error: "))
    links = browser.page.xpath("//*[contains(@class, 'govuk-error-summary')]//li/a")
    assert links, f"no error summary at {browser.address}"
    assert browser.page.xpath("//*[contains(@class, 'govuk-error-summary')]//*[@role='alert']")
    at_fields = [
        words(each) for each in browser.page.xpath("//*[contains(@class,'error-message')]")
    ]
    for link in links:
        target = link.get("href").removeprefix("#")
        assert browser.page.xpath("//*[@id=$id]", id=target), f"{target} is not on the page"
        assert any(words(link) in each for each in at_fields), (
            f"{words(link)!r} is not at its field"
        )
    return [words(link) for link in links]


def value(browser: Browser, name: str) -> str:
    """What stands in an input or a text box."""
    found = browser.page.xpath("//main//*[@name=$name]", name=name)
    assert found, f"nothing is called {name} at {browser.address}"
    if found[0].tag == "textarea":
        # HTML drops one line break after the tag, and so do we.
        return (found[0].text or "").removeprefix("\n")
    return str(found[0].get("value", ""))


def chosen(browser: Browser, name: str) -> list[str]:
    """The values of the radio buttons or boxes that are checked."""
    path = "//main//input[@name=$name and @checked]"
    return [each.get("value") for each in browser.page.xpath(path, name=name)]


def status_of(response: Any) -> int:
    """The status of a raw answer, whose body is then done with."""
    with response:
        return int(response.status_code)


def report(browser: Browser, *, post: str = "S-1234", email: str = "") -> Browser:
    """Fill in the report of a broken lamp, up to the page where one checks the answers."""
    browser.get("/e-tjanster/felanmalan/ansok")
    browser.submit("Nästa", kategori="belysning")
    browser.submit("Nästa", kategori="belysning", belysningsfel="slackt")
    browser.submit("Nästa", akut="no")
    browser.submit("Nästa", plats__text="Exempelvägen 2", stolpnummer=post)
    browser.submit("Nästa", beskrivning="Lampan är släckt sedan i går.")
    browser.submit("Nästa", epost=email)
    assert browser.heading == "Granska dina uppgifter", browser.text[:400]
    return browser


def number_on(browser: Browser) -> str:
    """The case number on a receipt."""
    return words(browser.page.xpath("//*[contains(@class,'govuk-panel__body')]/strong")[0])
