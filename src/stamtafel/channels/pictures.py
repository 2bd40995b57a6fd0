"""Pictures as a network takes them: JPEG, small enough, in a shape that it allows.

Made on sending from the file in our storage and kept beside it under a name that nobody can guess, so that a
network that fetches pictures itself (Instagram, "Content Publishing": JPEG at a public address, no redirect) finds it.
"""

import hashlib
from dataclasses import replace
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from stamtafel.channels.contract import Limits, Permanent, Picture, Rendered

if TYPE_CHECKING:
    from PIL.Image import Image

JPEG: Final = "image/jpeg"
CROPS: Final = {"centre": 0.5, "top": 0.0, "bottom": 1.0}  # what stays of what is too much
WHOLE: Final = "whole"
FEED_SHAPE: Final = (0.8, 1.91)  # width : height that feeds show whole; for a crop where a network names no shape
QUALITIES: Final = (88, 80, 70, 60)
SHRINK: Final = 0.8
SMALLEST: Final = 200  # pixels of the longest side; below it nobody sees what it is


def filled_in(rendered: Rendered, limits: Limits) -> Rendered:
    """The same with the bytes of every picture that lies in our storage. Raises Permanent for one that is not there."""
    if not rendered.pictures:
        return rendered
    return replace(rendered, pictures=tuple(_filled(picture, limits) for picture in rendered.pictures))


def fitted(data: bytes, limits: Limits, crop: str = "") -> tuple[bytes, int, int]:
    """A JPEG within the limits, with its width and height. Raises Permanent when it is no picture or can't fit.

    What is too wide or too high is cut as ``crop`` says; without it the whole picture stays, with white beside it.
    """
    from PIL import Image  # noqa: PLC0415 - heavy, and only where there is a picture to send

    try:
        with Image.open(BytesIO(data)) as opened:
            picture = _shaped(opened.convert("RGB"), limits.picture_shape, crop)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise Permanent("The picture can't be read any more.") from error
    return _small_enough(picture, limits)


def _filled(picture: Picture, limits: Limits) -> Picture:
    if picture.data or not picture.file:
        return picture
    name = _name(picture, limits)
    if default_storage.exists(name):
        made = _read(name)
    else:
        made, _width, _height = fitted(_read(picture.file), limits, picture.crop)
        name = default_storage.save(name, ContentFile(made))
    width, height = _size(made)
    url = settings.SITE_URL + default_storage.url(name)
    return replace(picture, data=made, media_type=JPEG, url=url, width=width, height=height)


def _name(picture: Picture, limits: Limits) -> str:
    """In a folder of its own per picture, so that all go when it goes; as hard to guess as the picture's own name."""
    wanted = f"{limits.picture_bytes}:{limits.picture_side}:{limits.picture_shape}:{picture.crop}"
    return f"{folder_of(picture.file)}/{hashlib.sha256(wanted.encode()).hexdigest()[:16]}.jpg"


def folder_of(file: str) -> str:
    """Where what was made of a picture lies."""
    path = PurePosixPath(file)
    return str(path.with_name(f"{path.stem}-sent"))


def forget(file: str) -> None:
    """Delete what was made of a picture."""
    folder = folder_of(file)
    if not default_storage.exists(folder):
        return
    for name in default_storage.listdir(folder)[1]:
        default_storage.delete(f"{folder}/{name}")
    default_storage.delete(folder)


def _read(name: str) -> bytes:
    try:
        with default_storage.open(name) as file:
            return bytes(file.read())
    except OSError as error:
        raise Permanent("The picture is no longer in our storage.") from error


def _size(data: bytes) -> tuple[int, int]:
    from PIL import Image  # noqa: PLC0415 - heavy, and only where there is a picture to send

    with Image.open(BytesIO(data)) as opened:
        return opened.size


def _shaped(picture: "Image", shape: tuple[float, float] | None, crop: str) -> "Image":
    """Cut or framed until width : height is allowed."""
    narrowest, widest = shape or FEED_SHAPE
    ratio = picture.width / picture.height
    if narrowest <= ratio <= widest or (shape is None and crop not in CROPS):
        return picture
    bound = narrowest if ratio < narrowest else widest
    return _cut(picture, bound, CROPS[crop]) if crop in CROPS else _framed(picture, bound)


def _cut(picture: "Image", ratio: float, keep: float) -> "Image":
    """Without what is too much: ``keep`` says which part stays of what is too high, of what is too wide the middle."""
    if picture.width / picture.height > ratio:
        width = max(1, int(picture.height * ratio))
        left = (picture.width - width) // 2
        return picture.crop((left, 0, left + width, picture.height))
    height = max(1, int(picture.width / ratio))
    top = int((picture.height - height) * keep)
    return picture.crop((0, top, picture.width, top + height))


def _framed(picture: "Image", ratio: float) -> "Image":
    from PIL import Image  # noqa: PLC0415 - heavy, and only where there is a picture to send

    width, height = picture.size
    if width / height > ratio:
        height = -int(-width // ratio)  # rounded up: never a hair too wide
    else:
        width = -int(-height * ratio // 1)
    frame = Image.new("RGB", (width, height), "white")
    frame.paste(picture, ((width - picture.width) // 2, (height - picture.height) // 2))
    return frame


def _small_enough(picture: "Image", limits: Limits) -> tuple[bytes, int, int]:
    """First within the longest side, then a lower quality, then smaller."""
    side = min(limits.picture_side or max(picture.size), max(picture.size))
    while side >= min(SMALLEST, max(picture.size)):
        smaller = picture.copy()
        smaller.thumbnail((side, side))
        for quality in QUALITIES:
            made = _jpeg(smaller, quality)
            if limits.picture_bytes is None or len(made) <= limits.picture_bytes:
                return made, smaller.width, smaller.height
        side = int(side * SHRINK)
    raise Permanent("The picture can't be made small enough for this network.")


def _jpeg(picture: "Image", quality: int) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
