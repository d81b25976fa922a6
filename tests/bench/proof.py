"""That what was acknowledged is there: each number once, behind its own link; and first views."""

import gzip
import re
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

from tests.bench.residents import NUMBER, Receipt
from tests.bench.stage import PORTS

ROOT = f"http://localhost:{PORTS['product']}"
LINKED = re.compile(r'(?:<link[^>]+href|<script[^>]+src|<img[^>]+src)="([^"]+)"')
IN_CSS = re.compile(r"@font-face\{[^}]*?url\(\"?([^\")]+)\"?\)[^}]*?unicode-range:([^};]+)")
PACKED = (".woff2", ".png", ".jpg", ".webp")


def wrong(receipts: Iterable[Receipt]) -> list[str]:
    """What does not hold among acknowledged cases: a number given twice, lost or mixed up."""
    seen: set[str] = set()
    faults = []
    for receipt in receipts:
        if receipt.number in seen:
            faults.append(f"{receipt.number} was given twice")
        seen.add(receipt.number)
        shown = set(NUMBER.findall(_text(receipt.follow)))
        if shown != {receipt.number}:
            faults.append(f"{receipt.number} leads to {sorted(shown)}")
    return faults


@dataclass(frozen=True)
class View:
    """What a browser fetches to show a page for the first time."""

    requests: int
    sent: int
    packed: int


def first_view(path: str) -> View:
    """The page and all that it links to, as it comes from the server and as a proxy packs it."""
    html = _text(path)
    addresses = {urljoin(ROOT, address) for address in LINKED.findall(html)}
    for address in [each for each in addresses if ".css" in each]:
        styles = _fetched(address)[1].decode("utf-8-sig")
        addresses |= {
            urljoin(address, font) for font, span in IN_CSS.findall(styles) if _is_used(span, html)
        }
    sizes = [_fetched(address) for address in [ROOT + path, *sorted(addresses)]]
    packed = [
        min(sent, len(body if _is_packed(address) else gzip.compress(body, 6)))
        for address, (sent, body) in zip([ROOT + path, *sorted(addresses)], sizes, strict=True)
    ]
    return View(len(sizes), sum(sent for sent, _ in sizes), sum(packed))


def _is_packed(address: str) -> bool:
    return address.partition("?")[0].endswith(PACKED)


def _is_used(span: str, html: str) -> bool:
    text = {ord(letter) for letter in html}
    for part in span.split(","):
        first, _, last = part.strip().removeprefix("U+").partition("-")
        if any(int(first, 16) <= letter <= int(last or first, 16) for letter in text):
            return True
    return False


def _text(path: str) -> str:
    return _fetched(ROOT + path)[1].decode()


def _fetched(address: str) -> tuple[int, bytes]:
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        body = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    return len(body), gzip.decompress(body) if packed else body
