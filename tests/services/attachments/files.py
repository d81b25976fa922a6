"""Small real files of each kind, made on the spot."""

import io
import zipfile

import pikepdf
from PIL import ExifTags, Image

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def photo(form: str = "JPEG", *, size: tuple[int, int] = (64, 48), sideways: bool = False) -> bytes:
    """A photo, half red and half blue, taken in Salem by a phone that tells about it."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Testa Exempel"
    if sideways:
        exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (59.0, 12.0, 6.0),
            ExifTags.GPS.GPSLongitudeRef: "E",
            ExifTags.GPS.GPSLongitude: (17.0, 46.0, 0.0),
        }
    )
    out = io.BytesIO()
    picture.save(out, form, exif=exif)
    return out.getvalue()


def pdf(*, script: bool = False, password: str = "") -> bytes:
    """A page, by an author who can be told not to script it."""
    document = pikepdf.new()
    document.add_blank_page()
    with document.open_metadata() as told:
        told["dc:creator"] = ["Testa Exempel"]
    document.docinfo["/Author"] = "Testa Exempel"
    if script:
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('hej')")
        document.Root.OpenAction = document.make_indirect(action)
        document.attachments["program.exe"] = b"MZ"
    out = io.BytesIO()
    lock = pikepdf.Encryption(owner=password, user=password) if password else False
    document.save(out, encryption=lock)
    return out.getvalue()


def archive(parts: dict[str, str]) -> bytes:
    """A zip archive with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return out.getvalue()


def word(extra: dict[str, str] | None = None, *, macros: bool = False) -> bytes:
    """A word document."""
    told = (
        "application/vnd.ms-word.document.macroEnabled.main+xml"
        if macros
        else f"{WORD_TYPE}.main+xml"
    )
    index = f'<Types><Override PartName="/word/document.xml" ContentType="{told}"/></Types>'
    return archive({"[Content_Types].xml": index, "word/document.xml": "<w/>", **(extra or {})})
