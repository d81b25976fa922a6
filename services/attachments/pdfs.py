"""PDF files: what acts, plays, calls out or tells of its author is taken away."""

import io

import pikepdf
from pikepdf import sanitize

from services.kernel.errors import Invalid

TAKEN_AWAY = (
    sanitize.remove_javascript,
    sanitize.remove_attachments,
    sanitize.remove_collection,
    sanitize.remove_multimedia,
    sanitize.remove_external_access,
    sanitize.remove_private_app_data,
    sanitize.remove_web_capture,
    sanitize.remove_thumbnails,
)

FAULTS = (
    pikepdf.PdfError,
    pikepdf.PasswordError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RecursionError,
)


def sanitised(data: bytes, name: str) -> bytes:
    """The same pages, inert. Raises Invalid("file-broken") when it is broken or locked."""
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            if not len(pdf.pages):
                raise Invalid("file-broken", name=name)
            for take_away in TAKEN_AWAY:
                take_away(pdf)
            _forget_author(pdf)
            out = io.BytesIO()
            pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
            return out.getvalue()
    except FAULTS as fault:
        raise Invalid("file-broken", name=name) from fault


def _forget_author(pdf: pikepdf.Pdf) -> None:
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for key in ("/Metadata", "/OpenAction"):
        if key in pdf.Root:
            del pdf.Root[key]
    form = pdf.Root.get("/AcroForm")
    # XFA is a second form inside the first, with scripts of its own.
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        del form["/XFA"]
