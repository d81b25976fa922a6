"""A browser for tests that follows links and forms, and inspects every page it is given.

Each HTML answer must be valid HTML, have one h1 that its title begins with, label every input,
repeat no id, protect each form, and hold nothing inline that the policy would stop.
"""

import functools
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import html5lib
from flask import Flask
from lxml import html
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import Client, TestResponse, encode_multipart

# What a form carries that goes to an e-ID and not to us; our token is none of its business.
CARRIED = ("SAMLRequest", "SAMLResponse", "EidSignRequest")
TEXT, VALUE = re.compile(r">[^<>&]*[^<>&\s][^<>&]*<"), re.compile(r'(\s[a-z-]+=)"[^"<>&]*"')
UNLABELLED = ("hidden", "submit", "button", "image", "reset")


class Browser:
    """Holds cookies and the present page; remembers where it is."""

    def __init__(self, app: Flask) -> None:
        self.client = Client(app)
        self.address = "/"
        self.response: TestResponse | None = None
        self.page: Any = None

    @property
    def status(self) -> int:
        """The status of the present page."""
        assert self.response is not None
        return self.response.status_code

    @property
    def heading(self) -> str:
        """The page's h1."""
        return words(self.page.xpath("//h1")[0])

    @property
    def text(self) -> str:
        """Everything that is read in the main part of the page."""
        return words(self.page.xpath("//main")[0])

    def get(self, address: str) -> "Browser":
        """Go to an address, and on to where it leads."""
        return self._take(self.client.get(address), address)

    def click(self, link: str) -> "Browser":
        """Follow the first link with these words."""
        found = [each for each in self.page.xpath("//a[@href]") if link in words(each)]
        assert found, f"no link {link!r} at {self.address}"
        return self.get(urljoin(self.address, found[0].get("href")))

    def form(self, button: str | None = None) -> Any:
        """The form of the main part that has a button with these words, or the only one."""
        forms = self.page.xpath("//main//form")
        if button is not None:
            forms = [each for each in forms if _button(each, button) is not None]
        assert forms, f"no form {button!r} at {self.address}: {self.text[:300]}"
        return forms[0]

    def submit(
        self, button: str | None = None, /, files: dict[str, Any] | None = None, **answers: Any
    ) -> "Browser":
        """Fill in a form and press its button; what is not named keeps what the page says."""
        form = self.form(button)
        data: MultiDict[str, Any] = MultiDict(_filled(form))
        for name, value in answers.items():
            data.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
        pressed = _button(form, button) if button else None
        if pressed is not None and pressed.get("name"):
            data.add(pressed.get("name"), pressed.get("value", ""))
        for name, file in (files or {}).items():
            data.setlist(name, _stored(file if isinstance(file, list) else [file]))
        address = urljoin(self.address, form.get("action") or self.address)
        if (form.get("method") or "get").lower() == "get":
            return self._take(self.client.get(address, query_string=data), address)
        kind = form.get("enctype") or "application/x-www-form-urlencoded"
        body: Any = data
        if kind == "multipart/form-data":
            # Encoded here, because the client would leave a temporary file open for large ones.
            boundary, body = encode_multipart(data)
            kind = f'{kind}; boundary="{boundary}"'
        came_from = {"Referer": urljoin("http://localhost/", self.address)}
        response = self.client.post(address, data=body, content_type=kind, headers=came_from)
        return self._take(response, address)

    def _take(self, response: TestResponse, address: str) -> "Browser":
        for _ in range(10):
            if response.status_code not in (301, 302, 303, 307, 308):
                break
            address = urljoin(address, response.headers["Location"])
            parts = urlsplit(address)
            if parts.netloc and parts.netloc not in ("localhost", "localhost:8024"):
                break
            response = self.client.get(parts.path + (f"?{parts.query}" if parts.query else ""))
        self.response, self.address = response, address
        if response.mimetype == "text/html" and response.data:
            self.page = html.fromstring(response.get_data(as_text=True))
            inspect(response.get_data(as_text=True), self.page, address)
        return self


def words(element: Any) -> str:
    """What is read in an element, with single spaces."""
    return " ".join(element.text_content().split())


def _stored(files: list[tuple[Any, str]]) -> list[FileStorage]:
    return [FileStorage(stream, filename=name) for stream, name in files]


def _button(form: Any, label: str) -> Any:
    return next((each for each in form.xpath(".//button") if label in words(each)), None)


def _filled(form: Any) -> list[tuple[str, str]]:
    filled = []
    for field in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
        kind = field.get("type", "text")
        if kind == "file" or (kind in ("checkbox", "radio") and field.get("checked") is None):
            continue
        if field.tag == "select":
            chosen = field.xpath("./option[@selected] | .//option[@selected]")
            filled += [(field.get("name"), each.get("value", "")) for each in chosen]
        elif field.tag == "textarea":
            filled.append((field.get("name"), field.text or ""))
        else:
            filled.append(
                (field.get("name"), field.get("value", "on" if kind == "checkbox" else ""))
            )
    return filled


def inspect(source: str, page: Any, address: str) -> None:
    """Everything that must hold on every page, whatever it shows."""
    _must_parse(VALUE.sub(r'\1""', TEXT.sub(">x<", source)))
    headings = page.xpath("//h1")
    assert len(headings) == 1, f"{address} has {len(headings)} h1"
    title = words(page.xpath("//title")[0])
    for prefix in ("Fel: ", "Error: "):
        title = title.removeprefix(prefix)
    assert title.startswith(words(headings[0])), (
        f"{address}: title {title!r} does not begin with its h1"
    )
    _labels(page, address)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)), (
        f"{address} repeats ids {[i for i in ids if ids.count(i) > 1]}"
    )
    for form in page.xpath("//form[translate(@method, 'POST', 'post') = 'post']"):
        carried = " | ".join(f".//input[@name='{name}']" for name in CARRIED)
        assert form.xpath(f".//input[@name='csrf_token'] | {carried}"), f"{address}: no CSRF"
    assert not page.xpath("//script[not(@src)] | //style | //@style | //@onclick"), (
        f"{address}: inline code"
    )


@functools.lru_cache(4096)
def _must_parse(bones: str) -> None:
    """Valid HTML, asked once of pages that differ in nothing but words and values.

    No fault of syntax lies in a word or a value that holds none of `<`, `>`, `"` and `&`.
    """
    html5lib.HTMLParser(strict=True).parse(bones)


def _labels(page: Any, address: str) -> None:
    labelled = set(page.xpath("//label/@for"))
    for field in page.xpath("//input | //textarea | //select"):
        if field.get("type") in UNLABELLED:
            continue
        named = (
            field.get("id") in labelled or field.get("aria-label") or field.get("aria-labelledby")
        )
        assert named or field.xpath("ancestor::label"), (
            f"{address}: {field.get('name')} has no label"
        )
