"""Pictures on their way to a network: within its limits, in its shape, at an address that works."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from stamtafel.channels import pictures
from stamtafel.channels.contract import Limits, Permanent, Picture, Rendered


def photo(width: int, height: int, kind: str = "PNG") -> bytes:
    """Red on top or left, blue below or right, so that a test sees what was cut away."""
    out = BytesIO()
    made = Image.new("RGB", (width, height), (220, 0, 0))
    low = (0, height // 2) if height >= width else (width // 2, 0)
    made.paste((0, 0, 220), (*low, width, height))
    made.save(out, kind)
    return out.getvalue()


def seen(data: bytes, across: float, down: float) -> str:
    with Image.open(BytesIO(data)) as picture:
        at = (int((picture.width - 1) * across), int((picture.height - 1) * down))
        red, green, blue = picture.convert("RGB").getpixel(at)  # type: ignore[misc]
    if min(red, green, blue) > 230:
        return "white"
    return "red" if red > blue else "blue"


@given(st.integers(20, 900), st.integers(20, 900), st.sampled_from(["", "whole", "centre", "top", "bottom"]))
def test_any_picture_gets_a_shape_that_is_allowed(width: int, height: int, crop: str) -> None:
    made, wide, high = pictures.fitted(photo(width, height), Limits(picture_shape=(0.8, 1.91)), crop)
    assert made.startswith(b"\xff\xd8")
    assert 0.8 - 1 / min(wide, high) <= wide / high <= 1.91 + 1 / min(wide, high) * 1.91


@pytest.mark.parametrize(
    ("crop", "top", "bottom"),
    [("top", "red", "red"), ("bottom", "blue", "blue"), ("centre", "red", "blue"), ("whole", "red", "blue")],
)
def test_what_stays_of_a_high_picture_is_what_was_chosen(crop: str, top: str, bottom: str) -> None:
    made, width, height = pictures.fitted(photo(200, 1000), Limits(picture_shape=(0.8, 1.91)), crop)
    assert (seen(made, 0.5, 0.02), seen(made, 0.5, 0.98)) == (top, bottom)
    assert seen(made, 0.02, 0.5) == ("white" if crop == "whole" else seen(made, 0.5, 0.5))
    assert height == (1000 if crop == "whole" else 250)
    assert width == (800 if crop == "whole" else 200)


def test_a_wide_picture_keeps_its_middle() -> None:
    made, width, _height = pictures.fitted(photo(1000, 200), Limits(picture_shape=(0.8, 1.91)), "centre")
    assert (width, seen(made, 0.02, 0.5), seen(made, 0.98, 0.5)) == (382, "red", "blue")


def test_without_a_shape_only_a_chosen_crop_cuts() -> None:
    assert pictures.fitted(photo(1000, 200), Limits())[1:] == (1000, 200)
    assert pictures.fitted(photo(1000, 200), Limits(), "centre")[1:] == (382, 200)


def noise(side: int) -> bytes:
    out = BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(out, "PNG")
    return out.getvalue()


def test_bytes_and_sides_stay_within_what_the_network_takes() -> None:
    made, width, height = pictures.fitted(noise(1200), Limits(picture_bytes=150_000, picture_side=1000))
    assert len(made) <= 150_000
    assert max(width, height) <= 1000


def test_what_can_never_be_small_enough_is_refused() -> None:
    with pytest.raises(Permanent, match="small enough"):
        pictures.fitted(noise(600), Limits(picture_bytes=500))
    with pytest.raises(Permanent, match="can't be read"):
        pictures.fitted(b"no picture at all", Limits())


@pytest.mark.django_db
def test_the_bytes_are_filled_in_once_and_lie_at_a_public_address(settings, client) -> None:
    settings.SITE_URL = "https://lindewaard.example"
    name = default_storage.save("announcements/abc.webp", ContentFile(photo(1000, 200, "WEBP")))
    rendered = Rendered(subject="", text="t", pictures=(Picture("x", "Een boom", file=name, crop="centre"),))
    limits = Limits(picture_shape=(0.8, 1.91))
    [made] = pictures.filled_in(rendered, limits).pictures
    assert (made.alt, made.media_type, made.width, made.height) == ("Een boom", "image/jpeg", 382, 200)
    assert made.url.startswith("https://lindewaard.example/media/announcements/abc-sent/")
    answer = client.get(made.url.removeprefix("https://lindewaard.example"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(answer.streaming_content) == made.data
    default_storage.delete(name)  # the second time what was made is read, not the picture
    assert pictures.filled_in(rendered, limits).pictures == (made,)
    pictures.forget(name)
    pictures.forget(name)
    assert not default_storage.exists("announcements/abc-sent")


def test_a_picture_that_is_gone_is_refused_in_words() -> None:
    rendered = Rendered(subject="", text="t", pictures=(Picture("x", "Een boom", file="announcements/weg.webp"),))
    with pytest.raises(Permanent, match="no longer in our storage"):
        pictures.filled_in(rendered, Limits())


def test_what_has_its_bytes_or_no_file_stays_as_it_is() -> None:
    kept = (Picture("x", "a", data=b"1", file="f"), Picture("https://elders.example/a.jpg", "a"))
    rendered = Rendered(subject="", text="t", pictures=kept)
    assert pictures.filled_in(rendered, Limits()).pictures == kept
