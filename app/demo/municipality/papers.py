"""Small real files to hand in: photos, drawings and papers, made here and marked as examples."""

import io
from dataclasses import dataclass
from functools import cache

import pikepdf
from PIL import Image, ImageDraw

from services.storage.store import Store, checksum_of

WIDTH, HEIGHT = 320, 240
PAPER = """BT /F1 20 Tf 60 760 Td (%s) Tj ET
BT /F1 11 Tf 60 730 Td (Exempel ur demonstrationskommunen. Inga uppgifter gäller någon verklig person.) Tj ET
60 720 m 535 720 l S"""
# Grounds and shapes of photos that nobody has taken: enough to tell them apart in a list.
SCENES = {
    "gata": ((92, 99, 104), (236, 205, 92)),
    "park": ((72, 122, 74), (181, 214, 142)),
    "hus": ((196, 205, 214), (150, 74, 62)),
    "lokal": ((224, 214, 196), (84, 96, 120)),
    "portratt": ((222, 226, 230), (112, 94, 82)),
    "namnteckning": ((255, 255, 255), (24, 36, 92)),
}


@dataclass(frozen=True)
class Paper:
    """A file as somebody would hand it in."""

    name: str
    data: bytes


@cache
def photo(scene: str) -> Paper:
    """A JPEG of a scene."""
    ground, mark = SCENES[scene]
    size = (300, 380) if scene == "portratt" else (WIDTH, HEIGHT)
    image = Image.new("RGB", size, ground)
    _draw(ImageDraw.Draw(image), scene, size, mark)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=70)
    return Paper(f"{scene}.jpg", written.getvalue())


@cache
def drawing(name: str) -> Paper:
    """A PNG of a simple plan, drawn with lines."""
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    pen = ImageDraw.Draw(image)
    pen.rectangle((30, 30, 290, 205), outline=0, width=2)
    pen.rectangle((90, 70, 210, 165), outline=0, width=2)
    pen.line((30, 120, 90, 120), fill=120, width=1)
    pen.ellipse((235, 165, 246, 176), outline=0, width=2)
    pen.text((34, 215), f"{name} (exempel)", fill=0)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return Paper(f"{name}.png", written.getvalue())


@cache
def paper(name: str) -> Paper:
    """A PDF of one page with a heading."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
    page.Contents = pdf.make_stream((PAPER % name.capitalize()).encode("cp1252"))
    written = io.BytesIO()
    pdf.save(written)
    return Paper(f"{name}.pdf", written.getvalue())


def _draw(
    pen: ImageDraw.ImageDraw, scene: str, size: tuple[int, int], mark: tuple[int, int, int]
) -> None:
    width, height = size
    if scene == "namnteckning":
        points = [(60 + step * 4, 120 + ((step * 37) % 46) - 23) for step in range(50)]
        pen.line(points, fill=mark, width=2)
    elif scene == "portratt":
        pen.ellipse((width * 0.32, height * 0.2, width * 0.68, height * 0.58), fill=mark)
        pen.ellipse((width * 0.16, height * 0.62, width * 0.84, height * 1.3), fill=mark)
    else:
        pen.polygon(
            [
                (0, height),
                (width * 0.42, height * 0.5),
                (width * 0.58, height * 0.5),
                (width, height),
            ],
            fill=mark,
        )
        pen.rectangle((width * 0.7, height * 0.25, width * 0.86, height * 0.6), fill=mark)


class Shelf:
    """A store that is spared the same bytes again and again: the papers here are few."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._there: set[str] = set()

    def put(self, data: bytes) -> str:
        """Keep the bytes, unless this shelf has seen them kept."""
        checksum = checksum_of(data)
        if checksum not in self._there:
            self._there.add(self._store.put(data))
        return checksum

    def get(self, checksum: str) -> bytes:
        """The bytes."""
        return self._store.get(checksum)

    def has(self, checksum: str) -> bool:
        """Whether there are bytes under the checksum."""
        return self._store.has(checksum)

    def remove(self, checksum: str) -> None:
        """Forget the bytes."""
        self._there.discard(checksum)
        self._store.remove(checksum)
