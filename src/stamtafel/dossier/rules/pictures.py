"""Residents' photos, made safe to show: small, upright, and without a word about who took them where.

Phones write the place, the moment and the device into a photo. Everything is dropped: the picture is drawn
anew on an empty canvas, so that nothing can travel along in a corner of the format that we do not know of.
"""

import struct
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from threading import Lock
from typing import Final

from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

LARGEST_FILE: Final = 50_000_000
"""Bytes; a phone's best photo is about 15 million."""
MOST_PIXELS: Final = 60_000_000
"""Checked from the header, before a single pixel is unpacked."""
MOST_UNPACKED: Final = 25_000_000
"""A JPEG is unpacked at a fraction of its size; anything else comes whole into memory, 4 bytes for each pixel."""
_one_at_a_time: Final = Lock()  # of this process: many photos at once take the memory of one
QUALITY: Final = 82
# Pillow loads few formats by itself, and fails on the name of one it has not loaded.
_PLUGINS: Final = (AvifImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")  # JPEG opens MPO too
MEDIA_TYPES: Final = tuple(f"image/{name.lower()}" for name in _FORMATS)
"""The same formats as a browser names them, for a field that lets people choose a file."""
_HEIC_BRANDS: Final = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
_HEAD: Final = 1024
# What Pillow raises on files that are not what they say. OSError covers UnidentifiedImageError.
_BROKEN: Final = (
    OSError, SyntaxError, ValueError, TypeError, EOFError, KeyError, IndexError, AttributeError, OverflowError,
    ZeroDivisionError, MemoryError, RuntimeError, struct.error,
)  # fmt: skip


class Reason(StrEnum):
    """Why a picture was refused; who shows it has the sentence."""

    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    DRAWING = "drawing"
    HEIC = "heic"
    NO_PICTURE = "no_picture"
    BROKEN = "broken"


class PictureRefused(ValueError):
    """The file can't be taken as a picture."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture of ours: WebP, RGB, without metadata; sizes in pixels."""

    data: bytes
    width: int
    height: int
    extension: str


def clean_picture(data: bytes, *, max_side: int = 1600) -> CleanPicture:
    """Make a resident's photo safe: upright, at most ``max_side`` pixels, first frame, white for transparent.

    Takes JPEG, PNG, WebP, AVIF and GIF. Raises PictureRefused for anything else, for more than 50 million
    bytes or pixels (60 million for JPEG, 25 million for what can't be unpacked smaller), and for a file that breaks
    off halfway. One picture at a time in a process: unpacking the largest takes about 200 MB.
    """
    if len(data) > LARGEST_FILE:
        raise PictureRefused(Reason.TOO_LARGE)
    with _one_at_a_time, _opened(data) as photo:
        photo.draft("RGB", (max_side, max_side))  # a JPEG is unpacked at the size that is needed
        if photo.width * photo.height > MOST_UNPACKED:
            raise PictureRefused(Reason.TOO_MANY_PIXELS)
        try:
            picture = _drawn_anew(photo, max_side)
        except _BROKEN as problem:
            raise PictureRefused(Reason.BROKEN) from problem
    out = BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=4)
    return CleanPicture(out.getvalue(), picture.width, picture.height, "webp")


def _opened(data: bytes) -> Image.Image:
    """Read the header only; the size is judged before anything is unpacked."""
    try:
        photo = Image.open(BytesIO(data), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PictureRefused(Reason.TOO_MANY_PIXELS) from bomb
    except _BROKEN as problem:
        raise PictureRefused(_what_it_is(data[:_HEAD])) from problem
    if photo.width * photo.height > MOST_PIXELS:
        raise PictureRefused(Reason.TOO_MANY_PIXELS)
    return photo


def _what_it_is(head: bytes) -> Reason:
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return Reason.HEIC
    if b"<svg" in head.lower() or b"<!doctype svg" in head.lower():
        return Reason.DRAWING
    return Reason.NO_PICTURE


def _drawn_anew(photo: Image.Image, max_side: int) -> Image.Image:
    profile = photo.info.get("icc_profile")
    photo.load()
    mode = "RGBA" if photo.has_transparency_data else "RGB"
    clear = photo if photo.mode == mode else photo.convert(mode)
    clear.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)  # first smaller, then everything else
    upright = ImageOps.exif_transpose(clear)
    canvas = Image.new("RGB", upright.size, "white")
    canvas.paste(upright, mask=upright.getchannel("A") if upright.mode == "RGBA" else None)
    return _in_srgb(canvas, profile if photo.mode == "RGB" else None)


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as the phone meant them, now that its colour profile goes away too."""
    if not profile:
        return picture
    try:
        theirs = ImageCms.ImageCmsProfile(BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, theirs, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture  # a profile that can't be read is no reason to refuse the photo
    plain = Image.new("RGB", picture.size)
    plain.paste(turned or picture)
    return plain
