"""Photos are drawn anew: nothing of the file that came in survives but what can be seen."""

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from stamtafel.dossier.rules.pictures import MOST_PIXELS, PictureRefused, Reason, clean_picture

GPS = 0x8825
ORIENTATION = 0x0112


def encoded(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def halves(size: tuple[int, int] = (80, 40)) -> Image.Image:
    """Left red, right blue."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    return picture


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def is_red(pixel: Any) -> bool:
    return bool(pixel[0] > 180 and pixel[2] < 80)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_the_usual_kinds_come_out_as_webp(kind: str) -> None:
    clean = clean_picture(encoded(halves(), kind))
    assert (clean.extension, clean.width, clean.height) == ("webp", 80, 40)
    assert opened(clean.data).format == "WEBP"


def test_place_words_and_profile_are_gone() -> None:
    exif = Image.Exif()
    exif[GPS] = {1: "N", 2: (51.0, 58.0, 0.0)}
    exif[0x010F] = "KANARIE"
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    clean = clean_picture(encoded(halves(), exif=exif, icc_profile=srgb, comment=b"KANARIE", xmp=b"<x>KANARIE</x>"))
    assert b"KANARIE" not in clean.data
    assert dict(opened(clean.data).getexif()) == {}
    assert not {"exif", "xmp", "icc_profile", "comment"} & opened(clean.data).info.keys()


@pytest.mark.parametrize(("orientation", "size"), [(1, (80, 40)), (3, (80, 40)), (6, (40, 80)), (8, (40, 80))])
def test_photos_stand_upright(orientation: int, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    clean = clean_picture(encoded(halves(), exif=exif, quality=95))
    assert (clean.width, clean.height) == size
    first = {1: True, 3: False, 6: True, 8: False}[orientation]  # whether red is left or on top
    assert is_red(opened(clean.data).convert("RGB").getpixel((5, 5))) is first


def test_large_photos_get_smaller_in_proportion() -> None:
    clean = clean_picture(encoded(halves((4000, 2000))), max_side=800)
    assert (clean.width, clean.height) == (800, 400)
    small = clean_picture(encoded(halves()), max_side=800)
    assert (small.width, small.height) == (80, 40)


def test_transparent_becomes_white() -> None:
    clean = clean_picture(encoded(Image.new("RGBA", (20, 20), (255, 0, 0, 0)), "PNG"))
    shown = opened(clean.data)
    assert shown.mode == "RGB"
    assert min(shown.getpixel((5, 5))) > 250  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16", "CMYK"])
def test_every_way_to_write_colours_is_taken(mode: str) -> None:
    picture = Image.new(mode, (30, 20))
    assert (
        clean_picture(encoded(picture, "TIFF" if mode == "TIFF" else "JPEG" if mode == "CMYK" else "PNG")).width == 30
    )


def test_of_a_moving_picture_the_first_is_kept() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    clean = clean_picture(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert getattr(opened(clean.data), "n_frames", 1) == 1
    assert is_red(opened(clean.data).convert("RGB").getpixel((5, 5)))


@pytest.mark.parametrize(("data", "reason"), [
    (b"", Reason.NO_PICTURE),
    (b"%PDF-1.7 ...", Reason.NO_PICTURE),
    (b"GIF89a", Reason.NO_PICTURE),
    (b"<?xml version='1.0'?><svg onload='alert(1)'/>", Reason.DRAWING),
    (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64, Reason.HEIC),
    (b"0" * 50_000_001, Reason.TOO_LARGE),
    (encoded(Image.new("1", (9000, 9000)), "PNG"), Reason.TOO_MANY_PIXELS),
    (encoded(Image.new("1", (14000, 14000)), "PNG"), Reason.TOO_MANY_PIXELS),
    (encoded(Image.effect_noise((300, 300), 90))[:9000], Reason.BROKEN),
    (encoded(Image.effect_noise((300, 300), 90), "PNG")[:9000], Reason.BROKEN),
])  # fmt: skip
def test_what_is_no_photo_is_refused_by_name(data: bytes, reason: Reason) -> None:
    with pytest.raises(PictureRefused) as refused:
        clean_picture(data)
    assert refused.value.reason == reason


def test_the_bound_lets_the_largest_phones_through() -> None:
    assert MOST_PIXELS > 50_000_000


REAL = [encoded(halves(), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")]


@given(
    st.sampled_from(REAL),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=12),
    st.integers(0, 900),
)
@settings(max_examples=200, deadline=None)
def test_damaged_files_are_cleaned_or_refused(data: bytes, changes: list[tuple[int, int]], end: int) -> None:
    damaged = bytearray(data[:end])
    for place, value in changes:
        if place < len(damaged):
            damaged[place] = value
    try:
        clean = clean_picture(bytes(damaged))
    except PictureRefused:
        return
    assert opened(clean.data).format == "WEBP"
