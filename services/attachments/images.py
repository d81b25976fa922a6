"""Pictures: made anew from their dots, upright and without anything told on the side."""

import io
import warnings
from dataclasses import dataclass

import pillow_heif
from PIL import ExifTags, Image, ImageCms, ImageOps

from services.kernel.errors import Invalid

FORMATS = ("JPEG", "PNG", "HEIF")
LONGEST_SIDE = 2400
LARGEST_FILE = 120_000_000
LARGEST_DECODED = 50_000_000
QUALITY = 85
FAULTS = (
    OSError,
    ValueError,
    SyntaxError,
    RuntimeError,
    EOFError,
    MemoryError,
    Image.DecompressionBombWarning,
)

pillow_heif.register_heif_opener()
# A picture with more dots than this is refused before a single one of them is unpacked.
Image.MAX_IMAGE_PIXELS = LARGEST_FILE
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Rendition:
    """What is shown instead of the picture that came."""

    data: bytes
    media_type: str


@dataclass(frozen=True)
class Position:
    """Where a photo says that it was taken: degrees in WGS 84."""

    lat: float
    lon: float


def rendition(data: bytes, name: str) -> Rendition:
    """The picture made anew: upright, in sRGB, at most 2400 dots wide or high, no metadata.

    Raises Invalid("file-broken") for what cannot be unpacked or would be too large unpacked.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            # A JPEG can be unpacked at a half or a quarter of its size at once.
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            if picture.width * picture.height > LARGEST_DECODED:
                raise Invalid("file-broken", name=name)
            return _made_anew(picture)
    except (*FAULTS, Image.DecompressionBombError) as fault:
        raise Invalid("file-broken", name=name) from fault


def position(data: bytes) -> Position | None:
    """Where the photo was taken, if it says so; for whoever asks whether to use it."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            told = picture.getexif().get_ifd(ExifTags.IFD.GPSInfo)
            lat = _degrees(told[ExifTags.GPS.GPSLatitude], told[ExifTags.GPS.GPSLatitudeRef], "S")
            lon = _degrees(told[ExifTags.GPS.GPSLongitude], told[ExifTags.GPS.GPSLongitudeRef], "W")
    except (*FAULTS, KeyError, TypeError, ZeroDivisionError, Image.DecompressionBombError):
        return None
    if abs(lat) > 90 or abs(lon) > 180 or (lat, lon) == (0, 0):
        return None
    return Position(round(lat, 6), round(lon, 6))


def _made_anew(picture: Image.Image) -> Rendition:
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    is_drawn = picture.format == "PNG"
    upright = ImageOps.exif_transpose(picture)
    coloured = _in_srgb(upright, "RGBA" if has_alpha and is_drawn else "RGB")
    coloured.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A new picture from the dots alone: whatever hung on the old one stays behind.
    bare = Image.new(coloured.mode, coloured.size)
    bare.paste(coloured)
    out = io.BytesIO()
    if is_drawn:
        bare.save(out, "PNG")
        return Rendition(out.getvalue(), "image/png")
    # Progressive would be 3 % smaller, at three times the work.
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Rendition(out.getvalue(), "image/jpeg")


def _in_srgb(picture: Image.Image, mode: str) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "RGBA"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
            picture = changed or picture
        except ImageCms.PyCMSError:
            # A broken profile costs some colour, not the picture.
            pass
    return picture if picture.mode == mode else picture.convert(mode)


def _degrees(parts: tuple[float, float, float], reference: str, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if reference.upper().startswith(negative) else value
